"""Looks at a frozen set: what must hold before one, and the record that one is written down by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.errors import OutOfOrderError
from evidence.records import Look
from validation import freeze, independence

if TYPE_CHECKING:
    from evidence.records import ModelLock, ReferenceFreeze
    from evidence.store import Store
    from evidence.trail import AuditTrail


def require_independent(frozen: ReferenceFreeze, lock: ModelLock, store: Store) -> None:
    """Training and reference data must not overlap, whichever was locked first.

    Raises:
        OutOfOrderError: They do, and in what.
    """
    found = independence.compare(freeze.sample(frozen), lock, store)
    if found["verdict"] == "overlap":
        raise OutOfOrderError(
            f"Model {lock.model} was trained on what it would be judged on. "
            f"{found['statement']} Freeze a reference set that the model has not seen."
        )


def require_design(frozen: ReferenceFreeze, clusters: str, policy: str) -> None:
    """Cases of one patient or item are not independent: the policy must say how that is respected.

    Args:
        frozen: The reference set.
        clusters: What the policy says; ``refuse`` when it says nothing.
        policy: The policy's name.

    Raises:
        OutOfOrderError: Patients repeat, and the policy does not say; with their number.
    """
    unit, units = ("patient", frozen.patients) if frozen.patients else ("item", frozen.items)
    repeats = frozen.cases - units
    if units and repeats and clusters == "refuse":
        raise OutOfOrderError(
            f"Reference set {frozen.name} has {frozen.cases:,} cases of {units:,} {unit}s: "
            f"{repeats:,} cases repeat {'an' if unit == 'item' else 'a'} {unit} and are not "
            f"independent, so no verdict is given. Say in policies/{policy}.yaml how intervals "
            "respect it (clusters: ratio-estimator-wilson or bootstrap-patients), or freeze one "
            f"case {'an' if unit == 'item' else 'a'} {unit}."
        )


def open_look(
    trail: AuditTrail,
    frozen: ReferenceFreeze,
    lock: ModelLock,
    policies: dict[str, str],
    key: str,
    *,
    at: str,
    actor: str,
) -> Look:
    """The look of a run: the one that a killed run left open, or a new one, written down."""
    looks = [look for _, look in trail.all(Look) if look.reference == frozen.name]
    for look in looks:
        if look.key == key:
            return look
    look = Look(
        reference=frozen.name,
        reference_digest=frozen.digest,
        number=len(looks) + 1,
        model=lock.model,
        model_digest=lock.digest,
        policies=policies,
        key=key,
    )
    trail.append([look], at=at, actor=actor, once=key)
    return look

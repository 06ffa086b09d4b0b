"""What answers a clause, as a catalog says it: a small vocabulary, one kind of evidence an entry.

Entries of a list are all needed; `any` holds alternatives. A path such as ``training.start`` leads
through keys; of a list every item counts, and ``*`` stands for any one key. A fact that is there is
one that is not empty.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from evidence.records import KINDS
from policies.device import Device, Manufacturer, Risk
from policies.policy import POLICIES
from policies.reader import Text

KIND_NAMES = frozenset(schema.partition("/")[0] for schema in KINDS)
MAIN = ("record", "policy", "device", "risk", "narrative", "trail", "unrecorded", "any")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _kind(name: str) -> str:
    if name not in KIND_NAMES:
        raise ValueError(f"there is no record kind '{name}' ({', '.join(sorted(KIND_NAMES))})")
    return name


def _policy(name: str) -> str:
    if name and name not in POLICIES:
        raise ValueError(f"there is no policy '{name}' ({', '.join(sorted(POLICIES))})")
    return name


def _device(path: str) -> str:
    head, _, rest = path.partition(".")
    known = set(Manufacturer.model_fields) if head == "manufacturer" else set()
    if path and (head not in Device.model_fields or (rest and rest not in known)):
        raise ValueError(f"device.yaml has no key '{path}'")
    return path


def _risk(name: str) -> str:
    if name not in Risk.model_fields:
        raise ValueError(f"a risk has no key '{name}' ({', '.join(Risk.model_fields)})")
    return name


Words = Annotated[list[str], BeforeValidator(_listed)]
KindName = Annotated[str, AfterValidator(_kind)]
PolicyName = Annotated[str, AfterValidator(_policy)]
DeviceKey = Annotated[str, AfterValidator(_device)]
RiskKey = Annotated[str, AfterValidator(_risk)]


class Evidence(Text):
    """One thing that must be there."""

    record: Annotated[list[KindName], BeforeValidator(_listed)] = Field(default_factory=list)
    """Kind of record; of several, one is enough."""
    policy: PolicyName = ""
    """A registered policy or plan, as it stands in the trail."""
    device: DeviceKey = ""
    """A key of device.yaml."""
    risk: Annotated[list[RiskKey], BeforeValidator(_listed)] = Field(default_factory=list)
    """Keys that each risk of risks.yaml must have."""
    narrative: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    """The file of narratives/ it belongs into; any that names the clause will do."""
    trail: bool = False
    """The trail itself: records that carry each other's digests, with time and actor."""
    unrecorded: str = ""
    """What would close it, where no record kind and no narrative can; it stays open."""
    any: list[Evidence] = Field(default_factory=list)
    """Alternatives: one is enough."""
    shows: Words = Field(default_factory=list)
    """Of a record or policy: paths in its body that must not be empty."""
    where: dict[str, Words] = Field(default_factory=dict)
    """Of a record: path to the values that it may have."""
    endpoints: list[str] = Field(default_factory=list)
    """Of a run: endpoints that must have a value, on the whole set."""
    by_group: bool = False
    """Of a run: an endpoint by subgroup."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        said = [name for name in MAIN if getattr(self, name)]
        if len(said) != 1:
            raise ValueError(
                f"names {len(said)} kinds of evidence, not one of {', '.join(MAIN)}; "
                "give each an entry of its own"
            )
        if said[0] not in ("record", "policy") and self.shows:
            raise ValueError("'shows' goes with record or policy")
        if said[0] != "record" and (self.where or self.endpoints or self.by_group):
            raise ValueError("'where', 'endpoints' and 'by_group' go with record")
        return self

"""What changed in the outputs of a model that writes, each as one sentence with numbers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.content import TEXTS
from monitoring.findings import Finding, of_estimate, span
from monitoring.performance import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body
    from policies.text_plan import TextPlan
    from validation.estimate import Estimate

NOUNS = {"unparsable-rate": "cannot be read", "empty-rate": "are empty"}
SHOWN = 10  # outputs behind a reason that is named: fewer are a small cell


def unparsable(
    now: Sequence[Estimate],
    then: Sequence[Estimate],
    why: Sequence[tuple[str, int]],
    plan: TextPlan,
    window: str,
) -> list[Finding]:
    """More outputs that cannot be read; of reports, more empty ones.

    Args:
        now: The window's shares.
        then: The reference set's.
        why: Reasons, the most frequent first; how often.
        plan: The limit.
        window: Its label.
    """
    name = "unparsable-rate" if find([*now], "unparsable-rate") else "empty-rate"
    share, before = find([*now], name), find([*then], name)
    if not share or not before or share.low is None or before.value is None:
        return []
    limit = before.value + plan.unparsable_rise
    if share.low <= limit or share.value is None:
        return []
    most = why[0] if why else ("", 0)
    reason = f", most often: {most[0].replace('-', ' ')} ({most[1]:,})" if most[1] >= SHOWN else ""
    statement = (
        f"{share.value:.1%} of the outputs {NOUNS[name]} ({span(share, percent=True)}; "
        f"reference set {before.value:.1%}, limit {limit:.1%}){reason}."
    )
    return [of_estimate("unparsable", name, share, window, statement, before.value, limit)]


def collapsed(
    now: Sequence[Estimate], then: Sequence[Estimate], plan: TextPlan, window: str
) -> list[Finding]:
    """One text for most cases, or few distinct ones: the generator repeats itself."""
    mode, before = find([*now], "mode-share"), find([*then], "mode-share")
    if mode and before and before.value is not None and mode.value is not None:
        limit = min(before.value + plan.mode_rise, 0.99)
        if mode.low is not None and mode.low > limit:
            statement = (
                f"One and the same text was written in {mode.value:.1%} of the cases "
                f"({span(mode, percent=True)}; reference set {before.value:.1%}, "
                f"limit {limit:.1%})."
            )
            return [
                of_estimate("collapse", "outputs", mode, window, statement, before.value, limit)
            ]
    distinct, usual = find([*now], "distinct-share"), find([*then], "distinct-share")
    if not distinct or not usual or distinct.value is None or usual.value is None:
        return []
    limit = usual.value * plan.distinct_ratio
    if distinct.value >= limit:
        return []
    statement = (
        f"Of {distinct.n:,} outputs {distinct.value * distinct.n:,.0f} are distinct, where the "
        f"reference set has {usual.value * distinct.n:,.0f} (limit {limit * distinct.n:,.0f})."
    )
    return [of_estimate("collapse", "outputs", distinct, window, statement, usual.value, limit)]


def content(columns: Sequence[Body], window: str) -> list[Finding]:
    """Texts or embeddings that differ from the reference set's."""
    return [_content(body, window) for body in columns if body["status"] == "drift"]


def _content(body: Body, window: str) -> Finding:
    what = "words of the " if body["method"] == TEXTS else ""
    if body["low"] is None:
        said = f"{body['method'].removeprefix('embedding-').upper()} {body['value']:.3f}"
    else:
        said = (
            "a classifier tells the window from the reference set with ROC AUC "
            f"{body['value']:.3f} (lower bound {body['low']:.3f})"
        )
    return Finding(
        kind="drift",
        cause=f"drift:{body['column']}",
        subject=body["column"],
        window=window,
        statement=f"The {what}{body['column']} moved: {said}, limit {body['threshold']:g}.",
        value=body["value"],
        low=body["low"],
        limit=body["threshold"],
        unit="score",
        method=f"evidently {body['method']}",
        n=body["n_window"],
    )

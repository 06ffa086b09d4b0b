"""`tplc stats unpaired` and `tplc stats sites`: one test in separate groups of people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.answer import AsJson
from console.stats import door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from validation.designs.pooling import Interval, Spread
    from validation.designs.sites import Scale
    from validation.estimate import Estimate, Result, Warned

Label = Annotated[str, typer.Option(help="Reference standard, 1 or 0.")]
Positive = Annotated[str | None, typer.Option(help="The label that counts as positive.")]
Score = Annotated[str, typer.Option(help="Score; higher is positive.")]
Threshold = Annotated[
    float | None, typer.Option(help="Compare calls at this score instead of the AUC.")
]
Count = Annotated[str | None, typer.Option(help="Cases that each row stands for.")]
MATCHED = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
PAIR = 2  # groups


def unpaired(
    file: DataFile,
    *,
    label: Label,
    score: Score,
    group: Annotated[str, typer.Option(help="Column that tells the two groups apart.")],
    reference: Annotated[
        str | None, typer.Option(help="The group that is subtracted; by default the second.")
    ] = None,
    positive: Positive = None,
    threshold: Threshold = None,
    count: Count = None,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Compare a test in two separate groups of people: the AUC, or proportions at a threshold."""
    from validation.designs.unpaired import unpaired_auroc, unpaired_proportions
    from validation.estimate import Result

    frame, warnings = _rows(file, label, score, group, positive, count)
    names = _two(frame, group, reference, str(file))
    parts = [frame[frame["group"] == name] for name in names]
    try:
        if threshold is None:
            (y, s, n), (y2, s2, n2) = ((p["label"], p["score"], p["count"]) for p in parts)
            result = unpaired_auroc(
                y, s, y2, s2, n, n2, confidence=confidence, names=(names[0], names[1])
            )
        else:
            result = Result()
            for endpoint in MATCHED:
                a, b = (
                    replace(
                        _estimate(part, endpoint, threshold, confidence), subgroup=f"{group}={name}"
                    )
                    for part, name in zip(parts, names, strict=True)
                )
                result = _joined(result, unpaired_proportions(a, b))
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    door.show(
        replace(result, warnings=tuple(warnings)),
        title=f"{score} in {names[0]} and {names[1]}",
        as_json=as_json,
        cite=cite,
    )


def sites(
    file: DataFile,
    *,
    label: Label,
    score: Score,
    site: Annotated[str, typer.Option(help="Column of the site.")],
    positive: Positive = None,
    threshold: Threshold = None,
    count: Count = None,
    scale: Annotated[str, typer.Option(help="logit or identity.")] = "logit",
    spread: Annotated[str, typer.Option(help="reml, paule-mandel or dersimonian-laird.")] = "reml",
    interval: Annotated[
        str, typer.Option(help="hartung-knapp, hartung-knapp-modified or normal.")
    ] = "hartung-knapp",
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Each site's endpoint, pooled over sites, with heterogeneity and each site left out."""
    from validation.designs import sites as strata
    from validation.estimate import Result

    how = _scale(scale), _spread(spread), _interval(interval)
    frame, warnings = _rows(file, label, score, site, positive, count)
    result = Result()
    try:
        for endpoint in ("auroc",) if threshold is None else MATCHED:
            found = {
                str(name): _estimate(part, endpoint, threshold, confidence)
                for name, part in frame.groupby("group", sort=True)
            }
            pooled = strata.sites(found, scale=how[0], spread=how[1], interval=how[2])
            result = _joined(result, pooled)
    except ValueError as error:
        raise DataError(str(file), [str(error)]) from error
    result = replace(result, warnings=(*warnings, *result.warnings))
    door.show(result, title=f"{score} by {site}", as_json=as_json, cite=cite)


def _rows(
    file: Path, label: str, score: str, group: str, positive: str | None, count: str | None
) -> tuple[pd.DataFrame, list[Warned]]:
    """The used columns under our own names, complete rows only."""
    import pandas as pd

    raw = door.load(file, [label, score, group, count])
    kept, warnings = rows.complete(raw, [label, score, group, count], str(file))
    frame = pd.DataFrame({"group": kept[group].astype(str)}, index=kept.index)
    frame["label"], noticed = rows.labelled(kept, label, positive, str(file))
    frame["score"] = door.numbers(kept, score, str(file))
    frame["count"] = rows.counts(kept, count, str(file)) if count else 1.0
    return frame, [*warnings, *noticed, *door.coded_missing(frame["score"], score)]


def _estimate(
    part: pd.DataFrame, endpoint: str, threshold: float | None, confidence: float
) -> Estimate:
    from validation.binary.discrimination import auroc
    from validation.binary.proportion import at_threshold

    y, s, n = part["label"], part["score"], part["count"]
    if threshold is None:
        return auroc(y, s, n, confidence=confidence)
    return at_threshold(endpoint, y, s, n, threshold=threshold, confidence=confidence)


def _two(frame: pd.DataFrame, group: str, reference: str | None, name: str) -> list[str]:
    """The two groups' names, the subtracted one last."""
    names = sorted(frame["group"].unique())
    if len(names) != PAIR:
        shown = ", ".join(names[:10]) or "none"
        raise DataError(name, [f"column '{group}' holds {len(names)} groups ({shown}), not two"])
    if reference is not None and reference not in names:
        raise UsageError(f"--reference is one of {', '.join(names)}, not '{reference}'")
    return sorted(names, key=lambda each: each == (reference or names[-1]))


def _joined(first: Result, second: Result) -> Result:
    return replace(
        first,
        estimates=(*first.estimates, *second.estimates),
        tests=(*first.tests, *second.tests),
        warnings=(*first.warnings, *second.warnings),
    )


def _scale(text: str) -> Scale:
    kinds: dict[str, Scale] = {"logit": "logit", "identity": "identity"}
    return kinds[_known("--scale", text, kinds)]


def _spread(text: str) -> Spread:
    kinds: dict[str, Spread] = {
        "reml": "reml",
        "paule-mandel": "paule-mandel",
        "dersimonian-laird": "dersimonian-laird",
    }
    return kinds[_known("--spread", text, kinds)]


def _interval(text: str) -> Interval:
    kinds: dict[str, Interval] = {
        "hartung-knapp": "hartung-knapp",
        "hartung-knapp-modified": "hartung-knapp-modified",
        "normal": "normal",
    }
    return kinds[_known("--interval", text, kinds)]


def _known(option: str, text: str, kinds: Collection[str]) -> str:
    if text not in kinds:
        raise UsageError(f"{option} is one of {', '.join(kinds)}, not '{text}'")
    return text

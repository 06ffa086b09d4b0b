"""`tplc stats agreement`: several raters (or repeats) of the same units, one rating a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.answer import AsJson
from console.stats import door, rows
from console.stats.door import Cite, Confidence, DataFile
from evidence.errors import DataError, UsageError
from validation.estimate import Result, Warned

if TYPE_CHECKING:
    import pandas as pd

    from validation.estimate import Estimate, Test
    from validation.rating.ratings import Ratings

MEASURES = (
    "percent-agreement",
    "cohen-kappa",
    "fleiss-kappa",
    "krippendorff-alpha",
    "gwet-ac1",
    "gwet-ac2",
    "icc",
    "repeatability",
)
SHORT = {
    "percent": "percent-agreement",
    "cohen": "cohen-kappa",
    "fleiss": "fleiss-kappa",
    "krippendorff": "krippendorff-alpha",
}
ON_NUMBERS = ("icc", "repeatability")
TWO = 2
MANY, TOO_MANY = 50, 1000  # categories


def agreement(
    file: DataFile,
    *,
    unit: Annotated[str, typer.Option(help="Column of what was rated.")],
    rater: Annotated[str, typer.Option(help="Column of who rated it, or of the repeat.")],
    rating: Annotated[str, typer.Option(help="Column of the rating.")],
    measure: Annotated[
        list[str] | None,
        typer.Option(help=", ".join((*SHORT, *MEASURES)), show_default="all for categories"),
    ] = None,
    weights: Annotated[
        Literal["none", "linear", "quadratic"], typer.Option(help="Of partial agreement.")
    ] = "none",
    level: Annotated[
        Literal["nominal", "ordinal", "interval", "ratio"] | None,
        typer.Option(
            help="Of measurement, for Krippendorff's alpha.",
            show_default="nominal; interval too with quadratic weights",
        ),
    ] = None,
    categories: Annotated[
        list[str] | None,
        typer.Option(help="All categories in their order, also those never used."),
    ] = None,
    interval: Annotated[
        Literal["large-sample", "small-sample", "bootstrap"],
        typer.Option(
            help="small-sample: the score interval of Cohen's kappa, the jackknife elsewhere; "
            "bootstrap: percentiles, for Krippendorff's alpha."
        ),
    ] = "large-sample",
    replicates: Annotated[int, typer.Option(min=100, help="Of each bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of each bootstrap.")] = 20240101,
    confidence: Confidence = 0.95,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Agreement of raters: percent, Cohen, Fleiss, Krippendorff, Gwet, ICC, repeatability."""
    from validation.rating.ratings import Ratings

    name = str(file)
    frame = door.load(file, [unit, rater, rating])
    rows.require_filled(frame, [unit, rater], name)
    warnings = _noticed(frame, rating)
    try:
        made = Ratings.of(
            frame[unit].to_numpy(),
            frame[rater].to_numpy(),
            frame[rating].to_numpy(),
            categories=categories,
        )
        named = _measures(measure, made, weights)
        warnings += _many(made, named)
        levels, noticed = _levels(level, weights, made, named)
        warnings += noticed
        found = [
            _one(
                wanted,
                made,
                weights=weights,
                levels=levels,
                confidence=confidence,
                interval=interval,
                draws=(replicates, seed),
            )
            for wanted in named
        ]
    except ValueError as error:
        raise DataError(name, [f"column '{rating}': {error}"]) from error
    result = Result(
        estimates=tuple(estimate for estimates, _ in found for estimate in estimates),
        tests=tuple(test for _, tests in found for test in tests),
        warnings=tuple(warnings),
    )
    title = f"{len(made.codes):,} units, {len(made.raters):,} raters"
    door.show(result, title=title, as_json=as_json, cite=cite)


def _measures(asked: list[str] | None, made: Ratings, weights: str) -> list[str]:
    """Full names; without any, all on categories."""
    if not asked:
        gwet = "gwet-ac1" if weights == "none" else "gwet-ac2"
        pairs = ["cohen-kappa"] if len(made.raters) == TWO else []
        return ["percent-agreement", *pairs, "fleiss-kappa", "krippendorff-alpha", gwet]
    named = [SHORT.get(word, word) for word in asked]
    if unknown := [word for word in named if word not in MEASURES]:
        raise UsageError(f"Unknown measure {', '.join(unknown)}: one of {', '.join(MEASURES)}.")
    if "gwet-ac2" in named and weights == "none":
        raise UsageError("AC2 needs --weights linear or quadratic; without weights it is AC1.")
    if "gwet-ac1" in named and weights != "none":  # the weighted AC1 is called AC2
        named.insert(named.index("gwet-ac1") + 1, "gwet-ac2")
    return list(dict.fromkeys(named))


def _levels(
    level: str | None, weights: str, made: Ratings, named: list[str]
) -> tuple[list[str], list[Warned]]:
    """The levels of alpha: as named, else nominal, and interval (which is quadratic weights)."""
    if level or weights == "none" or "krippendorff-alpha" not in named:
        return [level or "nominal"], []
    if weights == "quadratic" and made.values is not None:  # noqa: PD011 - no frame
        return ["nominal", "interval"], []
    words = (
        f"Krippendorff's alpha takes no {weights} weights here: it is nominal; choose with --level"
    )
    return ["nominal"], [Warned(code="weights-unused", message=words)]


def _one(
    measure: str,
    made: Ratings,
    *,
    weights: str,
    levels: list[str],
    confidence: float,
    interval: str,
    draws: tuple[int, int],
) -> tuple[list[Estimate], list[Test]]:
    """Estimates and tests of one measure."""
    from validation.rating import agreement as agree
    from validation.rating.icc import icc
    from validation.rating.krippendorff import krippendorff_alpha
    from validation.rating.repeatability import repeatability

    small = interval == "small-sample"
    if measure in ON_NUMBERS:
        found = icc(made, confidence=confidence)
        each = repeatability(made, confidence=confidence)
        return found if measure == "icc" else (list(each), [])
    if measure == "cohen-kappa":
        pairs = agree.cohen_pairs(made, weights=weights, confidence=confidence, small_sample=small)
        return [estimate for estimate, _ in pairs], [test for _, test in pairs]
    if measure == "fleiss-kappa":
        estimate, test = agree.fleiss_kappa(
            made, weights=weights, confidence=confidence, small_sample=small
        )
        return [estimate], [test]
    if measure == "percent-agreement":
        mean = agree.percent_agreement(
            made, weights=weights, confidence=confidence, small_sample=small
        )
        return [mean, agree.unanimity(made, confidence=confidence)], []
    if measure == "krippendorff-alpha":
        times, seed = draws
        alphas = [
            krippendorff_alpha(
                made,
                level=level,
                confidence=confidence,
                interval="bootstrap" if interval == "bootstrap" else "jackknife",
                replicates=times,
                seed=seed,
            )
            for level in levels
        ]
        return alphas, []
    used = "none" if measure == "gwet-ac1" else weights
    gwet = agree.gwet_ac(made, weights=used, confidence=confidence, small_sample=small)
    return [gwet], []


def _noticed(frame: pd.DataFrame, rating: str) -> list[Warned]:
    """Blank ratings, and numbers that often stand for them."""
    import pandas as pd

    values = frame[rating]
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    found = []
    if blank := int(values.isna().sum()):
        message = f"{blank:,} ratings are blank: missing ratings of their unit and rater."
        found.append(Warned(code="missing-values", message=message, columns=(rating,), count=blank))
    if not (numbers.isna() & values.notna()).any():
        found += door.coded_missing(numbers, rating)
    return found


def _many(made: Ratings, named: list[str]) -> list[Warned]:
    """Whether ratings look continuous although a measure takes them for categories.

    Raises:
        ValueError: So many distinct ratings that they are none.
    """
    size = len(made.levels)
    if all(name in ON_NUMBERS for name in named) or size <= MANY:
        return []
    words = (
        f"{size:,} distinct ratings were taken for categories; for measurements use --measure icc"
    )
    if size > TOO_MANY:
        raise ValueError(words)
    return [Warned(code="many-categories", message=words, count=size)]

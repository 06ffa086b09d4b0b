"""`tplc stats cusum`: a cumulative sum of outcomes, risk-adjusted where risks are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer
from console.answer import AsJson
from console.stats import chart_answer, door, rows
from console.stats.door import Cite, DataFile
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from monitoring.control_chart.bernoulli import BernoulliCusum
    from monitoring.control_chart.cusum import Run
    from monitoring.control_chart.risk_adjusted import RiskAdjustedCusum
    from validation.estimate import Warned

RISK_ADJUSTED, BERNOULLI = "risk-adjusted-cusum", "bernoulli-cusum"


def cusum(
    file: DataFile,
    *,
    outcome: Annotated[str, typer.Option(help="Column of the event, 1 or 0.")],
    risk: Annotated[str, typer.Option(help="Column of each person's expected risk.")] = "",
    rate: Annotated[
        float | None, typer.Option(help="Instead of --risk: in-control rate of the event.")
    ] = None,
    odds: Annotated[
        float, typer.Option(help="Odds ratio it is tuned to; below 1 for fewer events.")
    ] = 2.0,
    limit: Annotated[float | None, typer.Option(help="A statistic at or above it signals.")] = None,
    in_control_arl: Annotated[
        float | None, typer.Option(help="Instead of --limit: people until a false alarm.")
    ] = None,
    positive: Annotated[str, typer.Option(help="The event's value, when not 1.")] = "",
    count: Annotated[str, typer.Option(help="Column of people a row.")] = "",
    order: Annotated[str, typer.Option(help="Column to sort by; the file's order without.")] = "",
    restart: Annotated[
        bool, typer.Option("--restart", help="Start again at zero after each signal.")
    ] = False,
    cite: Cite = False,
    as_json: AsJson = False,
) -> None:
    """Where a cumulative sum of log-likelihood ratios signals, and how often it would by chance."""
    from monitoring.control_chart import cusum as charts
    from monitoring.control_chart import scores

    if bool(risk) == (rate is not None):
        raise UsageError("give --risk or --rate")
    chart_answer.require_one(limit, in_control_arl, "--limit")
    read = _read(file, outcome, positive, risk, count, order)
    try:
        expected = read.risk if read.risk is not None else rate or 0.0
        values = scores.log_ratios(read.event, expected, odds)
        model = _model(read, rate, odds)
        top = model.limit_for(in_control_arl) if in_control_arl is not None else limit or 0.0
        run = charts.run(values, limit=top, counts=read.people, restart=restart)
        arl = model.arl(top)
    except ValueError as error:
        raise UsageError(str(error)) from error
    kind = RISK_ADJUSTED if risk else BERNOULLI
    chart = _chart(kind, run, odds, top, arl, restart=restart) | {"n": int(read.people.sum())}
    body = chart_answer.body(chart, read.warnings, (kind, "markov-chain"), cite=cite)
    answer.give(body, as_json=as_json)
    if not as_json:
        _say(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The rows of a file, in their order."""

    event: np.ndarray
    risk: np.ndarray | None
    people: np.ndarray
    warnings: tuple[Warned, ...]


def _read(file: DataFile, outcome: str, positive: str, risk: str, count: str, order: str) -> Read:
    import numpy as np

    frame = door.load(file, [outcome, risk, count, order])
    frame, warned = rows.complete(frame, [outcome, risk, count, order], str(file))
    event, more = rows.labelled(frame, outcome, positive or None, str(file))
    place = _order(frame, order, str(file))
    people = np.ones(len(frame), dtype=np.int64)
    if count:
        values = door.numbers(frame, count, str(file)).to_numpy()
        if (values != np.floor(values)).any() or (values < 0).any():
            raise DataError(str(file), [f"column '{count}': people are whole numbers from 0"])
        people = values.astype(np.int64)
    risks = door.numbers(frame, risk, str(file)).to_numpy()[place] if risk else None
    if risks is not None and not ((risks > 0) & (risks < 1)).all():
        outside = int((~((risks > 0) & (risks < 1))).sum())
        fault = f"column '{risk}': {outside:,} risks are not between 0 and 1"
        raise DataError(str(file), [fault])
    return Read(
        event=event.to_numpy()[place],
        risk=risks,
        people=people[place],
        warnings=(*warned, *more),
    )


def _order(frame: pd.DataFrame, order: str, file: str) -> np.ndarray:
    """Places in the order asked for; equal ones stay in the file's."""
    import numpy as np
    import pandas as pd

    if not order:
        return np.arange(len(frame))
    numbers = pd.to_numeric(frame[order], errors="coerce")
    if numbers.notna().all():
        return np.argsort(numbers.to_numpy(), kind="stable")
    days = pd.to_datetime(frame[order], errors="coerce", format="ISO8601")
    if days.isna().any():
        fault = f"column '{order}': neither numbers nor dates such as 2026-01-31"
        raise DataError(file, [fault])
    return np.argsort(days.to_numpy(), kind="stable")


def _model(read: Read, rate: float | None, odds: float) -> RiskAdjustedCusum | BernoulliCusum:
    from monitoring.control_chart.bernoulli import BernoulliCusum
    from monitoring.control_chart.risk_adjusted import RiskAdjustedCusum

    if read.risk is None:
        return BernoulliCusum(rate=rate or 0.0, odds=odds)
    return RiskAdjustedCusum.of(read.risk, read.people, odds)


def _chart(
    kind: str, run: Run, odds: float, limit: float, arl: float, *, restart: bool
) -> dict[str, Any]:
    signals = [{"position": s.position, "statistic": s.statistic} for s in run.signals]
    return {
        "kind": kind,
        "odds_ratio": odds,
        "limit": limit,
        "in_control_arl": arl,
        "arl_unit": "people",
        "arl_method": "markov-chain",
        "after_signal": "restarts" if restart else "goes on",
        "first_signal": signals[0]["position"] if signals else None,
        "signals": signals,
        "maximum": run.maximum,
        "maximum_at": run.maximum_at,
        "final": run.statistic,
        "path": [list(point) for point in run.path],
    }


def _say(body: dict[str, Any]) -> None:
    chart = body["chart"]
    first = chart["first_signal"]
    said = [
        ("People", f"{chart['n']:,}"),
        ("Tuned to an odds ratio of", f"{chart['odds_ratio']:g}"),
        ("Limit", f"{chart['limit']:.6g}"),
        ("In-control average run length", f"{chart['in_control_arl']:,.0f} people"),
        ("First signal", "none" if first is None else f"person {first:,}"),
        ("Signals", f"{len(chart['signals']):,} ({chart['after_signal']} after one)"),
        ("Maximum", f"{chart['maximum']:.6f} at person {chart['maximum_at']:,}"),
        ("Last", f"{chart['final']:.6f}"),
    ]
    chart_answer.say(chart["kind"], said, body)

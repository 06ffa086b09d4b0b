"""Does surveillance keep what `tplc monitor design` promises? False alarms and delays, simulated.

Each chart is designed as the command designs it, then run with its state carried along
(`monitoring.control_chart`) on streams whose windows have a Poisson number of people: stable ones,
to count false alarms, and ones that change from the start of a window on, to measure the delay.
Asked for: within 10 % of the promise.

    python -m benchmarks.charts --markdown
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from monitoring.control_chart import cusum, ewma, scores
from monitoring.design import charted, ruled, running
from monitoring.design.stream import Pace, Stream
from policies.chart import ChartRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring.design.charted import ChartRow

SEED = 20261124
MONTH, WEEK = 365.25 / 12, 7.0
ALARMS, DELAYS = 2000, 2000
WITHIN = 0.10
RISKS = np.exp(-np.linspace(0.2, 5.0, 80))
MIX = tuple((np.exp(-((np.log(RISKS) + 2.6) ** 2))).tolist())


@dataclass(frozen=True, kw_only=True)
class Study:
    """A chart on a stream."""

    name: str
    rule: ChartRule
    stream: Stream
    pace: Pace


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was promised, and what happened."""

    study: str
    what: str
    promised: float
    found: float
    error: float
    runs: int

    @property
    def off(self) -> float:
        """Relative difference."""
        return self.found / self.promised - 1


def rule(kind: str, watch: str, **more: object) -> ChartRule:
    """A rule of the plan."""
    return ChartRule.model_validate({"id": "chart", "kind": kind, "watch": watch, **more})


def studies() -> list[Study]:
    """Every kind of chart, rare and frequent events, small and large streams, both directions."""
    month, week = Pace(window_days=MONTH), Pace(window_days=WEEK)
    misses = rule("bernoulli-cusum", "sensitivity", at="p", loss_of=0.05, false_alarms_a_year=0.5)
    false = rule("bernoulli-cusum", "specificity", at="p", odds_ratio=1.5, in_control_arl=20_000)
    better = rule("bernoulli-cusum", "accuracy", loss_of=0.05, direction="better",
                  false_alarms_a_year=0.5)  # fmt: skip
    risks = rule("risk-adjusted-cusum", "event", odds_ratio=2, direction="both",
                 false_alarms_a_year=0.5)  # fmt: skip
    share = rule("ewma", "prevalence", odds_ratio=1.3, false_alarms_a_year=0.25)
    gone = rule("ewma", "unparsable", loss_of=0.01, false_alarms_a_year=0.25)
    fewer = rule("ewma", "prevalence", odds_ratio=1.3, direction="better",
                 false_alarms_a_year=0.25)  # fmt: skip
    mean = float(np.average(RISKS, weights=MIX))
    at_risk = Stream(
        name="overall", cases_a_year=2400, rate=mean, risks=tuple(RISKS.tolist()), counts=MIX
    )
    return [
        Study(name="sensitivity 0.85, 200 positives a month", rule=misses, pace=month,
              stream=Stream(name="overall", cases_a_year=24_000, share=0.1, rate=0.15)),
        Study(name="sensitivity 0.85, 12 positives a month", rule=misses, pace=month,
              stream=Stream(name="sex=female", cases_a_year=1440, share=0.1, rate=0.15)),
        Study(name="sensitivity 0.97, 40 positives a week", rule=misses, pace=week,
              stream=Stream(name="overall", cases_a_year=20_871, share=0.1, rate=0.03)),
        Study(name="specificity 0.98, 1,000 negatives a month", rule=false, pace=month,
              stream=Stream(name="overall", cases_a_year=12_000, rate=0.02)),
        Study(name="accuracy of answers 0.6 improving, 100 a week", rule=better, pace=week,
              stream=Stream(name="overall", cases_a_year=5218, rate=0.4)),
        Study(name="risk-adjusted, odds 2 and 1/2, 200 a month", rule=risks, pace=month,
              stream=at_risk),
        Study(name="prevalence 0.1, 300 cases a month", rule=share, pace=month,
              stream=Stream(name="overall", cases_a_year=3600, rate=0.1)),
        Study(name="prevalence 0.1 falling, 300 cases a month", rule=fewer, pace=month,
              stream=Stream(name="overall", cases_a_year=3600, rate=0.1)),
        Study(name="unparsable 0.01, 500 outputs a week", rule=gone, pace=week,
              stream=Stream(name="overall", cases_a_year=26_089, rate=0.01)),
    ]  # fmt: skip


class Chart:
    """A designed chart, fed with windows."""

    def __init__(self, study: Study, row: ChartRow, rng: np.random.Generator) -> None:
        self.study, self.row, self.rng = study, row, rng
        self.people = study.pace.a_window(study.stream.counted_a_year)
        risks = study.stream.risks
        self.risks = np.array(risks) if risks else None
        self.mix = np.array(study.stream.counts) / max(sum(study.stream.counts), 1e-9)
        if row.kind == "ewma":
            self.ewma = running.ewma(row)
        else:
            self.weights = running.weights(row)

    def window(self, rate: float, state: object) -> tuple[int, object]:
        """One window more; how many signals, and the state after it."""
        n = int(self.rng.poisson(self.people))
        if self.row.kind == "ewma":
            before = state if isinstance(state, ewma.State) else ewma.START
            points, after = ewma.run(self.ewma, [int(self.rng.binomial(n, rate))], [n], before)
            return sum(point.signal for point in points), after
        return self.stretch(n, rate, state)

    def stretch(self, people: int, rate: float, state: object) -> tuple[int, object]:
        """So many people more of a cumulative sum."""
        level = state if isinstance(state, cusum.State) else cusum.START
        values = self.values(people, rate)
        run = cusum.run(values, limit=self.row.limit or 0.0, state=level, points=2)
        return len(run.signals), run.state

    def values(self, n: int, rate: float) -> np.ndarray:
        """Scores of so many people at a rate of the event."""
        base, odds = self.row.rate or 0.0, self.row.odds_ratio or 0.0
        if self.risks is None:
            event, none = self.weights
            return np.where(self.rng.random(n) < rate, event, none)
        place = np.searchsorted(np.cumsum(self.mix), self.rng.random(n), side="right")
        risk = self.risks[np.minimum(place, len(self.risks) - 1)]
        true = scores.shifted(risk, scores.odds_ratio(base, rate))
        return scores.log_ratios(self.rng.random(n) < true, risk, odds)


def false_alarms(chart: Chart, promised: float) -> tuple[Outcome, list[object]]:
    """Signals a year of a stable stream, and states of the chart along the way."""
    years, stream, pace = ALARMS / promised, chart.study.stream, chart.study.pace
    step, state, signals, states = 1 / pace.windows_a_year, None, 0, []
    if chart.row.kind != "ewma":  # as long as many windows: one go is window by window
        step = max(step, years / DELAYS)
    steps = int(years / step)
    for number in range(steps):
        if chart.row.kind == "ewma":
            more, state = chart.window(chart.row.rate or 0.0, state)
        else:
            people = int(chart.rng.poisson(step * stream.counted_a_year))
            more, state = chart.stretch(people, chart.row.rate or 0.0, state)
        signals += more
        if number % max(1, steps // DELAYS) == 0 and number:
            states.append(state)
    found = signals / (steps * step)
    outcome = Outcome(
        study=chart.study.name,
        what=f"false alarms a year ({chart.row.direction})",
        promised=promised,
        found=found,
        error=found / max(signals, 1) ** 0.5,
        runs=signals,
    )
    return outcome, states


def delay(chart: Chart, states: list[object]) -> Outcome:
    """Windows until a change is seen, from states of a chart that has run for long."""
    promised = chart.row.delay
    if promised is None:
        raise TypeError("the row has no delay")
    found = []
    for before in states:
        state, windows, signals = before, 0, 0
        while not signals:
            signals, state = chart.window(promised.rate, state)
            windows += 1
        found.append(windows)
    lengths = np.array(found)
    return Outcome(
        study=chart.study.name,
        what=f"windows until seen: {promised.shift}",
        promised=promised.windows_mean,
        found=float(lengths.mean()),
        error=float(lengths.std(ddof=1) / len(lengths) ** 0.5),
        runs=len(lengths),
    )


def of_charts() -> Iterator[Outcome]:
    """Both promises of every chart."""
    for place, study in enumerate(studies()):
        for side, row in enumerate(charted.rows(study.rule, [study.stream], study.pace, loss=0.05)):
            start = time.perf_counter()
            rng = np.random.default_rng([SEED, place, side])
            chart = Chart(study, row, rng)
            alarms, states = false_alarms(chart, row.false_alarms_a_year or 0.0)
            yield alarms
            yield delay(chart, states)
            took = time.perf_counter() - start
            sys.stderr.write(f"{took:6.1f} s  {study.name} ({row.direction})\n")


def of_rules(times: int = 400_000) -> Iterator[Outcome]:
    """Chance of a finding of per-window rules, by drawing windows and their Wilson intervals."""
    from statsmodels.stats.proportion import proportion_confint

    rng = np.random.default_rng([SEED, 99])
    for people, rate, fall in ((60, 0.85, 0.02), (200, 0.85, 0.02), (1000, 0.95, 0.005)):
        for what, true in (("stable", rate), ("a loss of 0.05", rate - 0.05)):
            promised = ruled.below(people, true, rate - fall, 1.959964)
            n = np.maximum(rng.poisson(people, times), 1)
            hits = rng.binomial(n, true)
            _, high = proportion_confint(hits, n, method="wilson")
            found = float((high < rate - fall).mean())
            yield Outcome(
                study=f"rule: interval of {people:,} below {rate:g} - {fall:g}",
                what=f"chance of a finding, {what}",
                promised=promised,
                found=found,
                error=(found * (1 - found) / times) ** 0.5,
                runs=times,
            )


def table(outcomes: list[Outcome]) -> str:
    """Markdown; what is outside is bold."""
    lines = [
        "| stream and chart | promise | promised | simulated (standard error) | off | runs |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for one in outcomes:
        off = f"{100 * one.off:+.1f} %"
        shown = off if abs(one.off) <= WITHIN else f"**{off}**"
        lines.append(
            f"| {one.study} | {one.what} | {one.promised:.4g} | {one.found:.4g} "
            f"({one.error:.2g}) | {shown} | {one.runs:,} |"
        )
    worst = max(abs(one.off) for one in outcomes)
    lines += ["", f"{len(outcomes)} promises; the largest difference is {100 * worst:.1f} %."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Simulate and print; the exit code says whether all are within 10 %."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown (always)")
    parser.parse_args()
    outcomes = [*of_charts(), *of_rules()]
    sys.stdout.write(table(outcomes))
    sys.exit(any(abs(one.off) > WITHIN for one in outcomes))


if __name__ == "__main__":
    main()

"""What the design promises: held to simulation, to exact laws, and open about what it cannot say."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from monitoring.control_chart import cusum, scores
from monitoring.design import charted, curve, promise, recalibration, ruled, running
from monitoring.design.stream import YEAR, Pace, Stream
from policies.chart import ChartRule

MONTH = Pace(window_days=YEAR / 12, label_days=30)
ALL = Stream(name="overall", cases_a_year=24_000, share=0.1, rate=0.15, low=0.12, high=0.18)
WOMEN = Stream(name="sex=female", cases_a_year=9_000, share=0.1, rate=0.16, low=0.11, high=0.22)


def _rule(**more: Any) -> ChartRule:
    base = {"id": "misses", "kind": "bernoulli-cusum", "watch": "sensitivity", "at": "p",
            "loss_of": 0.05, "false_alarms_a_year": 0.5}  # fmt: skip
    return ChartRule.model_validate({k: v for k, v in (base | more).items() if v is not None})


@pytest.fixture(scope="module")
def rows() -> list[charted.ChartRow]:
    """Misses of all cases and of one group."""
    return charted.rows(_rule(by=["sex"]), [ALL, WOMEN], MONTH, loss=0.05)


def test_the_rule_shares_its_false_alarms_between_its_charts(rows: list[charted.ChartRow]) -> None:
    """Half a year's alarms of the rule for two charts: a quarter each, and not more."""
    assert [row.stream for row in rows] == ["overall", "sex=female"]
    for row, stream in zip(rows, (ALL, WOMEN), strict=True):
        assert row.false_alarms_a_year == pytest.approx(0.25, rel=0.03)
        assert (row.false_alarms_a_year or 1) <= 0.25
        assert row.in_control_arl == pytest.approx(
            stream.counted_a_year / (row.false_alarms_a_year or 1)
        )


def test_an_uncertain_rate_is_stated(rows: list[charted.ChartRow]) -> None:
    """At the bound of its interval the chart cries wolf more often; smaller sets, much more."""
    for row in rows:
        assert row.bound in (0.18, 0.22)
        assert (row.false_alarms_at_bound or 0) > 2 * (row.false_alarms_a_year or 0)


def test_a_delay_is_counted_in_windows_days_and_misses(rows: list[charted.ChartRow]) -> None:
    """Labels add their days; misses are those of all days until then."""
    delay = rows[0].delay
    assert delay is not None
    assert delay.days_mean == pytest.approx(delay.windows_mean * YEAR / 12 + 30)
    assert delay.days_median == pytest.approx((delay.windows_median or 0) * YEAR / 12 + 30)
    assert delay.counted == pytest.approx(delay.days_mean / YEAR * 2400)
    assert delay.events == pytest.approx(delay.counted * 0.2)
    assert delay.extra == pytest.approx(delay.counted * 0.05)
    slower = rows[1].delay
    assert slower is not None
    assert slower.windows_mean > delay.windows_mean


def _weights(row: charted.ChartRow) -> tuple[float, float]:
    return running.weights(row)


def test_a_stable_stream_has_as_many_false_alarms_as_promised(rows: list[charted.ChartRow]) -> None:
    """Eight hundred years in four streams; each count is Poisson's of the promised rate."""
    row, rng = rows[0], np.random.default_rng(11)
    event, none = _weights(row)
    for _ in range(4):
        years = 200
        people = int(rng.poisson(years * row.counted_a_year))
        values = np.where(rng.random(people) < (row.rate or 0), event, none)
        alarms = len(cusum.run(values, limit=row.limit or 0).signals)
        expected = years * (row.false_alarms_a_year or 0)
        assert stats.poisson.ppf(5e-4, expected) <= alarms <= stats.poisson.isf(5e-4, expected)


def test_a_loss_is_seen_when_promised(rows: list[charted.ChartRow]) -> None:
    """Window by window, from a chart that has run for long; mean, median and 90 %."""
    row, rng = rows[0], np.random.default_rng(12)
    event, none = _weights(row)
    found = []
    for _ in range(600):
        before = np.where(rng.random(3000) < (row.rate or 0), event, none)
        state = cusum.run(before, limit=row.limit or 0).state
        for window in itertools.count(1):
            now = np.where(rng.random(int(rng.poisson(200))) < 0.2, event, none)
            run = cusum.run(now, limit=row.limit or 0, state=state)
            state = run.state
            if run.signals:
                found.append(window)
                break
    delay = row.delay
    assert delay is not None
    assert np.mean(found) == pytest.approx(delay.windows_mean, rel=0.1)
    assert np.median(found) == delay.windows_median
    assert abs(np.quantile(found, 0.9) - (delay.windows_late or 0)) <= 1


def test_a_group_too_small_is_shown_with_its_reason() -> None:
    """Not dropped; the others share its part of the false alarms."""
    few = Stream(name="sex=other", cases_a_year=60, share=0.1, rate=0.15)
    unknown = Stream(name="sex=x", cases_a_year=60, reason="the validation has no such estimate")
    rule = _rule(by=["sex"], minimum_volume=5)
    rows = charted.rows(rule, [ALL, few, unknown], MONTH, loss=0.05)
    assert rows[0].false_alarms_a_year == pytest.approx(0.5, rel=0.03)
    assert rows[1].limit is None
    assert "0.5 people a window are expected, 5 needed" in rows[1].reason
    assert rows[2].reason == "the validation has no such estimate"


def test_a_delay_of_many_years_is_called_so() -> None:
    """Two positives a year do not show a loss within five years."""
    tiny = Stream(name="overall", cases_a_year=20, share=0.1, rate=0.15)
    row = charted.rows(_rule(in_control_arl=2000, false_alarms_a_year=None), [tiny], MONTH, 0.02)[0]
    assert row.delay is not None
    assert not row.delay.within
    assert (row.delay.days_late or 0) > 5 * YEAR


def test_both_directions_have_a_chart_each() -> None:
    """Better is tuned to the inverse; a gain is not called a loss."""
    worse, better = charted.rows(_rule(direction="both"), [ALL], MONTH, loss=0.05)
    assert (worse.direction, better.direction) == ("worse", "better")
    assert (worse.odds_ratio or 0) > 1 > (better.odds_ratio or 9)
    assert better.delay is not None
    assert better.delay.shift == "gain of 0.05 in sensitivity"
    assert better.delay.extra < 0
    total = (worse.false_alarms_a_year or 0) + (better.false_alarms_a_year or 0)
    assert 0.45 < total <= 0.5


def test_a_risk_adjusted_and_an_ewma_chart_are_designed() -> None:
    """Run lengths in cases and in windows."""
    risks = (0.02, 0.1, 0.4)
    mixed = Stream(
        name="overall", cases_a_year=2000, rate=0.13, low=0.12, high=0.14, risks=risks,
        counts=(50.0, 30.0, 20.0),
    )  # fmt: skip
    rule = _rule(kind="risk-adjusted-cusum", watch="event", at=None, loss_of=None, odds_ratio=2)
    row = charted.rows(rule, [mixed], MONTH, loss=0.05)[0]
    assert row.unit == "cases"
    assert row.in_control_arl == pytest.approx(4000, rel=2e-3)
    assert row.delay is not None
    assert row.delay.shift == "odds times 2"
    smooth = _rule(kind="ewma", watch="prevalence", at=None, loss_of=None)
    shares = charted.rows(smooth, [mixed], MONTH, loss=0.05)[0]
    assert shares.unit == "windows"
    assert (shares.in_control_arl or 0) >= 24
    assert running.ewma(shares, minimum=5).side == "up"


def test_the_line_falls_with_the_loss_and_meets_the_table(rows: list[charted.ChartRow]) -> None:
    """A larger loss is seen sooner; at the design's loss the line is the row."""
    lines = curve.lines(_rule(by=["sex"]), [ALL, WOMEN], MONTH, rows)
    assert [line.stream for line in lines] == ["overall", "sex=female"]
    for line, row in zip(lines, rows, strict=True):
        days = [d for d in line.days_median if d is not None]
        assert days == sorted(days, reverse=True)
        assert row.delay is not None
        told = dict(zip(line.losses, line.days_median, strict=True))
        assert told[0.05] == pytest.approx(row.delay.days_median, abs=YEAR / 12 + 0.1)


@pytest.mark.parametrize(("people", "rate", "limit"), [(60, 0.85, 0.83), (400, 0.1, 0.095)])
def test_the_chance_of_a_rule_is_that_of_its_interval(
    people: int, rate: float, limit: float
) -> None:
    """Windows drawn, Wilson's interval by statsmodels: within 4 standard errors."""
    rng, times = np.random.default_rng(6), 200_000
    n = np.maximum(rng.poisson(people, times), 1)
    low, high = proportion_confint(rng.binomial(n, rate), n, method="wilson")
    for found, chance in (
        ((high < limit).mean(), ruled.below(people, rate, limit, 1.959964)),
        ((low > 2 * rate - limit).mean(), ruled.above(people, rate, 2 * rate - limit, 1.959964)),
    ):
        assert abs(found - chance) < 4 * math.sqrt(chance * (1 - chance) / times)


def test_a_minimum_of_people_keeps_a_rule_still() -> None:
    """Windows below it are not judged."""
    assert ruled.below(60, 0.85, 0.84, 1.96, minimum=200) < 1e-9
    assert 0 < ruled.below(60, 0.85, 0.84, 1.96, minimum=60) < ruled.below(60, 0.85, 0.84, 1.96)


@pytest.mark.parametrize(("method", "threshold"), [("psi", 0.02), ("jensenshannon", 0.06)])
def test_the_chance_of_drift_is_that_of_windows_drawn(method: str, threshold: float) -> None:
    """The exact divergence of windows from the frozen shares, both drawn: to a tenth."""
    from monitoring import drift

    rng, shares = np.random.default_rng(9), np.full(10, 0.1)
    found = 0
    for _ in range(3000):
        sides: list[dict[str, Any]] = [
            {
                "type": "category", "edges": [], "missing": 0, "total": n,
                "counts": {str(i): int(c) for i, c in enumerate(rng.multinomial(n, shares))},
            }
            for n in (4000, 1000)
        ]  # fmt: skip
        found += drift.exact(sides[0], sides[1], method) > threshold
    chance = ruled.divergence(method, 10, 1000, 4000, threshold)
    assert found / 3000 == pytest.approx(chance, rel=0.15)
    assert 0.02 < chance < 0.6


def test_the_normal_laws_of_an_auroc_are_near_what_is_drawn() -> None:
    """DeLong's whole interval below a limit, of binormal scores: to a third of a small chance."""
    from validation.endpoints import auroc

    rng, found, times = np.random.default_rng(13), 0, 500
    label = np.repeat([1, 0], [60, 240])
    for _ in range(times):
        made = auroc(label, rng.normal(size=300) + 1.19 * label)
        found += made.high is not None and made.high < 0.79
    value = float(stats.norm.cdf(1.19 / math.sqrt(2)))
    chance = ruled.normal_below(value, ruled.auroc_error(value, 60, 240), 0.79, 1.96)
    assert found / times == pytest.approx(chance, abs=0.02)


def test_columns_add_up_and_windows_in_a_row_count() -> None:
    """Two columns cry twice as often; two in a row hardly ever."""
    one = ruled.row("r", 0.01, "m", trigger="t", windows=1, pace=MONTH)
    two = ruled.rows("r", [0.01, 0.01], "m", trigger="t", windows=1, pace=MONTH)
    twice = ruled.row("r", 0.01, "m", trigger="t", windows=2, pace=MONTH)
    assert one.false_alarms_a_year == pytest.approx(0.12)
    assert two.false_alarms_a_year == pytest.approx(0.24)
    assert twice.arl == pytest.approx((1 - 1e-4) / (0.99 * 1e-4))
    silent = ruled.row("r", 0.01, "m", trigger="", windows=1, pace=MONTH)
    assert silent.false_alarms_a_year == 0
    assert "no trigger" in silent.reason


def test_the_whole_adds_up_and_says_what_it_lacks() -> None:
    """Charts, rules, together; a chart without a rate is named."""
    unknown = Stream(name="sex=x", cases_a_year=60, reason="nothing known")
    row = ruled.row("r", 0.01, "m", trigger="t", windows=1, pace=MONTH)
    told = {"model": "m/1", "reference": "r", "cases_a_year": 24_000.0, "prevalence": 0.1}
    made = promise.design([(_rule(), [ALL, unknown])], [row], MONTH, loss=0.05, told=told)
    assert made.of_rules == pytest.approx(0.12)
    assert made.false_alarms_a_year == pytest.approx(made.of_charts + made.of_rules)
    assert made.at_bound > made.false_alarms_a_year
    assert made.not_computed == ("chart misses, sex=x, worse: nothing known",)
    assert any("none by simulation" in text for text in made.assumptions)


def test_risks_are_recalibrated_from_the_frozen_tenths() -> None:
    """Scores twice too high in odds come back to the risks that the positives show."""
    true = np.linspace(0.02, 0.6, 10)
    score = scores.shifted(true, 2.0)
    groups = [
        {"score": float(s), "positives": 1000 * float(t), "n": 1000}
        for s, t in zip(score, true, strict=True)
    ]
    cells = recalibration.cells({"calibration": groups})
    risks, counts = recalibration.risks(cells)
    assert risks == pytest.approx(true, rel=1e-6)
    assert counts == (1000.0,) * 10
    exact = {"scores": list(score), "positives": list(1000 * true)}
    exact["negatives"] = list(1000 * (1 - true))
    assert recalibration.risks(recalibration.cells({"score_cells": exact}))[0] == pytest.approx(
        risks
    )
    assert recalibration.risks(recalibration.cells({})) == ((), ())

"""Control charts: the published path, exact sums in any grouping, states carried along."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.control_chart import cusum, ewma, scores, watched
from monitoring.control_chart.path import Signal, thinned

DATA = Path(__file__).parents[1] / "data" / "cardiac_surgery_delayed"
ORACLE = json.loads((DATA / "oracle.json").read_text())["racusum_phase2"]
FEW = st.lists(st.tuples(st.sampled_from([0.7, 0.31, -0.06, -0.2]), st.integers(0, 9)), max_size=60)


@pytest.fixture(scope="module")
def phase2() -> pd.DataFrame:
    """Operations of phase II with the risk of the rounded coefficients."""
    frame = pd.read_csv(DATA / "cardiac_surgery.csv.gz").query("date >= 730")
    return frame.assign(risk=1 / (1 + np.exp(3.79 - 0.08 * frame["parsonnet"])))


@pytest.mark.parametrize(
    ("odds", "limit", "key", "at"), [(2, 4.5, "up", 1366), (0.5, 4, "down", 2348)]
)
def test_cardiac_surgery_signals_where_r_does(
    phase2: pd.DataFrame, odds: float, limit: float, key: str, at: int
) -> None:
    """R 4.2.2 on data(cardiacsurgery), spcadjust 1.1; tolerance 1e-5."""
    values = scores.log_ratios(phase2["died30"], phase2["risk"], odds)
    run = cusum.run(values, limit=limit, restart=False)
    assert len(values) == ORACLE["n"]
    assert run.signals[0].position == at
    assert run.maximum == pytest.approx(ORACLE[f"max_{key}"], abs=1e-5)
    assert run.statistic == pytest.approx(ORACLE[f"final_{key}"], abs=1e-5)
    if key == "up":
        assert run.maximum_at == ORACLE["argmax_up"]
    assert len(run.path) <= 200
    assert max(value for _, value in run.path) == run.maximum


def test_a_score_is_the_published_one() -> None:
    """Rigdon and Fricker 2015, page 226: Parsonnet 19, alive, odds 1/2 -> 0.05083 (to 1e-5)."""
    risk = 1 / (1 + np.exp(3.67 - 0.077 * 19))
    assert scores.log_ratios([0], risk, 0.5)[0] == pytest.approx(0.05083, abs=1e-5)


def test_window_by_window_is_in_one_go_digit_for_digit(phase2: pd.DataFrame) -> None:
    """Through JSON, with a restart after each signal."""
    values = scores.log_ratios(phase2["died30"], phase2["risk"], 2)
    whole = cusum.run(values, limit=2.5)
    state = cusum.START
    signals: list[Signal] = []
    for part in np.array_split(values, 50):
        run = cusum.run(
            part, limit=2.5, state=cusum.State.from_dict(json.loads(json.dumps(state.to_dict())))
        )
        state = run.state
        signals += run.signals
    assert len(signals) > 5
    assert tuple(signals) == whole.signals
    assert state == whole.state


def _plainly(values: list[float], limit: float, *, restart: bool) -> tuple[list[int], int]:
    """The definition, one person after the other, in the same units."""
    level, found, above, top = 0, [], False, int(np.ceil(limit * cusum.UNIT))
    for place, value in enumerate(values, 1):
        level = max(0, level + round(value * cusum.UNIT))
        if level >= top and not above:
            found.append(place)
        above = level >= top and not restart
        if level >= top and restart:
            level = 0
    return found, level


@settings(max_examples=100, deadline=None)
@given(rows=FEW, restart=st.booleans(), cut=st.integers(0, 60))
def test_counts_are_rows_written_out(
    rows: list[tuple[float, int]], *, restart: bool, cut: int
) -> None:
    """A row of n people is n rows, whole or in two windows, as the definition has it."""
    values, counts = [v for v, _ in rows], [n for _, n in rows]
    expanded = [v for v, n in rows for _ in range(n)]
    found, level = _plainly(expanded, 1.5, restart=restart)
    one = cusum.run(values, limit=1.5, counts=counts, restart=restart)
    first = cusum.run(values[:cut], limit=1.5, counts=counts[:cut], restart=restart)
    rest = cusum.run(
        values[cut:], limit=1.5, counts=counts[cut:], restart=restart, state=first.state
    )
    assert [s.position for s in one.signals] == found
    assert [s.position for s in (*first.signals, *rest.signals)] == found
    assert one.state == rest.state
    assert (one.state.units, one.state.seen) == (level, len(expanded))


def test_a_row_of_millions_takes_no_time_and_no_overflow() -> None:
    """Closed form; the statistic after it is exact."""
    run = cusum.run([0.5, -0.25, 0.5], limit=1e6, counts=[10_000_000, 8_000_000, 3])
    assert run.signals[0].position == 2_000_000
    assert len(run.signals) == 5
    assert run.statistic == 1.5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"scores": [1.0], "limit": 0}, "positive"),
        ({"scores": [np.nan], "limit": 1}, "finite"),
        ({"scores": [1.0], "limit": 1, "counts": [1.5]}, "whole number"),
        ({"scores": [1.0], "limit": 1, "counts": [1, 2]}, "lengths differ"),
    ],
)
def test_impossible_charts_are_refused(words: dict[str, object], said: str) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match=said):
        cusum.run(**words)  # type: ignore[arg-type]


def test_a_thinned_path_keeps_the_highest_and_the_last() -> None:
    """At most 200 points."""
    values = np.random.default_rng(1).random(10_000)
    kept = thinned(values, 200)
    assert len(kept) <= 200
    assert int(values.argmax()) in kept
    assert kept[-1] == 9_999


def test_an_ewma_has_the_textbook_limits_and_goes_on() -> None:
    """Windows of one size have fixed limits; NIST/SEMATECH 6.3.2.4 writes them so. JSON between."""
    chart = ewma.Chart(target=0.1, width=3, smoothing=0.2)
    events, totals = [10, 12, 9, 14, 30, 11], [100.0] * 6
    points, state = ewma.run(chart, events, totals)
    half = 3 * (0.1 * 0.9 / 100 * 0.2 / 1.8) ** 0.5
    assert [p.high for p in points] == pytest.approx([0.1 + half] * 6)
    assert points[1].value == pytest.approx(0.2 * 0.12 + 0.8 * 0.1)
    assert [p.window for p in points if p.signal] == [5]
    assert points[5].value == pytest.approx(0.2 * 0.11 + 0.8 * 0.1), "it started again"
    carried = ewma.START
    parts: list[ewma.Point] = []
    for event, total in zip(events, totals, strict=True):
        more, carried = ewma.run(
            chart, [event], [total], ewma.State.from_dict(json.loads(json.dumps(carried.to_dict())))
        )
        parts += more
    assert tuple(parts) == points
    assert carried == state


def test_an_ewma_of_one_direction_has_a_barrier_and_leaves_small_windows_out() -> None:
    """Good windows are no credit; a window below the minimum changes nothing but the count."""
    chart = ewma.Chart(target=0.1, width=3, smoothing=0.2, side="up", minimum=50)
    points, state = ewma.run(chart, [0, 0, 5, 20], [100, 100, 10, 100])
    assert [p.window for p in points] == [1, 2, 4]
    assert points[2].value == pytest.approx(0.2 * 0.2 + 0.8 * 0.1)
    assert points[0].low is None
    assert state.windows == 4


def test_a_larger_window_has_narrower_limits() -> None:
    """The variance is carried along, and comes near the new windows' own."""
    chart = ewma.Chart(target=4, width=3, smoothing=0.5, of="count")
    points, _ = ewma.run(chart, [4, 16, 16, 16, 16, 16], [1, 4, 4, 4, 4, 4])
    halves = [point.high - 4 for point in points if point.high is not None]
    assert halves == sorted(halves, reverse=True)
    assert halves[-1] == pytest.approx(3 * (1 * 0.5 / 1.5) ** 0.5, rel=0.01)


def test_endpoints_are_watched_among_their_own() -> None:
    """Positives for sensitivity, called negatives for NPV; unknown labels count nowhere."""
    label, called = [1, 1, 0, 0, np.nan], [True, False, True, False, True]
    expected = {
        "sensitivity": ([0, 1], [0, 1]),
        "specificity": ([2, 3], [1, 0]),
        "ppv": ([0, 2], [0, 1]),
        "npv": ([1, 3], [1, 0]),
        "accuracy": ([0, 1, 2, 3], [0, 1, 1, 0]),
    }
    for watch, (rows, wrong) in expected.items():
        counts, errors = watched.errors(watch, label, called)
        assert np.flatnonzero(counts).tolist() == rows
        assert errors[counts].astype(int).tolist() == wrong
    with pytest.raises(ValueError, match="auroc has no errors"):
        watched.errors("auroc", label, called)

"""Metrics of a trail: what is shown, what is left out, and that scrapers can read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

from evidence.records import (
    ChangeDecision,
    Kind,
    ModelLock,
    MonitoringRun,
    ReferenceFreeze,
    Trigger,
)
from monitoring.metrics import exposition, families, textfile
from monitoring.metrics.families import NAMES, Family
from monitoring.metrics.state import SCHEMAS, State
from policies import reader
from policies.plan import MonitoringPlan
from tests.clinic import PLAN
from tests.monitoring.notice.world import AT, trail_in, trigger
from validation.estimate import Estimate, absent

if TYPE_CHECKING:
    from evidence.trail import AuditTrail

TODAY = dt.date(2025, 6, 15)
PLAN_KEY = "1 sha256:plan"


def _estimate(endpoint: str, value: float = 0.8, **keys: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "low": value - 0.1,
        "high": value + 0.1,
        "n": 400,
        "positives": 60,
        "method": "wilson",
    }
    return Estimate(endpoint=endpoint, value=value, **(body | keys)).to_dict()


def _run(month: int, **keys: Any) -> MonitoringRun:
    day = dt.date(2025, month, 1)
    body: dict[str, Any] = {
        "key": f"k{month}",
        "model": "external/1",
        "model_digest": "sha256:m",
        "reference": "ref",
        "reference_digest": "sha256:r",
        "policies": {"monitoring": PLAN_KEY},
        "window": {"label": f"{day:%Y-%m}", "start": str(day), "end": str(day.replace(day=28))},
        "source": "production.csv",
        "source_digest": "sha256:s",
        "rows": 400,
        "cases": 400,
        "positives": 60,
        "accounting": [],
        "expectations": [],
        "drift": [_drift("age", 0.1 * month)],
        "estimates": [_estimate("auroc", month / 10)],
        "gaps": [],
        "findings": [],
        "summaries": {},
        "software": {},
    }
    return MonitoringRun(**(body | keys))


def _drift(column: str, value: float | None, **keys: Any) -> dict[str, Any]:
    return {"column": column, "method": "psi", "threshold": 0.2, "value": value} | keys


def _trail(folder: Path, *values: Kind) -> AuditTrail:
    trail = trail_in(folder)
    if values:
        trail.append(list(values), at=AT, actor="a")
    return trail


def _told(trail: AuditTrail, state: State | None = None, **keys: Any) -> list[Family]:
    state = state or State()
    for record in trail.records(*SCHEMAS, after=state.seq):
        state.fold(record)
    plan = reader.parse(PLAN, MonitoringPlan, "monitoring.yaml")
    given: dict[str, Any] = {
        "closing": {"no-action"},
        "minimum": 10,
        "today": TODAY,
    }
    return families.all_of(state, plan, **(given | keys))


def _values(found: list[Family], name: str) -> dict[tuple[str, ...], float]:
    return {labels: value for f in found if f.name == name for labels, value in f.samples}


def test_the_newest_window_is_shown_and_no_other(tmp_path: Path) -> None:
    """By the end of the window, not by when it was recorded; labels do not grow with the years."""
    trail = _trail(tmp_path, _run(3), _run(4), _run(2))
    found = _told(trail)
    assert _values(found, "tplc_drift") == {("external/1", "age", "psi"): pytest.approx(0.4)}
    model = ("external/1", "auroc", "overall", "")
    assert _values(found, "tplc_estimate") == {
        (*model, "value"): 0.4,
        (*model, "low"): pytest.approx(0.3),
        (*model, "high"): pytest.approx(0.5),
    }
    assert _values(found, "tplc_window_cases") == {("external/1",): 400}
    end = dt.datetime(2025, 4, 29, tzinfo=dt.UTC).timestamp()
    assert _values(found, "tplc_last_window_end_timestamp_seconds") == {("external/1",): end}
    at = dt.datetime.fromisoformat(AT).timestamp()
    assert _values(found, "tplc_last_run_timestamp_seconds") == {(): at}


def test_windows_that_are_due_are_counted_for_the_model_and_set_in_use(tmp_path: Path) -> None:
    """February to May are due on 15 June; two were run, and a new plan does not judge them anew."""
    lock = ModelLock(
        name="external",
        version="1",
        external=True,
        digest="sha256:m",
        manifest={},
        uri="",
    )
    frozen: dict[str, Any] = {
        key: {} for key in ("spec", "period", "subgroups", "independence", "summaries")
    }
    frozen |= {name: [] for name in ("accounting", "expectations", "warnings")}
    frozen |= dict.fromkeys(("source", "source_digest", "spec_text"), "")
    freeze = ReferenceFreeze(name="ref", digest="sha256:r", rows=1, cases=1, positives=1, **frozen)
    trail = _trail(tmp_path, lock, freeze, _run(2), _run(3))
    assert _values(_told(trail), "tplc_windows_due") == {("external/1",): 2}


def test_open_triggers_are_counted_by_severity_zero_included(tmp_path: Path) -> None:
    """A decision that closes nothing leaves it open."""
    trail = _trail(
        tmp_path,
        trigger(1, severity="critical"),
        trigger(2, severity="critical"),
        trigger(3, severity="minor"),
        ChangeDecision(trigger="T-2025-01-01", decision="no-action", reason="r", actor="a"),
        ChangeDecision(trigger="T-2025-02-01", decision="investigate", reason="r", actor="a"),
    )
    assert _values(_told(trail), "tplc_open_triggers") == {
        ("minor",): 1,
        ("major",): 0,
        ("critical",): 1,
    }


def test_law_6_small_cells_are_no_metrics(tmp_path: Path) -> None:
    """Few people, few positives, few events of a subgroup, a small window: left out, and counted."""
    few = [
        _estimate("auroc", subgroup="sex=x", n=9),
        _estimate("prevalence", 0.01, positives=4),
        _estimate("sensitivity", 0.1, subgroup="sex=y", n=40, events=4),
        _estimate("specificity", 0.9, subgroup="sex=y", n=40, events=36),
    ]
    shown = [
        _estimate("sensitivity", 0.95, n=60, events=57, threshold=0.5),
        absent("auroc", "no positives", n=400, positives=0, method="delong"),
    ]
    found = _told(_trail(tmp_path, _run(2, estimates=[*few, *shown], cases=7)))
    assert {labels[1:4] for labels in _values(found, "tplc_estimate")} == {
        ("sensitivity", "overall", "0.5")
    }
    assert _values(found, "tplc_window_cases") == {}
    assert _values(found, "tplc_series_left_out") == {("small-cell",): 4, ("too-many",): 0}


def test_an_empty_window_is_shown_as_empty(tmp_path: Path) -> None:
    """No person is behind a zero."""
    found = _told(_trail(tmp_path, _run(2, cases=0, estimates=[], drift=[])))
    assert _values(found, "tplc_window_cases") == {("external/1",): 0}


def test_charts_are_shown_unless_few_people_stand_behind(tmp_path: Path) -> None:
    """Statistic and limit, where a window's record has them."""
    chart = {
        "rule": "misses", "stream": "overall", "direction": "worse", "statistic": 2.5,
        "limit": 4.5, "counted": 400,
    }  # fmt: skip
    few = chart | {"stream": "sex=male", "counted": 3}
    found = _told(_trail(tmp_path, replace(_run(2), charts=[chart, few])))
    labels = ("external/1", "misses", "overall, worse")
    assert _values(found, "tplc_chart_statistic") == {labels: 2.5}
    assert _values(found, "tplc_chart_limit") == {labels: 4.5}


def test_the_same_series_twice_or_without_end_is_cut(tmp_path: Path) -> None:
    """A scraper would refuse all of it."""
    drift = [_drift(f"c{i}", 0.1) for i in range(families.MOST + 5)]
    drift += [_drift("c0", 0.9), _drift("none", None)]
    found = _told(_trail(tmp_path, _run(2, drift=drift)))
    values = _values(found, "tplc_drift")
    assert len(values) == families.MOST
    assert values["external/1", "c0", "psi"] == 0.1  # the first
    assert _values(found, "tplc_series_left_out")["too-many",] == 10


def test_new_records_are_folded_in_and_give_what_reading_all_gives(tmp_path: Path) -> None:
    """A server reads each record once."""
    trail = _trail(tmp_path, _run(2), trigger(1))
    state = State()
    _told(trail, state)
    trail.append([_run(3), trigger(2)], at=AT, actor="a")
    assert _told(trail, state) == _told(trail)
    assert state.seq == 4


def _all(folder: Path) -> list[Family]:
    odd = 'a "quoted"\\back\nline'
    estimates = [_estimate("auroc"), _estimate("sensitivity", subgroup="ort=Köln − 東京")]
    return _told(_trail(folder, _run(2, drift=[_drift(odd, 0.3)], estimates=estimates), trigger()))


def test_prometheus_and_openmetrics_read_what_is_written(tmp_path: Path) -> None:
    """Through the client's own parsers: every sample with its labels comes back."""
    found = _all(tmp_path)
    wanted = {
        (f.name, tuple(zip(f.labels, labels, strict=True)), value)
        for f in found
        for labels, value in f.samples
    }
    for parse, form in ((parse_prometheus, "prometheus"), (parse_openmetrics, "openmetrics")):
        text = exposition.text(found, form).decode()  # type: ignore[arg-type]
        read = {(s.name, tuple(s.labels.items()), s.value) for m in parse(text) for s in m.samples}
        assert {(n, frozenset(k), v) for n, k, v in read} == {
            (n, frozenset(k), v) for n, k, v in wanted
        }
        assert text.endswith("# EOF\n") is (form == "openmetrics")
        assert {m.name: m.documentation for m in parse(text)} == {f.name: f.help for f in found}


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("", "prometheus"),
        ("*/*", "prometheus"),
        ("text/plain;version=0.0.4", "prometheus"),
        # What Prometheus 2 and 3 send.
        (
            ",".join(  # noqa: FLY002 - one kind a line
                [
                    "application/openmetrics-text;version=1.0.0;q=0.5",
                    "application/openmetrics-text;version=0.0.1;q=0.4",
                    "text/plain;version=0.0.4;q=0.3",
                    "*/*;q=0.2",
                ]
            ),
            "openmetrics",
        ),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.1", "prometheus"),
        ("application/openmetrics-text;q=0", "prometheus"),
        ("application/openmetrics-text; version=99; q=oops", "prometheus"),
    ],
)
def test_the_form_is_the_one_that_the_scraper_prefers(header: str, form: str) -> None:
    """By quality; nonsense is no preference."""
    assert exposition.accepted(header) == form


def test_every_family_follows_the_naming_rules_of_prometheus() -> None:
    """Lower case, one prefix, times in seconds, no label that Prometheus keeps for itself."""
    for name, (labels, meaning) in NAMES.items():
        assert name.startswith("tplc_")
        assert name == name.lower()
        assert not name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert not {"job", "instance", "le", "quantile"}.intersection(labels)
        assert meaning.endswith(".")
        assert ("timestamp" not in name) or name.endswith("_timestamp_seconds")


def test_the_textfile_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault while writing leaves the file of before and nothing beside it."""
    path = tmp_path / "tplc.prom"
    textfile.write(path, b"one\n")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one\n", 0o644)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        textfile.write(path, b"two\n")
    assert [p.name for p in tmp_path.iterdir()] == ["tplc.prom"]
    assert path.read_bytes() == b"one\n"
    assert isinstance(trigger(), Trigger)

"""Production data from anywhere: the same rows, the digest of what was read, and clear refusals."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from evidence import digest as digests
from evidence.errors import DataError, PolicyError, UsageError
from monitoring.source import opening
from monitoring.source.contract import Period, Source, rows_by_day
from policies import reader
from policies.plan import MonitoringPlan
from policies.source import SourcePlan
from tests.clinic import PLAN, draw
from validation import table

DAYS = Period(column="day", first=dt.date(2025, 2, 10), last=dt.date(2025, 3, 5))
COLUMNS = ["case", "day", "age", "sex", "score", "truth"]


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two months of a hundred rows, in the order of their cases."""
    return pd.concat([draw(2, 100), draw(3, 100)], ignore_index=True)


def _opened(files: str, folder: Path, **environment: str) -> Source:
    return opening.opened(SourcePlan.model_validate(files), folder, environment)


def _cases(source: Source) -> list[str]:
    return sorted(source.frame(["case"])["case"])


def _expected(frame: pd.DataFrame) -> list[str]:
    return sorted(frame[(frame.day >= "2025-02-10") & (frame.day <= "2025-03-05")]["case"])


def test_one_file_is_read_as_the_ruler_reads_it_and_has_its_own_digest(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """Every cell as `table.read` gives it; name and digest as records always had them."""
    odd = frame.assign(
        number=pd.array([1, None] * 100, dtype="Int64"),
        yes=[True, False] * 100,
        when=pd.to_datetime(frame.day),
        day=pd.to_datetime(frame.day).dt.date,
        kind=pd.Categorical(["a", "b"] * 100),
        blank=None,
    )
    odd.loc[3, ["age", "sex"]] = None
    odd.to_parquet(tmp_path / "one.parquet")
    source = _opened("one.parquet", tmp_path)
    pd.testing.assert_frame_equal(source.frame(), table.read(tmp_path / "one.parquet"))
    assert source.name == "one.parquet"
    assert source.digest == digests.of_file(tmp_path / "one.parquet")
    frame.to_csv(tmp_path / "one.csv.gz", index=False)
    zipped = _opened("one.csv.gz", tmp_path)
    pd.testing.assert_frame_equal(zipped.frame(), table.read(tmp_path / "one.csv.gz"))
    assert zipped.digest == digests.of_file(tmp_path / "one.csv.gz")


def _lay(kind: str, frame: pd.DataFrame, folder: Path) -> str:
    """Lay the same rows as one kind of source; what the plan says."""
    data = folder / "data"
    data.mkdir()
    if kind == "pattern":
        for number in range(4):
            frame[number::4].to_csv(data / f"night-{number}.csv", index=False)
        return "data/night-*.csv"
    if kind == "folder":
        for month in ("02", "03"):
            (data / f"month={month}").mkdir()
            part = frame[frame.day.str[5:7] == month]
            part.to_parquet(data / f"month={month}" / "part-0.parquet")
        return "data"
    if kind == "days":
        for day, part in frame.groupby("day"):
            (data / f"day={day}").mkdir()
            part.drop(columns="day").to_parquet(data / f"day={day}" / "x.parquet")
        return "data"
    if kind == "memory":
        with fsspec.open("memory://bucket/one.csv", "w") as stream:
            stream.write(frame.to_csv(index=False))
        return "memory://bucket/one.csv"
    frame.to_parquet(data / "x.parquet")
    return (data / "x.parquet").as_uri()


@pytest.mark.parametrize("kind", ["pattern", "folder", "days", "memory", "file URL"])
def test_each_kind_of_source_gives_the_rows_of_the_days_and_no_others(
    kind: str, frame: pd.DataFrame, tmp_path: Path
) -> None:
    """Frame, batches and counts by day agree; the digest names what was read."""
    source = _opened(_lay(kind, frame, tmp_path), tmp_path)
    assert _cases(source) == sorted(frame.case)
    some = source.over(DAYS)
    assert _cases(some) == _expected(frame)
    assert sorted(some.frame(COLUMNS).day) == sorted(frame[frame.case.isin(_expected(frame))].day)
    batches = pa.Table.from_batches(some.batches(COLUMNS)).to_pandas()
    assert sorted(batches.case) == _expected(frame)
    assert sum(rows_by_day(some, "day").values()) == len(_expected(frame))
    assert some.digest.startswith("sha256:")
    if kind == "days":
        assert len(some.files()) < len(source.files())
        assert some.digest != source.digest
    fresh = _opened(source.name if kind == "pattern" else "data", tmp_path)
    if kind not in ("memory", "file URL"):
        assert fresh.digest == source.digest
        assert digests.of_value(
            {n: digests.of_file(_path(tmp_path, n)) for n in source.files()}
        ) == (source.digest)


def _path(folder: Path, name: str) -> Path:
    return folder / "data" / name


def test_parquet_files_outside_the_days_are_left_unread_and_undated_rows_are_not_lost(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """By their statistics; a row without a day stays, so that it is a fault and not a loss."""
    dated = frame.assign(day=pd.to_datetime(frame.day).dt.date)
    dated[dated.day < dt.date(2025, 3, 1)].to_parquet(tmp_path / "a.parquet")
    dated[dated.day >= dt.date(2025, 3, 1)].to_parquet(tmp_path / "b.parquet")
    source = _opened("*.parquet", tmp_path)
    march = source.over(Period(column="day", first=dt.date(2025, 3, 1), last=dt.date(2025, 3, 9)))
    assert march.files() == ["b.parquet"]
    dated.loc[0, "day"] = None
    dated.to_parquet(tmp_path / "a.parquet")
    again = _opened("*.parquet", tmp_path).over(march.period)  # type: ignore[attr-defined]
    assert again.files() == ["a.parquet", "b.parquet"]
    assert again.frame(["case", "day"])["day"].isna().sum() == 1


def test_times_with_an_offset_fall_on_the_day_of_the_wall_clock(tmp_path: Path) -> None:
    """Stored as instants of Berlin: 00:30 on 29 March is the 28th in UTC, and stays the 29th."""
    times = pd.to_datetime(["2026-03-28T23:30Z", "2026-03-29T21:59Z", "2026-03-29T22:30Z"])
    made = pd.DataFrame({"day": times.tz_convert("Europe/Berlin"), "case": ["a", "b", "c"]})
    made.to_parquet(tmp_path / "x.parquet")
    day = Period(column="day", first=dt.date(2026, 3, 29), last=dt.date(2026, 3, 29))
    source = _opened("x.parquet", tmp_path).over(day)
    assert _cases(source) == ["a", "b"]
    assert rows_by_day(source, "day") == {dt.date(2026, 3, 29): 2}


def test_files_still_being_written_are_left_aside_and_counted(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """By their names: .part, .tmp, hidden, and what Spark leaves."""
    frame.to_parquet(tmp_path / "night.parquet")
    for name in ("night-2.parquet.part", ".hidden.parquet", "_SUCCESS", "x.tmp", "notes.txt"):
        (tmp_path / name).write_bytes(b"half")
    source = _opened(".", tmp_path)
    assert _cases(source) == sorted(frame.case)
    note = next(n for n in source.warnings() if n["code"] == "files-left-aside")
    assert note["count"] == 5
    assert "night-2.parquet.part" in note["message"]


def test_all_faults_of_all_files_are_named_at_once(frame: pd.DataFrame, tmp_path: Path) -> None:
    """Half-written ones together; then columns that some of them lack; what only some have is told."""
    whole = tmp_path / "a.csv"
    frame.to_csv(whole, index=False)
    (tmp_path / "b.csv").write_bytes(whole.read_bytes()[:-3])
    (tmp_path / "c.csv").write_bytes(b"")
    source = _opened("*.csv", tmp_path)
    with pytest.raises(DataError) as caught:
        source.frame(COLUMNS)
    assert [fault[:6] for fault in caught.value.faults] == ["b.csv:", "c.csv:"]
    frame.drop(columns=["age", "sex"]).to_csv(tmp_path / "b.csv", index=False)
    frame.assign(ward="west").to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(DataError) as caught:
        _opened("*.csv", tmp_path).frame(COLUMNS)
    assert [f.split(" (")[0] for f in caught.value.faults] == [
        "b.csv: column 'age' is missing",
        "b.csv: column 'sex' is missing",
    ]
    frame.to_csv(tmp_path / "b.csv", index=False)
    source = _opened("*.csv", tmp_path)
    source.frame(COLUMNS)
    (note,) = source.warnings()
    assert (note["columns"], "not in every file: ward (in c.csv)" in note["message"]) == (
        ["ward"],
        True,
    )
    with pytest.raises(DataError, match="no file matches"):
        _opened("night-*.csv", tmp_path).frame()


def test_files_whose_types_differ_come_in_batches_of_one_schema(tmp_path: Path) -> None:
    """Whole numbers and decimals are decimals; numbers and words are text."""
    pd.DataFrame({"x": [1, 2], "y": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [0.5], "y": ["two"]}).to_parquet(tmp_path / "b.parquet")
    batches = list(_opened("*.parquet", tmp_path).batches(["x", "y"]))
    assert {batch.schema for batch in batches} == {
        pa.schema([("x", pa.float64()), ("y", pa.string())])
    }
    assert pa.Table.from_batches(batches).to_pydict() == {
        "x": [1.0, 2.0, 0.5],
        "y": ["1", "2", "two"],
    }


def test_a_file_that_changes_between_two_batches_is_refused_at_the_end(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """The last word of `batches` is whether all of it was one file."""
    path = tmp_path / "x.parquet"
    frame.to_parquet(path)
    pieces = iter(_opened("x.parquet", tmp_path).batches(["case"]))
    next(pieces)
    frame[:50].to_parquet(tmp_path / "y.parquet")
    (tmp_path / "y.parquet").replace(path)
    with pytest.raises(DataError, match="changed while it was read"):
        list(pieces)


def _database(frame: pd.DataFrame, path: Path) -> None:
    with sqlite3.connect(path) as base:
        frame.to_sql("cases", base, index=False)


def _query(query: str, url: str = "sqlite:///cases.db") -> SourcePlan:
    return SourcePlan.model_validate({"query": query, "url": url})


def test_a_query_gives_the_rows_of_the_days_and_a_digest_that_order_does_not_change(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """By :start and :until in the query, or cut after reading; the row order is the database's."""
    _database(frame, tmp_path / "cases.db")
    told = "SELECT * FROM cases WHERE day >= :start AND day < :until ORDER BY score"
    for query in (told, "SELECT * FROM cases"):
        source = opening.opened(_query(query), tmp_path, {}).over(DAYS)
        assert _cases(source) == _expected(frame)
        assert source.name.endswith(" on sqlite:///cases.db")
        assert pa.Table.from_batches(source.batches(COLUMNS)).num_rows == len(_expected(frame))
        assert rows_by_day(source, "day") == rows_by_day(_csv(frame, tmp_path).over(DAYS), "day")
    one = opening.opened(_query(told), tmp_path, {}).over(DAYS)
    with sqlite3.connect(tmp_path / "cases.db") as base:
        base.execute("CREATE TABLE other AS SELECT * FROM cases ORDER BY random()")
        base.execute("DROP TABLE cases")
        base.execute("ALTER TABLE other RENAME TO cases")
    shuffled = opening.opened(_query(told), tmp_path, {}).over(DAYS)
    assert shuffled.digest == one.digest
    pd.testing.assert_frame_equal(shuffled.frame(), one.frame())
    with sqlite3.connect(tmp_path / "cases.db") as base:
        base.execute("UPDATE cases SET age = 99 WHERE day = '2025-02-15'")
    assert opening.opened(_query(told), tmp_path, {}).over(DAYS).digest != one.digest


def _csv(frame: pd.DataFrame, folder: Path) -> Source:
    frame.to_csv(folder / "same.csv", index=False)
    return opening.at_path(folder / "same.csv")


def test_a_query_that_cannot_run_says_why_and_changes_nothing(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """Unknown table, unknown parameter, missing file, unknown kind of database, missing column."""
    _database(frame, tmp_path / "cases.db")

    def refused(plan: SourcePlan, error: type[Exception], said: str) -> None:
        with pytest.raises(error, match=said):
            opening.opened(plan, tmp_path, {}).frame(["case", "colour"])

    refused(_query("SELECT * FROM nowhere"), DataError, "the database says: no such table")
    refused(_query("SELECT * FROM cases WHERE day > :since"), UsageError, ":since; there are")
    refused(_query("SELECT * FROM cases", "sqlite:///none.db"), DataError, "no such file")
    refused(_query("SELECT 1", "nosuch://host/x"), UsageError, "cannot be used")
    refused(_query("SELECT * FROM cases"), DataError, "column 'colour' is missing")
    assert not (tmp_path / "none.db").exists()
    sly = _query("WITH x AS (SELECT 1) INSERT INTO cases SELECT * FROM cases")
    with pytest.raises((DataError, UsageError)):
        opening.opened(sly, tmp_path, {}).frame()
    with sqlite3.connect(tmp_path / "cases.db") as base:
        assert base.execute("SELECT count(*) FROM cases").fetchone() == (len(frame),)


SECRET = "hunter2-not-to-be-seen"  # noqa: S105 - a secret of nobody


def test_no_secret_reaches_a_plan_a_name_or_a_message(tmp_path: Path) -> None:
    """Written out it is refused, without being repeated; from the environment it is masked."""
    for address in (f"postgresql://me:{SECRET}@host/x", f"mysql://host/x?password={SECRET}"):
        body = f"{{query: SELECT 1, url: '{address}'}}"
        with pytest.raises(PolicyError) as caught:
            reader.parse(PLAN.replace("production.csv", body), MonitoringPlan, "monitoring.yaml")
        assert "write ${NAME} here" in str(caught.value)
        assert SECRET not in str(caught.value)
    plan = _query("SELECT 1", "nosuch${PASSWORD}://me:${PASSWORD}@host/x")
    source = opening.opened(plan, tmp_path, {"PASSWORD": SECRET})
    assert SECRET not in source.name
    with pytest.raises(UsageError) as told:
        source.frame()
    assert SECRET not in str(told.value)
    with pytest.raises(UsageError, match="no such environment variable"):
        opening.opened(plan, tmp_path, {}).frame()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{}", "give either"),
        ("{files: a.csv, query: SELECT 1, url: 'sqlite:///x'}", "give either"),
        ("{query: SELECT 1}", "go together"),
        ("{query: DELETE FROM x, url: 'sqlite:///x'}", "begin with SELECT"),
        ("{file: a.csv}", "unknown key"),
        ("s3://key:word@bucket/x", "a secret stands in the address"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused_when_the_plan_is_read(
    body: Any, said: str
) -> None:
    """With its line."""
    with pytest.raises(PolicyError, match=said) as caught:
        reader.parse(PLAN.replace("production.csv", body), MonitoringPlan, "monitoring.yaml")
    assert "monitoring.yaml:6: source" in str(caught.value)


def test_an_address_whose_library_is_missing_says_so(tmp_path: Path) -> None:
    """No traceback, and the kind of the address."""
    with pytest.raises(UsageError, match="begin with nosuch://"):
        _opened("nosuch://bucket/x.csv", tmp_path).frame()


def test_a_partitioned_dataset_as_pyarrow_writes_it_is_read(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    """Its `key=value` folders are columns."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    ds.write_dataset(
        rows, tmp_path / "d", format="parquet", partitioning=["sex"], partitioning_flavor="hive"
    )
    found = _opened("d", tmp_path).frame(COLUMNS)
    assert sorted(zip(found.case, found.sex, strict=True)) == sorted(
        zip(frame.case, frame.sex, strict=True)
    )

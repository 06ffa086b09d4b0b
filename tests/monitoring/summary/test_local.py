"""Files of any kind and place give the summary of their rows, digit for digit."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evidence.errors import DataError
from monitoring.summary import arrow, local
from policies.engine import Engine
from tests.monitoring.summary import ward

if TYPE_CHECKING:
    import pandas as pd

    from monitoring.summary.counts import Summary
    from monitoring.summary.layout import Layout

LAYOUT = ward.layout()
ENGINE = Engine(name="duckdb", memory_limit="200MB", threads=2)
MARCH = ("2025-03-05", "2025-03-20")


def _expected(frame: pd.DataFrame, **how: Any) -> Summary:
    return arrow.summarise(ward.as_typed(frame).to_batches(), LAYOUT, **how)


def _summarise(*places: str | Path, layout: Layout = LAYOUT, **how: Any) -> Summary:
    return local.summarise(places, layout, ENGINE, **how)


def _lay(folder: Path, frame: pd.DataFrame) -> dict[str, Path]:
    """The rows in each kind of file."""
    paths = {kind: folder / f"rows.{kind}" for kind in ("csv", "csv.gz", "parquet", "text.parquet")}
    frame.to_csv(paths["csv"], index=False)
    paths["csv.gz"].write_bytes(gzip.compress(paths["csv"].read_bytes()))
    pq.write_table(ward.as_typed(frame), paths["parquet"], row_group_size=500)
    pq.write_table(ward.as_text(frame), paths["text.parquet"])
    return paths


def test_each_kind_of_file_gives_the_same_summary(tmp_path: Path) -> None:
    """CSV, CSV.gz, Parquet of types and of text; the whole, and a period."""
    frame = ward.rows()
    whole, part = _expected(frame), _expected(frame, period=MARCH)
    for kind, path in _lay(tmp_path, frame).items():
        assert _summarise(path) == whole, kind
        assert _summarise(path, period=MARCH) == part, kind
    assert part.cases < whole.cases


def test_patterns_folders_and_parted_folders(tmp_path: Path) -> None:
    """Many files by a pattern or a folder; `site=north` folders bring the column."""
    frame = ward.rows()
    (tmp_path / "parts").mkdir()
    for i in range(7):
        pq.write_table(ward.as_typed(frame[i::7]), tmp_path / "parts" / f"{i}.parquet")
    assert _summarise(tmp_path / "parts") == _expected(frame)
    assert _summarise(
        f"{tmp_path}/parts/[0-3].parquet", f"{tmp_path}/**/[4-6].parquet"
    ) == _expected(frame)
    pq.write_to_dataset(ward.as_typed(frame), tmp_path / "hive", partition_cols=["day", "site"])
    assert _summarise(tmp_path / "hive") == _expected(frame)
    assert _summarise(tmp_path / "hive", period=MARCH) == _expected(frame, period=MARCH)


def test_urls_that_fsspec_knows(tmp_path: Path) -> None:
    """Files in another file system, by a pattern."""
    frame = ward.rows()
    paths = _lay(tmp_path, frame)
    memory = fsspec.filesystem("memory")
    for kind in ("parquet", "csv"):
        memory.pipe(f"/ward/{kind}/rows.{kind}", paths[kind].read_bytes())
        assert _summarise(f"memory://ward/{kind}/*.{kind}", period=MARCH) == _expected(
            frame, period=MARCH
        )
    assert _summarise("memory://ward/parquet") == _expected(frame)
    with pytest.raises(DataError, match="there is no such file"):
        _summarise("memory://ward/none/*.csv")


@pytest.mark.parametrize("kind", ["date", "moment", "zoned"])
def test_days_of_any_type_are_cut_by_the_period(tmp_path: Path, kind: str) -> None:
    """Dates and moments: row groups of other days are not read, none of the period is lost."""
    frame = ward.rows().sort_values("day")
    made = ward.as_typed(frame)
    to = {"date": pa.date32(), "moment": pa.timestamp("us"), "zoned": pa.timestamp("us", "UTC")}
    days = made["day"].cast(pa.timestamp("us")).cast(to[kind])
    path = tmp_path / "days.parquet"
    pq.write_table(made.set_column(2, "day", days), path, row_group_size=100)
    assert _summarise(path, period=MARCH) == _expected(frame, period=MARCH)
    (tmp_path / "a=1").mkdir()
    path.rename(tmp_path / "a=1" / "days.parquet")  # as DuckDB scans it
    found = _summarise(tmp_path, period=MARCH)
    assert found.extra == ("a",)
    assert found.cells == _expected(frame, period=MARCH).cells


def test_boundaries_and_oddities_are_the_same_through_duckdb(tmp_path: Path) -> None:
    """Edges, infinities, NaN, blanks, spaces, days with a time, quoted commas and new values."""
    edge = LAYOUT.columns["age"]["edges"]
    frame = ward.rows(len(edge)).assign(consent="yes", age=edge)
    frame.loc[:5, "age"] = [float("inf"), float("-inf"), float("nan"), -9.0, 1e-300, 1e300]
    frame.loc[6:9, "unit"] = ["a,b", 'quo"te', "", "ü"]
    frame.loc[10:30, "day"] += "T23:59:59"
    frame.loc[40:50, "truth"] = None
    for path in _lay(tmp_path, frame).values():
        assert _summarise(path, period=MARCH) == _expected(frame, period=MARCH)
    spaced = tmp_path / "spaced.csv"
    spaced.write_text((tmp_path / "rows.csv").read_text().replace(",yes,", ", yes, "))
    assert _summarise(spaced) == _expected(frame)


def test_days_that_cannot_be_read_are_not_lost_by_a_period(tmp_path: Path) -> None:
    """Wherever they would sort, each kind of file counts them as faults."""
    frame = ward.rows(200).assign(consent="yes")
    frame.loc[:4, "day"] = ["2025-02-30", "2025-3-9", "soon", "0000-00-00", None]
    for path in _lay(tmp_path, frame).values():
        with pytest.raises(DataError, match="column 'day': 5 rows where the value is no date"):
            _summarise(path, period=MARCH)


@pytest.mark.parametrize("kind", ["parquet", "csv.gz"])
@pytest.mark.parametrize("keep", [0.5, 0.999])
def test_half_written_files_are_refused_by_name(tmp_path: Path, kind: str, keep: float) -> None:
    """The broken one is named, the whole ones are not; folders that DuckDB scans as well."""
    frame = ward.rows()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _lay(tmp_path / name, frame)
    broken = tmp_path / "two" / f"rows.{kind}"
    content = broken.read_bytes()
    broken.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DataError) as caught:
        _summarise(tmp_path / "one" / f"rows.{kind}", broken)
    assert f"{broken}: cannot be read; is it whole?" in str(caught.value)
    assert str(tmp_path / "one") not in str(caught.value)
    parted = tmp_path / "k=1"
    parted.mkdir()
    broken.rename(parted / broken.name)
    with pytest.raises(DataError, match="cannot be read; is it whole"):
        _summarise(parted / broken.name)


def test_files_that_do_not_fit_are_each_named(tmp_path: Path) -> None:
    """A column lost in one file is not taken as missing values; mixed kinds; nothing there."""
    paths = _lay(tmp_path, ward.rows(50))
    for kind in ("csv", "parquet"):
        lost = tmp_path / f"lost.{kind}"
        frame = ward.rows(50).drop(columns="age")
        frame.to_csv(lost, index=False) if kind == "csv" else frame.to_parquet(lost)
        with pytest.raises(DataError) as caught:
            _summarise(paths[kind], lost)
        assert f"{lost}: column 'age' is missing" in str(caught.value)
    with pytest.raises(DataError, match="Parquet and CSV files are mixed"):
        _summarise(paths["csv"], paths["parquet"])
    with pytest.raises(DataError, match=r"none\*\.csv: there is no such file"):
        _summarise(f"{tmp_path}/none*.csv")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(DataError, match=str(empty)):
        _summarise(empty)
    ward.rows(5).head(0).to_csv(empty, index=False)
    assert _summarise(empty).cases == 0


def test_an_extra_column_is_listed_once_for_all_files(tmp_path: Path) -> None:
    """In one file of two; the rest is counted."""
    frame = ward.rows(100)
    for kind in ("csv", "parquet"):
        for name, part in (("a", frame[:50]), ("b", frame[50:].assign(colour="red"))):
            path = tmp_path / f"{name}.{kind}"
            part.to_csv(path, index=False) if kind == "csv" else part.to_parquet(path)
        found = _summarise(f"{tmp_path}/?.{kind}")
        assert (found.extra, found.rows) == (("colour",), 100)

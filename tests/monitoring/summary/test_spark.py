"""Spark in local mode, two and two hundred partitions, gives DuckDB's summary, digit for digit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from evidence import digest as digests
from evidence.errors import DataError, UsageError
from monitoring.summary import local, spark
from policies.engine import Engine
from tests.monitoring.summary import ward

LAYOUT = ward.layout(grid=tuple(i / 50 for i in range(51)))
ENGINE = Engine(name="spark", master="local[2]", options={"spark.sql.codegen.wholeStage": "false"})
MARCH = ("2025-03-05", "2025-03-20")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """One local session for the whole file, whose workers find this suite."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    )
    with spark.session(ENGINE) as running:
        yield running


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The same rows in 2 and in 200 files, with a new unit and infinite ages among them."""
    frame = ward.rows(4000)
    frame.loc[:30, "unit"] = "z"
    frame.loc[40:43, "age"] = [float("inf"), float("-inf"), LAYOUT.columns["age"]["edges"][7], -9.0]
    frame.loc[50:60, "truth"] = None
    found = {}
    for number in (2, 200):
        found[number] = tmp_path_factory.mktemp(f"parts{number}")
        for i in range(number):
            pq.write_table(ward.as_typed(frame[i::number]), found[number] / f"{i}.parquet")
    frame.to_csv(found[2].parent / "rows.csv", index=False)
    return found


@pytest.mark.usefixtures("cluster")
def test_2_and_200_partitions_and_duckdb_are_identical(parts: dict[int, Path]) -> None:
    """The canonical bytes of all of them are the same."""
    duck = local.summarise([parts[200]], LAYOUT, Engine(name="duckdb"))
    expected = digests.canonical(duck.body())
    for number, folder in parts.items():
        engine = ENGINE.model_copy(update={"partitions": number})
        found = spark.summarise([folder], LAYOUT, engine)
        assert digests.canonical(found.body()) == expected, number


@pytest.mark.usefixtures("cluster")
def test_csv_and_a_period_are_identical_too(parts: dict[int, Path]) -> None:
    """Text columns; the period cut by Spark and by the counting."""
    path = parts[2].parent / "rows.csv"
    duck = local.summarise([path], LAYOUT, Engine(name="duckdb"), period=MARCH)
    assert spark.summarise([path], LAYOUT, ENGINE, period=MARCH) == duck


def test_faults_of_all_partitions_are_one_refusal(cluster: Any, parts: dict[int, Path]) -> None:
    """Counts of bad values add up over partitions; columns are judged before anything runs."""
    frame = cluster.read.parquet(str(parts[2]))
    bad = frame.selectExpr("* except (age)", "concat(cast(age as string), 'y') as age")
    there = pd.read_parquet(parts[2])
    known = int((there["age"].notna() & (there["consent"] == "yes")).sum())
    with pytest.raises(DataError, match=f"column 'age': {known:,} rows"):
        spark.of_frame(bad, LAYOUT, partitions=2)
    with pytest.raises(DataError, match="column 'age' is missing"):
        spark.of_frame(frame.drop("age"), LAYOUT)


@pytest.mark.usefixtures("cluster")
def test_a_half_written_file_is_refused_by_name(parts: dict[int, Path], tmp_path: Path) -> None:
    """Spark's own words say which."""
    content = (parts[2] / "0.parquet").read_bytes()
    (tmp_path / "broken.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"broken\.parquet"):
        spark.summarise([tmp_path / "broken.parquet"], LAYOUT, ENGINE)


def test_without_java_or_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal of usage and not a trace of Java."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="install Java 17 or newer"):
        spark._require()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="install the extra 'spark'"):
        spark._require()

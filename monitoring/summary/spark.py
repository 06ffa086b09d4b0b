"""PySpark on an existing cluster: each partition is counted where it lies, the driver adds.

The only door to PySpark, which is the optional extra ``spark``. Each partition sends one row, its
summary as JSON; no patient's row leaves the executors. They need this suite installed. In local
mode nothing listens beyond this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError, UsageError
from monitoring.summary import arrow
from monitoring.summary.counts import Summary, add
from monitoring.summary.faults import Faults
from monitoring.summary.pushdown import condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from monitoring.summary.arrow import Counted
    from monitoring.summary.layout import Layout
    from monitoring.summary.tally import Period
    from policies.engine import Engine

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.adaptive.enabled": "false",  # nothing to adapt: each part sends one row
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",  # 01 stays 01
    "spark.log.level": "ERROR",
}
LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
MOST = 200  # summaries that go to the driver
ENDS = (".parquet", ".pq")


def summarise(
    places: Sequence[str | Path], layout: Layout, engine: Engine, *, period: Period | None = None
) -> Summary:
    """Count files on a cluster.

    Args:
        places: Paths, patterns, folders and URLs that the cluster reads, Parquet or CSV.
        layout: What is counted.
        engine: Master URL, partitions and Spark's settings.
        period: First and last day; None counts every row.

    Raises:
        UsageError: PySpark or Java is not there.
        DataError: Files that cannot be read; columns and values that do not fit.
    """
    name = str(places[0]) if len(places) == 1 else f"{len(places):,} places"
    with session(engine) as spark:
        try:
            frame = _read(spark, [str(place) for place in places])
            return of_frame(frame, layout, period=period, partitions=engine.partitions, name=name)
        except _errors() as error:
            raise DataError(name, [_said(error)]) from error


def of_frame(
    frame: Any,
    layout: Layout,
    *,
    period: Period | None = None,
    partitions: int | None = None,
    name: str = "the data",
) -> Summary:
    """Count a Spark data frame.

    Args:
        frame: A ``pyspark.sql.DataFrame``.
        layout: What is counted.
        period: First and last day; None counts every row.
        partitions: Into how many parts it is cut first; as it is when None.
        name: What the data are called, for messages.

    Raises:
        DataError: Columns and values that do not fit.
    """
    from pyspark.sql.pandas.types import to_arrow_schema

    faults = Faults()
    extra = arrow.check(to_arrow_schema(frame.schema), layout, faults)
    if faults.columns:
        raise DataError(name, faults.lines())
    needed = frame.select(*(_quoted(column) for column in layout.needed))
    if layout.day:
        text = frame.schema[layout.day].dataType.typeName() == "string"
        where = condition(_quoted(layout.day), period, text=text)
        needed = needed.where(where) if where else needed
    if partitions:
        needed = needed.repartition(partitions)
    parts = needed.mapInArrow(_counting(layout, period), "part string")
    if partitions is None or partitions > MOST:  # the driver's memory holds so many
        parts = parts.coalesce(MOST).mapInArrow(_adding(layout), "part string")
    total = _total(layout, (row["part"] for row in parts.collect()))
    return arrow.with_extra(total.require(name), extra)


def _total(layout: Layout, parts: Iterable[str]) -> Counted:
    total, faults = arrow.summarise([], layout), Faults()
    for part in parts:
        body = json.loads(part)
        faults.merge(Faults.read(body["faults"]))
        total = add(layout, total, Summary.read(body["summary"]))
    return arrow.Counted(total, faults)


def _row(counted: Counted) -> Any:
    import pyarrow as pa

    body = {"summary": counted.summary.body(), "faults": counted.faults.body()}
    return pa.RecordBatch.from_pydict({"part": [json.dumps(body)]})


def _adding(layout: Layout) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def added(batches: Iterator[Any]) -> Iterator[Any]:
        yield _row(
            _total(layout, (part for batch in batches for part in batch["part"].to_pylist()))
        )

    return added


def _counting(layout: Layout, period: Period | None) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def part(batches: Iterator[Any]) -> Iterator[Any]:
        yield _row(arrow.count(batches, layout, period=period))

    return part


@contextmanager
def session(engine: Engine) -> Iterator[Any]:
    """A Spark session of the engine's master; one that runs already is used and left running.

    Raises:
        UsageError: PySpark or Java is not there.
    """
    _require()
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    master = engine.master or "local[2]"
    settings = SETTINGS | (LOCAL if master.startswith("local") else {}) | engine.options
    builder = SparkSession.builder.master(master).appName("tplc")
    for key, value in settings.items():
        builder = builder.config(key, value)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        # Else its workers are whatever python3 is on the path, which need not know our libraries.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def _require() -> None:
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise UsageError(
            "The plan's engine is spark, and PySpark is not installed: install the extra 'spark' "
            "of this suite, or set engine: {name: duckdb} in policies/monitoring.yaml."
        )
    home = os.environ.get("JAVA_HOME", "")
    if shutil.which("java") is None and not (home and shutil.which("java", path=f"{home}/bin")):
        raise UsageError(
            "The plan's engine is spark, and there is no Java on this machine: install Java 17 or "
            "newer, or set JAVA_HOME, or set engine: {name: duckdb} in policies/monitoring.yaml."
        )


def _read(spark: Any, places: list[str]) -> Any:
    kinds = {place.endswith(ENDS) or not place.endswith((".csv", ".csv.gz")) for place in places}
    if len(kinds) > 1:
        raise DataError("the source", ["Parquet and CSV files are mixed: name them in two runs"])
    if kinds == {True}:
        return spark.read.parquet(*places)
    return spark.read.csv(
        places, header=True, quote='"', escape='"', ignoreLeadingWhiteSpace=True, mode="FAILFAST"
    )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JJavaError


def _said(error: Exception) -> str:
    first = str(error).strip().splitlines()[0]
    return f"cannot be read by Spark; is every file whole? ({first})"

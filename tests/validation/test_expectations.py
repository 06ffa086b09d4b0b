"""Great Expectations, behind its door."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import pandas as pd
from validation import expectations
from validation.table import COUNT
frame = pd.DataFrame({"age": [1, 2], COUNT: [1, 1]})
rule = expectations.Expected(type="expect_column_values_to_not_be_null", column="age", arguments={}, statement="s")
print(len(expectations.check(frame, [rule])), "pyspark" in sys.modules)
"""


def test_a_check_does_not_load_spark() -> None:
    """A Spark without its client for remote sessions would leave the process: nothing was written."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["1", "False"], done.stderr


def test_a_check_goes_on_where_spark_is_loaded_already() -> None:
    """As in a night whose engine is Spark: its client for remote sessions is not touched."""
    done = subprocess.run(
        [sys.executable, "-c", "import pyspark.sql" + SCRIPT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1", "True"], done.stderr

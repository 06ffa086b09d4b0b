"""Great Expectations, behind its one door: what a data set must be like, checked.

The suite is built from the roles of the specification and the columns of `data_quality.yaml`; its
results come back by column and by people, and whole as JSON for the file behind the record.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation.table import COUNT, coded_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from evidence.records import Body
    from policies.dataset import ColumnRule, DataQualityPolicy, DatasetSpec
    from policies.text_set import TextSetSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One expectation: its Great Expectations name, its arguments, and how to say it."""

    type: str
    column: str
    arguments: Body
    statement: str


def from_roles(spec: DatasetSpec) -> list[Expected]:
    """What the roles imply, whatever the policy says."""
    found: list[Expected] = []
    if spec.case:
        found.append(_of("unique", spec.case, {}, "each case stands once"))
        found.append(_of("not_be_null", spec.case, {}, "every row names its case"))
    always = (spec.patient, spec.site, spec.time, spec.score)
    found += [_of("not_be_null", column, {}, "is never missing") for column in always if column]
    if spec.score:
        limits = {"min_value": 0, "max_value": 1}
        found.append(_of("be_between", spec.score, limits, "is a probability, from 0 to 1"))
    return found


def from_text_roles(spec: TextSetSpec) -> list[Expected]:
    """What the roles of a text set imply, whatever the policy says."""
    found = [
        _of("unique", spec.case, {}, "each case stands once"),
        _of("not_be_null", spec.case, {}, "every row names its case"),
    ]
    always = [spec.item, spec.patient, spec.site, spec.time, spec.language]
    always += spec.answers.columns() if spec.answers else []
    always += spec.reports.references[:1] if spec.reports else []
    named = dict.fromkeys(name for name in always if name)
    return found + [_of("not_be_null", column, {}, "is never missing") for column in named]


def from_policy(policy: DataQualityPolicy, columns: list[str]) -> list[Expected]:
    """What the policy expects of the columns that are there."""
    return [e for rule in policy.columns if rule.column in columns for e in _of_rule(rule)]


def _of_rule(rule: ColumnRule) -> list[Expected]:
    found: list[Expected] = []
    if rule.one_of is not None:
        text = ", ".join(map(str, rule.one_of))
        found.append(_of("be_in_set", rule.column, {"value_set": rule.one_of}, f"is one of {text}"))
    if rule.minimum is not None or rule.maximum is not None:
        limits = {"min_value": rule.minimum, "max_value": rule.maximum}
        low = "any" if rule.minimum is None else f"{rule.minimum:g}"
        high = "any" if rule.maximum is None else f"{rule.maximum:g}"
        found.append(_of("be_between", rule.column, limits, f"is from {low} to {high}"))
    if rule.missing_at_most < 1:
        text = f"is missing in at most {rule.missing_at_most:.1%}"
        mostly = {"mostly": round(1 - rule.missing_at_most, 6)}
        found.append(_of("not_be_null", rule.column, mostly, text))
    return found


def _of(kind: str, column: str, arguments: Body, statement: str) -> Expected:
    prefix = "expect_column_values_to_be_" if kind == "unique" else "expect_column_values_to_"
    return Expected(
        type=prefix + kind, column=column, arguments=arguments, statement=f"{column} {statement}"
    )


def check(frame: pd.DataFrame, expected: list[Expected]) -> list[Body]:
    """Run the suite.

    Great Expectations finds the rows; a row then weighs as many people as it stands for, and the
    share that `mostly` allows is judged on people.

    Returns:
        One body an expectation: statement, whether it holds, how many people break it.
    """
    if not expected:
        return []
    results = _run(frame, expected)
    weights = frame[COUNT].to_numpy()
    return [_result(e, result, weights) for e, result in zip(expected, results, strict=True)]


@contextmanager
def _without_spark() -> Iterator[None]:
    """Keep Great Expectations from loading Spark, which it looks for and which we never give it.

    A Spark without its client for remote sessions leaves the whole process when that is imported.
    """
    before = sys.modules.get("pyspark")
    sys.modules["pyspark"] = None  # type: ignore[assignment]  # Python's way to refuse an import
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        if before is not None:
            sys.modules["pyspark"] = before


def _run(frame: pd.DataFrame, expected: list[Expected]) -> list[Any]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # no telemetry: a law of this house
    with _without_spark():
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations.expectation_configuration import (
            ExpectationConfiguration,
        )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("cases").add_dataframe_asset("cases")
    batch = source.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    wanted = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
    return [
        batch.validate(
            ExpectationConfiguration(
                type=e.type, kwargs={"column": e.column, **e.arguments}
            ).to_domain_obj(),
            result_format=wanted,
        )
        for e in expected
    ]


def _result(expected: Expected, result: Any, weights: Any) -> Body:
    if result.exception_info.get("raised_exception"):
        raise RuntimeError(f"{expected.statement}: {result.exception_info['exception_message']}")
    rows = result.result.get("unexpected_index_list") or []
    broken, cases = int(weights[rows].sum()) if rows else 0, int(weights.sum())
    allowed = 1 - float(expected.arguments.get("mostly", 1.0))
    return {
        "expectation": expected.type,
        "column": expected.column,
        "statement": expected.statement,
        "ok": cases > 0 and broken <= allowed * cases + 1e-9,
        "unexpected": broken,
        "cases": cases,
        "observed": f"{broken:,} of {cases:,} ({broken / cases if cases else 0:.1%})",
    }


def suspicious(frame: pd.DataFrame, spec: DatasetSpec, codes: tuple[float, ...]) -> list[Body]:
    """Numbers that look like codes for *missing* and were not declared so, by column and count."""
    found: list[Body] = []
    for feature in spec.features:
        if feature.type != "number":
            continue
        values = frame[feature.name]
        for code in coded_missing(values, codes):
            number = int(frame.loc[values == code, COUNT].sum())
            message = (
                f"{number:,} cases have {code:g} in '{feature.name}', apart from all other values: "
                "often a code for missing. If so, declare it under missing_codes."
            )
            found.append(
                {
                    "code": "coded-missing",
                    "column": feature.name,
                    "count": number,
                    "message": message,
                }
            )
    return found

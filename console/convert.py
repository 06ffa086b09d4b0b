"""`tplc convert`: a benchmark's own files into the form that is frozen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import answer
from evidence.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.records import Body

SHOWN = 12  # values of a column on a screen


def convert(
    name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="vqa-rad, slake, path-vqa, vqa-med, multiple-choice, roco, imageclef-caption, "
            "mimic-cxr, iu-xray.",
        ),
    ],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Its files.")],
    *,
    out: Annotated[Path, typer.Option(help="The table: .csv, .csv.gz or .parquet.")],
    split: Annotated[str, typer.Option(help="The split of all rows, such as test.")] = "",
    language: Annotated[str, typer.Option(help="The language of all rows, such as en.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(help="ROLE=COLUMN or ROLE=COLUMN,COLUMN, such as answer=key; repeat."),
    ] = None,
    section: Annotated[
        str, typer.Option(help="What of a report is the reference: findings, impression or both.")
    ] = "both",
    exclude_faulty: Annotated[
        bool, typer.Option("--exclude-faulty", help="Leave faulty rows out, counted.")
    ] = False,
    as_json: answer.AsJson = False,
) -> None:
    """Turn a benchmark's questions or reports into one table, ready to freeze."""
    from validation import table_file
    from validation.text_sets import formats
    from validation.text_sets.text_set import Options

    table_file.check(out, files)
    how = Options(
        split=split,
        language=language,
        columns=_columns(column or []),
        section=section,
        exclude_faulty=exclude_faulty,
    )
    with answer.progress("convert") as step:
        step(f"reading {name}", 0, 0)
        made = formats.read(name, files, how)
        step(f"writing {len(made.frame):,} rows", 0, 0)
        table_file.write(made.frame, out)
    body = made.summary() | {"out": str(out)}
    answer.give(body, as_json=as_json)
    if not as_json:
        _say(body)


def _columns(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Role to columns, from words such as ``case=country,item``."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        role, _, columns = word.partition("=")
        names = tuple(name.strip() for name in columns.split(",") if name.strip())
        if not role or not names or role in found:
            raise UsageError(f"--column reads ROLE=COLUMN, each role once; not '{word}'")
        found[role] = names
    return found


def _say(body: Body) -> None:
    """The same for people."""
    rules = ", ".join(f"{kind} by {rule}" for kind, rule in body["scoring"].items())
    answer.say(
        f"{body['format']}: {body['rows']:,} rows of {body['cases']:,} cases and "
        f"{body['images']:,} images; scored {rules}.",
        as_json=False,
    )
    for column, counted in body["counts"].items():
        shown = [f"{value} {number:,}" for value, number in list(counted.items())[:SHOWN]]
        more = f", and {len(counted) - SHOWN:,} more" if len(counted) > SHOWN else ""
        answer.say(f"  {column}: {', '.join(shown)}{more}", as_json=False)
    if body["left_out"]:
        answer.say(f"Left out: {body['left_out']:,} rows", as_json=False)
        for fault in body["excluded"]:
            answer.say(f"  {fault}", as_json=False)
    for warning in body["warnings"]:
        answer.say(f"Warning ({warning['code']}): {warning['message']}", as_json=False)
    answer.say(f"Written: {body['out']}", as_json=False)

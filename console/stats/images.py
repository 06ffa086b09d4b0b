"""`tplc stats images`: scanner, site and quality of images, as columns of the case table."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer
from console.stats import door
from evidence.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from validation.estimate import Result, Warned
    from validation.imaging.case_table import Plan
    from validation.imaging.description import Described
    from validation.imaging.duplicates import Pair

SHOWN = 20  # lines of a list on a screen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What was read, before it is told."""

    records: list[Described]
    cases: list[str]
    pairs: list[Pair] | None
    warnings: list[Warned]
    near: int


def images(
    places: Annotated[
        list[Path], typer.Argument(metavar="FOLDER|FILE...", help="DICOM, PNG or JPEG.")
    ],
    *,
    table: Annotated[
        Path | None, typer.Option(help="The case table that gets the columns.")
    ] = None,
    image: Annotated[str | None, typer.Option(help="Its column of the image's path.")] = None,
    case: Annotated[str | None, typer.Option(help="Its column of the case.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the table with image-* columns is written.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Folder of another set (training): which images are in both?"),
    ] = None,
    near: Annotated[
        int, typer.Option(min=0, max=32, help="Bits in which near duplicates' hashes may differ.")
    ] = 4,
    site_key: Annotated[
        Path | None,
        typer.Option(help="File whose bytes key a digest of the institution (image-site)."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many read at a time.")] = 2,
    as_json: answer.AsJson = False,
    cite: door.Cite = False,
) -> None:
    """Read acquisition metadata and intensity from images; no identifier leaves a file."""
    from validation import table_file
    from validation.imaging import case_table

    if (table is None) != (image is None) or (case and table is None):
        raise UsageError("--table FILE needs --image COLUMN, and --case COLUMN needs both.")
    if out:
        table_file.check(out, [table] if table else [])
    frame, plan = _planned(table, image, case, places)
    key = _key(site_key)
    paths = list(plan.paths) if plan else case_table.files(places)
    records = _described(paths, "images", key, processes)
    others = _described(case_table.files([against]), "against", b"", processes) if against else None
    looked = _look(records, others, _cases(frame, plan, case, records), near)
    if plan:
        looked.warnings[:0] = plan.warnings
    if out:
        table_file.write(_table(frame, plan, records), out)
    _tell(looked, out, as_json=as_json, cite=cite)


def _planned(
    table: Path | None, image: str | None, case: str | None, places: Sequence[Path]
) -> tuple[pd.DataFrame | None, Plan | None]:
    """The case table and which images it names; None without one."""
    from validation import table as tables
    from validation.imaging import case_table

    if table is None or image is None:
        return None, None
    frame = tables.read(table)
    tables.read(table, [image, *([case] if case else [])])  # the columns are there
    if frame.empty:
        raise DataError(str(table), ["there are no rows below the header"])
    return frame, case_table.plan(frame, image, places, str(table))


def _key(path: Path | None) -> bytes:
    if path is None:
        return b""
    if not path.is_file() or not path.stat().st_size:
        raise UsageError(f"--site-key {path}: there is no such file, or nothing is in it")
    return path.read_bytes()


def _described(paths: Sequence[Path], title: str, key: bytes, processes: int) -> list[Described]:
    from validation.imaging import describe

    with answer.progress(title) as step:
        pace = max(1, len(paths) // 20)

        def told(done: int, of: int) -> None:
            if done % pace == 0 or done == of:
                step("reading", done, of)

        return describe(paths, site_key=key, processes=processes, progress=told)


def _cases(
    frame: pd.DataFrame | None, plan: Plan | None, case: str | None, records: Sequence[Described]
) -> list[tuple[int, str]]:
    """Each image's record and the case it stands under: the row's, or the file's own path."""
    if frame is not None and plan is not None and case:
        named = zip(plan.rows, frame[case].fillna("missing").astype(str), strict=True)
        return [(row, name) for row, name in named if row >= 0]
    return [(at, str(record.path)) for at, record in enumerate(records)]


def _look(
    records: list[Described],
    others: list[Described] | None,
    cases: Sequence[tuple[int, str]],
    near: int,
) -> _Looked:
    from validation.estimate import Warned
    from validation.imaging import duplicates

    shared = duplicates.within([records[at] for at, _ in cases], [name for _, name in cases])
    warnings = []
    if shared:
        message = f"{len(shared):,} images stand under more than one case (equal bytes)"
        warnings.append(Warned(code="duplicate-images", message=message, count=len(shared)))
    pairs = duplicates.between(records, others, near) if others is not None else None
    if pairs is not None:
        warnings += duplicates.warned(pairs, near)
    named = [", ".join(names) for names in shared]
    return _Looked(records=records, cases=named, pairs=pairs, warnings=warnings, near=near)


def _table(
    frame: pd.DataFrame | None, plan: Plan | None, records: Sequence[Described]
) -> pd.DataFrame:
    from validation.imaging import case_table, description

    if frame is None or plan is None:
        return description.frame(records)
    return case_table.join(frame, plan.rows, records)


def _tell(looked: _Looked, out: Path | None, *, as_json: bool, cite: bool) -> None:
    from validation import methods
    from validation.estimate import Result
    from validation.imaging import duplicates, image_quality
    from validation.imaging.pixels import FAULT

    records = looked.records
    apart = image_quality.outliers(records)
    estimates = image_quality.rates(records, apart)
    if looked.pairs is not None:
        sound = sum(record.status != FAULT for record in records)
        estimates += duplicates.rates(looked.pairs, sound)
    result = Result(
        estimates=tuple(estimates),
        warnings=(*looked.warnings, *image_quality.warned(records, apart)),
    )
    body: dict[str, Any] = result.to_dict() | {
        "images": len(records),
        "groups": image_quality.groups(records),
        "faults": [
            {"file": str(r.path), "status": r.status, "reason": r.reason}
            for r in records
            if r.reason
        ],
        "outliers": [dataclasses.asdict(outlier) for outlier in apart],
        "duplicates": looked.cases,
        "pairs": [dataclasses.asdict(pair) for pair in looked.pairs or ()],
        "out": str(out) if out else None,
    }
    if cite:
        used = [e.method for e in estimates]
        more = ["difference-hash", "modified-z", "shannon-entropy"]
        more += ["laplacian-variance", "colourfulness-hasler"]
        body["references"] = methods.cite([*used, *more])
    answer.give(body, as_json=as_json)
    if not as_json:
        _show(result, body)


def _show(result: Result, body: dict[str, Any]) -> None:
    """The same for people: groups first, then rates, then what to look at."""
    rows = [
        (g["by"].removeprefix("image-"), g["name"], f"{g['images']:,}", *_spans(g["ranges"]))
        for g in body["groups"]
    ]
    heads = ("By", "Name", "Images", "Rows", "Columns", "Mean", "SD", "Sharpness", "Entropy")
    answer.table(f"{body['images']:,} images (lowest to highest)", heads, rows)
    references = body.get("references", {})
    door.show(result, title="Shares", as_json=False, cite=False)
    lists = {
        "Not read": [f"{fault['file']}: {fault['reason']}" for fault in body["faults"]],
        "One image, several cases": body["duplicates"],
        "In the other set too": [
            f"{p['file']} ~ {p['other']} ({'equal bytes' if p['identical'] else p['bits']})"
            for p in body["pairs"]
        ],
    }
    for title, lines in lists.items():
        for line in [f"{title}:"] * bool(lines) + [f"  {line}" for line in lines[:SHOWN]]:
            answer.say(line, as_json=False)
        if len(lines) > SHOWN:
            answer.say(f"  ... and {len(lines) - SHOWN:,} more (see --json)", as_json=False)
    for name, reference in references.items():
        answer.say(f"{name}: {reference}", as_json=False)
    if body["out"]:
        answer.say(f"Written: {body['out']}", as_json=False)


def _spans(ranges: dict[str, Any]) -> list[str]:
    names = ("rows", "columns", "mean", "sd", "sharpness", "entropy")
    found = [ranges.get(f"image-{name}") for name in names]
    return ["" if span is None else f"{span['low']:.4g} to {span['high']:.4g}" for span in found]

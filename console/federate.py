"""`tplc monitor layout | summarise | merge`: sites send counts instead of rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import answer, settings
from console.answer import AsJson

if TYPE_CHECKING:
    from monitoring.summary.layout import Layout
    from policies.engine import Engine
    from policies.plan import Schedule

FEW = 10  # smaller counts are not shown
LayoutFile = Annotated[
    Path | None,
    typer.Option("--layout", metavar="FILE", help="A layout that was sent; else this workspace's."),
]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it is written.")]


def layout(
    *,
    out: OutFile,
    score: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column of the score, if dataset.yaml has none.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write what a site needs to summarise its data: edges, categories, rules, windows; no row."""
    from monitoring.summary import planned

    made, windows = _planned(score or None)
    _write(out, planned.carried(made, windows))
    answer.say(f"Layout {made.digest}: {out}.", as_json=as_json)
    answer.give({"layout": made.digest, "out": str(out)}, as_json=as_json)


def summarise(
    source: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Files, patterns, folders, URLs."),
    ] = None,
    *,
    window: Annotated[str, typer.Option(metavar="LABEL", help="As the plan names it: 2025-03.")],
    site: Annotated[str, typer.Option(metavar="NAME", help="This site, as the others know it.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="This site's private key.")],
    out: OutFile,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make the key, and FILE.pub.")] = False,
    layout_file: LayoutFile = None,
    threads: Annotated[int, typer.Option(help="How many count at once.")] = 2,
    memory_limit: Annotated[str, typer.Option(help="For scanning.")] = "2GB",
    master: Annotated[str, typer.Option(metavar="URL", help="Count on this Spark cluster.")] = "",
    as_json: AsJson = False,
) -> None:
    """Count one window's rows and sign the counts.

    What leaves the site is the file at --out: counts of each column's bins and categories, of score
    bins by outcome and subgroup, and of days. No row and no identifier is in it, but a count may be
    as small as 1, and up to 20 categories that the reference set lacks are named.
    """
    from monitoring.summary import exchange, keys, planned

    at = settings.now()
    made, windows = planned.read(layout_file) if layout_file else _planned(None)
    which = planned.window(windows, window, settings.day(at))
    places = source or [_source(layout_file)]
    engine = _engine(threads, memory_limit, master)
    public = keys.new(key) if new_key else None
    secret = keys.private(key)
    period = (str(which.start), str(which.end))
    with answer.progress("summarise") as step:
        step(f"counting {window}", 0, 0)
        summary = _counter(engine).summarise(places, made, engine, period=period)
    body = exchange.sign(summary, made, which, site=site, at=at, key=secret)
    _write(out, body)
    answer.say(f"{summary.cases:,} cases of {window} counted and signed: {out}.", as_json=as_json)
    if public:
        answer.say(f"Send {public} to whoever merges; keep {key} to yourself.", as_json=as_json)
    if summary.extra:
        names = ", ".join(summary.extra)
        answer.say(f"Not counted, since no specification names it: {names}.", as_json=as_json)
    answer.give(
        {
            "out": str(out),
            "site": site,
            "window": which.body(),
            "layout": made.digest,
            "rows": summary.rows,
            "cases": summary.cases,
            "accounting": summary.as_steps(),
            "extra": list(summary.extra),
            "public_key": str(public) if public else None,
        },
        as_json=as_json,
    )


def merge(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The sites' summaries.")],
    *,
    keys: Annotated[
        Path, typer.Option(metavar="PATH", help="Folder of SITE.pub files, or a sites.yaml.")
    ],
    out: OutFile,
    window: Annotated[str, typer.Option(metavar="LABEL", help="Refuse any other window.")] = "",
    layout_file: LayoutFile = None,
    as_json: AsJson = False,
) -> None:
    """Add the summaries of sites: the same numbers as if their rows had been pooled.

    Refused, all at once: files that are unsigned, changed, of an unknown site, of another layout or
    window, or of the same site twice.
    """
    from monitoring.summary import exchange, planned
    from monitoring.summary import keys as known

    made = planned.read(layout_file)[0] if layout_file else _planned(None)[0]
    body = exchange.merge(files, made, known.known(keys), at=settings.now(), window=window)
    _write(out, body)
    if not as_json:
        _say(body)
        answer.say(f"Merged summary of {len(body['sites'])} sites: {out}.", as_json=False)
    answer.give(
        {"out": str(out)} | {k: body[k] for k in ("window", "layout", "sites")}, as_json=as_json
    )


def register(app: typer.Typer) -> None:
    """Add the commands to `tplc monitor`."""
    for command in (layout, summarise, merge):
        app.command(command.__name__)(command)


def _planned(score: str | None) -> tuple[Layout, Schedule]:
    from monitoring import surveillance
    from monitoring.summary import planned

    door = settings.enter()
    space = door.workspace
    watch = surveillance.prepare(space.trail, space.policies, at=door.at, actor=door.actor)
    return planned.layout_of(watch, score), watch.plan.schedule


def _source(layout_file: Path | None) -> str:
    from evidence.errors import UsageError
    from policies.plan import MonitoringPlan

    if layout_file:
        raise UsageError("With --layout, name the files to count: tplc monitor summarise FILE ...")
    space = settings.enter().workspace
    plan = space.policy("monitoring").value
    if not isinstance(plan, MonitoringPlan):
        raise TypeError("policies/monitoring.yaml is a plan")
    files = plan.source.files
    if not files:
        raise UsageError(
            "The plan's source is a query: write its rows to a file and name that, as in "
            "tplc monitor summarise FILE ..."
        )
    return files if "://" in files else str(space.folder / files)


def _engine(threads: int, memory_limit: str, master: str) -> Engine:
    from pydantic import ValidationError

    from evidence.errors import UsageError
    from policies.engine import Engine

    name = "spark" if master else "duckdb"
    told = {
        "name": name,
        "threads": threads,
        "memory_limit": memory_limit,
        "master": master or None,
    }
    try:
        return Engine.model_validate(told)
    except ValidationError as error:
        words = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        raise UsageError(words) from None


def _counter(engine: Engine) -> Any:
    if engine.name == "spark":
        from monitoring.summary import spark

        return spark
    from monitoring.summary import local

    return local


def _write(path: Path, body: dict[str, Any]) -> None:
    """Whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(body, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    part.replace(path)


def _say(body: dict[str, Any]) -> None:
    rows = [_line(site["site"], site["cases"], site["outcomes"]) for site in body["sites"]]
    total: dict[str, int] = {}
    for site in body["sites"]:
        for outcome, n in site["outcomes"].items():
            total[outcome] = total.get(outcome, 0) + n
    rows.append(_line("all", sum(site["cases"] for site in body["sites"]), total))
    head = ("Site", "Cases", "Positive", "Negative", "Indeterminate", "No label yet")
    answer.table(f"Window {body['window']['label']}", head, rows)


def _line(name: str, cases: int, outcomes: dict[str, int]) -> tuple[str, ...]:
    return (name, f"{cases:,}", *(_few(n) for n in outcomes.values()))


def _few(number: int) -> str:
    return f"<{FEW}" if 0 < number < FEW else f"{number:,}"

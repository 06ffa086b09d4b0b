"""What `tplc report coverage` shows on a terminal: the parts, the open musts, the risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.catalog import Catalog
    from reports.traceability.coverage import Row
    from reports.traceability.editions import Difference
    from reports.traceability.risks import Link

HEAD = ("Part", "Clauses", "Answered", "Open", "Not applicable", "Unverified", "Open musts")
SHOWN = 40  # open musts on a terminal; all of them are in --json and --csv


def summary(laws: Sequence[Catalog], parts: list[dict[str, str | int]]) -> None:
    """A table of each catalog: its parts, and how many clauses have which status."""
    keys = ("part", "clauses", "answered", "open", "not applicable", "unverified", "open_musts")
    for law in laws:
        rows = [[part[key] for key in keys] for part in parts if part["catalog"] == law.id]
        total = ["All", *(sum(int(row[i]) for row in rows) for i in range(1, len(keys)))]
        again = "; look its status up again before use" if law.verify else ""
        title = f"{law.id}: {law.status}; dated {law.date}, read on {law.as_of}{again}"
        answer.table(title, HEAD, [*rows, total])


def open_musts(musts: Sequence[Row]) -> None:
    """The binding clauses that lack evidence, and what would close them; the first of many."""
    if not musts:
        answer.say("No binding clause is open.", as_json=False)
        return
    rows = [(row.ref, row.title, _needs(row)) for row in musts[:SHOWN]]
    title = f"Open musts ({len(musts)}), and what would close them"
    answer.table(title, ("Clause", "What is asked", "Needs"), rows)
    if len(musts) > SHOWN:
        answer.say(f"... and {len(musts) - SHOWN} more: --json or --csv FILE.", as_json=False)


def _needs(row: Row) -> str:
    facts = f" (or {', '.join(row.undecided)} in device.yaml)" if row.undecided else ""
    unread = "; its wording was never read in a source" if row.status == "unverified" else ""
    return f"{', '.join(row.missing)}{facts}{unread}"


def newer(changes: Sequence[Difference]) -> None:
    """What the catalogs add to the documents that were built against an earlier text."""
    for each in changes:
        counts = (("adds", each.added), ("changes", each.changed), ("drops", each.dropped))
        said = [f"{verb} {len(ids)} ({', '.join(ids[:5])})" for verb, ids in counts if ids]
        built = (
            f"{each.catalog}: “{each.document}” (record {each.record}) was built against the text "
            f"of {each.before[0]}, read on {each.before[1]}"
        )
        now = f"; that of {each.now[0]}, read on {each.now[1]}, {', '.join(said)}" if said else ""
        answer.say(f"{built}{now or '; nothing has changed since'}.", as_json=False)


def linked(link: Link) -> tuple[str, ...]:
    """A row of the table of risks."""
    verdicts = [f"{v['id']}: {v['verdict']} (record {v['record']})" for v in link.verdicts]
    checks = [f"{c['id']} ({c['severity']})" for c in link.checks]
    checks += [f"trigger {t['id']} (record {t['record']})" for t in link.triggers]
    return (
        link.risk,
        link.hazard,
        link.control,
        link.watched_by or "—",
        "\n".join(verdicts) or "—",
        "\n".join(checks) or "—",
        ", ".join(link.missing) or "nothing",
    )

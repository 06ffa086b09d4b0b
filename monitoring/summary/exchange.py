"""What leaves a site: one window's summary as signed JSON; and what is made of several.

A file holds counts: of each column's bins and categories, of score bins by outcome and subgroup, of
days. It holds no row, no identifier, and no category that the reference set lacks beyond a few that
are named; but counts may be small. A file is merged only when it is signed by a known site, of the
same layout and window, and its counts agree with each other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence import digest as digests
from evidence.errors import DataError
from monitoring.summary import keys
from monitoring.summary.counts import Summary, add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evidence.records import Body
    from monitoring.schedule import Window
    from monitoring.summary.layout import Layout

FORMAT = "site-summary/1"
MERGED = "merged-summary/1"
KEYS = {"format", "site", "window", "at", "reference", "layout", "summary", "key", "signature"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A site's file as it was read.

    Attributes:
        path: Where.
        body: Its JSON.
        digest: Of its bytes.
    """

    path: Path
    body: Body
    digest: str


def sign(summary: Summary, layout: Layout, window: Window, *, site: str, at: str, key: Any) -> Body:
    """A site's file.

    Args:
        summary: The window's counts.
        layout: Over which they were made.
        window: The window.
        site: The site's name.
        at: When, UTC.
        key: Its private key.
    """
    body: Body = {
        "format": FORMAT,
        "site": site,
        "window": window.body(),
        "at": at,
        "reference": {"name": layout.reference, "digest": layout.reference_digest},
        "layout": layout.digest,
        "summary": summary.body(),
        "key": keys.fingerprint(key.public_key().public_bytes_raw()),
    }
    return body | {"signature": keys.sign(body, key)}


def merge(
    paths: Sequence[Path],
    layout: Layout,
    known: Mapping[str, bytes],
    *,
    at: str,
    window: str = "",
) -> Body:
    """Add the summaries of sites, if every one of them can be trusted.

    Args:
        paths: Their files.
        layout: The layout that all must have.
        known: Site to its raw public key.
        at: When, UTC.
        window: The window's label that all must have; the first file's when empty.

    Raises:
        DataError: Everything that is wrong with any of the files.
    """
    faults: list[str] = []
    sent = [found for path in paths if (found := _read(path, faults))]
    window = window or (sent[0].body["window"]["label"] if sent else "")
    summaries = []
    for one in sent:
        wrong = _untrusted(one.body, known) or _unfit(one.body, layout, window)
        faults += [f"{one.path}: {fault}" for fault in wrong]
        if not wrong:
            summaries.append(Summary.read(one.body["summary"], str(one.path)))
    faults += _twice(sent)
    if faults or not sent:
        raise DataError("the summaries cannot be merged", faults or ["no file was named"])
    first, *rest = summaries
    return {
        "format": MERGED,
        "window": sent[0].body["window"],
        "at": at,
        "reference": {"name": layout.reference, "digest": layout.reference_digest},
        "layout": layout.digest,
        "sites": [_line(one, summary) for one, summary in zip(sent, summaries, strict=True)],
        "summary": add(layout, first, *rest).body(),
    }


def _line(sent: Sent, summary: Summary) -> Body:
    return {
        "site": sent.body["site"],
        "digest": sent.digest,
        "at": sent.body["at"],
        "rows": summary.rows,
        "cases": summary.cases,
        "outcomes": summary.outcomes(),
    }


def _read(path: Path, faults: list[str]) -> Sent | None:
    try:
        content = path.read_bytes()
        body = json.loads(content)
    except OSError:
        faults.append(f"{path}: there is no such file")
    except ValueError:
        faults.append(f"{path}: is no JSON; is it whole?")
    else:
        if isinstance(body, dict) and body.get("format") == FORMAT and set(body) == KEYS:
            return Sent(path=path, body=body, digest=digests.of_bytes(content))
        unsigned = isinstance(body, dict) and "signature" not in body
        what = "is not signed" if unsigned else f"is no site's summary ('format' is not {FORMAT})"
        faults.append(f"{path}: {what}")
    return None


def _untrusted(body: Body, known: Mapping[str, bytes]) -> list[str]:
    site, signature = body["site"], body["signature"]
    if site not in known:
        there = ", ".join(sorted(known)) or "none"
        return [f"site '{site}' is not known (known: {there}): lay its public key beside theirs"]
    if body["key"] != keys.fingerprint(known[site]):
        return [f"is signed with another key than the one known of site '{site}'"]
    unsigned = {key: value for key, value in body.items() if key != "signature"}
    if not keys.verifies(unsigned, signature, known[site]):
        return ["its signature is not of these bytes: it was changed after it was signed"]
    return []


def _unfit(body: Body, layout: Layout, window: str) -> list[str]:
    """What is wrong with a file that its site did sign."""
    label, faults = body["window"]["label"], []
    if label != window:
        faults.append(f"is of window {label}, and not of {window}")
    if not layout.digest == body["layout"] == body["summary"].get("layout"):
        here, there = digests.short(layout.digest), digests.short(body["layout"])
        send = "send the site the layout of this plan (tplc monitor layout)"
        return [*faults, f"has layout {there}, and not {here}: {send}"]
    summary = Summary.read(body["summary"])
    first, last = body["window"]["start"], body["window"]["end"]
    outside = [day for day in summary.days if not first <= day <= last]
    if outside:
        faults.append(f"holds {len(outside)} days outside its window")
    return faults + _inconsistent(summary, layout)


def _inconsistent(summary: Summary, layout: Layout) -> list[str]:
    """Counts that cannot be of the same people."""
    if set(summary.columns) != set(layout.columns):
        return ["its columns are not those of the layout"]
    wrong = [
        name
        for name, column in summary.columns.items()
        if column["edges"] != list(layout.columns[name].get("edges", ()))
        or column["total"] != summary.cases
        or column["missing"] + sum(column["counts"].values()) != summary.cases
        or min([column["missing"], *column["counts"].values()]) < 0
    ]
    if sum(summary.outcomes().values()) != summary.cases:
        wrong.append("score cells")
    return [f"its counts do not add up to its {summary.cases:,} people: {', '.join(wrong)}"] * bool(
        wrong
    )


def _twice(sent: Sequence[Sent]) -> list[str]:
    sites = [one.body["site"] for one in sent]
    twice = sorted({site for site in sites if sites.count(site) > 1})
    return [
        f"site '{site}' stands twice: "
        + ", ".join(str(one.path) for one in sent if one.body["site"] == site)
        for site in twice
    ]

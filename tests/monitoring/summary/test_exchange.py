"""What sites send: signed, checked, added; and everything that is refused, at once."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evidence.errors import DataError, NotFoundError, UsageError
from monitoring.schedule import Window
from monitoring.summary import arrow, exchange, keys
from monitoring.summary.counts import Summary
from tests.monitoring.summary import ward

LAYOUT = ward.layout()
AT = "2025-04-02T00:00:00+00:00"


def _window(label: str = "2025-03") -> Window:
    import datetime as dt

    return Window(label=label, start=dt.date(2025, 3, 1), end=dt.date(2025, 3, 31))


class Network:
    """Sites with their keys in a folder, and the files that they send."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, folder / "known"
        self.known.mkdir()

    def join(self, site: str) -> None:
        """Make a site's key and make it known."""
        public = keys.new(self.folder / f"{site}.pem")
        public.rename(self.known / f"{site}.pub")

    def send(self, site: str, frame: pd.DataFrame, name: str = "", **changes: Any) -> Path:
        """A site's signed file."""
        layout = changes.pop("layout", LAYOUT)
        found = arrow.summarise(ward.as_typed(frame).to_batches(), layout)
        key = keys.private(self.folder / f"{changes.pop('key', site)}.pem")
        window = changes.pop("window", _window())
        body = exchange.sign(found, layout, window, site=site, at=AT, key=key)
        path = self.folder / f"{name or site}.json"
        path.write_text(json.dumps(body))
        return path

    def merge(self, *paths: Path, **how: Any) -> dict[str, Any]:
        """What the middle makes of files."""
        return exchange.merge(paths, LAYOUT, keys.known(self.known), at=AT, **how)

    def refused(self, *paths: Path, **how: Any) -> str:
        """Why it refuses them."""
        with pytest.raises(DataError) as caught:
            self.merge(*paths, **how)
        return str(caught.value)


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Ten sites."""
    made = Network(tmp_path)
    for i in range(10):
        made.join(f"site{i}")
    return made


def _change(path: Path, change: Any) -> Path:
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))
    return path


def test_ten_sites_merged_equal_their_rows_pooled(network: Network) -> None:
    """Through signed files, digit for digit; the merged file names each site and its digest."""
    rows = [ward.rows(120 + 11 * i, seed=i) for i in range(10)]
    paths = [network.send(f"site{i}", frame) for i, frame in enumerate(rows)]
    body = network.merge(*paths)
    pooled = arrow.summarise(ward.as_typed(pd.concat(rows)).to_batches(), LAYOUT)
    assert Summary.read(json.loads(json.dumps(body["summary"]))) == pooled
    assert [site["site"] for site in body["sites"]] == [f"site{i}" for i in range(10)]
    assert sum(site["cases"] for site in body["sites"]) == pooled.cases
    assert all(site["digest"].startswith("sha256:") for site in body["sites"])
    assert network.merge(*reversed(paths))["summary"] == body["summary"]


def test_a_changed_file_is_refused_whatever_was_changed(network: Network) -> None:
    """One person more, another site's name, another day, another signature."""
    good = network.send("site1", ward.rows(80, seed=2))

    def more(body: Any) -> None:
        body["summary"]["cases"] += 1

    changes: list[Any] = [
        more,
        lambda body: body.update(at="2025-05-01T00:00:00+00:00"),
        lambda body: body.update(signature=body["signature"][::-1]),
        lambda body: body.update(signature=""),
    ]
    for change in changes:
        said = network.refused(_change(network.send("site0", ward.rows(80)), change), good)
        assert "site0.json: its signature is not of these bytes" in said
        assert "site1" not in said
    other = _change(network.send("site0", ward.rows(80)), lambda body: body.update(site="site5"))
    assert "signed with another key than the one known of site 'site5'" in network.refused(other)


def test_everything_wrong_with_all_files_is_said_at_once(network: Network) -> None:
    """Unsigned, unknown, another key, layout, window, twice, torn, absent."""
    keys.new(network.folder / "stranger.pem")
    frame = ward.rows(60)
    good = network.send("site0", frame)
    paths = [
        good,
        network.send("stranger", frame),
        network.send("site1", frame, key="site2"),
        network.send("site2", frame, layout=ward.layout(grid=(0.5,))),
        network.send("site3", frame, window=_window("2025-02")),
        network.send("site0", frame, name="again"),
        _change(network.send("site4", frame), lambda body: body.pop("signature")),
        _change(network.send("site5", frame), lambda body: body.update(format="x/1")),
        network.folder / "nowhere.json",
    ]
    torn = network.send("site6", frame)
    torn.write_text(torn.read_text()[:500])
    said = network.refused(*paths, torn)
    for words in (
        "stranger.json: site 'stranger' is not known (known: site0,",
        "site1.json: is signed with another key",
        "site2.json: has layout",
        "site3.json: is of window 2025-02, and not of 2025-03",
        "site 'site0' stands twice:",
        "site4.json: is not signed",
        "site5.json: is no site's summary",
        "nowhere.json: there is no such file",
        "site6.json: is no JSON; is it whole?",
    ):
        assert words in said
    assert "is of window 2025-03, and not of 2025-04" in network.refused(good, window="2025-04")


def test_a_signed_file_whose_counts_do_not_agree_is_refused(network: Network) -> None:
    """A site's own mistake: days outside the window, columns that count other people."""
    key = keys.private(network.folder / "site0.pem")

    def resigned(change: Any) -> str:
        path = network.send("site0", ward.rows(80))
        body = json.loads(path.read_text())
        change(body["summary"])
        del body["signature"]
        path.write_text(json.dumps(body | {"signature": keys.sign(body, key)}))
        return network.refused(path)

    assert "do not add up to its" in resigned(lambda s: s["columns"]["age"].update(missing=999))
    assert "score cells" in resigned(lambda s: s["cells"]["overall"].clear())
    assert "holds 1 days outside its window" in resigned(
        lambda s: s["days"].update({"2025-04-01": 3})
    )
    assert "columns are not those" in resigned(lambda s: s["columns"].pop("age"))


def test_keys_are_made_once_for_their_owner_alone_and_known_by_name(tmp_path: Path) -> None:
    """Mode 600, never overwritten; a folder or sites.yaml; files without a key are named."""
    key = tmp_path / "north.pem"
    public = keys.new(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="is there already"):
        keys.new(key)
    with pytest.raises(NotFoundError, match="--new-key"):
        keys.private(tmp_path / "none.pem")
    with pytest.raises(DataError, match="holds no private key"):
        keys.private(public)
    listed = tmp_path / "sites.yaml"
    listed.write_text("sites: {north: north.pem.pub}\n")
    assert keys.known(listed)["north"] == keys.private(key).public_key().public_bytes_raw()
    listed.write_text("sites: {north: north.pem, south: none.pub}\n")
    with pytest.raises(DataError) as caught:
        keys.known(listed)
    assert len(caught.value.faults) == 2
    with pytest.raises(NotFoundError, match="sites.yaml"):
        keys.known(tmp_path / "nowhere")

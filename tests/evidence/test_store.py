"""The store and the digests: bytes by their name."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.digest import Manifest
from evidence.errors import BrokenTrailError, DigestMismatchError, NotFoundError
from evidence.store import Store


def test_the_same_bytes_are_kept_once_and_come_back(tmp_path: Path) -> None:
    """A digest is a name."""
    store = Store(str(tmp_path))
    assert store.put(b"abc") == store.put(b"abc")
    assert store.get(store.put(b"abc")) == b"abc"
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_law_2_a_swapped_file_is_found_and_named(tmp_path: Path) -> None:
    """One flipped byte is enough."""
    store = Store(str(tmp_path))
    digest = store.put(b"abc")
    place = Path(store.location(digest))
    place.write_bytes(b"abd")
    with pytest.raises(BrokenTrailError, match="predictions was changed"):
        store.get(digest, "predictions")
    place.unlink()
    with pytest.raises(NotFoundError, match="predictions is missing"):
        store.get(digest, "predictions")


def test_law_1_a_manifest_names_missing_extra_and_changed_files(tmp_path: Path) -> None:
    """The difference is on board of the error."""
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    before = Manifest.of_folder(tmp_path)
    (tmp_path / "a").unlink()
    (tmp_path / "b").write_text("x")
    (tmp_path / "c").write_text("c")
    with pytest.raises(DigestMismatchError) as caught:
        before.require(Manifest.of_folder(tmp_path), "model m/1")
    error = caught.value
    assert (error.missing, error.extra, error.changed) == (("a",), ("c",), ("b",))

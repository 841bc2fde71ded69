"""The author's files on disk: rewritten whole, or left as they are."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from aggregator.intake.files import rewrite


def test_a_rewritten_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "config.yaml"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real.name)
    assert rewrite(link, lambda _: b"new")
    assert (real.read_bytes(), real.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o640, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["config.yaml", "real.yaml"]


def test_a_file_that_was_made_read_only_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feeds.opml"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)  # root may write whatever the mode says
    with pytest.raises(PermissionError):
        rewrite(path, lambda _: b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_rewritten_by_root_stays_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    path.write_bytes(b"old")
    os.chown(path, 1234, 1235)
    rewrite(path, lambda _: b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)


def test_a_change_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    path.write_bytes(b"old")

    def refused(_: bytes) -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        rewrite(path, refused)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]


def test_changes_at_the_same_time_are_all_made(tmp_path: Path) -> None:
    """Two pages of the desk that were saved in the same moment: the second wrote over the first's change."""
    path = tmp_path / "config.yaml"
    path.write_bytes(b"")

    def one_more(n: int) -> bool:
        def change(found: bytes) -> bytes:
            sleep(0.002)
            return found + b"%d\n" % n

        return rewrite(path, change)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one_more, range(24)))
    assert sorted(int(line) for line in path.read_bytes().split()) == list(range(24))

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from aggregator.delivery.files import write_mail
from aggregator.errors import DiskFull, StorageError


def test_three_files_appear_readable_by_their_owner_alone(tmp_path: Path) -> None:
    paths = write_mail(tmp_path / "new" / "outbox", "tst", message=b"raw\r\n", html="<p>ü</p>", text="ü")
    assert [path.name for path in paths] == ["tst.eml", "tst.html", "tst.txt"]
    assert [path.read_bytes() for path in paths] == [b"raw\r\n", "<p>ü</p>".encode(), "ü".encode()]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths)


def test_writing_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    for text in ("one", "two"):
        write_mail(tmp_path, "tst", message=b"", html="", text=text)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tst.eml", "tst.html", "tst.txt"]
    assert (tmp_path / "tst.txt").read_text() == "two"


def test_a_full_disk_is_told_as_one_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="No space left"):
        write_mail(tmp_path, "tst", message=b"x", html="", text="")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")
    with pytest.raises(StorageError, match="outbox") as raised:
        write_mail(tmp_path / "outbox", "tst", message=b"", html="", text="")
    assert not raised.value.permanent

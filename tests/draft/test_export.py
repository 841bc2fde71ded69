"""Writing a draft: whole or not at all, and never over the author's own changes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from aggregator.draft.export import draft_name, export, hash_of
from aggregator.errors import Refused, StorageError

ONE = hash_of(b"one\n")


def test_a_draft_is_written_again_only_when_it_differs(tmp_path: Path) -> None:
    path = tmp_path / "drafts" / "drawer-8.md"
    assert export("one\n", path, None) == "new"
    assert export("one\n", path, ONE) == "unchanged"
    assert export("two\n", path, ONE) == "replaced"
    assert path.read_text() == "two\n"
    assert [one.name for one in path.parent.iterdir()] == ["drawer-8.md"]


def test_a_draft_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "drawer-8.md"
    export("one\n", path, None)
    path.chmod(0o640)
    export("two\n", path, ONE)
    assert path.stat().st_mode & 0o777 == 0o640


def test_two_tabs_write_one_draft_at_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, fsync = tmp_path / "drawer-8.md", os.fsync

    def meanwhile(number: int) -> None:
        fsync(number)
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(export, "one\n", path, None).result() == "new"

    monkeypatch.setattr("aggregator.draft.export.os.fsync", meanwhile)
    export("one\n", path, None)
    assert path.read_text() == "one\n"
    assert [one.name for one in tmp_path.iterdir()] == ["drawer-8.md"]


def test_a_draft_changed_by_hand_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "drawer-8.md"
    path.write_text("one, with my words\n")
    with pytest.raises(Refused, match="changed by hand") as caught:
        export("two\n", path, ONE)
    assert caught.value.advice is not None
    assert "draft import" in caught.value.advice
    assert "--out" in caught.value.advice
    assert path.read_text() == "one, with my words\n"
    assert export("two\n", tmp_path / "other.md", None) == "new"


def test_a_file_that_was_never_ours_is_left_alone_too(tmp_path: Path) -> None:
    (tmp_path / "about.md").write_text("mine")
    with pytest.raises(Refused):
        export("one\n", tmp_path / "about.md", None)


def test_a_changed_file_that_now_says_the_same_is_ours_again(tmp_path: Path) -> None:
    path = tmp_path / "drawer-8.md"
    path.write_text("one\n")
    assert export("one\n", path, None) == "unchanged"


def test_a_link_into_the_blogs_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "draft.md").symlink_to(tmp_path / "blog" / "next.md")
    export("one\n", tmp_path / "draft.md", None)
    assert (tmp_path / "draft.md").is_symlink()
    assert (tmp_path / "blog" / "next.md").read_text() == "one\n"


def test_a_place_that_cannot_be_written_is_said_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        export("one\n", tmp_path / "file" / "draft.md", None)
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        export("one\n", tmp_path / "folder.md", None)


def test_a_draft_is_named_by_our_own_words_or_after_his_posts() -> None:
    assert draft_name("Desk Drawer: Pens & Ink", 8, "hugo") == "desk-drawer-pens-ink-8.md"
    assert draft_name("../../etc", 8, "html") == "etc-8.html"
    assert draft_name("x", 8, "hugo", "{date}-drawer-{number}.md", date(2021, 3, 4)) == "2021-03-04-drawer-8.md"
    assert draft_name("Desk", 8, "html", "{date}-drawer-{number}.md", date(2021, 3, 4)) == "desk-8.html"

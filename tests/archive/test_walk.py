"""Finding documents: sorted, each once, never in circles; reading them: bounded, and text."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.archive.walk import MOST_BYTES, decode, document_name, find, load
from aggregator.errors import ArchiveError


def test_folders_are_walked_in_order_without_hidden_and_generated_ones(tmp_path: Path) -> None:
    for name in ("b/2.md", "a/1.markdown", "c.html", "d.xml", "picture.png", ".git/x.md", "_site/y.md", ".hidden.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [(one.name, one.format.value) for one in find([tmp_path])] == [
        ("c.html", "html"),
        ("d.xml", "xml"),
        ("a/1.markdown", "markdown"),
        ("b/2.md", "markdown"),
    ]


def test_links_in_circles_end_and_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.md").write_text("x")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "again.md").symlink_to(tmp_path / "a" / "1.md")
    assert [one.name for one in find([tmp_path, tmp_path / "a" / "1.md"])] == ["again.md"]


def test_a_file_that_the_author_names_is_read_whatever_its_ending(tmp_path: Path) -> None:
    for name in ("post.draft", "post.html"):
        (tmp_path / name).write_text("x")
    assert [one.format.value for one in find([tmp_path / "post.draft", tmp_path / "post.html"])] == ["markdown", "html"]


def test_a_path_that_does_not_exist_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no such file or folder") as caught:
        list(find([tmp_path / "nowhere"]))
    assert caught.value.advice


def test_documents_are_named_from_home_and_by_their_full_path_outside_it(tmp_path: Path) -> None:
    inside = tmp_path / "home" / "past" / "1.md"
    assert document_name(inside, tmp_path / "home") == "past/1.md"
    assert document_name(tmp_path / "2.md", tmp_path / "home") == (tmp_path / "2.md").as_posix()


def test_text_is_utf8_or_what_old_editors_wrote(tmp_path: Path) -> None:
    assert decode("\ufeffa\r\nb\rc".encode(), "x").text == "a\nb\nc"
    assert decode("caf\u00e9 \u201cq\u201d".encode("windows-1252"), "x").text == "caf\u00e9 \u201cq\u201d"
    with pytest.raises(ArchiveError, match="not a text file"):
        decode(b"a\0b", "x")


def test_a_file_too_large_or_unreadable_says_so(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(ArchiveError, match="larger than 2 MB"):
        load(tmp_path / "large.md", "large.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "gone")
    assert [one.name for one in find([tmp_path])] == ["dangling.md", "large.md"]
    with pytest.raises(ArchiveError, match="cannot be read"):
        load(tmp_path / "dangling.md", "dangling.md")

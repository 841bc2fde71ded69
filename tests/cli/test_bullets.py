"""The draft's bullets from a shell."""

from __future__ import annotations

import io

import pytest

from tests.cli.conftest import Author


def test_a_bullet_is_grouped_written_placed_and_quoted(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing is kept yet" in author.run("bullets").out
    ids = author.offered("A disk of raid", "Another disk", "A third disk")
    one, two, three = (str(id_) for id_ in ids.values())
    author.run("decide", one, three, "keep", "--section", "Storage")
    (made,) = author.json("bullets", "group", one, two)
    assert [link["number"] for link in made["links"]] == [1, 2]
    monkeypatch.setattr("sys.stdin", io.StringIO("See [this][2].\n"))
    (written,) = author.json("bullets", "write", made["key"], "-", "--via", "Ann")
    assert (written["text"], written["via"]) == ("See [this][2].", "Ann")
    author.run("bullets", "place", made["key"])
    assert [row["key"] for row in author.json("bullets")] == [f"c{three}", made["key"]]
    assert "> Exact words." in author.run("bullets", "quote", one, "Exact words.").out
    shown = author.run("bullets").out
    assert "no words yet" in shown
    assert "See [this][2]." in shown
    assert len(author.json("bullets", "ungroup", made["key"])) == 2


def test_what_is_no_bullet_is_said(author: Author) -> None:
    assert "there is no bullet b9" in author.fails("bullets", "place", "b9")
    assert "say what the bullet says" in author.fails("bullets", "write", "b9", want=2)


def test_words_alone_are_a_bullet_or_a_paragraph_and_can_be_taken_out(author: Author) -> None:
    (bullet,) = author.json("bullets", "words", "Stor", "Nothing to link to.")
    (paragraph,) = author.json("bullets", "words", "Storage", "Between them.", "--paragraph")
    assert (bullet["section"], bullet["key"][0], paragraph["key"][0]) == ("Storage", "b", "r")
    assert [row["key"] for row in author.json("bullets")] == [bullet["key"]]
    assert "a paragraph" in author.run("bullets").out
    author.run("bullets", "remove", bullet["key"])
    assert author.json("bullets") == []
    author.run("undo")
    assert [row["key"] for row in author.json("bullets")] == [bullet["key"]]

"""What is held back, from a shell."""

from __future__ import annotations

from tests.cli.conftest import Author


def test_what_is_held_is_listed_by_what_it_waits_for(author: Author) -> None:
    assert "Nothing is on hold." in author.run("held").out
    ids = author.offered("Racks at home", "A saga, part 1", "Another rack")
    one, two, three = (str(id_) for id_ in ids.values())
    author.run("decide", one, three, "hold", "--until", "theme home labs", "--comment", "With the others.")
    author.run("decide", two, "hold", "--until", "series")
    out = author.run("held").out
    assert out.index("For an edition on home labs") < out.index("Racks at home") < out.index("Until a series goes on")
    assert "held call 'home labs'" in out
    (row,) = (row for row in author.json("held") if row["id"] == int(one))
    assert (row["kind"], row["theme"], row["days"], row["due"]) == ("theme", "home labs", 0, None)
    assert row["comment"] == "With the others."
    assert "Nothing is on hold for" in author.run("held", "--section", "Secu").out


def test_a_theme_is_called_and_taken_back(author: Author) -> None:
    ids = author.offered("Racks at home", "Another rack")
    author.run("decide", *map(str, ids.values()), "hold", "--until", "theme home labs")
    assert [row["state"] for row in author.json("held", "call", "Home Labs")] == ["held", "held"]
    assert "2 are due" in author.run("held").out
    assert "nothing is held for this theme" in author.fails("held", "call", "gardens")
    author.run("undo")
    assert all(row["due"] is None for row in author.json("held"))

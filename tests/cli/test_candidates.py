"""candidates, decide, undo, add and edition close, as scripts read them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Author

KEYS = {
    *("id", "title", "url", "author", "feed", "published", "first_seen", "section", "first", "second", "confidence", "why"),
    *("interest", "state", "linked_before", "relatives", "group"),
}


def publish(author: Author, *links: tuple[str, str], number: int = 7) -> Path:
    body = "\n\n".join(f"## {section}\n\n* I liked [this one]({url})." for section, url in links)
    path = author.home / "post.md"
    path.write_text(f"---\ntitle: 'Rack Notes #{number}'\ndate: {datetime.now(UTC):%Y-%m-%d}\n---\n\n{body}\n")
    return path


def test_a_candidate_has_every_field_that_scripts_rely_on(author: Author) -> None:
    author.run("archive", "import")
    author.offered("A disk of raid")
    (row,) = author.json("candidates")
    assert set(row) >= KEYS
    assert isinstance(row["id"], int)
    assert (row["title"], row["url"], row["state"]) == ("A disk of raid", "https://storage.example/a-disk-of-raid", "new")
    assert row["feed"] == "The storage blog"
    assert (row["first"], row["linked_before"]) == ("Storage", [])
    assert isinstance(row["why"], list)
    assert isinstance(row["confidence"], float)
    assert isinstance(row["interest"], float)
    assert datetime.fromisoformat(row["first_seen"]) >= datetime.fromisoformat(row["published"])
    shown = author.run("candidates").out
    assert shown.splitlines()[0].strip() == "Storage  1"
    assert "A disk of raid" in shown
    assert "Storage" in shown


def test_relatives_stand_beside_a_candidate(author: Author) -> None:
    (author.home / "past" / "rack-notes-6.md").write_text(
        "---\ntitle: 'Rack Notes #6'\n---\n\n## Storage\n\n* [Raid for beginners, part 1](https://storage.example/raid1).\n"
    )
    author.run("archive", "import")
    ids = author.offered("Raid for beginners, part 2", "Raid for beginners, part 3")
    two, three = ids["Raid for beginners, part 2"], ids["Raid for beginners, part 3"]
    row = next(row for row in author.json("candidates") if row["id"] == two)
    part_three, part_one = row["relatives"]
    assert part_three == {
        "kind": "series",
        "id": three,
        "edition": None,
        "url": "https://storage.example/raid-for-beginners,-part-3",
        "reason": f"part 3 is {three}",
    }
    assert part_one == {
        "kind": "series",
        "id": None,
        "edition": "Rack Notes #6",
        "url": "https://storage.example/raid1",
        "reason": "part 1: you linked it in #6",
    }
    shown = " ".join(author.run("candidates").out.split())
    assert f"part 3 is {three}; part 1: you linked it in #6" in shown


def test_a_page_that_moved_is_found_by_its_new_address(author: Author) -> None:
    (author.home / "past" / "rack-notes-6.md").write_text(
        "---\ntitle: 'Rack Notes #6'\n---\n\n## Storage\n\n* [Here](https://old.example/why-cheap-disks-fail-in-pairs).\n"
    )
    author.run("archive", "import")
    moved = "https://new.example/why-cheap-disks-fail-in-pairs"
    assert [row["url"] for row in author.json("archive", "search", moved)] == [
        "https://old.example/why-cheap-disks-fail-in-pairs"
    ]
    assert "This may be the same page" in author.run("archive", "search", moved).out
    assert "may be" not in author.run("archive", "search", moved.replace("new.", "old.")).out


def test_states_and_sections_narrow_the_list(author: Author) -> None:
    ids = author.offered("A disk", "A raid", "A tape")
    author.run("decide", str(ids["A raid"]), "drop")
    author.run("decide", str(ids["A tape"]), "keep", "--section", "stor")
    assert {one["title"] for one in author.json("candidates")} == {"A disk", "A tape"}
    assert {one["title"]: one["state"] for one in author.json("candidates", "--state", "all")} == {
        "A disk": "new",
        "A raid": "dropped",
        "A tape": "kept",
    }
    assert [one["title"] for one in author.json("candidates", "--state", "dropped")] == ["A raid"]
    assert "A tape" in {one["title"] for one in author.json("candidates", "--section", "Storage")}
    assert "Networking" in author.fails("candidates", "--section", "Netwrking", want=2)
    words = author.fails("candidates", "--state", "nonsense", want=2)
    assert "'--state': 'nonsense' is not one of 'open'" in words


def test_without_candidates_it_says_where_they_come_from(author: Author) -> None:
    assert "aggregator poll" in author.run("candidates").out


@pytest.mark.parametrize(
    "order",
    [("{0}", "{1}", "keep"), ("{0},{1}", "keep"), ("{0},", "{1}", "keep"), ("keep", "{0}", "{1}"), ("#{0}", "#{1}", "keep")],
)
def test_numbers_and_verdict_go_in_either_order(author: Author, order: tuple[str, ...]) -> None:
    ids = author.offered("A disk", "A raid")
    assert author.json("decide", *(word.format(*ids.values()) for word in order)) == {"decided": 2}
    assert {one["state"] for one in author.json("candidates")} == {"kept"}


def test_every_verdict_says_where_the_candidate_stands(author: Author) -> None:
    number = str(author.offered("A disk")["A disk"])
    assert "kept under" in author.run("decide", number, "keep", "--comment", "Fine.").out
    assert "held for the next edition" in author.run("decide", number, "hold").out
    assert "held until 5 Jan 2027" in author.run("decide", number, "hold", "--until", "2027-01-05").out
    assert "series" in author.run("decide", number, "hold", "--until", "series").out
    assert "under Security" in author.run("decide", number, "move", "--section", "Security").out
    assert "dropped" in author.run("decide", number, "drop").out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("keep",), 2, "which candidates"),
        (("12",), 2, "say what to do"),
        (("12", "keep", "drop"), 2, "say what to do"),
        (("twelve", "keep"), 2, "'twelve'"),
        (("9" * 30, "keep"), 2, "number"),
        (("1", "99", "keep"), 1, "no candidate has the number 99; nothing was decided"),
        (("1-3", "keep"), 2, "'1-3' is a range"),
        (("1", "keep", "--section", "s"), 2, "may mean Storage or Security"),
        (("1", "move"), 2, "--section"),
        (("1", "move", "--section", "Netwrking"), 2, "'Networking'"),
        (("1", "keep", "--until", "next"), 2, "--until"),
        (("1", "hold", "--until", "yesterday-ish"), 2, "yesterday-ish"),
        (("1", "hold", "--until", "2001-01-01"), 2, "2001-01-01"),
    ],
)
def test_a_verdict_that_makes_no_sense_decides_nothing(author: Author, words: tuple[str, ...], status: int, said: str) -> None:
    author.offered("A disk")
    assert said in author.fails("decide", *words, want=status)
    assert [one["state"] for one in author.json("candidates")] == ["new"]


def test_undo_takes_gestures_back_whole_and_says_when_there_is_none(author: Author) -> None:
    ids = [str(one) for one in author.offered("A disk", "A raid").values()]
    author.run("decide", *ids, "keep")
    author.run("decide", ids[0], "drop")
    assert author.json("undo") == {"decided": 1}
    assert {one["state"] for one in author.json("candidates")} == {"kept"}
    assert "undecided" in author.run("undo").out
    assert author.json("undo") == {"decided": 0}
    assert "nothing to take back" in author.run("undo").out
    assert "'-n': it should be greater than or equal to 1" in author.fails("undo", "-n", "0", want=2)
    assert "'-n': it should be a whole number" in author.fails("undo", "-n", "one", want=2)


def test_a_page_is_added_kept_and_filed(author: Author) -> None:
    page = author.world.page("/news", "<title>The raid of disks</title><p>All about it.")
    said = author.json("add", page, "--section", "storage", "--note", "Worth it.", "--via", "Ann")
    assert isinstance(said["id"], int)
    assert (said["title"], said["section"], said["state"]) == ("The raid of disks", "Storage", "kept")
    (row,) = author.json("candidates")
    assert (row["id"], row["added"], row["note"], row["via"]) == (said["id"], True, "Worth it.", "Ann")
    assert author.json("add", page)["id"] == said["id"]
    assert "it was a candidate before" in author.run("add", page).out


def test_a_page_that_cannot_be_fetched_is_added_all_the_same(author: Author) -> None:
    ran = author.run("add", author.world.at("/nothing"), "--title", "A lost page", "--no-keep")
    assert "A lost page" in ran.out
    assert "could not be read" in ran.err
    assert "--title" not in ran.err
    assert "--title" in author.run("add", author.world.at("/nothing-else"), "--no-keep").err
    assert [one["state"] for one in author.json("candidates")] == ["new", "new"]


def test_no_address_is_wrong_usage(author: Author) -> None:
    author.fails("add", "javascript://alert(1)", want=2)
    for words in (("add", "notaurl"), ("feeds", "add", ""), ("feeds", "add", "not a url")):
        assert "no web address" in author.fails(*words, want=2)
    assert "Networking" in author.fails("add", author.world.at("/x"), "--section", "nonsense", want=2)
    assert author.json("candidates") == []


def test_a_feed_is_not_added_as_a_page(author: Author) -> None:
    author.post("storage", "A disk")
    feed = author.world.at("/storage.xml")
    assert f"aggregator feeds add {feed}" in author.fails("add", feed)
    assert author.json("candidates") == []


def test_an_edition_is_closed_from_a_file(author: Author) -> None:
    author.run("archive", "import")
    ids = author.offered("A disk of raid", "The iscsi snapshot", "A disk filesystem", "The backup raid")
    author.run("decide", str(ids["The iscsi snapshot"]), "hold")
    url = "https://storage.example/{}".format
    path = publish(
        author,
        ("Storage", url("a-disk-of-raid")),
        ("Security", url("a-disk-filesystem")),
        ("Storage", "https://elsewhere.example/found-it"),
    )
    said = author.json("edition", "close", "--published", str(path))
    assert {key: said[key] for key in ("edition", "used", "moved", "added", "unused", "held")} == {
        "edition": 7,
        "used": 1,
        "moved": 1,
        "added": 1,
        "unused": 1,
        "held": 1,
    }
    assert said["opened"] == 8
    assert {one["title"] for one in author.json("candidates")} == {"The iscsi snapshot", "The backup raid"}
    assert author.json("archive", "search", url("a-disk-of-raid"))[0]["section"] == "Storage"
    assert "number 7" in author.fails("edition", "close", "--published", str(path)).lower()


def test_an_edition_is_closed_from_the_page_on_the_web(author: Author) -> None:
    author.offered("A disk of raid")
    html = (
        "<html><head><title>Rack Notes #7</title></head><body><article><h1>Rack Notes #7</h1><h2>Storage</h2><ul>"
        '<li>I liked <a href="https://storage.example/a-disk-of-raid">this one</a>.</li></ul></article></body></html>'
    )
    ran = author.run("edition", "close", "--published", author.world.page("/notes-7", html))
    assert "Rack Notes #7 is closed: 1 link in your post.\n1  " in ran.out
    assert "Rack Notes #8 is open." in ran.out


@pytest.mark.parametrize(
    ("published", "status", "said"),
    [
        ((), 2, "--published"),
        (("none.md",), 1, "none.md"),
        (("http://127.0.0.1:9/post",), 1, "127.0.0.1:9"),
        ((".",), 1, "cannot"),
    ],
)
def test_without_a_post_nothing_is_closed(author: Author, published: tuple[str, ...], status: int, said: str) -> None:
    words = ("--published", *published) if published else ()
    assert said in author.fails("edition", "close", *words, want=status)
    author.run("candidates")
    assert author.json("status", want=1)["edition"] == 7


def test_a_post_of_another_number_is_refused(author: Author) -> None:
    path = publish(author, ("Storage", "https://a.example/b"), number=9)
    assert "number 9" in author.fails("edition", "close", "--published", str(path))


def test_what_he_never_decided_on_folds_after_as_many_editions_as_carry_says(author: Author) -> None:
    author.offered("A disk")
    for number in (7, 8, 9):
        assert [one["title"] for one in author.json("candidates")] == ["A disk"]
        post = publish(author, ("Storage", f"https://mine.example/{number}"), number=number)
        closed = author.json("edition", "close", "--published", str(post))
        assert closed["unused"] == (1 if number == 7 else 0), "counted unused once"
    assert author.json("candidates") == []
    assert "1 more from earlier editions" in author.run("candidates").out
    (folded,) = author.json("candidates", "--state", "all")
    author.run("decide", str(folded["id"]), "keep")
    assert [one["state"] for one in author.json("candidates")] == ["kept"]


def test_what_is_held_shows_for_what_and_since_when(author: Author) -> None:
    number = str(author.offered("A disk")["A disk"])
    author.run("decide", number, "hold", "--until", "theme home labs until 2999-03-01")
    shown = author.run("candidates", "--state", "held").out
    assert "held for an edition on home labs, until 1 Mar 2999" in " ".join(shown.split())
    (row,) = author.json("candidates", "--state", "held")
    assert row["hold"] == {"kind": "theme", "until": "2999-03-01", "theme": "home labs"}
    assert row["held_at"]

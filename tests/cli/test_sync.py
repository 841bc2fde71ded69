"""feeds sync: a list kept elsewhere is shown as a difference, and taken over only when told so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from aggregator.jobs import elsewhere
from tests.cli.conftest import Author


def list_at(author: Author, *names: str) -> str:
    """Serves a list with these blogs; its address."""
    rows = "".join(f'<outline text="{name}" xmlUrl="https://{name}.example/feed"/>' for name in names)
    return author.world.page("/list.opml", f"<opml><body>{rows}</body></opml>")


def test_a_difference_is_shown_and_nothing_changes_until_told(author: Author) -> None:
    author.post("storage", "A disk")
    before = (author.home / "feeds.opml").read_bytes()
    address = list_at(author, "ann", "bob")
    ran = author.run("feeds", "sync", address, want=1)
    assert "has 2 new feeds and 1 fewer" in ran.out
    assert "+ ann (https://ann.example/feed)" in ran.out
    assert "Most of your feeds would go" in ran.err
    assert "--yes" in ran.err
    assert (author.home / "feeds.opml").read_bytes() == before


def test_told_so_the_list_is_made_equal(author: Author) -> None:
    author.post("storage", "A disk")
    said = author.json("feeds", "sync", list_at(author, "ann"), "--yes")
    assert (said["written"], said["loses_most"]) == (True, True)
    assert [one["title"] for one in said["added"]] == ["ann"]
    assert [row["title"] for row in author.json("feeds", "list")] == ["ann"]
    again = author.json("feeds", "sync", list_at(author, "ann"))
    assert (again["written"], again["kept"]) == (False, 1)


def test_a_file_will_do_and_a_page_that_is_no_list_will_not(author: Author, tmp_path: Path) -> None:
    author.post("storage", "A disk")
    path = tmp_path / "other.opml"
    path.write_text('<opml><body><outline text="Ann" xmlUrl="https://ann.example/feed"/></body></opml>')
    assert author.json("feeds", "sync", str(path), "--yes")["written"]
    for text in ("<html><body>Sign in</body></html>", "<opml><body/></opml>"):
        author.fails("feeds", "sync", author.world.page("/list.opml", text), "--yes", want=2)
    author.fails("feeds", "sync", want=2)


def test_the_configured_list_is_compared_once_a_day_and_status_tells(author: Author) -> None:
    author.post("storage", "A disk")
    address = list_at(author, "ann")
    author.configure(f"feeds_from: {address}\n{author.world.config}")
    from aggregator.settings import load_settings

    settings = load_settings(author.home / "config.yaml", {})
    here = author.world.installation
    told = elsewhere.run_once(here, settings, here.pages)
    assert told is not None
    assert told.words == f"Your list at {address} has 1 new feed and 1 fewer."
    assert elsewhere.run_once(here, settings, here.pages) is None, "not before tomorrow"
    assert [note["words"] for note in author.json("status")["notes"] if address in note["words"]] == [told.words]
    author.run("feeds", "sync", "--yes")
    assert not [note for note in author.json("status")["notes"] if address in note["words"]]
    author.world.clock.advance(timedelta(days=400))
    del author.world.pages["/list.opml"]
    failed = elsewhere.run_once(here, settings, here.pages)
    assert failed is not None
    assert not failed.ok
    author.world.clock.advance(timedelta(days=-399))
    assert elsewhere.run_once(here, settings, here.pages) is not None, "the clock was wrong"


def test_a_roundup_that_was_renamed_is_told_of_and_its_feeds_rest(author: Author) -> None:
    author.post("storage", "A disk")
    author.run("poll", "--all")
    author.configure(author.world.config.replace("- name: Rack Notes", "- name: Rack News\n    feeds: other.opml"))
    (author.home / "other.opml").write_text("<opml><body/></opml>")
    assert author.json("poll", "--all")["feeds"] == 0, "nobody follows it any more"
    notes = author.json("status", want=1)["notes"]
    assert "'Rack Notes' is in the database" in notes[-1]["words"]
    assert "name: Rack Notes" in notes[-1]["advice"]
    assert any("Rack Notes" in (one["advice"] or "") for one in author.json("doctor", want=1)["checks"])
    author.configure(author.world.config)
    assert author.json("poll", "--all")["feeds"] == 1

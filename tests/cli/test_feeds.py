"""feeds and poll, as scripts read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.records.feeds import FeedState
from tests.cli.conftest import Author

OPML = (
    '<opml version="2.0"><head/><body><outline text="Racks"><outline type="rss" text="{0}" xmlUrl="{1}"/></outline></body></opml>'
)


def test_the_list_says_of_each_feed_what_scripts_rely_on(author: Author) -> None:
    author.post("storage", "A disk", "A raid")
    author.run("poll", "--all")
    (row,) = author.json("feeds", "list")
    assert row["url"] == author.world.at("/storage.xml")
    assert (row["title"], row["state"], row["error"], row["entries"], row["picked"]) == ("The storage blog", "ok", None, 2, 0)
    assert datetime.fromisoformat(row["next_poll"]) > datetime.fromisoformat(row["last_success"])
    ran = author.run("feeds", "list")
    assert "The storage blog" in ran.out
    assert "127.0.0.1" in ran.out


def test_a_feed_is_listed_before_it_was_polled(author: Author) -> None:
    author.post("storage", "A disk")
    (row,) = author.json("feeds", "list")
    assert (row["state"], row["last_success"], row["entries"]) == (FeedState.NEW, None, 0)


def test_only_feeds_in_trouble_on_request(author: Author) -> None:
    author.post("storage", "A disk")
    author.post("security", "A cipher")
    author.world.blog("security").status = 500
    author.run("poll", "--all")
    assert [row["title"] for row in author.json("feeds", "list", "--trouble")] == ["The security blog"]
    assert "HTTP 500" in author.run("feeds", "list", "--trouble").out


def test_without_a_list_it_says_how_to_begin(author: Author) -> None:
    for words in (("feeds", "list"), ("feeds", "export"), ("poll",)):
        assert "aggregator feeds add" in author.fails(*words, want=2)


def test_a_broken_list_is_told_with_its_line(author: Author) -> None:
    (author.home / "feeds.opml").write_text("<opml>\n<body>\n<outline\n</opml>")
    words = author.fails("poll", want=2)
    assert "feeds.opml: line 4" in words
    assert "feeds.opml: line 4" in author.run("status", want=1).err


def test_a_blogs_address_is_enough_to_follow_it(author: Author) -> None:
    author.post("storage", "A disk")
    feed = author.world.at("/storage.xml")
    (author.home / "feeds.opml").unlink()
    blog = author.world.page("/", '<link rel="alternate" type="application/rss+xml" href="/storage.xml"><p>Hello')
    said = author.json("feeds", "add", blog, "--folder", "Storage")
    assert (said["url"], said["new"]) == (feed, True)
    assert not author.json("feeds", "add", feed)["new"]
    assert "You follow already" in author.run("feeds", "add", blog).out
    (row,) = author.json("feeds", "list")
    assert (row["url"], row["folders"]) == (feed, ["Storage"])


def test_a_blog_with_several_feeds_names_the_commands_for_another(author: Author) -> None:
    author.post("storage", "A disk")
    author.post("security", "A cipher")
    (author.home / "feeds.opml").unlink()
    blog = author.world.page(
        "/", "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml">' for name in ("storage", "security"))
    )
    first, second = author.world.at("/storage.xml"), author.world.at("/security.xml")
    said = author.run("feeds", "add", blog).out
    assert f"aggregator feeds remove {first} && aggregator feeds add {second}\n" in said


def test_an_address_without_a_feed_is_told(author: Author) -> None:
    assert "no feed was found" in author.fails("feeds", "add", author.world.page("/about", "<p>Me."))
    assert not (author.home / "feeds.opml").exists()


def test_a_feed_is_removed_and_what_it_brought_stays(author: Author) -> None:
    author.offered("A disk")
    assert author.json("feeds", "remove", author.world.at("/storage.xml"))["title"] == "The storage blog"
    assert author.json("feeds", "list") == []
    assert "no feed yet" in author.run("feeds", "list").out
    assert len(author.json("candidates")) == 1
    assert "no such feed" in author.fails("feeds", "remove", "https://nowhere.example/")


def test_a_feed_that_never_moved_has_no_move_to_take_back(author: Author) -> None:
    author.offered("A disk")
    assert "has not moved" in author.fails("feeds", "undo-move", author.world.at("/storage.xml"))


def test_lists_go_in_and_come_out_as_they_were(author: Author) -> None:
    (author.home / "other.opml").write_text(OPML.format("Ann", "http://ann.example/feed"))
    assert author.json("feeds", "import", "other.opml")["added"] == 1
    again = author.json("feeds", "import", "other.opml")
    assert (again["added"], again["known"]) == (0, 1)
    shown = author.run("feeds", "export").out
    author.run("feeds", "export", "--out", "copy.opml")
    assert (author.home / "copy.opml").read_text() == shown == (author.home / "feeds.opml").read_text()
    assert [row["folders"] for row in author.json("feeds", "list")] == [["Racks"]]


def test_a_bad_or_missing_list_is_not_imported(author: Author) -> None:
    (author.home / "other.opml").write_text("<opml>\n<body><outline")
    assert "other.opml" in author.fails("feeds", "import", "other.opml", want=2)
    assert "none.opml" in author.fails("feeds", "import", "none.opml", want=2)
    assert not (author.home / "feeds.opml").exists()


def test_sites_that_the_editions_keep_linking_are_suggested(author: Author) -> None:
    author.post("storage", "A disk")
    assert author.json("feeds", "suggest") == []
    author.run("archive", "import")
    assert {"networking.example", "storage.example"} <= {one["host"] for one in author.json("feeds", "suggest")}
    assert "aggregator feeds add networking.example" in author.run("feeds", "suggest").out


def test_suggestions_say_what_kind_they_are_and_what_does_it(author: Author) -> None:
    author.post("storage", "A disk")
    author.run("archive", "import")
    found = author.json("feeds", "suggest", "--discover", "--most", "1")
    assert {one["kind"] for one in found} == {"follow"}
    assert {"host", "links", "editions", "last", "age", "by_hand", "feed", "reason", "command"} <= found[0].keys()


def test_a_feed_is_shown_in_full(author: Author) -> None:
    author.post("storage", "A disk", "A raid")
    author.run("poll", "--all")
    shown = author.run("feeds", "show", "the storage blog").out
    assert "A raid" in shown
    assert "2 of them offered" in shown
    document = author.json("feeds", "show", author.world.at("/storage.xml"))
    assert (document["health"]["condition"], document["role"], document["offered"]) == ("well", "feed", 2)
    assert {one["title"] for one in document["newest_entries"]} == {"A disk", "A raid"}
    assert "no such feed" in author.fails("feeds", "show", "nobody.example")


def test_the_list_is_sorted_on_request(author: Author) -> None:
    author.post("storage", "A disk")
    author.post("security", "A cipher", "A patch")
    author.run("poll", "--all")
    assert [row["title"] for row in author.json("feeds", "list")] == ["The security blog", "The storage blog"]
    author.post("storage", "A raid", "A tape")
    author.run("poll", "--all")
    assert author.json("feeds", "list", "--sort", "entries")[0]["title"] == "The storage blog"


def test_a_feed_of_finds_is_followed_as_such(author: Author) -> None:
    author.post("stars", "A disk")
    feed = author.world.at("/stars.xml")
    author.run("feeds", "add", feed, "--role", "finds")
    assert 'role="finds"' in (author.home / "feeds.opml").read_text()
    author.run("poll", "--all")
    (one,) = author.json("candidates")
    assert (one["state"], one["title"]) == ("kept", "A disk")
    assert author.json("feeds", "list")[0]["role"] == "finds"


def test_a_polls_counts_add_up_and_a_failed_feed_is_no_failure(author: Author) -> None:
    for name in ("networking", "storage", "security"):
        author.post(name, f"On {name}")
    author.world.blog("security").status = 404
    said = author.json("poll", "--all")
    assert (said["feeds"], said["changed"], said["failed"], said["new_entries"]) == (3, 2, 1, 2)
    assert said["feeds"] == said["changed"] + said["unchanged"] + said["failed"] + said["skipped"]
    assert {one["outcome"] for one in said["outcomes"]} == {"changed", "not_found"}
    bad = next(one for one in said["outcomes"] if one["outcome"] == "not_found")
    assert (bad["url"], bad["status"], bad["new_entries"]) == (author.world.at("/security.xml"), 404, 0)
    assert bad["error"]
    again = author.run("poll", "--all").out
    assert "3 feeds: 0 changed, 2 unchanged, 1 failed, 0 skipped; 0 new entries." in again
    assert "No feed is due" in author.run("poll").out
    assert author.json("poll") == {
        "feeds": 0, "changed": 0, "unchanged": 0, "failed": 0, "skipped": 0, "new_entries": 0, "candidates": 0, "copies": 0,
        "history": {}, "offline": False, "outcomes": [],
    }  # fmt: skip


def test_a_poll_says_what_became_of_the_new_entries(author: Author) -> None:
    """It counted entries of which not all became candidates, and did not say why."""
    now = datetime.now(UTC)
    blog, planet = author.world.blog("storage"), author.world.blog("planet")
    blog.post("A disk", "https://storage.example/disk", "All about it.", now - timedelta(hours=1))
    blog.post("A tape", "https://storage.example/tape", "Long ago.", now - timedelta(days=90))
    planet.post("A disk", "https://storage.example/disk", "All about it.", now - timedelta(hours=1))
    said = author.run("poll").out
    old = "older than 30 days when you subscribed"
    assert "3 new entries." in said
    assert f"Of the new: 1 candidate; 1 copy of another; 1 history, {old}." in said
    blog.post("A raid", "https://storage.example/raid", "All about it.", now)
    said = author.json("poll", "--all")
    assert (said["new_entries"], said["candidates"], said["copies"], said["history"]) == (1, 1, 0, {})


def test_a_410_and_a_running_retry_after_are_skipped_even_by_all(author: Author) -> None:
    for name in ("networking", "storage", "security"):
        author.post(name, f"On {name}")
    author.world.blog("security").status = 410
    slow = author.world.blog("storage")
    slow.status, slow.headers = 429, {"Retry-After": "3600"}
    first = author.json("poll", "--all")
    assert (first["failed"], first["skipped"]) == (2, 0)
    second = author.json("poll", "--all")
    assert (second["feeds"], second["unchanged"], second["skipped"], second["failed"]) == (3, 1, 2, 0)
    assert {one["outcome"] for one in second["outcomes"]} == {"same_body", "skipped"}
    assert all(one["error"] for one in second["outcomes"] if one["outcome"] == "skipped")


def test_poll_files_what_is_new_by_what_was_learnt(author: Author) -> None:
    author.run("archive", "import")
    author.post("storage", "The raid of disks and the iscsi snapshot")
    author.run("poll")
    (row,) = author.json("candidates")
    assert row["first"] == "Storage"

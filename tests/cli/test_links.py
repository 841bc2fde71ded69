"""links, links check, links take and archive check, as scripts read them."""

from __future__ import annotations

import pytest

from aggregator.net.pages import GuardedPages
from aggregator.records.links import Looked
from tests.cli.conftest import Author


@pytest.fixture(autouse=True)
def web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is looked at, pages called "gone" are, and those called "moved" did."""

    def look(_pages: GuardedPages, urls: list[str], each: object, *, seconds: float | None = None) -> None:
        for url in urls:
            new = url.replace("moved", "loft")
            status, target = (404, None) if "gone" in url else (200, new if new != url else None)
            each(Looked(url, status, target or url, target, b"<p>Words", "text/html"))  # type: ignore[operator]  # a callback

    monkeypatch.setattr(GuardedPages, "look", look)


def test_what_is_dead_or_moved_is_listed_and_its_new_address_taken(author: Author) -> None:
    author.configure(author.world.config.replace("check: off", "check: on"))
    ids = author.offered("Gone racks", "Moved disks", "Sound switches", "Undecided gone")
    author.run("decide", *(str(id_) for title, id_ in ids.items() if title != "Undecided gone"), "keep")
    assert author.json("links") == []
    assert "No link was looked at yet" in author.run("links").out
    said = author.json("links", "check")
    assert (said["looked"], said["saved"]) == (3, 3)
    listed = {one["id"]: (one["state"], one["target"]) for one in author.json("links")}
    new = "https://storage.example/loft-disks"
    assert listed == {ids["Gone racks"]: ("dead", None), ids["Moved disks"]: ("moved", new)}
    assert "aggregator links take NUMBER" in author.run("links").out
    assert author.json("links", "take", str(ids["Moved disks"])) == {"id": ids["Moved disks"], "url": new}
    assert "no archive may be asked" in author.fails("links", "take", str(ids["Gone racks"]), "--copy")
    number = str(ids["Gone racks"])
    assert "different things" in author.fails("links", "take", number, "--copy", "--to", "a.example", want=2)
    assert [one["id"] for one in author.json("links")] == [ids["Gone racks"]]
    assert author.json("links", "take", number, "--to", "racks.example/new?utm_source=x")["url"] == "https://racks.example/new"
    assert author.json("links") == []


def test_past_editions_are_gone_through_and_dead_links_named_with_their_edition(author: Author) -> None:
    author.run("archive", "import")
    first = author.json("archive", "check", "--limit", "4")
    assert (first["looked"], first["dead"], first["links"]) == (4, 0, [])
    rest = author.json("archive", "check")
    assert rest["looked"] == first["left"]
    assert "Nothing to look at" in author.run("archive", "check").out
    assert "'99'" in author.fails("archive", "check", "--since", "99")


def test_exporting_looks_at_the_draft_s_links_and_says_what_is_wrong_with_them(author: Author) -> None:
    author.configure(author.world.config.replace("check: off", "check: on"))
    ids = author.offered("Gone racks", "Moved disks", "Sound switches")
    author.run("decide", *map(str, ids.values()), "keep")
    said = author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    assert said["link_states"] == {"dead": 1, "moved": 1, "paywalled": 0, "unclear": 0, "unchecked": 0}
    told = author.run("draft", "export", "--format", "markdown", "--out", "post.md")
    assert "Links that you keep: 1 dead, 1 moved. `aggregator links` lists them." in told.err
    author.configure(author.world.config)
    assert author.json("draft", "export", "--format", "markdown", "--out", "post.md")["links"] == 3

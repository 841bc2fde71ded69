"""The loop closed by publishing, over real servers: his blog's feed, its pages, a git repository, links that redirect."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.daemon.life import Daemon
from aggregator.jobs import publish
from aggregator.records.archive import SourceState
from aggregator.records.digests import MailKind
from aggregator.records.editions import Outcome
from aggregator.records.reports import PublishReport
from aggregator.settings.sources import ArchiveSource
from tests.journeys.conftest import World, edition_text


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home", sqlite_url)
    yield made
    made.close()


def read(world: World, *sources: ArchiveSource, minutes: int = 61) -> PublishReport:
    """One look at these sources, an hour later."""
    plan = world.plan.model_copy(update={"archive": sources})
    world.clock.advance(timedelta(minutes=minutes))
    return publish.run_once(world.installation, world.settings, world.roundup, plan, due_only=True, files=world.files)


def item(links: list[str]) -> str:
    rows = "".join(f'<li>Worth a look: <a href="{url}">this one</a></li>' for url in links)
    return f"<h2>Storage</h2><ul>{rows}</ul>"


def links(number: int, count: int = 9) -> list[str]:
    return [f"https://storage.example/{number}/{n}" for n in range(count)]


def test_an_item_of_his_own_feed_closes_the_edition_and_is_asked_for_only_when_it_changed(world: World) -> None:
    blog = world.blog("own")
    source = ArchiveSource(feed=world.url(blog))
    now = world.clock.now()
    blog.post("Rack Notes #6", "https://author.example/6", item(links(6)), now - timedelta(days=9))
    blog.post("My holidays", "https://author.example/trip", item(links(99)), now)
    assert read(world, source).closed == ()
    world.blog("storage").post("The raid of disks", "https://s.example/raid", "Disks.", now)
    world.poll()
    blog.post("Rack Notes #7", "https://author.example/7", item([*links(7), "https://s.example/raid"]), world.clock.now())
    assert read(world, source, minutes=5).closed == (), "not before its hour"
    (closed,) = read(world, source).closed
    assert (closed.closed.number, closed.closed.post) == (7, "https://author.example/7")
    assert closed.closing.count(Outcome.USED) + closed.closing.count(Outcome.MOVED) == 1
    assert read(world, source).words == ()
    blog.posts.pop(0)
    assert read(world, source).words == (), "a feed forgets; nothing was withdrawn"


def state_of(world: World, source: ArchiveSource) -> SourceState:
    return next(one for one in world.installation.archive.sources(world.roundup.id) if one.address == source.address)


def test_a_summary_is_read_from_its_page_and_closes_nothing_while_the_page_cannot_be_read(world: World) -> None:
    world.learn()
    blog = world.blog("own")
    source = ArchiveSource(feed=world.url(blog))
    read(world, source)
    blog.post("Rack Notes #7", world.at("/seven"), "In short: disks.", world.clock.now())
    report = read(world, source)
    assert report.closed == ()
    assert "Rack Notes #7 has only 0 links in the feed" in report.troubles[0]
    state = state_of(world, source)
    assert state.error is not None
    world.page(
        "/seven",
        f"<html><body><nav><a href='/'>Home</a></nav><article><h1>Rack Notes #7</h1>{item(links(7))}</article></body></html>",
    )
    (closed,) = read(world, source).closed
    assert closed.links == 9
    state = state_of(world, source)
    assert state.error is None
    assert read(world, source).words == ()


def test_the_address_of_the_blog_leads_to_its_feed(world: World) -> None:
    blog = world.blog("own")
    blog.post("Rack Notes #6", "https://author.example/6", item(links(6)), world.clock.now() - timedelta(days=9))
    page = world.page("/", f'<link rel="alternate" type="application/rss+xml" href="{world.url(blog)}"><p>Hello')
    report = read(world, ArchiveSource(feed=page))
    assert report.archive is not None
    assert (report.troubles, report.archive.editions) == ((), 1)
    report = read(world, ArchiveSource(feed=world.page("/bare", "<p>Nothing here")))
    assert "there is no feed" in report.troubles[0]


def test_a_commit_to_the_blog_s_repository_closes_the_edition_and_taking_it_back_reopens_it(world: World) -> None:
    blog = world.home / "blog.git"
    (blog / "posts").mkdir(parents=True)

    def git(*arguments: str) -> None:
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *author, *arguments], cwd=blog, check=True, capture_output=True)

    def commit() -> None:
        git("add", "-A")
        git("commit", "--quiet", "-m", "x")

    git("init", "--quiet", "--initial-branch=main")
    (blog / "posts" / "6.md").write_text(edition_text(6, world.clock.now() - timedelta(days=9)))
    commit()
    source = ArchiveSource(git=f"file://{blog}", branch="main", folder="posts")
    read(world, source)
    (blog / "posts" / "7.md").write_text(edition_text(7, world.clock.now()))
    commit()
    assert [one.closed.number for one in read(world, source).closed] == [7]
    (blog / "posts" / "7.md").unlink()
    commit()
    assert read(world, source).words == ("the post of Rack Notes #7 was withdrawn; the edition is open again",)
    assert "no branch" in read(world, ArchiveSource(git=f"file://{blog}", branch="live")).troubles[0]


@pytest.mark.parametrize("feed_first", [False, True])
def test_his_feed_says_again_what_his_folder_says_and_counts_once(world: World, *, feed_first: bool) -> None:
    blog = world.blog("own")
    folder, feed = ArchiveSource(path=Path("past")), ArchiveSource(feed=world.url(blog))
    sources = (feed, folder) if feed_first else (folder, feed)
    read(world, *sources)
    seven = edition_text(7, world.clock.now())
    blog.post("Rack Notes #7", "https://author.example/7", item(links(7)), world.clock.now())
    (closed,) = read(world, *sources).closed
    assert closed.closed.post == "https://author.example/7"
    (world.home / "past" / "rack-notes-7.md").write_text(seven)
    assert read(world, *sources).words == ("the post of Rack Notes #7 was edited and is matched again",)
    for _ in range(3):
        assert read(world, *sources, minutes=24 * 60).words == ()
    paths = [one.path for one in world.installation.archive.documents(world.roundup.id) if one.number == 7]
    assert paths == ["past/rack-notes-7.md"]


def test_a_link_that_redirects_to_a_candidate_is_that_candidate(world: World) -> None:
    read(world, ArchiveSource(path=Path("past")))
    page = world.page("/the-raid", "<p>Disks")
    world.blog("storage").post("The raid of disks", page, "Disks.", world.clock.now())
    world.poll()
    world.redirects["/short"] = page
    text = (
        edition_text(7, world.clock.now())
        + f"\n## Storage\n\n* A [raid]({world.at('/short')}) and [none]({world.at('/nowhere')}).\n"
    )
    (world.home / "past" / "rack-notes-7.md").write_text(text)
    (closed,) = read(world, ArchiveSource(path=Path("past"))).closed
    assert {one.url for one in closed.closing.added} >= {world.at("/nowhere")}
    assert world.at("/short") not in {one.url for one in closed.closing.added}
    assert [one.ended for one in world.installation.ledger.candidates(world.roundup.id, [1])] != [None]


def test_the_daemon_closes_what_appears_in_the_folder_and_mails_a_report(world: World) -> None:
    daemon = Daemon(world.installation)
    assert daemon.work.learn() is not None
    (world.home / "past" / "rack-notes-7.md").write_text(edition_text(7, world.clock.now()))
    done = daemon.work.learn()
    assert done is not None
    assert "closed Rack Notes #7 from its post" in done.words
    assert [one.kind for one in world.installation.outbox.recent(5)] == [MailKind.REPORT]
    assert world.mails
    assert daemon.work.learn() is None

"""What the list could gain and lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aggregator.desk.feeds import subscribe
from aggregator.desk.suggest import Advice, Suggestion, _let_go, suggest, with_feeds
from aggregator.jobs import lists
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.editions import AddedLink, Closing
from aggregator.records.feeds import FeedRole, FeedState, FeedUse, FoundFeed, ParsedFeed
from aggregator.text.canonical import canonical_url
from tests.desk.conftest import FakePage, FakePages, Office
from tests.desk.test_health import NOW, feed

ANN = FoundFeed("https://ann.example/feed.xml", "Ann's blog", "https://ann.example/", "link", 3)
DAY = timedelta(days=1)


def edition(number: int, *urls: str) -> PastEdition:
    links = tuple(PastLink(url, canonical_url(url) or url, "x") for url in urls)
    return PastEdition(f"{number}.md", str(number), f"#{number}", number, None, (), (PastBullet(None, "x", links),))


def test_sites_of_three_editions_that_nobody_follows_are_suggested(office: Office, tmp_path: Path) -> None:
    past = [
        edition(n, f"https://ann.example/{n}", f"https://bob.example/{n}", f"https://github.com/{n}", *extra)
        for n, extra in ((1, ["https://cat.example/1"]), (2, []), (3, []))
    ]
    office.stores.archive.save(office.roundup.id, past, office.clock.now())
    path = tmp_path / "feeds.opml"
    subscribe(path, "Rack Notes", ANN)
    lists.run_once(office.stores, office.roundup, path, first_days=30, later_days=7)
    (one,) = suggest(office.stores, office.roundup)
    assert (one.advice, one.what, one.site and one.site.editions) == (Advice.FOLLOW, "bob.example", 3)
    assert one.command == "aggregator feeds add bob.example"


def test_a_site_that_he_added_by_hand_counts_twice(office: Office) -> None:
    office.stores.archive.save(
        office.roundup.id,
        [edition(n, f"https://cat.example/{n}", f"https://dan.example/{n}") for n in (1, 2)],
        office.clock.now(),
    )
    open_ = office.stores.ledger.open_edition(office.roundup.id, 2, office.clock.now())
    link = AddedLink("https://cat.example/2", "https://cat.example/2", "x", None)
    office.stores.ledger.close(open_, Closing((), (link,)), office.clock.now(), None, "2.md", 3)
    (one,) = suggest(office.stores, office.roundup)
    assert (one.what, one.by_hand) == ("cat.example", 1)
    assert "added it by hand" in one.reason


def test_a_feed_is_found_for_a_site_where_there_is_one() -> None:
    def read(page: object) -> ParsedFeed | None:
        assert isinstance(page, FakePage)
        return ParsedFeed("rss20", "Bob's", "https://bob.example/", (), (), 3) if page.body.startswith(b"<rss") else None

    pages = FakePages(
        {
            "https://bob.example": '<link rel="alternate" type="application/rss+xml" href="https://bob.example/rss">',
            "https://bob.example/rss": FakePage("https://bob.example/rss", b"<rss/>"),
        }
    )
    sites = [Suggestion(Advice.FOLLOW, host, "", f"aggregator feeds add {host}") for host in ("bob.example", "down.example")]
    bob, down = with_feeds(sites, pages, read, 5)
    assert (bob.feed and bob.feed.title, bob.command) == ("Bob's", "aggregator feeds add https://bob.example/rss")
    assert (down.feed, down.command) == (None, "aggregator feeds add down.example")


def test_dead_gone_and_silent_feeds_may_go() -> None:
    dead = feed(state=FeedState.FAILING, error_since=NOW - 91 * DAY, error="no such host")
    for one, words in (
        (dead, "dead for 91 days: no such host"),
        (feed(state=FeedState.GONE), "gone for good"),
        (feed(newest=NOW - 800 * DAY), "silent since December 2023"),
    ):
        found = _let_go(one, (), NOW)
        assert found is not None
        assert words in found.reason
        assert found.command == "aggregator feeds remove https://a.example/feed"
    assert _let_go(feed(state=FeedState.FAILING, error_since=NOW - 89 * DAY), (), NOW) is None
    assert _let_go(feed(), (), NOW) is None


def test_a_feed_that_twenty_editions_passed_over_may_go() -> None:
    editions = [date(2025, 1, 1) + n * 7 * DAY for n in range(25)]
    old = feed(added_at=datetime(2024, 12, 1, tzinfo=UTC), offered=40)
    found = _let_go(old, editions, NOW)
    assert found is not None
    assert "none of your last 20 editions" in found.reason
    use = FeedUse("x", None, "#20", editions[-2])
    assert _let_go(replace(old, uses=(use,), picked=1), editions, NOW) is None
    assert _let_go(replace(old, uses=(replace(use, at=editions[2]),)), editions, NOW) is not None, "too long ago"
    assert _let_go(replace(old, added_at=datetime(2025, 3, 1, tzinfo=UTC)), editions, NOW) is None, "it is too young to say"
    assert _let_go(replace(old, role=FeedRole.FINDS), editions, NOW) is None

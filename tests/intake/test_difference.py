"""Another list of feeds beside the author's: what differs, and his list made equal to it."""

from __future__ import annotations

import string
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.difference import difference, equalled
from aggregator.intake.opml import read_opml, write_opml
from aggregator.records.feeds import FeedRole, ListedFeed

MINE = b"""<opml version="2.0"><head><title>Mine</title></head><body>
  <!-- the good ones -->
  <outline text="Racks" mood="fond">
    <outline type="rss" text="One" title="One" xmlUrl="http://one.example/feed" stars="5"/>
    <outline type="rss" text="Two" xmlUrl="http://two.example/feed" note='a "quoted" one' />
  </outline>
  <outline type="rss" text="Stars" xmlUrl="http://stars.example/feed" role="finds"/>
</body></opml>
"""


def feeds(document: bytes) -> tuple[ListedFeed, ...]:
    return read_opml(document, "a list").feeds


def other(*outlines: str) -> tuple[ListedFeed, ...]:
    return feeds(f"<opml><body>{''.join(outlines)}</body></opml>".encode())


ONE = '<outline text="Racks"><outline text="One" xmlUrl="https://one.example/feed"/></outline>'


def test_equal_lists_differ_in_nothing_and_finds_are_the_authors_own() -> None:
    two = '<outline text="Racks"><outline text="Two" xmlUrl="http://two.example/feed"/></outline>'
    found = difference(feeds(MINE), other(ONE, two), {})
    assert found.is_none
    assert (found.kept, found.words) == (3, "")


def test_what_is_new_gone_and_changed_is_told_and_done_and_all_else_stays() -> None:
    moved = '<outline text="Disks"><outline text="Two of two" xmlUrl="http://two.example/feed"/></outline>'
    new = '<outline text="Disks"><outline text="Four &amp; more" xmlUrl="http://four.example/feed" role="finds"/></outline>'
    found = difference(feeds(MINE), other(moved, new), {})
    assert [one.url for one in found.added] == ["http://four.example/feed"]
    assert [one.url for one in found.removed] == ["http://one.example/feed"]
    assert [change.words for change in found.changed] == [("title: Two -> Two of two", "folder: Racks -> Disks")]
    assert found.words == "1 new feed, 1 fewer and 1 changed"
    made = equalled(MINE, found)
    assert difference(feeds(made), other(moved, new), {}).is_none
    assert {(one.title, one.folders, one.role) for one in feeds(made)} == {
        ("Two of two", ("Disks",), FeedRole.FEED),
        ("Four & more", ("Disks",), FeedRole.FINDS),
        ("Stars", (), FeedRole.FINDS),
    }
    for kept in (b"<!-- the good ones -->", b'mood="fond"', b"note='a \"quoted\" one'", b"<title>Mine</title>"):
        assert kept in made


def test_a_role_and_a_title_change_in_their_place() -> None:
    two = '<outline text="Racks"><outline text="Zwei" xmlUrl="http://two.example/feed" role="Finds"/></outline>'
    made = equalled(MINE, difference(feeds(MINE), other(ONE, two), {}))
    changed = b'<outline type="rss" text="Zwei" xmlUrl="http://two.example/feed" note=\'a "quoted" one\' role="finds" />'
    assert made == MINE.replace(
        b'<outline type="rss" text="Two" xmlUrl="http://two.example/feed" note=\'a "quoted" one\' />', changed
    )


def test_a_feed_that_moved_is_the_same_under_its_former_address() -> None:
    mine = feeds(MINE.replace(b"http://one.example/feed", b"http://new.example/feed"))
    two = '<outline text="Racks"><outline text="Two" xmlUrl="http://two.example/feed"/></outline>'
    assert difference(mine, other(ONE, two), {"https://one.example/feed": "https://new.example/feed"}).is_none


def test_a_list_that_loses_most_says_so() -> None:
    assert difference(feeds(MINE), other('<outline text="x" xmlUrl="http://x.example/feed"/>'), {}).loses_most
    assert not difference(feeds(MINE), other(ONE), {}).loses_most


NAMES = st.text(string.ascii_letters + "&<>\"' é", min_size=1, max_size=8).map(str.strip).filter(bool)
LISTS = st.dictionaries(
    st.integers(0, 9), st.tuples(NAMES, st.lists(NAMES, max_size=2).map(tuple), st.sampled_from(FeedRole)), max_size=6
)


def listed(chosen: dict[int, tuple[str, tuple[str, ...], FeedRole]]) -> list[ListedFeed]:
    return [
        ListedFeed(f"http://{n}.example/feed", f"https://{n}.example/feed", title, None, folders, role)
        for n, (title, folders, role) in chosen.items()
    ]


@given(LISTS, LISTS)
def test_any_list_can_be_made_equal_to_any_other(
    one: dict[int, tuple[str, tuple[str, ...], FeedRole]], two: dict[int, tuple[str, tuple[str, ...], FeedRole]]
) -> None:
    mine, theirs = feeds(write_opml("Mine", listed(one))), feeds(write_opml("Theirs", listed(two)))
    document = equalled(write_opml("Mine", listed(one)), difference(mine, theirs, {}))
    assert difference(feeds(document), theirs, {}).is_none
    here = {feed.canonical_url: replace(feed, role=FeedRole.FEED) for feed in feeds(document)}
    for feed in theirs:
        assert here[feed.canonical_url] == replace(feed, role=FeedRole.FEED)

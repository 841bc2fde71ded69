"""Raw fields -> clean records: identity, limits, fallbacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.clean import NEWEST, RawEntry, RawFeed, clean_feed, source_hash
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed

BASE = "https://blog.example/feed"
DAY = datetime(2026, 5, 4, tzinfo=UTC)


def clean(*entries: RawEntry, known: dict[str, str] | None = None, **fields: Any) -> ParsedFeed:
    raw = RawFeed("rss20", BASE, "Title", "", entries, len(entries))
    return clean_feed(replace(raw, **fields) if fields else raw, known or {})


def only(raw: RawEntry) -> ParsedEntry:
    (entry,) = clean(raw).entries
    return entry


def test_an_entry_is_cleaned_field_by_field() -> None:
    raw = RawEntry(
        id=" tag:1 ",
        link="/post?utm_source=feed",
        title="<b>A</b> &amp; B",
        author="Ann\u202e",
        tags=("sdn", "<i>sdn</i>", " ", "nsx"),
        body='<p>one <a href="/older#c">two</a></p><script>x</script>',
        published=DAY,
        updated=DAY + timedelta(days=1),
    )
    assert only(raw) == ParsedEntry(
        key="tag:1",
        url="https://blog.example/post?utm_source=feed",
        canonical_url="https://blog.example/post",
        title="A & B",
        author="Ann",
        tags=("sdn", "nsx"),
        text="one two",
        published_at=DAY,
        updated_at=DAY + timedelta(days=1),
        source_hash=source_hash(raw),
        links=("https://blog.example/older",),
    )


def test_the_feed_is_cleaned_too() -> None:
    feed = clean(title="<b>T</b>", site="/", ttl=60.0, skip_hours=(1,), notes=("n",))
    assert (feed.title, feed.site_url, feed.ttl, feed.skip_hours, feed.notes) == (
        "T",
        "https://blog.example/",
        60.0,
        (1,),
        ("n",),
    )
    assert clean(title=" ", site="javascript:x").title is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "http://" + "a" * 3000])
def test_an_unsafe_link_leaves_the_entry_without_one(link: str) -> None:
    entry = only(RawEntry(id="1", title="T", link=link))
    assert (entry.url, entry.canonical_url, entry.title) == (None, None, "T")


def test_an_entry_without_id_is_known_by_its_link_in_any_spelling() -> None:
    one = only(RawEntry(link="http://www.blog.example/a/?utm_source=x", title="T"))
    other = only(RawEntry(link="https://blog.example/a", title="Edited"))
    assert one.key == other.key == "https://blog.example/a"


def test_an_entry_without_id_and_link_is_known_by_its_content() -> None:
    assert only(RawEntry(title="T", body="B")).key == only(RawEntry(title="T", body="B", author="Ann")).key
    assert only(RawEntry(title="T", body="B")).key != only(RawEntry(title="T", body="C")).key


def test_one_guid_for_all_is_told_apart_by_the_links() -> None:
    feed = clean(*(RawEntry(id="same", link=f"/{n}", title="T") for n in range(3)))
    assert feed.keys == ("same|https://blog.example/0", "same|https://blog.example/1", "same|https://blog.example/2")


def test_one_guid_and_one_link_for_all_are_told_apart_by_content() -> None:
    feed = clean(RawEntry(id="same", title="A"), RawEntry(id="same", title="B"), RawEntry(id="same", title="B"))
    assert len(set(feed.keys)) == len(feed.entries) == 2


def test_a_long_guid_is_shortened_and_stays_itself() -> None:
    long, longer = RawEntry(id="x" * 5000, title="T"), RawEntry(id="x" * 5001, title="T")
    assert len(only(long).key) <= 2048
    assert only(long).key == only(long).key
    assert clean(long, longer).keys[0] != clean(long, longer).keys[1]


def test_a_guid_with_controls_can_be_stored() -> None:
    assert only(RawEntry(id="a\x00b\n\ud800c", title="T")).key == "ab c"


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (
            RawEntry(id="1", body="<p>First sentence of it. " + "word " * 40),
            "First sentence of it. word word word word word word word word word word word…",
        ),
        (RawEntry(id="1", link="/2026/05/what-is-new.html"), "what is new"),
        (RawEntry(id="1", link="/?p=5"), "blog.example"),
        (RawEntry(id="1", title="<script>x</script>", link="javascript:x"), "Untitled"),
    ],
)
def test_a_title_is_never_empty(raw: RawEntry, title: str) -> None:
    assert only(raw).title == title


def test_an_empty_item_is_skipped() -> None:
    assert clean(RawEntry(id="1"), RawEntry(title=" "), RawEntry(id="2", title="T")).keys == ("2",)


def test_everything_has_its_limit() -> None:
    entry = only(
        RawEntry(
            id="1",
            title="t" * 1_000_000,
            author="a" * 100_000,
            tags=tuple(f"{n} " + "x" * 500 for n in range(10_000)),
            body="b" * 10_000_000,
        )
    )
    assert (len(entry.title), len(entry.author or ""), len(entry.tags), len(entry.text)) == (500, 200, 32, 65_536)
    assert max(map(len, entry.tags)) <= 100


def test_plain_text_that_looks_like_markup_is_taken_as_it_is_meant() -> None:
    assert only(RawEntry(id="1", title="T", body="if a <b then\nc", markup=False)).text == "if a <b then\nc"
    assert only(RawEntry(id="1", title="T", body="<p>one</p><p>two</p>", markup=False)).text == "one\n\ntwo"


def test_a_date_before_the_web_is_none() -> None:
    assert only(RawEntry(id="1", title="T", published=datetime(1970, 1, 1, tzinfo=UTC))).published_at is None


def test_an_entry_with_only_an_update_is_dated_by_it() -> None:
    assert only(RawEntry(id="1", title="T", updated=DAY)).published_at == DAY


def test_what_is_known_as_it_stands_is_not_cleaned_again() -> None:
    one, two = RawEntry(id="1", title="T"), RawEntry(id="2", title="T")
    feed = clean(one, two, known={"1": source_hash(one), "2": "before the edit"})
    assert ([entry.key for entry in feed.entries], feed.keys) == (["2"], ("1", "2"))


def test_a_new_date_alone_is_no_edit() -> None:
    assert source_hash(RawEntry(id="1", published=DAY)) == source_hash(RawEntry(id="1", updated=DAY))


def test_of_many_entries_the_newest_are_kept_whatever_their_order() -> None:
    entries = [RawEntry(id=str(n), title="T", published=DAY + timedelta(hours=n)) for n in range(NEWEST + 50)]
    newest = {str(n) for n in range(50, NEWEST + 50)}
    for ordered in (entries, entries[::-1]):
        feed = clean(*ordered)
        assert {entry.key for entry in feed.entries} == newest
        assert feed.notes == ("The feed lists 250 entries; the newest 200 were read.",)


def test_of_many_undated_entries_the_first_are_kept() -> None:
    feed = clean(*(RawEntry(id=str(n), title="T") for n in range(NEWEST + 1)))
    assert [entry.key for entry in feed.entries] == [str(n) for n in range(NEWEST)]


wild = st.text(max_size=30)
raws = st.builds(
    RawEntry,
    id=st.sampled_from(["", "1", "2", "http://blog.example/1"]),
    link=st.one_of(st.sampled_from(["", "/1", "/2?utm_source=a", "javascript:x"]), wild),
    title=wild,
    body=wild,
    tags=st.lists(wild, max_size=3).map(tuple),
)


@given(st.lists(raws, max_size=8))
def test_entries_have_keys_of_their_own_in_any_order(entries: list[RawEntry]) -> None:
    feed = clean(*entries)
    assert len(set(feed.keys)) == len(feed.keys) == len(feed.entries)
    assert set(clean(*entries[::-1]).keys) == set(feed.keys)
    assert all(entry.title for entry in feed.entries)
    assert clean(*entries, known={entry.key: entry.source_hash for entry in feed.entries}).entries == ()

"""Documents as feedparser and we read them. In process: what a worker adds is tested with the pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.intake.parse import MOST_ITEMS, parse_document
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed

URL = "https://blog.example/feed.xml"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def read(
    document: str | bytes,
    content_type: str | None = None,
    content_location: str | None = None,
    known: Mapping[str, str] | None = None,
) -> ParsedFeed:
    body = document if isinstance(document, bytes) else document.encode()
    return parse_document(body, feed_url=URL, content_type=content_type, content_location=content_location, known=known or {})


def rss(items: str, channel: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{channel}{items}</channel></rss>'


def atom(entries: str, attributes: str = "") -> str:
    return f"<feed {ATOM} {attributes}><title>T</title>{entries}</feed>"


def item(fields: str) -> ParsedEntry:
    (entry,) = read(rss(f"<item>{fields}</item>")).entries
    return entry


def atom_entry(fields: str, attributes: str = "") -> ParsedEntry:
    (entry,) = read(atom(f"<entry>{fields}</entry>", attributes)).entries
    return entry


def test_an_rss_item() -> None:
    entry = item(
        "<title>A</title><link>/a</link><guid isPermaLink='false'>g1</guid><author>ann@example.org (Ann)</author>"
        "<category>x</category><category>y</category><pubDate>Mon, 04 May 2026 12:00:00 +0200</pubDate>"
        "<description>&lt;p&gt;one&lt;/p&gt;</description>"
    )
    assert (entry.key, entry.url, entry.title, entry.author, entry.tags, entry.text) == (
        "g1",
        "https://blog.example/a",
        "A",
        "Ann",
        ("x", "y"),
        "one",
    )
    assert entry.published_at == datetime(2026, 5, 4, 10, tzinfo=UTC)


def test_an_atom_entry() -> None:
    entry = atom_entry(
        "<id>tag:1</id><title type='html'>A &amp;lt;b&amp;gt;</title><link rel='self' href='/self'/><link href='/a'/>"
        "<author><name>Ann</name></author><author><name>Bob</name></author><category term='x' label='X'/>"
        "<published>2026-05-04T12:00:00Z</published><updated>2026-05-05T12:00:00Z</updated>"
        "<summary>short</summary><content type='html'>&lt;p&gt;the whole text</content>"
    )
    assert (entry.key, entry.url, entry.title, entry.author, entry.tags, entry.text) == (
        "tag:1",
        "https://blog.example/a",
        "A <b>",
        "Ann, Bob",
        ("X",),
        "the whole text",
    )
    assert entry.published_at == datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 5, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "version"),
    [
        ('<rss version="0.91"><channel><item><title>A</title></item></channel></rss>', "rss091u"),
        (rss("<item><title>A</title></item>"), "rss20"),
        (
            f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/"><channel/><item><title>A</title></item></rdf:RDF>',
            "rss10",
        ),
        ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>A</title></entry></feed>', "atom03"),
        (atom("<entry><title>A</title></entry>"), "atom10"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "A"}]}', "json1"),
    ],
)
def test_formats(document: str, version: str) -> None:
    feed = read(document)
    assert (feed.version, [entry.title for entry in feed.entries]) == (version, ["A"])


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<!DOCTYPE html><html><body>parked</body></html>", "not_a_feed"),
        ("<html><body><rss version='2.0'/></body></html>", "not_a_feed"),
        ("<head><title>Login</title></head>", "not_a_feed"),
        ("Service unavailable", "not_a_feed"),
        (b"PK\x03\x04zip", "not_a_feed"),
        (b"%PDF-1.7", "not_a_feed"),
        (b"\x89PNG\r\n", "not_a_feed"),
        ("/etc/hostname", "not_a_feed"),
        ("http://127.0.0.1/", "not_a_feed"),
        ("<opml version='2.0'><body/></opml>", "unsupported"),
        ("<CHANNEL HREF='http://a.example/'><ITEM/></CHANNEL>", "unsupported"),
        ("<rss version='2.0'><channel><title>T</title><item><title>A", "parse"),
    ],
)
def test_what_is_no_feed_is_refused(document: str | bytes, kind: str) -> None:
    with pytest.raises(FeedError) as refused:
        read(document)
    assert refused.value.kind == kind


def test_a_feed_is_known_by_its_content_and_not_by_its_label() -> None:
    feed = read(rss("<item><title>A</title></item>"), "image/png; charset=utf-8")
    assert feed.notes == ("The server calls it 'image/png'; it is a feed all the same.",)
    assert read(rss("<item><title>A</title></item>"), "application/rss+xml").notes == ()


def test_noise_before_the_document_is_passed_over() -> None:
    assert len(read("<br />\n<b>Warning</b>: mysql in x.php\n" + rss("<item><title>A</title></item>")).entries) == 1
    assert len(read("\n\n " + rss("<item><title>A</title></item>")).entries) == 1


def test_relative_links_are_resolved_against_where_the_document_came_from() -> None:
    document = atom("<entry><title>A</title><link href='a'/></entry>")
    assert read(document).entries[0].url == "https://blog.example/a"
    assert read(document, content_location="/sub/feed").entries[0].url == "https://blog.example/sub/a"
    assert read(document, content_location="javascript:x").entries[0].url == "https://blog.example/a"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://other.example/x/", "https://other.example/x/a"),
        ("/sub/", "https://blog.example/sub/a"),
        ("javascript:alert(1)//", "https://blog.example/a"),
    ],
)
def test_xml_base(base: str, url: str) -> None:
    assert atom_entry("<title>A</title><link href='a'/>", f"xml:base='{base}'").url == url


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVa\tScript:alert(1)", "&#106;avascript:alert(1)", "data:,x", "file:///x"]
)
def test_a_link_that_is_none_is_none(link: str) -> None:
    entry = item(f"<title>A</title><link>{link}</link>")
    assert (entry.url, entry.title) == (None, "A")


def test_an_enclosure_a_self_link_or_an_id_is_no_link() -> None:
    assert item("<title>A</title><enclosure url='http://a.example/x.mp3' type='audio/mpeg'/><guid>1</guid>").url is None
    assert atom_entry("<id>http://a.example/1</id><title>A</title><link rel='self' href='/x'/>").url is None


def test_a_guid_that_is_a_permanent_link_is_the_link() -> None:
    assert item("<title>A</title><guid>http://a.example/1</guid>").url == "http://a.example/1"
    assert item("<title>A</title><guid isPermaLink='false'>http://a.example/1</guid>").url is None


def test_the_original_link_is_preferred_to_a_counting_one() -> None:
    document = rss(
        "<item><title>A</title><link>http://feedproxy.example/~r/1</link>"
        "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>http://a.example/1</f:origLink></item>"
    )
    assert read(document).entries[0].url == "http://a.example/1"


@pytest.mark.parametrize(
    "date",
    [
        "0000-00-00",
        "Mon, 31 Feb 2026 00:00:00 GMT",
        "0001-01-01T00:00:00+14:00",
        "20121231235959999",
        "lundi 4 mai",
        "x" * 5000,
        "",
    ],
)
def test_absurd_dates_are_none_or_sane(date: str) -> None:
    at = item(f"<title>A</title><pubDate>{date}</pubDate>").published_at
    assert at is None or at.year >= 1990


def test_what_the_publisher_says_about_polling() -> None:
    channel = "<ttl> 90 </ttl><skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>77</hour></skipHours>"
    feed = read(rss("", channel))
    assert (feed.ttl, feed.skip_hours) == (5400.0, (0, 13))


@pytest.mark.parametrize(
    ("period", "frequency", "ttl"),
    [
        ("hourly", "2", 1800.0),
        ("daily", "1", 86_400.0),
        ("weekly", "", 604_800.0),
        ("never", "1", None),
        ("daily", "-1", 86_400.0),
    ],
)
def test_the_syndication_module(period: str, frequency: str, ttl: float | None) -> None:
    sy = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    channel = f"<sy:updatePeriod {sy}>{period}</sy:updatePeriod><sy:updateFrequency {sy}>{frequency}</sy:updateFrequency>"
    assert read(rss("", channel)).ttl == ttl


@pytest.mark.parametrize(
    ("ttl", "seconds"), [("0", None), ("-5", None), ("9e9", None), ("999999999", 31_622_400.0), ("ten", None)]
)
def test_an_absurd_ttl_is_none_or_bounded(ttl: str, seconds: float | None) -> None:
    assert read(rss("", f"<ttl>{ttl}</ttl>")).ttl == seconds


def test_xml_that_is_not_well_formed_is_read_with_a_note() -> None:
    feed = read(rss("<item><title>A & B</title><x:y>z</x:y></item><item><title>C</title></item>"))
    assert [entry.title for entry in feed.entries] == ["A & B", "C"]
    assert feed.notes == ("The document is not well-formed XML; it was read as well as possible.",)


def test_a_document_that_ends_early_keeps_its_complete_entries() -> None:
    whole = rss("<item><title>A</title></item><item><title>B</title></item>")
    cut = read(whole[: whole.index("B</title>")])
    assert [entry.title for entry in cut.entries] == ["A"]
    assert cut.notes == ("The document ends in the middle; its last entry was left out.",)
    complete = read(whole[: whole.index("</channel>")])
    assert [entry.title for entry in complete.entries] == ["A", "B"]


def test_control_characters_do_not_spoil_a_document() -> None:
    feed = read(rss("<item><title>A\x00\x08B</title></item>"))
    assert (feed.entries[0].title, feed.notes) == ("AB", ())


def test_of_fifty_thousand_entries_the_newest_are_read() -> None:
    items = "".join(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in range(50_000))
    feed = read(rss(items))
    assert (feed.total, len(feed.entries), feed.entries[0].title, len(feed.keys)) == (50_000, 200, "0", MOST_ITEMS)
    assert feed.notes == ("The feed lists 50000 entries; the newest 200 were read.",)


def test_of_many_entries_the_newest_are_read_though_they_are_listed_last() -> None:
    dates = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(2500))
    items = "".join(f"<item><title>{n}</title><pubDate>{at.isoformat()}</pubDate></item>" for n, at in enumerate(dates))
    assert [entry.title for entry in read(rss(items)).entries] == [str(n) for n in range(2300, 2500)]


def test_whatever_the_parser_raises_is_the_feeds_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise UnicodeError("hostile")

    monkeypatch.setattr("feedparser.parse", explode)
    with pytest.raises(FeedError, match="UnicodeError: hostile") as failed:
        read(rss(""))
    assert failed.value.kind == "parse"


@given(st.integers(0, 400), st.integers(0, 60), st.binary(max_size=12), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
@settings(max_examples=60, deadline=None)
def test_a_damaged_document_is_read_or_refused(at: int, length: int, noise: bytes, charset: str) -> None:
    whole = rss(
        "<item><title>A &amp; <![CDATA[B]]></title><link>/a</link><pubDate>Mon, 04 May 2026 12:00:00 GMT</pubDate></item>" * 2
    )
    body = whole.encode(charset)
    try:
        feed = read(body[:at] + noise + body[at + length :])
    except FeedError:
        return
    assert all(entry.title for entry in feed.entries)

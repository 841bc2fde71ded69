"""The list of feeds: read, and edited without touching anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import OpmlError
from aggregator.intake.opml import (
    MOST_IMPORTED,
    add_feed,
    empty_opml,
    merge,
    read_opml,
    remove_feed,
    replace_address,
    write_opml,
)
from aggregator.records.feeds import ListedFeed
from aggregator.text.canonical import canonical_url

LIST = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<opml version="1.1" xmlns:my="http://my.example/">
\t<head>
\t\t<title>Mine &amp; yours</title>
\t</head>
\t<body>
\t\t<outline text="Cloud" my:color='red'>
\t\t\t<outline text="Nested">
\t\t\t\t<outline type="rss" text="One &lt;1&gt;" xmlUrl="http://www.one.example/feed?a=1&amp;b=2"
\t\t\t\t\thtmlUrl="http://one.example/" my:since="2009"/>
\t\t\t</outline>
\t\t\t<outline type='rss' title='Two' text='2' xmlUrl='feed://two.example/rss'></outline>
\t\t</outline>
\t\t<!-- the best -->
\t\t<outline xmlurl="https://three.example/atom.xml" text="https://three.example/atom.xml"/>
\t</body>
</opml>
"""


def listed(url: str, *folders: str, title: str | None = None, site: str | None = None) -> ListedFeed:
    return ListedFeed(url, canonical_url(url) or "", title, site, folders)


FOUR = listed("https://four.example/feed?x=1&y=2", title='Four & "4"', site="https://four.example/")


def test_folders_titles_and_addresses_are_read() -> None:
    reading = read_opml(LIST, "feeds.opml")
    assert reading.feeds == (
        listed("http://www.one.example/feed?a=1&b=2", "Cloud", "Nested", title="One <1>", site="http://one.example/"),
        listed("http://two.example/rss", "Cloud", title="Two"),
        listed("https://three.example/atom.xml"),
    )
    assert (reading.title, reading.notes) == ("Mine & yours", ())


def test_a_feed_listed_twice_counts_once() -> None:
    body = b'<opml><body><outline xmlUrl="http://a.example/f"/>\n<outline xmlUrl="https://www.a.example/f/"/></body></opml>'
    reading = read_opml(body, "x.opml")
    assert [feed.url for feed in reading.feeds] == ["http://a.example/f"]
    assert reading.notes == ("line 2: https://www.a.example/f/ is listed twice.",)


def test_an_address_that_is_none_is_left_out_and_told() -> None:
    reading = read_opml(b'<opml><body><outline xmlUrl="javascript:alert(1)"/></body></opml>', "x.opml")
    assert reading.feeds == ()
    assert reading.notes == ("line 1: 'javascript:alert(1)' is no http(s) address; left out.",)


def test_another_charset_is_read_and_written_back_as_utf_8() -> None:
    body = '<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="Émile"/></body></opml>'.encode("latin-1")
    feed = listed("https://a.example/f", "Émile", title="A")
    added = add_feed(body, feed)
    assert b'encoding="UTF-8"' in added
    assert read_opml(added, "x").feeds == (feed,)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "line 1: not well-formed XML: no element found"),
        (b'<opml>\n<body>\n<outline text="a & b"/>', "line 3: not well-formed XML"),
        (b"<?xml version='1.0'?><html></html>", "line 1: <html> is no OPML"),
        (b"<!DOCTYPE html>\n<html><body><br>We are back soon.", "It is a web page, and no list of feeds"),
        (b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml>&b;</opml>', "it declares entities"),
        (b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>', "it declares entities"),
        (b"<opml><body>" + b"<outline>" * 100, "nested more than 32 deep"),
        (b" " * (5 * 1024 * 1024 + 1), "5,242,881 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(body: bytes, reason: str) -> None:
    with pytest.raises(OpmlError) as refused:
        read_opml(body, "bad.opml")
    assert reason in str(refused.value)
    assert refused.value.resource == "bad.opml"


def test_an_added_feed_goes_last_and_nothing_else_changes() -> None:
    line = (
        b'\n\t\t<outline type="rss" text=\'Four &amp; "4"\' title=\'Four &amp; "4"\' '
        b'xmlUrl="https://four.example/feed?x=1&amp;y=2" htmlUrl="https://four.example/"/>'
    )
    assert add_feed(LIST, FOUR).replace(line, b"") == LIST


def test_a_feed_is_added_to_its_folder() -> None:
    feed = listed("https://a.example/f", "Cloud", "Nested", title="A")
    added = add_feed(LIST, feed)
    assert feed in read_opml(added, "x").feeds
    assert added.count(b"<outline text=") == LIST.count(b"<outline text=")


def test_missing_folders_are_made() -> None:
    feed = listed("https://a.example/f", "Cloud", "New", "Newer", title="A")
    assert feed in read_opml(add_feed(LIST, feed), "x").feeds


@pytest.mark.parametrize(
    "body", [b"<opml><body/></opml>", b"<opml><body></body></opml>", b'<opml><body><outline text="F" /></body></opml>']
)
def test_an_empty_place_is_opened(body: bytes) -> None:
    feed = listed("https://a.example/f", "F", title="A")
    assert read_opml(add_feed(body, feed), "x").feeds == (feed,)


def test_a_listed_feed_is_not_added_again() -> None:
    assert add_feed(LIST, listed("https://one.example/feed?b=2&a=1")) == LIST


def test_without_a_body_nothing_can_be_added() -> None:
    with pytest.raises(OpmlError, match="no <body>"):
        add_feed(b"<opml/>", FOUR)


def test_a_removed_feed_takes_its_line_with_it() -> None:
    assert remove_feed(add_feed(LIST, FOUR), FOUR.canonical_url) == LIST
    windows = LIST.replace(b"\n", b"\r\n")
    assert remove_feed(add_feed(windows, FOUR), FOUR.canonical_url) == windows


def test_an_unlisted_feed_cannot_be_removed() -> None:
    assert remove_feed(LIST, "https://nowhere.example/") == LIST


def test_feeds_filed_under_a_feed_outlive_it() -> None:
    body = b"""<opml><body>
<outline xmlUrl="http://a.example/f">
<outline xmlUrl="http://b.example/f"/>
</outline>
</body></opml>"""
    assert remove_feed(body, "https://a.example/f") == b'<opml><body>\n<outline xmlUrl="http://b.example/f"/>\n</body></opml>'


def test_a_moved_feed_changes_its_address_only() -> None:
    moved = replace_address(LIST, "http://one.example/feed?a=1&b=2", "https://new.example/?x&y")
    assert moved == LIST.replace(b'"http://www.one.example/feed?a=1&amp;b=2"', b'"https://new.example/?x&amp;y"')
    assert replace_address(LIST, "https://nowhere.example/", "https://new.example/") == LIST


def test_a_merge_adds_what_is_missing_in_its_folders() -> None:
    other = write_opml(
        "Other", [listed("https://one.example/feed?a=1&b=2"), FOUR, listed("https://five.example/f", "Cloud", "5")]
    )
    merged, added = merge(LIST, other, "other.opml")
    assert [feed.url for feed in added] == [FOUR.url, "https://five.example/f"]
    assert read_opml(merged, "x").feeds[-1].url == FOUR.url
    assert read_opml(merged, "x").feeds[2].folders == ("Cloud", "5")
    assert merge(merged, other) == (merged, ())


def test_a_merge_of_too_many_feeds_is_refused() -> None:
    other = write_opml("Many", (listed(f"https://f{n}.example/") for n in range(MOST_IMPORTED + 1)))
    with pytest.raises(OpmlError, match="2,001 feeds"):
        merge(LIST, other)


def test_a_new_list_is_empty_and_titled() -> None:
    reading = read_opml(empty_opml("Mine <&>"), "x")
    assert (reading.title, reading.feeds) == ("Mine <&>", ())


words = st.text(alphabet="abc é<&>\"'漢", min_size=1, max_size=6).filter(
    lambda text: text == " ".join(text.split()) and "&" not in text
)
names = words.filter(lambda text: "<" not in text)
feed_lists = st.lists(
    st.builds(
        lambda n, title, site, folders: ListedFeed(
            f"https://h{n}.example/f?a=1&b='{n}'", f"https://h{n}.example/f?a=1&b='{n}'", title, site, tuple(folders)
        ),
        st.integers(0, 30),
        st.none() | names,
        st.none() | st.just("https://h.example/?a=1&b=2"),
        st.lists(names, max_size=3),
    ),
    unique_by=lambda feed: feed.url,
    max_size=8,
)


@given(feed_lists)
def test_what_is_written_is_read(feeds: list[ListedFeed]) -> None:
    read = read_opml(write_opml("T", feeds), "x").feeds
    assert {(feed.url, feed.title or feed.url, feed.site_url, feed.folders) for feed in feeds} == {
        (feed.url, feed.title or feed.url, feed.site_url, feed.folders) for feed in read
    }


@given(feed_lists)
def test_adding_and_removing_leaves_other_feeds_alone(feeds: list[ListedFeed]) -> None:
    document = LIST
    for feed in feeds:
        document = add_feed(document, feed)
    for feed in feeds:
        document = remove_feed(document, feed.canonical_url)
    assert read_opml(document, "x") == read_opml(LIST, "x")

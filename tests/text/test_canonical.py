"""Addresses: what is refused, what is one page, what the words are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import canonical
from aggregator.text.canonical import LONGEST_URL, address_words, canonical_url, host_of, is_front_page, safe_url


@pytest.mark.parametrize(
    "value",
    [
        "",
        "   ",
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "http://",
        "https:///path",
        "http:example.org",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://exa mple.org/",
        "http://exa%6dple.org/",
        "http://[::1/",
        "http://example..org/",
        "http://example.org/a\x00b",
        "http://example.org/\ud800",
        "http://example.org/" + "a" * LONGEST_URL,
        "//example.org/without-base",
        "/path",
    ],
)
def test_an_address_we_would_never_show_is_refused(value: str) -> None:
    assert safe_url(value) is None
    assert canonical_url(value) is None


def test_an_address_stays_as_published() -> None:
    published = "HTTP://WWW.Example.org:80/A/../b/?utm_source=feed&p=595#frag"
    assert safe_url(f"\n {published} ") == published


@pytest.mark.parametrize(
    ("value", "base", "resolved"),
    [
        ("/a?b#c", "http://example.org/x/y", "http://example.org/a?b#c"),
        ("a", "http://example.org/x/y", "http://example.org/x/a"),
        ("//other.example/a", "https://example.org/", "https://other.example/a"),
        ("?p=1", "http://example.org/x", "http://example.org/x?p=1"),
        ("\\\\evil.example\\a", "https://example.org/", "https://evil.example/a"),
        ("a", "javascript:alert(1)//", None),
        ("a", "", None),
        ("javascript:alert(1)", "https://example.org/", None),
    ],
)
def test_a_relative_address_is_resolved(value: str, base: str, resolved: str | None) -> None:
    assert safe_url(value, base) == resolved


def test_what_breaks_out_of_an_attribute_or_turns_the_reading_is_escaped() -> None:
    assert safe_url('http://example.org/a b"<c>`{d}|^') == "http://example.org/a%20b%22%3Cc%3E%60%7Bd%7D%7C%5E"
    assert safe_url("http://example.org/\u202efdp.exe") == "http://example.org/%E2%80%AEfdp.exe"


def test_a_backslash_is_read_as_browsers_read_it() -> None:
    assert safe_url("https://good.example\\@evil.example/") == "https://good.example/@evil.example/"


@pytest.mark.parametrize(
    "same",
    [
        "https://example.org/Post/a~b?p=595&q=x",
        "http://example.org/Post/a~b?p=595&q=x",
        "http://www.example.org/Post/a~b?q=x&p=595",
        "HTTPS://EXAMPLE.org./Post/a~b/?p=595&q=x",
        "http://example.org:80/Post/a%7Eb?p=595&q=x",
        "https://example.org:443/Post/a%7eb?p=595&q=x",
        "https://example.org/./Post/c/../a~b?p=595&q=x#section-2",
        "https://example.org/Post/a~b?utm_source=rss&p=595&utm_medium=feed&q=x&fbclid=abc&MC_CID=1",
        "https://user:secret@example.org/Post/a~b?p=595&q=x",
        "https://example.org/Post/a~b;jsessionid=0A1B?p=595&q=x&PHPSESSID=9",
        "https://example.org/Post/a~b?p=595&&q=x#:~:text=hello",
    ],
)
def test_spellings_of_one_page_have_one_key(same: str) -> None:
    assert canonical_url(same) == "https://example.org/Post/a~b?p=595&q=x"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=595", "https://example.org/?p=596"),
        ("https://example.org/?p=595", "https://example.org/"),
        ("https://example.org/Post", "https://example.org/post"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://example.org/#/a", "https://example.org/"),
        ("https://example.org:8080/", "https://example.org/"),
        ("https://example.org/?ref=main", "https://example.org/?ref=dev"),
        ("https://example.org/?source=wind", "https://example.org/?source=sun"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://blog.example.org/", "https://example.org/"),
    ],
)
def test_what_selects_content_stays_significant(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_an_international_host_is_one_with_its_ascii_form() -> None:
    assert canonical_url("http://bücher.example/ü") == "https://xn--bcher-kva.example/%C3%BC"
    assert canonical_url("http://xn--bcher-kva.example/%c3%bc") == "https://xn--bcher-kva.example/%C3%BC"


def test_only_www_is_no_prefix() -> None:
    assert canonical_url("http://www.com/") == "https://www.com/"


def test_a_medium_feed_mark_is_dropped_and_another_source_is_not() -> None:
    assert canonical_url("https://example.org/a?source=rss-4f9c---2") == "https://example.org/a"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("https://bank.example@evil.example/", "evil.example"),
        ("http://blog.example.org:8080", "blog.example.org"),
        ("not an address", ""),
        ("http://[bad/", ""),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


def test_words_of_an_address_are_those_of_its_path() -> None:
    assert address_words("https://example.org/2014/05/vmware-NSX_6_1-%C3%BCber-vxlan2.html?a=b") == [
        "vmware",
        "nsx",
        "über",
        "vxlan2",
    ]
    assert address_words("https://example.org/?p=595") == []


urls = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["example.org", "www.example.org", "bücher.example", "EXAMPLE.org."]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text(alphabet="abé/.%2f7E~;=<> \u202e", max_size=20),
    st.text(alphabet="?&=abc%e9+", max_size=12).map(lambda query: f"?{query}" if query else ""),
    st.sampled_from(["", "#a", "#!a", "#/x"]),
)


def test_a_key_fits_every_index_however_long_it_gets_by_its_escapes() -> None:
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 2_000)))
    keys = {canonical_url(f"https://example.org/{before}{long}{after}") for before in ("", "?q=", "a/") for after in ("", "b")}
    assert len(keys) == 6
    for key in keys:
        assert key is not None
        assert len(key) <= LONGEST_URL
        assert key.isascii()
        assert canonical_url(key) == key


@given(urls)
def test_a_key_is_its_own_key(url: str) -> None:
    key = canonical_url(url)
    assert key is not None
    assert canonical_url(key) == key


plain_urls = st.from_regex(r"https?://[a-z.\-]{1,12}(/[aZ0_~./\-]{0,12})?", fullmatch=True)


@given(
    plain_urls | urls | st.sampled_from(["http://www.com", "http://www.a.b//", "http://a.b/../c", "http://a..b/", "http://a.b./"])
)
def test_a_plain_address_takes_the_short_way_to_the_same_key(url: str) -> None:
    assert canonical_url(url) == canonical._canonical(url)


@given(st.text())
def test_whatever_is_kept_is_safe_and_stays_so(value: str) -> None:
    for base in (None, "https://example.org/feed"):
        safe = safe_url(value, base)
        if safe is not None:
            assert safe.lower().startswith(("http://", "https://"))
            assert safe_url(safe) == safe
            assert not set(safe) & set('<>" \n\t\u202e`')
            assert len(safe) <= LONGEST_URL


@pytest.mark.parametrize(
    ("address", "front"),
    [
        ("https://attic.example/", True),
        ("https://attic.example", True),
        ("https://attic.example/?p=7", False),
        ("https://attic.example/#!/7", False),
        ("https://attic.example/7", False),
    ],
)
def test_a_front_page_names_a_site_only(address: str, front: bool) -> None:
    assert is_front_page(address) is front

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.net.target import first_target, redirected


@pytest.mark.parametrize(
    "url", ["ftp://a/", "file:///etc/passwd", "feed", "", "http://", "http://[::1", "http://a:99999/", "//a/b"]
)
def test_only_http_addresses_can_be_asked(url: str) -> None:
    with pytest.raises(FeedError) as caught:
        first_target(url)
    assert caught.value.kind == "unsupported"
    assert caught.value.permanent


def test_the_password_goes_into_a_header_and_out_of_the_address() -> None:
    target = first_target("https://me:s%C3%A9cret@blog.example/feed#top")
    assert str(target.url) == "https://blog.example/feed"
    assert target.authorization is not None
    assert target.authorization.startswith("Basic ")


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("https://me:x@a.example/f", "/g", True),
        ("http://me:x@a.example/f", "https://a.example/f", True),
        ("https://me:x@a.example/f", "http://a.example/f", False),
        ("https://me:x@a.example/f", "https://b.example/f", False),
        ("https://me:x@a.example/f", "https://a.example:8443/f", False),
        ("https://me:x@a.example/f", "https://you:y@b.example/f", False),
    ],
)
def test_the_password_stays_with_its_server(start: str, location: str, kept: bool) -> None:
    target = redirected(first_target(start), 302, location)
    assert (target.authorization is not None) is kept
    assert target.url.user is None


def test_only_an_unbroken_chain_of_permanent_redirects_is_permanent() -> None:
    first = first_target("http://a.example/feed")
    assert first.permanent_url is None
    once = redirected(first, 301, "https://a.example/feed")
    assert once.permanent_url == "https://a.example/feed"
    assert redirected(once, 308, "/new").permanent_url == "https://a.example/new"
    assert redirected(redirected(once, 302, "/portal"), 301, "/new").permanent_url is None


def test_a_permanent_address_keeps_the_credentials_that_the_author_gave() -> None:
    moved = redirected(first_target("http://me:x@a.example/feed"), 301, "https://a.example/feed")
    assert moved.permanent_url == "https://me:x@a.example/feed"


def test_leaving_https_is_told() -> None:
    assert redirected(first_target("https://a.example/"), 302, "http://a.example/").notes == (
        "a redirect leads from https to plain http",
    )


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        (None, "redirect"),
        ("", "redirect"),
        ("http://[::1/", "redirect"),
        ("javascript:alert(1)", "redirect_scheme"),
        ("file:///etc/passwd", "redirect_scheme"),
    ],
)
def test_a_redirect_to_nowhere_is_an_error(location: str | None, kind: str) -> None:
    with pytest.raises(FeedError) as caught:
        redirected(first_target("http://a.example/"), 302, location)
    assert caught.value.kind == kind


@given(st.text(max_size=40) | st.from_regex(r"[a-z]{0,6}:?/{0,3}[^\s]{0,20}"))
def test_whatever_a_server_names_leads_to_http_or_to_an_error(location: str) -> None:
    try:
        target = redirected(first_target("https://me:x@a.example/f"), 301, location)
    except FeedError as error:
        assert error.kind in ("redirect", "redirect_scheme")  # noqa: PT017 - either way out is right
    else:
        assert target.url.scheme in ("http", "https")
        assert target.url.raw_host
        assert target.url.user is None

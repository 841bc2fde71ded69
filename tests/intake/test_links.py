"""Addresses that a body links to."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.links import MOST, links_of
from aggregator.text.canonical import canonical_url

OWN = "https://blog.example/post"


def links(markup: str) -> tuple[str, ...]:
    return links_of(markup, OWN, "https://blog.example/post?utm_source=feed")


def test_addresses_come_canonical_in_order_and_once() -> None:
    body = (
        '<p>See <a title="b" href="http://www.Other.example/b/?utm_source=x&amp;p=2">b</a>, <A HREF=\'/older\'>ours</A> and '
        '<a class="external" href=https://third.example/c>c</a>, again <a href="https://other.example/b?p=2">b</a>.</p>'
    )
    assert links(body) == ("https://other.example/b?p=2", "https://blog.example/older", "https://third.example/c")


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="https://blog.example/post/">itself</a>',
        '<a href="#fn1">a footnote</a>',
        '<a name="here">an anchor</a>',
        '<a href="mailto:a@b.example">mail</a>',
        '<a href="javascript:alert(1)">script</a>',
        '<a href="https://twitter.com/intent/tweet?url=https://blog.example/post">share</a>',
        '<a href="https://www.facebook.com/sharer/sharer.php?u=x">share</a>',
        '<a href="http://www.reddit.com/submit?url=x">vote</a>',
        '<a href="http://feeds.feedburner.com/~ff/Blog?a=1">a counter</a>',
        '<a rel="tag" href="https://blog.example/tag/x">tag</a>',
        '<a href="https://social.example/@ann" class="u-url mention">@ann</a>',
        '<abbr href="https://a.example/x">no anchor</abbr>',
    ],
)
def test_what_is_no_reading_matter_is_left_out(anchor: str) -> None:
    assert links(f"<p>{anchor}</p>") == ()


def test_pages_of_the_same_services_are_no_buttons() -> None:
    body = '<a href="https://twitter.com/ann/status/1">a</a><a href="https://www.reddit.com/r/networking/comments/1/x">b</a>'
    assert len(links(body)) == 2


def test_a_body_that_was_escaped_twice_is_read_too() -> None:
    assert links("&lt;p&gt;&lt;a href=&quot;https://a.example/1&quot;&gt;x&lt;/a&gt;") == ("https://a.example/1",)


def test_a_list_of_links_is_cut() -> None:
    assert len(links("".join(f'<a href="/{n}">x</a>' for n in range(400)))) == MOST


@given(st.text(alphabet="<a href='\"=#/>&;x:.tp s\n", max_size=300))
def test_whatever_the_markup_only_canonical_addresses_come_out(markup: str) -> None:
    assert all(canonical_url(one) == one for one in links(markup))


@pytest.mark.parametrize("piece", ["<a ", "<a href=", '<a href="', "<a class='mention ", "<a rel=", "<a href=x rel='tag "])
def test_hostile_markup_takes_time_in_proportion(piece: str) -> None:
    started = time.perf_counter()
    links(piece * 60_000)
    assert time.perf_counter() - started < 2

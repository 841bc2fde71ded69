from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from aggregator.delivery.message import build
from aggregator.digest.answering import links
from aggregator.digest.render import LARGEST, LARGEST_HTML, LINKED, render
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.digests import Answering, Digest, RenderedDigest
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.settings import RoundupSettings

MakeCandidate = Callable[..., Candidate]
MakeDigest = Callable[..., Digest]

# H83, H86-H99 of the catalogue of hostile servers, as a title, an author, a feed's name or an excerpt.
HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<b>bold</b> a < b && c",
    "</title></style><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "<div hx-get=/x hx-trigger=load id=csrf>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example><form action=x><iframe src=x>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "</td></tr></table></body></html>",
    "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
    "\r\nBcc: x@y.example\r\n\r\n.",
    "\nFrom somebody",
    "{{ config }}{% raw %}${7*7}{{< x >}}",
    "[x](javascript:1) | `tick` --- ](",
    "=HYPERLINK(1)",
    "\u202egnihtemos\u2066 \u200b",
    "e" + "\u0301" * 300,
    "👩‍👩‍👧 🇨🇿 系統管理 الحوسبة",
    "nul\x00 c1\x85 lone\ud800 \ufffe \ufeff",
    "W" * 500,
    "*/ @import url(//evil.example); .bg{display:none}",
]
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td"),
    *("h1", "h2", "a", "b", "bdi", "br", "code", "span"),
}


def whole(rendered: RenderedDigest) -> bytes:
    return build(
        rendered,
        sender="digest@example.org",
        recipients=["author@example.org"],
        message_id="<x@example.org>",
        date=datetime(2019, 1, 11, tzinfo=UTC),
        list_id="<x.example.org>",
    )


def numbers_in_html(html: str) -> list[int]:
    return [int(one.text()) for one in LexborHTMLParser(html).css("span.tag")]


def numbers_in_text(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"^ +(\d+) (?:\? )?\S", text, re.MULTILINE)]


@pytest.fixture
def full(digest: MakeDigest, candidate: MakeCandidate, feed: Callable[..., FeedStatus], now: datetime) -> Digest:
    use = PastUse("Technology Short Take #12", 12, None, "Security", "https://x.example", "Here is how to find out whether.")
    return digest(
        candidate(41, "VXLAN gateways, part 2", "Networking", state=State.HELD),
        candidate(
            203,
            "Comparing two encapsulations",
            "Networking",
            text="On two cards we measured it.",
            feeds=(1, 2),
            author="B. Davie",
        ),
        candidate(211, "Firewall rules from logs", None, likely="Networking", second="Security", why=("words: rule, firewall",)),
        candidate(220, "Checking for a bleeding heart", "Security", linked_before=(use,)),
        candidate(230, "Blocks on a cloud"),
        candidate(240, "Kept one", "Storage", state=State.KEPT, shown=1),
        candidate(250, "Old one", "Storage", shown=1),
        due=lambda one: "held for this edition" if one.id == 41 else None,
        feeds=[feed(1), feed(2, FeedState.FAILING, error="it answers 403.", error_since=now - timedelta(days=4))],
        history={"older than 30 days": 9},
    )


def test_the_subject_has_our_words_and_numbers_only(full: Digest, digest: MakeDigest) -> None:
    assert render(full).subject == "TST #28, week 3: 4 new worth a look, 1 due (1 kept)"
    assert render(digest()).subject == "TST #28, week 3: nothing new"
    assert render(digest(repeat=1)).subject == "TST #28, week 3: nothing new, sent again (1)"


def test_both_parts_name_the_same_candidates_in_the_same_order(full: Digest) -> None:
    rendered = render(full)
    assert numbers_in_html(rendered.html) == numbers_in_text(rendered.text) == [41, 203, 211, 220, 230, 240, 250]


def test_what_is_folded_into_a_counted_line_is_not_listed(digest: MakeDigest, candidate: MakeCandidate) -> None:
    many = [candidate(id_, f"Piece {id_}", "Storage", interest=0.5 if id_ <= 10 else 0.001) for id_ in range(1, 21)]
    rendered = render(digest(*many, usual_links=30))
    assert "+ 10 more new" in rendered.text
    assert set(rendered.listed) == set(range(1, 11))


def test_every_fact_of_the_digest_stands_in_both_parts(full: Digest) -> None:
    rendered = render(full)
    facts = [
        "Open 19 days; you usually publish after 26 days.",
        "1 kept in 1 section.",
        "Filed from 1,840 past links.",
        "held for this edition",
        "B. Davie, blog203.example.net, 9 Jan, also in A blog",
        "On two cards we measured it.",
        "or Security (words: rule, firewall)",
        "in #12, Security",
        "Here is how to find out whether.",
        "Digest 3, Friday 11 January 2019: 4 new, 1 due",
        "Nothing new, and 1 of the roundup's 2 feeds is failing.",
        "since 7 Jan: it answers 403.",
        "1 copy merged, 9 older than 30 days.",
        "Next mail Friday 18 Jan, 07:00 Denver time.",
        "aggregator decide 41 203 keep",
    ]
    html = " ".join(LexborHTMLParser(rendered.html).text(separator="").split())
    text = " ".join(rendered.text.split())
    for fact in facts:
        assert fact.casefold() in html.casefold(), fact
        assert fact.casefold() in text.casefold(), fact


def test_a_mail_never_promises_what_this_installation_cannot_do(full: Digest) -> None:
    rendered = render(full)
    assert "reply" not in (rendered.html + rendered.text).lower()
    assert "http://127" not in rendered.html
    with_desk = render(replace(full, answering=Answering("https://desk.example/r/tst/")))
    assert 'href="https://desk.example/r/tst/"' in with_desk.html
    assert "https://desk.example/r/tst/" in with_desk.text


def test_the_style_is_inline_and_dark_and_narrow_rules_stay(full: Digest) -> None:
    html = render(full).html
    assert "prefers-color-scheme: dark" in html.replace(":dark", ": dark")
    assert re.search(r"max-width:\s*480px", html)
    assert 'class="h1" style="' in html
    assert html.index('charset="utf-8"') < 1_024
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html.partition("</head>")[0], re.DOTALL)
    assert any(".t {" in style for style in styles), "what every candidate has is said once"
    assert sum(map(len, styles)) < 8_192, "Gmail drops a longer style element whole"


@pytest.fixture
def flood(digest: MakeDigest, candidate: MakeCandidate, roundup: RoundupSettings) -> Digest:
    """A week of three hundred, at a desk that a phone reaches."""
    excerpt = "Two switches stood on the bench, and what a tunnel costs was counted, frame by frame, until it was known. " * 2
    many = [
        candidate(
            1_000 + n,
            f"Piece {n} of what came in this week",
            roundup.section_names[n % 4],
            interest=1 - n / 300,
            feeds=(n,),
            text=excerpt,
        )
        for n in range(300)
    ]
    plain = digest(*many)

    def address(id_: int, action: Action, section: str | None) -> str:
        return f"https://desk.example.org/a/{id_}{action}{'x' * 30}"

    answering = Answering("https://desk.example.org/r/tst/", True, links(plain.listed, roundup.section_names, address))
    return replace(plain, answering=answering)


def test_a_full_weeks_links_stand_under_the_first_and_the_others_are_told_where(flood: Digest) -> None:
    rendered = render(flood)
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert len(rendered.listed) > 80
    assert rendered.html.count(">keep</a>") == LINKED
    for part in (rendered.html, rendered.text):
        assert "more new at your desk" in part
    assert f"The best {LINKED} have links to decide." in rendered.html


def test_the_name_of_a_link_says_of_which_candidate_it_is(flood: Digest) -> None:
    assert 'aria-label="Keep: Piece 0 of what came in this week"' in render(flood).html


def test_a_number_leads_to_its_page_from_the_text(flood: Digest) -> None:
    assert "One of them: https://desk.example.org/r/tst/candidates/1000\n" in render(flood).text


def test_nothing_is_fetched_by_reading_the_mail(full: Digest) -> None:
    html = render(full).html
    tree = LexborHTMLParser(html)
    assert not tree.css("img, link, script, iframe, video, object")
    assert not re.search(r"url\(|@import|@font-face", html)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(
    digest: MakeDigest, candidate: MakeCandidate, source: Callable[..., object], words: str
) -> None:
    use = PastUse(words, None, None, words, "https://x.example", words)
    rendered = render(
        digest(
            candidate(1, words, "Networking", author=words, text=words, linked_before=(use,), via=words, note=words, added=True,
                      sources=(source(1), source(2, words))),
            candidate(2, words, None, likely="Storage", second="Security", why=(words,)),
            candidate(3, words, "Storage", state=State.KEPT),
            candidate(4, words, "Storage", state=State.HELD),
            due=lambda one: words if one.id == 4 else None,
        )
    )  # fmt: skip
    tree = LexborHTMLParser(rendered.html)
    assert {node.tag for node in tree.css("*")} <= ALLOWED
    assert not tree.css("[onload], [onerror], [hx-get], [id], [src]")
    assert {link.attributes["href"] for link in tree.css("a")} == {f"https://blog{n}.example.net/posts/{n}" for n in (1, 2, 3, 4)}
    assert numbers_in_html(rendered.html) == [4, 1, 2, 3]
    assert numbers_in_text(rendered.text) == [4, 1, 2, 3]
    assert all(char.isprintable() or char in "\n\u200d" for char in rendered.text)
    assert "\nFrom " not in rendered.text
    assert "evil" not in rendered.subject
    rendered.html.encode()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "JaVa\tScript:1", "//x.example", ""]
)
def test_an_address_that_is_not_safe_is_no_link_and_the_feeds_host_is_shown(
    digest: MakeDigest, candidate: MakeCandidate, url: str
) -> None:
    html = render(digest(candidate(1, "Title", "Storage", url=url))).html
    assert not LexborHTMLParser(html).css("a")
    assert "feeds1.example.org (no link)" in html


def test_the_host_is_where_the_link_leads_whatever_it_looks_like(digest: MakeDigest, candidate: MakeCandidate) -> None:
    rendered = render(digest(candidate(1, "Your session expired", "Storage", url="https://bank.example@evil.example/")))
    assert "evil.example, " in rendered.text


def test_a_date_in_the_future_or_none_shows_when_it_was_first_seen(
    digest: MakeDigest, candidate: MakeCandidate, now: datetime
) -> None:
    future = candidate(1, "Future", "Storage", published_at=now + timedelta(days=4000))
    text = render(digest(future, candidate(2, "Undated", "Storage", published_at=None))).text
    assert "blog1.example.net, 10 Jan" in text
    assert "undated, seen 10 Jan" in text


def test_a_flood_fits_and_counts_what_it_leaves_out(digest: MakeDigest, candidate: MakeCandidate) -> None:
    sections = ["Networking", "Networking", "Networking", "Storage", "Security"]
    flood = [
        candidate(id_, f"Title number {id_} of very many this week", sections[id_ % 5], feeds=(id_ % 400,),
                  text="Some words. " * 50, interest=(id_ % 97) / 97)
        for id_ in range(1, 5001)
    ]  # fmt: skip
    started = perf_counter()
    rendered = render(digest(*flood))
    assert perf_counter() - started < 5
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert len(whole(rendered)) <= LARGEST
    shown = numbers_in_html(rendered.html)
    assert shown == numbers_in_text(rendered.text)
    assert sorted(rendered.listed) == sorted(shown)
    left_out = sum(int(number.replace(",", "")) for number in re.findall(r"^ +\+ ([\d,]+) more new", rendered.text, re.MULTILINE))
    assert len(shown) + left_out == 5000
    assert len(shown) > 50
    by_section = [sections[number % 5] for number in shown]
    assert abs(by_section.count("Storage") - by_section.count("Networking")) <= 1
    assert min((number % 97) / 97 for number in shown) > 0.8


def test_a_flood_in_an_alphabet_that_mail_encodes_at_length_fits_too(digest: MakeDigest, candidate: MakeCandidate) -> None:
    rendered = render(
        digest(*(candidate(id_, "系統管理" * 12, "Storage", feeds=(id_,), text="雲端運算。" * 60) for id_ in range(1, 300)))
    )
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert len(whole(rendered)) <= LARGEST
    assert len(numbers_in_html(rendered.html)) > 25


def test_a_mail_of_four_hundred_is_made_at_once(digest: MakeDigest, candidate: MakeCandidate) -> None:
    few = digest(*(candidate(id_, f"Title {id_}", "Storage", feeds=(id_,), text="Some words. " * 50) for id_ in range(1, 401)))
    started = perf_counter()
    render(few)
    assert perf_counter() - started < 2, "half a second on a quiet machine"


def test_rendering_the_same_digest_gives_the_same_bytes(full: Digest) -> None:
    assert render(full) == render(full)


def test_many_broken_feeds_are_named_up_to_a_point(digest: MakeDigest, feed: Callable[..., FeedStatus], now: datetime) -> None:
    broken = [feed(id_, FeedState.FAILING, error="no answer", error_since=now - timedelta(days=3)) for id_ in range(300)]
    text = render(digest(feeds=broken)).text
    assert "+ 280 more: aggregator feeds list" in text


def test_an_empty_edition_says_what_will_come(digest: MakeDigest) -> None:
    text = render(digest(feeds=[], usual_days=None, classifier="", next_slot=None)).text
    assert "aggregator feeds add ADDRESS" in " ".join(text.split())
    assert "Nothing has come in for this edition yet." in " ".join(render(digest()).text.split())


def test_without_past_editions_it_says_how_to_teach_it(digest: MakeDigest, candidate: MakeCandidate) -> None:
    assert "aggregator archive import PATH" in render(digest(candidate(1))).text
    assert "aggregator archive import PATH" not in render(digest(candidate(1, section="Storage"))).text


def test_a_section_with_a_blank_or_a_quote_in_its_name_can_be_pasted_into_a_shell(
    digest: MakeDigest, candidate: MakeCandidate, roundup: RoundupSettings
) -> None:
    named = roundup.model_validate(roundup.model_dump() | {"sections": [{"name": "Career's Soft Skills"}], "aliases": {}})
    text = render(digest(candidate(1), settings=named)).text
    assert """move --section 'Career'"'"'s Soft Skills'""" in text


def test_a_long_gap_and_a_repeat_are_said_at_the_top(digest: MakeDigest, now: datetime) -> None:
    assert "The previous mail went out 15 days ago." in render(digest(previous_slot=now - timedelta(days=15))).text
    assert "You asked for this mail again." in render(digest(repeat=1)).text


def test_one_bullets_links_name_each_other(digest: MakeDigest, candidate: MakeCandidate) -> None:
    text = render(digest(*(candidate(id_, "Part", "Storage", group=9) for id_ in (1, 2, 3)))).text
    assert "same bullet as 2 and 3" in text

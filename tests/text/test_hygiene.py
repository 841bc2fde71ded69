"""Plain text out of anything a publisher may write."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.text.hygiene import clean_line, clean_text, html_to_text


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("a < b && c", "a < b && c"),
        ("I <3 you", "I <3 you"),
        ("<b>Bold</b> and <i class='x'>italic</i>", "Bold and italic"),
        ("Vec<T> and List<String>", "Vec<T> and List<String>"),
        ("AT&T and R&D", "AT&T and R&D"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("a?x=1&copy=2", "a?x=1&copy=2"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&lt;b&gt;Bold&lt;/b&gt;", "Bold"),
        ("&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt;", "Bold"),
        ("Using the &lt;canvas&gt; element", "Using the <canvas> element"),
        ("Using the <canvas> element", "Using the <canvas> element"),
        ("<script>alert(1)</script>Title", "Title"),
        ("<script>alert(1)", ""),
        ("<img src=x onerror=alert(1)>Title", "Title"),
        ("Title <img src=x onerror=alert(1)", "Title"),
        ("if m <n and k=2", "if m <n and k=2"),
        ('<a title="x > y" href="z">Link</a>', "Link"),
        ("one<br/>two<p>three", "one two three"),
        ("<![CDATA[<b>Title</b>]]>", "Title"),
        ("<!-- hidden -->Title", "Title"),
        ("  a \n\t b\u2028c\u00a0d ", "a b c d"),
        ("x\x00y\x1bz\ud800\ufffe\ufeff", "xyz"),
        ("&#0;&#x1F600;&#150;", "\ufffd😀–"),
        ("e\u0301", "é"),
        ("\u202eevil\u2066\u200b\u00ad", "evil"),
        ("a\u200db \u200c", "ab"),
        ("a" + "\u0301" * 10_000, "á" + "\u0301" * 3),
        ("{{ config }} {% raw %} ${7*7} {{< x >}}", "{{ config }} {% raw %} ${7*7} {{< x >}}"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y?=\r\nFrom x", "=?utf-8?q?a=0D=0ABcc:_x@y?= From x"),
        ("' OR 1=1--", "' OR 1=1--"),
    ],
)
def test_a_title_becomes_one_line_of_plain_text(title: str, plain: str) -> None:
    assert clean_line(title) == plain


@pytest.mark.parametrize(
    "title",
    [
        "👩\u200d💻 and 👨\u200d👩\u200d👧\u200d👦",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇩🇪",
        "❤\ufe0f\u200d🔥",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "漢字とかな",
        "עִבְרִית",
        "Việt Nam",
    ],
)
def test_scripts_and_emoji_are_preserved(title: str) -> None:
    assert clean_line(title) == unicodedata.normalize("NFC", title)


def test_a_long_title_is_cut_and_says_so() -> None:
    assert clean_line("x" * 1_000_000) == "x" * 499 + "…"
    assert clean_line("word " * 10, 12) == "word word w…"


def test_paragraphs_are_kept_and_spaces_are_not() -> None:
    assert clean_text(" a  b \r\n c\n\n \n\nd\x00 ") == "a b\nc\n\nd"


def test_plain_text_is_not_read_as_markup() -> None:
    assert clean_text("if a <b> c &amp; d") == "if a <b> c &amp; d"


def test_html_becomes_text_with_paragraphs() -> None:
    html = (
        "<h1>Head</h1><p>Hello <b>wor</b>ld<br>next &amp; &copy; x</p>\n<ul><li>one</li>\n<li>two</li></ul>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
    )
    assert html_to_text(html) == "Head\n\nHello world\nnext & © x\n\none\ntwo\n\n1 2"


@pytest.mark.parametrize(
    "html",
    [
        "<script>evil()</script>text",
        "<SCRIPT type='x'>evil()</SCRIPT >text",
        "<style>p{background:url(evil)}</style>text",
        "<svg onload=evil()><title>evil</title></svg>text",
        "<iframe src='evil'>evil</iframe>text",
        "<noscript><p title='</noscript><img src=x onerror=evil()>'></noscript>text",
        "<textarea>evil</textarea>text",
        "<!-- evil -->text",
        "<!-- > evil -->text",
        "<img alt='a > evil' src=evil>text",
        "<meta http-equiv=refresh content=evil><base href=evil>text",
        "text<!-- evil",
        "text<script>evil",
        "text<img src='evil",
        "<math><mi>evil</mi></math>text",
        "<video src=evil/>text",
        "<?php evil ?>text",
        "<!DOCTYPE evil>text",
    ],
)
def test_what_is_no_reading_matter_goes_with_its_content(html: str) -> None:
    assert html_to_text(html).replace("'>", "") == "text"


def test_a_body_that_was_escaped_once_too_often_is_read_all_the_same() -> None:
    assert html_to_text("&lt;p&gt;one &amp;amp; two&lt;/p&gt;&lt;p&gt;three") == "one & two\n\nthree"
    assert html_to_text("The &lt;b&gt; element") == "The <b> element"


def test_text_without_markup_keeps_its_lines() -> None:
    assert html_to_text("one\ntwo\n\nthree") == "one\ntwo\n\nthree"


def test_a_body_is_cut_at_the_limit() -> None:
    assert 65_000 < len(html_to_text("<p>" + "word " * 100_000)) <= 65_536
    assert len(clean_text("word " * 100_000, 100)) <= 100


TRAPS = {
    "nested": "<div>" * 60_000,
    "quotes": '<p "' * 60_000,
    "quoted ends": '<p ">" ' * 40_000,
    "comments": "<!--" * 60_000,
    "ended comments": "--><!--" * 40_000,
    "scripts": "<script " * 40_000,
    "open scripts": "<script>" * 40_000,
    "closed scripts": "<style>" + "</styl" * 40_000,
    "brackets": "<" * 250_000,
    "attributes": "<a b=" * 50_000,
    "both quotes": "<p \"'" * 50_000,
    "entities": "&amp" * 60_000,
    "marks": "\u0301\u0316" * 120_000,
    "joiners": "\u200d" * 250_000,
    "spaces": " \n" * 120_000,
}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("clean", [clean_line, clean_text, html_to_text])
def test_no_input_takes_more_than_its_length(trap: str, clean: Callable[[str], str]) -> None:
    start = time.process_time()
    clean(TRAPS[trap])
    assert time.process_time() - start < 1.0


texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&;/ab \n\u200d\u0301\u202e\U0001f469\u1100\u3164")))


@given(texts)
@example("\u0958\u0301\u0301\u0301\u0301")
@example("\u1100\u3164\u1161")
def test_clean_text_is_clean_and_stays_so(value: str) -> None:
    text = clean_text(value)
    assert clean_text(text) == text
    line = clean_line(value)
    for one in (text.replace("\n", " "), line, html_to_text(value).replace("\n", " ")):
        assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in one)
        assert one == one.strip()
    assert "  " not in line


@given(texts)
def test_a_line_without_markup_stays_as_it_is(value: str) -> None:
    line = clean_line(value)
    if "<" not in line and "&" not in line:
        assert clean_line(line) == line

"""Hostile documents (H30-H49, H66-H107) through the real pool: each ends as the catalogue says, and a good one lands after it."""

from __future__ import annotations

import base64
import codecs
import gzip
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from aggregator.errors import FeedError
from aggregator.intake.decide import decide_entries
from aggregator.intake.pool import ParsePool, ParseTask
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed
from aggregator.text.canonical import safe_url

URL = "https://blog.example/feed.xml"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
Check = Callable[[ParsedFeed], object]


def rss(items: str, prolog: str = '<?xml version="1.0"?>') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>T</title><link>/</link>{items}</channel></rss>'


def item(title: str = "A", **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item><title>{title}</title>{inner}</item>"


def atom(entry: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>{entry}</entry></feed>'


@dataclass(frozen=True)
class Case:
    """A document, and either the kinds of error it may end in or what must hold of what was read. Both: either will do."""

    id: str
    document: str | bytes
    check: Check | None = None
    errors: tuple[str, ...] = ()
    content_type: str | None = None


def titles(*expected: str) -> Check:
    return lambda feed: [entry.title for entry in feed.entries] == list(expected)


def first(check: Callable[[ParsedEntry], object]) -> Check:
    return lambda feed: check(feed.entries[0])


def text_is(expected: str) -> Check:
    return first(lambda entry: entry.text == expected)


LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "lol">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
)
QUADRATIC = f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>'
XXE = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:9/x">]>'
BASE64 = base64.b64encode(b"<script>evil()</script>text").decode()
XINCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
SCRIPTS = {
    "cdata": rss(item(description="<![CDATA[<script>evil()</script>text<img src=x onerror=evil()>]]>")),
    "escaped": rss(item(description="&lt;script&gt;evil()&lt;/script&gt;text")),
    "atom-html": atom("<title>A</title><content type='html'>&lt;script>evil()&lt;/script>text</content>"),
    "atom-xhtml": atom(
        "<title>A</title><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><script>evil()</script>text</div></content>"
    ),
    "atom-base64": atom(f"<title>A</title><content type='text/html' mode='base64'>{BASE64}</content>"),
    "svg": rss(item(description="<![CDATA[<svg onload=evil()><script>evil()</script></svg>text]]>")),
    "mathml": rss(item(description="<![CDATA[<math><mtext><style><img src=x onerror=evil()></style></mtext></math>text]]>")),
    "htmx": rss(item(description="<![CDATA[<div hx-get='/evil' hx-trigger='load' id=csrf><p name=form>text</p></div>]]>")),
    "frames": rss(
        item(
            description="<![CDATA[<meta http-equiv=refresh content='0;url=evil'><base href=evil><form action=evil></form>"
            "<iframe src=evil></iframe><link rel=stylesheet href=evil><div style='position:fixed'>text</div>]]>"
        )
    ),
    "pixels": rss(item(description="<![CDATA[<img src='https://evil.example/pixel.gif' srcset='evil 2x'>text]]>")),
}

CASES = [
    Case("H30-truncated", rss(item("A") + item("B"))[:-40], titles("A")),
    Case(
        "H31-cdata",
        rss(item("A") + "<item><title>B</title><description><![CDATA[never closed</description></item>"),
        titles("A", "B"),
    ),
    Case("H31-ampersand", rss(item("A & B", link="http://a.example/?a=1&b=2")), titles("A & B")),
    Case("H31-namespace", rss(item("A") + "<item><no:such>x</no:such><title>B</title></item>"), titles("A", "B")),
    Case("H32-laughs", rss(item("A &j;"), LAUGHS), lambda feed: len(feed.entries[0].title) <= 500, ("parse", "parse_timeout")),
    Case("H33-quadratic", rss(item("A", description="&a;" * 5000), QUADRATIC), lambda _: True, ("parse", "parse_timeout")),
    Case("H34-xxe", rss(item("A", description="[&f;&h;]"), XXE), first(lambda one: "root:" not in one.text)),
    Case("H34-external-dtd", rss(item("A"), '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">'), titles("A")),
    Case(
        "H35-nested", rss("<item><title>A</title><description>" + "<div>" * 100_000), lambda _: True, ("parse", "parse_timeout")
    ),
    Case("H36-comments", rss(item("A", description="&lt;!--" * 100_000)), text_is(""), ("parse_timeout",)),
    Case(
        "H37-author",
        rss(item("A", author="a@a" + ".a" * 32_000)),
        lambda feed: len(feed.entries[0].author or "") <= 200,
        ("parse_timeout",),
    ),
    Case(
        "H38-attributes",
        rss("<item " + " ".join(f'a{n}="1"' for n in range(200_000)) + "><title>A</title></item>"),
        titles("A"),
        ("parse", "parse_timeout"),
    ),
    Case(
        "H38-style",
        rss(item("A", description=f"<![CDATA[<p style='{'x' * 3_000_000}'>text]]>")),
        first(lambda one: len(one.text) <= 65_536),
    ),
    Case("H39-large", rss(item("A", description="word " * 1_800_000)), first(lambda one: 65_000 < len(one.text) <= 65_536)),
    Case(
        "H40-many",
        rss("".join(item(str(n), guid=str(n)) for n in range(50_000))),
        lambda feed: (len(feed.entries), feed.total, "newest 200" in feed.notes[0]) == (200, 50_000, True),
    ),
    *(
        Case(f"H42-{label}", rss(item("é"), f'<?xml version="1.0" encoding="{label}"?>'), titles("é"))
        for label in ("punycode", "undefined", "unicode_escape", "idna", "utf-7", "zlib_codec", "bogus")
    ),
    Case(
        "H43-header",
        rss(item("жук"), '<?xml version="1.0" encoding="utf-8"?>').encode("koi8-r"),
        titles("жук"),
        content_type="text/xml; charset=koi8-r",
    ),
    Case(
        "H43-bom",
        codecs.BOM_UTF8 + rss(item("жук"), '<?xml version="1.0" encoding="iso-8859-1"?>').encode(),
        titles("жук"),
        content_type="text/xml; charset=koi8-r",
    ),
    Case("H44-cp1252", rss(item("It’s"), '<?xml version="1.0" encoding="utf-8"?>').encode("cp1252"), titles("It’s")),
    *(
        Case(f"H44-{label}", rss(item(title), f'<?xml version="1.0" encoding="{label}"?>').encode(label), titles(title))
        for label, title in (("big5", "漢字"), ("euc-kr", "한국"), ("shift_jis", "かな"), ("tis-620", "ไทย"))
    ),
    *(
        Case(f"H45-{wide}", rss(item("é漢")).encode(wide), titles("é漢"))
        for wide in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")
    ),
    Case("H46-empty", b"", errors=("empty",)),
    Case("H46-space", b" \r\n\t ", errors=("empty",)),
    Case("H47-html", rss(item("A")), lambda feed: "text/html" in feed.notes[0], content_type="text/html; charset=utf-8"),
    Case("H47-png", rss(item("A")), lambda feed: "image/png" in feed.notes[0], content_type="image/png"),
    Case("H48-parked", "<!doctype html><title>For sale</title><p>Buy me", errors=("not_a_feed",)),
    Case("H48-login", "\n<html><head><title>Log in</title></head></html>", errors=("not_a_feed",)),
    Case("H49-json", '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"A"}]}', titles("A")),
    Case("H49-cdf", "<CHANNEL><ITEM HREF='x'><TITLE>A</TITLE></ITEM></CHANNEL>", errors=("unsupported",)),
    Case("H66-no-id", rss(item("A", link="http://a.example/1")), lambda feed: feed.keys == ("https://a.example/1",)),
    Case("H67-no-id-no-link", rss(item("A") + item("B")), lambda feed: len(set(feed.keys)) == 2),
    Case("H68-no-title", rss("<item><description>First words.</description></item><item/>"), titles("First words.")),
    Case("H69-no-date", rss(item("A") + item("B")), lambda feed: [one.published_at for one in feed.entries] == [None, None]),
    *(
        Case(
            f"H70-{n}",
            rss(item("A", pubDate=date)),
            first(lambda one: one.published_at is None or 1990 <= one.published_at.year <= 9999),
        )
        for n, date in enumerate(
            (
                "0000-00-00",
                "Mon, 31 Feb 2026 00:00:00 GMT",
                "9999-12-31T23:59:59-23:00",
                "0001-01-01",
                "Mon, 1 Jan 2026 00:00:00 +9999",
                "1" * 99,
            )
        )
    ),
    Case(
        "H73-one-guid",
        rss("".join(item(str(n), guid="x", link=f"http://a.example/{n}") for n in range(3))),
        titles("0", "1", "2"),
    ),
    Case(
        "H76-link",
        rss(item("A", link="HTTP://WWW.A.example:80/x/../b/?utm_source=f&amp;p=5;jsessionid=1#c")),
        first(
            lambda one: (one.url or "").startswith("HTTP://WWW.") and one.canonical_url == "https://a.example/b?p=5;jsessionid=1"
        ),
    ),
    Case("H82-relative", rss(item("A", link="/x")), first(lambda one: one.url == "https://blog.example/x")),
    *(
        Case(f"H83-{n}", rss(item("A", link=link)), first(lambda one: (one.url, one.title) == (None, "A")))
        for n, link in enumerate(("javascript:1", "data:,1", "vbscript:1", "file:///x", "JaVa&#9;Script:1", "&#x6a;avascript:1"))
    ),
    Case(
        "H84-userinfo",
        rss(item("A", link="https://bank.example@evil.example/")),
        first(lambda one: one.canonical_url == "https://evil.example/"),
    ),
    Case("H84-long", rss(item("A", link="http://a.example/" + "x" * 100_000)), first(lambda one: one.url is None)),
    Case(
        "H84-backslash",
        rss(item("A", link="https:\\\\evil.example")),
        first(lambda one: one.url in (None, "https://evil.example")),
    ),
    Case(
        "H85-enclosure",
        rss("<item><title>A</title><guid>1</guid><enclosure url='http://a.example/x.mp3'/></item>"),
        first(lambda one: one.url is None),
    ),
    Case("H86-tags", rss(item("&lt;b&gt;A&lt;/b&gt;")), titles("A")),
    Case("H86-signs", rss(item("a &lt; b &amp;&amp; c")), titles("a < b && c")),
    Case("H86-double", rss(item("&amp;lt;b&amp;gt;A&amp;lt;/b&amp;gt; &amp;amp; B")), titles("A & B")),
    *(Case(f"H87-{name}", document, text_is("text")) for name, document in SCRIPTS.items()),
    # What follows the early end of the element is text, as it is in a browser.
    Case(
        "H87-noscript",
        rss(item(description='<![CDATA[<noscript><p title="</noscript><img src=x onerror=evil()>">text</p>]]>')),
        text_is('">text'),
    ),
    Case("H87-title", rss(item("&lt;img src=x onerror=evil()&gt;A&lt;script&gt;evil()&lt;/script&gt;")), titles("A")),
    Case("H91-bidi", rss(item("\u202eevil\u2066 \u200bA" + "\u0301" * 10_000)), titles("evil Á" + "\u0301" * 3)),
    Case("H92-scripts", rss(item("👩\u200d💻 🇩🇪 漢字 العربية")), titles("👩\u200d💻 🇩🇪 漢字 العربية")),
    Case("H93-controls", rss(item("A\x00\x01\x1f\x7f\ufffe\ufeffB&#xD800;&#0;&#x1F;&#55555555555;")), titles("AB")),
    Case(
        "H94-limits",
        rss(
            item("t" * 1_000_000, description="".join(f"&lt;a href=x&gt;{n}&lt;/a&gt;" for n in range(100_000))).replace(
                "</item>", "<category>c</category>" * 10_000 + "</item>"
            )
        ),
        first(lambda one: len(one.title) == 500 and len(one.tags) == 1 and len(one.text) <= 65_536),
        ("parse_timeout",),
    ),
    Case("H95-header", rss(item("=?utf-8?q?a=0D=0ABcc:_x@y?=\r\nFrom x")), titles("=?utf-8?q?a=0D=0ABcc:_x@y?= From x")),
    Case(
        "H96-templates",
        rss(item("{{ config }} {% raw %} ${7*7} {{&lt; x &gt;}}")),
        titles("{{ config }} {% raw %} ${7*7} {{< x >}}"),
    ),
    Case("H97-markdown", rss(item("[x](javascript:1) ]( | ` ---")), titles("[x](javascript:1) ]( | ` ---")),
    Case("H98-formula", rss(item("\t=HYPERLINK(1)")), titles("=HYPERLINK(1)")),
    Case("H99-sql", rss(item("' OR 1=1--", guid="9" * 30)), lambda feed: feed.keys == ("9" * 30,)),
    Case(
        "H104-instructions",
        rss(item("A"), '<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'),
        titles("A"),
    ),
    Case("H104-xinclude", rss(item("A", description=XINCLUDE)), first(lambda one: "root:" not in one.text)),
    Case("H107-gzip", gzip.compress(rss(item("A")).encode()), errors=("not_a_feed",)),
    Case("H107-zip", b"PK\x03\x04" + rss(item("A")).encode()[:3], errors=("not_a_feed",)),
    Case("H107-pdf", "%PDF-1.7\n1 0 obj", errors=("not_a_feed",)),
]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool(1, wall=3.0, cpu=1.0) as pool:
        yield pool


def parse(pool: ParsePool, document: str | bytes, content_type: str | None = None) -> ParsedFeed:
    body = document if isinstance(document, bytes) else document.encode("utf-8", "surrogatepass")
    return pool.parse_now(ParseTask(body, URL, content_type))


def outcome(pool: ParsePool, case: Case) -> ParsedFeed | FeedError:
    try:
        return parse(pool, case.document, case.content_type)
    except FeedError as error:
        return error


def is_clean(entry: ParsedEntry) -> bool:
    """What every sink may rely on (R5, R22)."""
    lines = (entry.title, entry.author or "", *entry.tags)
    everything = "".join((*lines, entry.text.replace("\n", ""), entry.key, entry.url or "", entry.canonical_url or ""))
    return (
        bool(entry.title)
        and not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in everything)
        and all(unicodedata.is_normalized("NFC", line) for line in lines)
        and (entry.url is None or safe_url(entry.url) == entry.url)
        and (entry.url is None) == (entry.canonical_url is None)
        and "evil" not in entry.text
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_hostile_document(pool: ParsePool, case: Case) -> None:
    ended = outcome(pool, case)
    if isinstance(ended, FeedError):
        assert ended.kind in case.errors, ended
    else:
        assert case.check is not None, "it should have been refused"
        assert case.check(ended), ended.entries[:3]
        assert all(is_clean(entry) for entry in ended.entries)
    assert [entry.title for entry in parse(pool, rss(item("good"))).entries] == ["good"]


ITEMS = [item(f"T{n}", link=f"http://a.example/{n}", pubDate=f"0{n + 1} May 2026 00:00:00 GMT") for n in range(3)]
REPLAYED = rss("".join(ITEMS))


def replay(pool: ParsePool, document: str) -> tuple[int, int]:
    """How many entries are new and changed to one who has seen REPLAYED."""
    known = {entry.key: entry.source_hash for entry in parse(pool, REPLAYED).entries}
    feed = pool.parse_now(ParseTask(document.encode(), URL, known=known))
    decided = decide_entries(feed, first=False, now=NOW, first_days=30, known=known)
    return len(decided.new), len(decided.changed)


def test_h71_a_date_in_2099_is_no_date(pool: ParsePool) -> None:
    feed = parse(pool, rss(item("A", pubDate="Thu, 01 Jan 2099 00:00:00 GMT")))
    assert decide_entries(feed, first=False, now=NOW, first_days=30, known={}).new[0].parsed.published_at is None


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(REPLAYED.replace("May", "Jun"), id="H72"),
        pytest.param(REPLAYED.replace("http://a.example/1", "https://www.a.example/1/?utm_campaign=x&amp;PHPSESSID=7"), id="H74"),
        pytest.param(rss("".join(reversed(ITEMS))), id="H79"),
    ],
)
def test_a_document_that_only_looks_new_has_nothing_new(pool: ParsePool, document: str) -> None:
    assert replay(pool, document)[0] == 0


def test_h77_an_edit_is_an_edit_and_not_new(pool: ParsePool) -> None:
    assert replay(pool, REPLAYED.replace("T1", "It is now 12:00")) == (0, 1)


def test_h75_a_reused_guid_is_an_edit(pool: ParsePool) -> None:
    one = parse(pool, rss(item("A", guid="x", link="http://a.example/1")))
    other = parse(pool, rss(item("B", guid="x", link="http://a.example/2")))
    known = {entry.key: entry.source_hash for entry in one.entries}
    decided = decide_entries(other, first=False, now=NOW, first_days=30, known=known)
    assert (len(decided.new), [entry.title for entry in decided.changed]) == (0, ["B"])


def test_h101_five_hundred_new_entries_are_bounded_and_told(pool: ParsePool) -> None:
    feed = parse(pool, rss("".join(item(str(n), guid=str(n)) for n in range(500))))
    assert (len(feed.entries), len(feed.keys), feed.notes) == (
        200,
        500,
        ("The feed lists 500 entries; the newest 200 were read.",),
    )

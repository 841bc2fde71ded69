"""Markdown in and out: headings, bullets and links read from a post; feed text written so that it stays plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from aggregator.text import markup
from aggregator.text.blocks import BOLD_HEADING, Block, Heading, Kind, Link, collapse

# A definition such as `[1]: {% post_url x %}` is none to CommonMark, and would drag the definitions below it into one
# paragraph; the same goes for tags inside `](...)`. Template tags lead into the author's own site, so any relative target does.
# No tag is longer than this; without the bound, a line of nothing but beginnings would take time by its square.
_TAG = r"\{\{?[%{<].{0,300}?[%}>]\}\}?|\{%.{0,300}?%\}"
_DEFINITION_TAG = re.compile(rf"^( {{0,3}}\[[^\]\n]+\]:[ \t]*)<?[^\s{{]*(?:{_TAG}).*$", re.MULTILINE)
_TARGET_TAG = re.compile(rf"(?<=\]\()<?[^\s(){{]*(?:{_TAG})[^\n)]{{0,300}}(?=\))")
_OWN_SITE = "#template-tag"
_ANY_TAG = re.compile(_TAG)
# Lines that are program, not text: imports and exports of MDX, attributes of kramdown, fences of Docusaurus's notes.
_NO_TEXT = re.compile(
    r"^(?:import[ \t]+(?:[\w*{][^\n]{0,300}[ \t]from[ \t]+)?[\"'][^\"'\n]+[\"'];?"
    r"|export[ \t]+(?:const|default|function|let)\b[^\n]*|[ ]{0,3}\{:[^{}\n]*\}|:::[^\n\[]*)[ \t]*$",
    re.MULTILINE,
)
# The link of Docusaurus.
_COMPONENT = re.compile(r"<Link\b([^<>]{0,300}?[ \t\n])to=(?=[\"'])")
# What the author took out: comments of MDX and of Liquid.
_TAKEN_OUT = (("{/*", "*/}"), ("{% comment %}", "{% endcomment %}"))

_BARE_URL = re.compile(r"(?<![\w/:.\-@])https?://[^\s<>\"'`]+", re.IGNORECASE)
_URL_END = re.compile(r"(?:[.,:;!?*_~'\"\]]|&\w+;)+$")


class _Reader(MarkdownIt):
    """CommonMark and tables, with addresses kept as written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url


def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"store_labels": True}).enable("table")
    # Without joining, an escaped `https\://` stays apart from plain text and is not taken for a bare address.
    reader.core.ruler.disable("text_join")
    return reader


_READER = _reader()


def read(body: str) -> tuple[Heading | Block, ...]:
    """Headings and blocks of a Markdown body (no front matter) in reading order. Never raises on any text.

    Links are inline, reference, autolinks, bare addresses and HTML anchors; images are none. Tags of Liquid, of Hugo's
    shortcodes and of MDX say nothing; what stands between two of them does. Line ranges count lines of `body`.
    """
    source = body
    if "{" in body:
        source = _DEFINITION_TAG.sub(rf"\g<1>{_OWN_SITE}", body)
        source = _TARGET_TAG.sub(_OWN_SITE, source)
        for opening, closing in _TAKEN_OUT:
            source = _without(source, opening, closing)
        # A space, since what is left of `` `{{x}}` `` must not open another piece of code.
        source = _ANY_TAG.sub(" ", source)
    if "<Link" in body:
        source = _COMPONENT.sub(r"<a\1href=", source).replace("</Link>", "</a>")
    return tuple(_parts(_READER.parse(_NO_TEXT.sub("", source))))


def _without(text: str, opening: str, closing: str) -> str:
    """The text without what stands between these, in as many lines."""
    kept: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        end += len(closing)
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    return "".join([*kept, text[at:]])


def _parts(tokens: Sequence[Token]) -> Iterator[Heading | Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at)
        lines = (token.map[0], token.map[1]) if token.map else (0, 0)
        if token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _children(tokens, at + 1, end, "list_item_open", Kind.BULLET)
        elif token.type == "table_open":
            yield from _children(tokens, at + 1, end, "tr_open", Kind.ROW)
        elif token.type == "heading_open":
            yield Heading(int(token.tag[1]), _gather(tokens[at : end + 1])[0], lines)
        elif token.type == "paragraph_open":
            text, links = _gather(tokens[at : end + 1])
            if not links and text and _is_bold(tokens[at + 1].children or []):
                yield Heading(BOLD_HEADING, text.rstrip(" :"), lines)
            else:
                yield Block(Kind.PARAGRAPH, text, links, lines)
        elif token.type == "html_block":
            yield from markup.parts(markup.parse(token.content).body, lines)
        elif token.type == "blockquote_open":
            text, links = _gather(tokens[at : end + 1])
            if text or links:
                yield Block(Kind.QUOTE, text, links, lines)
        at = end + 1


def _children(tokens: Sequence[Token], start: int, end: int, opening: str, kind: Kind) -> Iterator[Block]:
    """One block for each token of type `opening` in between, with everything inside it."""
    at = start
    while at < end:
        if tokens[at].type != opening:
            at += 1
            continue
        close = _closing(tokens, at)
        text, links = _gather(tokens[at : close + 1])
        span = tokens[at].map or [0, 0]
        yield Block(kind, text, links, (span[0], span[1]))
        at = close + 1


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Where the token that opens at `at` closes; itself if it stands alone."""
    opening = tokens[at]
    if opening.nesting != 1:
        return at
    wanted = opening.type.removesuffix("_open") + "_close"
    for index in range(at + 1, len(tokens)):
        if tokens[index].type == wanted and tokens[index].level == opening.level:
            return index
    return len(tokens) - 1


def _is_bold(children: Sequence[Token]) -> bool:
    inner = [child for child in children if not (child.type == "text" and not child.content.strip(" :"))]
    opened = sum(child.type == "strong_open" for child in inner)
    return opened == 1 and inner[0].type == "strong_open" and inner[-1].type == "strong_close"


def _gather(tokens: Sequence[Token]) -> tuple[str, tuple[Link, ...]]:
    """Plain text and links of the inline content among these tokens."""
    gathered = _Gathering()
    for token in tokens:
        if token.type == "inline":
            gathered.inline(token.children or [])
        elif token.type == "html_block":
            gathered.html(token.content)
        elif token.type in ("fence", "code_block"):
            gathered.write(f" {token.content} ")
        gathered.write(" " if token.block and token.nesting != 1 else "")
    return gathered.result()


class _Gathering:
    """Collects text and links; a link is open between its two ends."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._links: list[Link] = []
        self._open: tuple[str, bool, int] | None = None
        self._alternative = ""
        self._pictured = False

    def write(self, text: str) -> None:
        if text:
            self._text.append(text)

    def inline(self, children: Sequence[Token]) -> None:
        for token in children:
            if token.type == "text":
                self._plain(token.content)
            elif token.type in ("text_special", "code_inline"):
                self.write(token.content)
            elif token.type in ("softbreak", "hardbreak"):
                self.write(" ")
            elif token.type == "image":
                self._pictured = True
                self._alternative = self._alternative or collapse(token.content)
            elif token.type == "link_open":
                self._begin(str(token.attrs.get("href") or ""), reference="label" in token.meta)
            elif token.type == "link_close":
                self._end()
            elif token.type == "html_inline":
                self._tag(token.content)
        self._end()  # an HTML anchor may never close

    def html(self, content: str) -> None:
        """A block of raw HTML."""
        body = markup.parse(content).body
        if body is not None:
            text, links = markup.text_and_links([body])
            self._links.extend(links)
            self.write(text)

    def result(self) -> tuple[str, tuple[Link, ...]]:
        return collapse("".join(self._text)), tuple(self._links)

    def _plain(self, text: str) -> None:
        if self._open is None:
            for match in _BARE_URL.finditer(text):
                url = _URL_END.sub("", match[0])
                if url.endswith(")") and url.count(")") > url.count("("):
                    url = url[:-1]
                self._links.append(Link(url, url))
        self.write(text)

    def _tag(self, tag: str) -> None:
        if re.match(r"</a\b", tag, re.IGNORECASE):
            self._end()
        elif re.match(r"<a\s", tag, re.IGNORECASE):
            anchor = markup.parse(tag).css_first("a[href]")
            if anchor is not None:
                self._begin(anchor.attributes.get("href") or "", reference=False)
        elif re.match(r"<br\b", tag, re.IGNORECASE):
            self.write(" ")

    def _begin(self, url: str, *, reference: bool) -> None:
        self._end()
        self._open = (url, reference, len(self._text))
        self._alternative = ""
        self._pictured = False

    def _end(self) -> None:
        if self._open is not None:
            url, reference, start = self._open
            text = collapse("".join(self._text[start:]))
            image = not text and self._pictured
            self._links.append(Link(url, text or self._alternative, reference, image))
        self._open = None


# Escapes that CommonMark and kramdown (Jekyll) both know; where kramdown does not know the backslash, an entity does it.
# `{` as an entity ends Liquid tags, Hugo shortcodes and kramdown attribute lists at once (R31).
_ALWAYS = str.maketrans(
    {
        "\\": "\\\\",
        "`": "\\`",
        "*": "\\*",
        "[": "\\[",
        "]": "\\]",
        "<": "\\<",
        "|": "\\|",
        "{": "&#123;",
    }
)
_SOMETIMES = (
    (re.compile(r"&(?=#?\w+;)"), "&amp;"),  # would read as an entity
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), r"\\_"),  # between letters it is inert
    (re.compile(r"~(?=~)|(?<=~)~"), "&#126;"),  # strikethrough
    (re.compile(r"\$(?=\$)|(?<=\$)\$"), r"\\$"),  # kramdown mathematics
    (re.compile(r"(?<=\w)@(?=\w)"), "&#64;"),  # goldmark makes mail addresses links
    (re.compile(r"(?<=[A-Za-z]):(?=//)"), r"\\:"),  # and bare addresses
    (re.compile(r"\b(www)\.", re.IGNORECASE), r"\1\\."),
    (re.compile(r"!$"), r"\\!"),  # a link that follows would become an image
)
_LINE_START = (
    (re.compile(r"^([-+=#>:~])"), r"\\\1"),
    (re.compile(r"^(\d+)([.)])"), r"\1\\\2"),
)


def escape(text: str) -> str:
    """Text of a feed or page as Markdown that shows exactly this text, on one line, and does nothing else (R31).

    Inert under CommonMark, kramdown with Liquid, and Hugo; also as the text of a link. Control characters are dropped.
    """
    plain = collapse("".join(char for char in text if char.isprintable() or char.isspace()))
    # The ampersand first: the entities written below must not be escaped again.
    escaped = _SOMETIMES[0][0].sub(_SOMETIMES[0][1], plain).translate(_ALWAYS)
    for pattern, replacement in (*_SOMETIMES[1:], *_LINE_START):
        escaped = pattern.sub(replacement, escaped)
    return escaped


_SAFE_IN_TARGET = "!#$%&'()*+,-./:;=?@[]_~"


def target(url: str) -> str:
    """An http(s) address as a link's destination, template tags and white space percent-encoded. Raises ValueError for
    another scheme."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        raise ValueError(f"no web address: {url[:80]!r}")
    encoded = quote(url, safe=_SAFE_IN_TARGET)
    encoded = re.sub(r"&(?=#?\w+;)", "&amp;", encoded)
    return f"<{encoded}>" if re.search(r"[()]", encoded) else encoded


def link(text: str, url: str) -> str:
    """`[text](url)` with both made inert; the text alone, escaped, if the address is not http or https."""
    try:
        return f"[{escape(text)}]({target(url)})"
    except ValueError:
        return escape(text)

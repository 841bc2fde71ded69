"""Plain text out of whatever a publisher wrote: no markup, no control characters, no tricks with direction or width (R5, R22).

Nothing here is an HTML sanitiser: the results are text, and every sink escapes them again.
"""

from __future__ import annotations

import html
import re
import unicodedata

TITLE_LIMIT = 500
TEXT_LIMIT = 65_536

# Markup may be much longer than the text in it, but not without bound: what is cut here is never looked at.
_LINE_MARKUP_FACTOR = 8
_HTML_FACTOR = 4

# Dropped wherever they stand: controls (white space apart), surrogates, noncharacters, bidi controls, invisible characters.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e001f\U000e0080-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# Letters by the book, blank on the page.
_FILLERS = "\u115f\u1160\u3164\uffa0"
# Emoji and the symbols that take part in their sequences.
_EMOJI = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# Alphabets whose spelling needs the joiners: Arabic to Sinhala, Thai to Myanmar, Mongolian.
_JOINING = "\u0600-\u0dff\u0e00-\u109f\u1780-\u18af\ua840-\uabff\U00011000-\U000117ff"
# A zero-width (non-)joiner stays between two such letters, a joiner inside an emoji; anywhere else it only hides something.
_STRAY_JOINER = re.compile(
    f"\u200c(?![{_JOINING}])|(?<![{_JOINING}])\u200c|\u200d(?![{_EMOJI}{_JOINING}])|(?<![{_EMOJI}{_JOINING}\ufe0f])\u200d"
)
# Tag characters spell the flags of regions, after a black flag.
_STRAY_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+")
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0730-\u074a\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0f71-\u0f84\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef"
)
# Four marks on one letter are more than any living spelling needs; a "Zalgo" text stacks dozens.
_MARK_RUN = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# Elements whose content is no reading matter.
_SILENT = (
    "script|style|template|noscript|iframe|object|svg|math|textarea|select|head|title|xmp|noembed|noframes|canvas|audio|video"
)
_BLOCK_NAMES = """
    address article aside blockquote body center details dialog dir div dl fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend main menu nav ol optgroup p pre section summary table tbody tfoot thead ul
"""
_INLINE_NAMES = """
    a abbr acronym applet area b base basefont bdi bdo big blink button caption cite code col colgroup data datalist del dfn
    em embed font frame frameset i image img input ins kbd label link map mark marquee meta meter nobr output param picture
    portal progress q rb rp rt ruby s samp slot small source span strike strong sub sup time track tt u var wbr
"""
_BLOCK = frozenset(_BLOCK_NAMES.split())
_LINE = frozenset(("br", "li", "tr", "dt", "dd", "option"))
_CELL = frozenset(("td", "th"))
_INLINE = frozenset(_INLINE_NAMES.split())
_SILENT_NAMES = frozenset(_SILENT.split("|"))
_ELEMENTS = _BLOCK | _LINE | _CELL | _SILENT_NAMES
# Formatting that publishers escape once too often. A title may well speak of `<canvas>`, so only these, and only in pairs.
_FORMATTING = re.compile(
    r"<(b|i|em|strong|u|s|span|code|sub|sup|small|font|a|p|tt|mark)(?:\s[^<>]*)?>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL
)

# Attributes with a `>` in quotes first; the second spelling takes what has unbalanced quotes. Possessive: no backtracking.
_TAG = r"</?(?P<name>[A-Za-z][^\s/<>\"']*)(?:(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>|[^<>]*+>)"


def _markup(silent: str) -> re.Pattern[str]:
    """Comments, CDATA marks, declarations, whole elements of these names, and single tags."""
    element = rf"<(?P<silent>{silent})(?=[\s/>])[^<>]*+(?<!/)>(?:.*?</(?P=silent)\s*>|.*\Z)"
    return re.compile(rf"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|{element}|{_TAG}|<[!?][^>]*+>", re.IGNORECASE | re.DOTALL)


_MARKUP = _markup(_SILENT)
_LINE_MARKUP = _markup("script|style")
# A tag that the end of the text cut off.
_OPEN_END = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)\s[^<>]*=[^<>]*\Z")
# A whole body that was escaped once too often.
_ESCAPED_BODY = re.compile(r"&lt;(?:br|/(?:p|div|a|li|h\d))\b", re.IGNORECASE)


def clean_line(value: str, limit: int = TITLE_LIMIT) -> str:
    """One line of plain text from a title, a name or a tag that may carry markup; at most `limit` characters.

    Known HTML elements go (script and its like with their content), entities are decoded, formatting that was escaped once
    too often goes too. What only looks like markup stays: `a < b && c`, `Vec<T>`.
    """
    value = value[: limit * _LINE_MARKUP_FACTOR]
    if "<" in value:
        value = _without_elements(value)
    if "&" in value:
        value = _without_escaped_formatting(_decode(value))
        if "&" in value:
            value = _without_escaped_formatting(_decode(value))
    return _cut(" ".join(_tidy(" ".join(value.split())).split()), limit)


def clean_text(value: str, limit: int = TEXT_LIMIT) -> str:
    """Plain text of several lines, at most `limit` characters. Nothing in it is read as markup; paragraphs keep one empty
    line between them."""
    text = _folded(value[: limit * _HTML_FACTOR])
    tidy = _tidy(text)
    # What was dropped may have stood between spaces.
    return _cut(text if tidy == text else _folded(tidy), limit)


def html_to_text(markup: str, limit: int = TEXT_LIMIT) -> str:
    """The plain text of an HTML fragment, at most `limit` characters: paragraphs parted by an empty line, lines by one break.

    Scripts, styles, frames, drawings and form fields go with their content. Takes time in proportion to the length, whatever
    the markup: tags are never nested, only passed.
    """
    markup = markup[: limit * _HTML_FACTOR]
    if "<" not in markup and _ESCAPED_BODY.search(markup):
        markup = html.unescape(markup)
    if "<" in markup:
        markup = _MARKUP.sub(_replace_tag, _OPEN_END.sub("", " ".join(markup.split())))
    elif "&" not in markup:
        return clean_text(markup, limit)
    return clean_text(html.unescape(markup), limit)


def _replace_tag(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None:
        return " " if match["silent"] else ""
    name = name.lower()
    if name in _BLOCK:
        return "\n\n"
    if name in _LINE:
        return "" if match[0].startswith("</") and name != "br" else "\n"
    return " " if name in _CELL else ""


def _without_elements(value: str) -> str:
    """Drops what is an HTML element by name; anything else in angle brackets is text."""
    value = _LINE_MARKUP.sub(_replace_element, value)
    return _OPEN_END.sub(lambda tag: "" if tag[1].lower() in _INLINE | _ELEMENTS else tag[0], value)


def _replace_element(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None:
        return ""
    name = name.lower()
    if name in _INLINE or ":" in name:
        return ""
    if name in _SILENT_NAMES and match[0][1:-1] == name and f"</{name}" not in match.string:
        # A title that speaks of `<canvas>` or `<template>`.
        return match[0]
    return " " if name in _ELEMENTS else match[0]


def _without_escaped_formatting(value: str) -> str:
    return _FORMATTING.sub(r"\2", _FORMATTING.sub(r"\2", value)) if "</" in value else value


def _decode(value: str) -> str:
    """Entities with their semicolon only: `?a=1&copy=2` is an address, `R&D` a department."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), value)


def _folded(value: str) -> str:
    """White space within lines to one space, empty lines in a row to one, none around."""
    lines: list[str] = []
    gap = False
    for line in value.splitlines():
        words = line.split()
        if words:
            if gap and lines:
                lines.append("")
            lines.append(" ".join(words))
        gap = not words
    return "\n".join(lines)


def _tidy(value: str) -> str:
    # A text of letters, signs and plain spaces needs none of the slow searches; nearly every text is one.
    if not value.replace("\n", " ").isprintable() or any(filler in value for filler in _FILLERS):
        value = _STRAY_TAGS.sub("", _STRAY_JOINER.sub("", _DROPPED.sub("", value)))
    if value.isascii():
        return value
    # Before composing, whose time grows with the square of a run of marks; and after it, since some letters decompose.
    value = _MARK_RUN.sub(r"\1", value)
    if unicodedata.is_normalized("NFC", value):
        return value
    return _MARK_RUN.sub(r"\1", unicodedata.normalize("NFC", value))


def _cut(value: str, limit: int) -> str:
    if len(value) <= limit:
        return value
    return value[: limit - 1].rstrip(" \n\u200c\u200d") + "…"

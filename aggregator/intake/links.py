"""The addresses that an entry's body links to: what it answers, discusses or goes on from. Pure."""

from __future__ import annotations

import html
import re

from aggregator.text.canonical import canonical_url, safe_url

MOST = 50
"""Addresses kept of one body; what links to more is a list of links itself."""

# A body may be much longer than what is read of it; as in `text.hygiene`.
_LONGEST = 262_144
_ANCHORS = 300

_ANCHOR = re.compile(r"<a\s([^<>]{0,4000})>", re.IGNORECASE)
_ESCAPED_ANCHOR = re.compile(r"&lt;a\s", re.IGNORECASE)
_HREF = re.compile(r"""(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# Tags and the people whom a post of a social network addresses are no reading matter.
_MARKED = re.compile(r"""\b(?:rel|class)\s*=\s*["']?[^"'>]*\b(?:tag|mention|hashtag)\b""", re.IGNORECASE)
# Buttons that share, save or vote, and the counters and carriers that feeds are decorated with.
_BUTTON = re.compile(
    r"""^https://(?:[\w.-]+\.)?(?:
        (?:twitter|x)\.com/(?:intent|share|home\?status)\b | facebook\.com/(?:sharer|share|dialog)\b
        | linkedin\.com/(?:shareArticle|cws/share|sharing)\b | reddit\.com/submit\b | news\.ycombinator\.com/submitlink\b
        | pinterest\.com/pin/create\b | plus\.google\.com/share\b | google\.com/(?:bookmarks|reader)/ | t\.me/share\b
        | wa\.me/ | api\.whatsapp\.com/send\b | whatsapp\.com/send\b | digg\.com/submit\b | del\.icio\.us/(?:post|save)\b
        | delicious\.com/(?:post|save)\b | stumbleupon\.com/submit\b | tumblr\.com/(?:share|widgets/share)\b
        | getpocket\.com/(?:save|edit)\b | instapaper\.com/(?:hello2|edit|e2)\b | flipboard\.com/(?:bookmarklet|share)\b
        | bsky\.app/intent\b | threads\.net/intent\b | slashdot\.org/(?:bookmark|submission)\b | addtoany\.com/
        | addthis\.com/ | sharethis\.com/ | feedsportal\.com/ | feeds\.wordpress\.com/ | stats\.wordpress\.com/
        | doubleclick\.net/ | feedburner\.com/~f | feeds\.feedburner\.com/~f | feedads\.[\w.]+/ | rss\.buysellads\.com/
        | blogblog\.com/ | translate\.google\.com/
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def links_of(markup: str, own: str | None, base: str) -> tuple[str, ...]:
    """Canonical http(s) addresses that an HTML body links to, in its order, each once, at most `MOST`.

    own: the entry's canonical address, left out. base: what relative addresses are relative to. Left out too: share and vote
    buttons, tags and mentions.
    """
    markup = markup[:_LONGEST]
    if "<" not in markup and _ESCAPED_ANCHOR.search(markup):
        markup = html.unescape(markup)
    found: dict[str, None] = {}
    written: set[str] = set()
    for number, anchor in enumerate(_ANCHOR.finditer(markup)):
        if number == _ANCHORS or len(found) == MOST:
            break
        attributes = anchor[1]
        href = _HREF.search(attributes)
        if href is None or (("tag" in attributes or "mention" in attributes) and _MARKED.search(attributes)):
            continue
        value = href[1] or href[2] or href[3] or ""
        if not value or value[0] == "#" or value in written:
            continue
        written.add(value)
        address = _address(html.unescape(value) if "&" in value else value, base)
        if address and address != own and _BUTTON.match(address) is None:
            found[address] = None
    return tuple(found)


def _address(value: str, base: str) -> str | None:
    """Canonical. Most are absolute, and what makes them canonical refuses what is unsafe as well."""
    if value.startswith(("https://", "http://")):
        return canonical_url(value)
    absolute = safe_url(value, base)
    return canonical_url(absolute) if absolute else None

"""HTML in: headings, bullets and links of a page or of a piece of HTML inside a post."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.text.blocks import BOLD_HEADING, Block, Heading, Kind, Link, collapse

_KINDS = {"p": Kind.PARAGRAPH, "li": Kind.BULLET, "dt": Kind.BULLET, "dd": Kind.BULLET, "blockquote": Kind.QUOTE, "tr": Kind.ROW}
_TAGS = "address article body center details div dl fieldset figure header html main ol section table tbody td tfoot th thead ul"
_CONTAINERS = frozenset(_TAGS.split())
# A row with these in it is no row of data: mails are laid out in tables.
_LAID_OUT = "h1, h2, h3, h4, h5, h6, table, ul, ol, p ~ p"
# Nothing in these is the author's text.
_SILENT = "script, style, template, noscript, nav, aside, footer, form, iframe, object, svg"
# Words on both sides of these must not run together in plain text.
_BREAKS = re.compile(r"<(?=/?(?:br|p|li|ul|ol|dl|dt|dd|div|h[1-6]|tr|td|th|blockquote|pre|section|figure)\b)", re.IGNORECASE)
# Elements that end only where they are closed.
_NESTING = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|form|header|hgroup|"
    r"listing|main|menu|nav|ol|pre|search|section|summary|table|ul)\b",
    re.IGNORECASE,
)
_DEEPEST = 8_000


def parse(html: str) -> LexborHTMLParser:
    """The tree of a page or fragment without scripts, navigation and the like, ready for `parts`."""
    tree = LexborHTMLParser(_BREAKS.sub(" <", shallow(html)))
    for node in tree.css(_SILENT):
        node.decompose()
    return tree


def shallow(html: str) -> str:
    """A page as it may be given to a parser: what is nested beyond reason is cut off with all that follows, since parsers take
    time by the square of the depth. A megabyte of `<div>` would take minutes."""
    if html.count("<") <= _DEEPEST:
        return html
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEPEST:
            return html[: tag.start()]
    return html


def parts(root: LexborNode | None, lines: tuple[int, int] = (0, 0)) -> Iterator[Heading | Block]:
    """Headings and blocks below a node of `parse`'s tree, in reading order; text between them counts as paragraphs. lines:
    where they stand in the source."""
    loose: list[LexborNode] = []
    # A stack of its own: a page may nest more deeply than Python recurses.
    stack = [_inside(root)] if root is not None else []
    while stack:
        node = next(stack[-1], None)
        if node is not None and node.tag not in _KINDS and node.tag not in _CONTAINERS and not _level(node):
            loose.append(node)
            continue
        if loose:
            yield from _block(Kind.PARAGRAPH, loose, lines)
            loose = []
        if node is None:
            stack.pop()
        elif level := _level(node):
            yield Heading(level, collapse(node.text()), lines)
        elif node.tag in _KINDS and not (node.tag == "tr" and node.css_matches(_LAID_OUT)):
            yield from _block(_KINDS[node.tag or ""], [node], lines)
        else:
            stack.append(_inside(node))


def text_and_links(nodes: list[LexborNode]) -> tuple[str, tuple[Link, ...]]:
    """Plain text and links of these nodes together."""
    text = collapse("".join(node.text() for node in nodes))
    anchors = [anchor for node in nodes for anchor in ([node] if node.tag == "a" else node.css("a"))]
    return text, tuple(_link(href, anchor) for anchor in anchors if (href := anchor.attributes.get("href")))


def _inside(node: LexborNode) -> Iterator[LexborNode]:
    return node.iter(include_text=True)


def _level(node: LexborNode) -> int:
    """1 to 6 of a heading, else 0."""
    tag = node.tag or ""
    return int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else 0


def _block(kind: Kind, nodes: list[LexborNode], lines: tuple[int, int]) -> Iterator[Heading | Block]:
    text, links = text_and_links(nodes)
    if kind in (Kind.PARAGRAPH, Kind.ROW) and text and not links and _is_bold(nodes, text):
        yield Heading(BOLD_HEADING, text.rstrip(" :"), lines)
    elif text or links:
        yield Block(kind, text, links, lines)


def _is_bold(nodes: list[LexborNode], text: str) -> bool:
    bold = [one for node in nodes for one in ([node] if node.tag in ("strong", "b") else node.css("strong, b"))]
    return len(bold) == 1 and collapse(bold[0].text()).rstrip(" :") == text.rstrip(" :")


def _link(href: str, anchor: LexborNode) -> Link:
    text = collapse(anchor.text())
    image = None if text else anchor.css_first("img")
    return Link(href, text or collapse((image.attributes.get("alt") if image else None) or ""), image=image is not None)

"""The Markdown of one past edition -> how it is written: its front matter, headings, bullets and links (`PostForm`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from aggregator.records.archive import PostForm
from aggregator.text.linking import Found, label_key, links_in, web_target
from aggregator.text.post import Definition, Post, parse

_NUMBERED = re.compile(r"(.*?)(\d+)(.*)")
# An author who slips in one link behind another still numbers in reading order.
_OUT_OF_ORDER = 0.15


def form_of(text: str) -> PostForm:
    """text: the whole post, LF line ends."""
    post = parse(text)
    definitions = {label_key(one.label): one for one in post.all_definitions}
    web, own = _references(post, definitions)
    inline = sum(found.address is not None and web_target(found.address) is not None for found in _links(post))
    bullets = [item for section in post.sections for item in section.items if item.bullet]
    return PostForm(
        head=post.head if post.head[:1] in "-+" or re.match(r"\w[\w-]*:", post.head) else "",
        heading=_usual((_pattern(one.heading, one.source) for one in post.sections if one.heading), "## {heading}"),
        marker=_usual((one.marker for one in bullets), "*"),
        loose=post.loose,
        label=_usual((pattern for pattern, _ in web), "{n}") if len(web) > inline else None,
        own_label=_usual((pattern for pattern, _ in own), "{n}") if own else None,
        scattered=2 * sum(len(one.definitions) for one in post.sections) > len(definitions) > 0,
        captured=_out_of_order([number for _, number in web]),
        empty=tuple(
            one.items[0].text
            for one in post.sections
            if one.heading and len(one.items) == 1 and not one.items[0].bullet and not links_in(one.items[0].text)
        ),
    )


def _links(post: Post) -> Iterator[Found]:
    return (found for section in post.sections for item in section.items for found in links_in(item.text))


def _references(post: Post, definitions: dict[str, Definition]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """References to others and to his own pages in reading order, each once: the pattern of its label, and its number."""
    web: dict[str, tuple[str, int]] = {}
    own: dict[str, tuple[str, int]] = {}
    for found in _links(post):
        definition = definitions.get(label_key(found.label)) if found.label is not None else None
        numbered = _NUMBERED.fullmatch(definition.label) if definition else None
        if definition and numbered:
            pattern = f"{numbered[1]}{{n}}{numbered[3]}" if "{" not in definition.label else "{n}"
            which = own if web_target(definition.target) is None else web
            which.setdefault(label_key(definition.label), (pattern, int(numbered[2])))
    return list(web.values()), list(own.values())


def _pattern(heading: str | None, source: str) -> str:
    """How a heading is written, of one line (`## Storage ##`) or two."""
    return source.replace(heading, "{heading}", 1) if heading and "{" not in source else "## {heading}"


def _usual(values: Iterable[str], otherwise: str) -> str:
    return next((value for value, _ in Counter(values).most_common(1)), otherwise)


def _out_of_order(numbers: list[int]) -> bool:
    falls = sum(after < before for before, after in pairwise(numbers))
    return falls > _OUT_OF_ORDER * len(numbers)

"""Running text: a Markdown text without its blocks of code and HTML, in which nothing is a link and nothing is a place. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from markdown_it import MarkdownIt

CODE = r"(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)*?(?<!`)(?P=ticks)(?!`)|<!--.*?-->|\\."
"""Within running text (DOTALL): code, a comment, an escaped character. Code ends with its paragraph at the latest."""
_CODE_BLOCKS = ("fence", "code_block")
# What has none of these has no such block, and most bullets have none.
_MAY_HAVE = re.compile(r"`{3}|~{3}|^ {4}|^ {0,3}\t|^[^\w\n]*(?:\d{1,9}[.)][ \t]+)?<", re.MULTILINE)
_VISIBLE = re.compile(r"[^\n]")
_BLOCKS = MarkdownIt("commonmark").disable("inline")


def running(text: str) -> str:
    """The text in as many characters, those of blocks of code and HTML blank."""
    return _without(text, (*_CODE_BLOCKS, "html_block"))


def without_code(text: str) -> str:
    """As `running`, blocks of HTML left in it."""
    return _without(text, _CODE_BLOCKS)


def can_go_on(text: str) -> bool:
    """Whether what is written behind the text, in its last line, belongs to its sentence: it is one line, and running text."""
    return "\n" not in text and any(token.type == "paragraph_open" and token.level == 0 for token in _BLOCKS.parse(text))


def _without(text: str, kinds: Collection[str]) -> str:
    if not _MAY_HAVE.search(text):
        return text
    lines = text.split("\n")
    for token in _BLOCKS.parse(text):
        if token.type in kinds and token.map:
            for at in range(*token.map):
                lines[at] = _VISIBLE.sub(" ", lines[at])
    return "\n".join(lines)

"""The post as HTML to paste or to send: CommonMark, tables included; what is escaped in it stays inert there too."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

# What opens a shortcode of WordPress, a tag of Liquid or of Handlebars, where the Markdown says that it opens nothing (R31).
_OPENING = {"[": "&#91;", "{": "&#123;"}


def rendered(text: str) -> str:
    """text: the draft's Markdown. What its author wrote is his, HTML included."""
    return str(_RENDERER.render(text))


def _inert(state: StateCore) -> None:
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text_special" and child.content in _OPENING:
                child.type, child.content = "html_inline", _OPENING[child.content]


def _make() -> MarkdownIt:
    made = MarkdownIt("commonmark").enable("table")
    made.core.ruler.before("text_join", "inert", _inert)
    return made


_RENDERER = _make()

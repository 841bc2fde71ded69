"""A bullet or a post as its readers will see it: Markdown and HTML of his rendered, whatever runs or fetches taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from aggregator.records.drafts import BulletLink
from aggregator.text.markdown import link, target
from aggregator.text.placing import fill, uncited
from aggregator.text.running import can_go_on


def preview(text: str, links: Sequence[BulletLink], count: int, credit: str = "") -> Markup:
    """Safe HTML. links: what the bullet links to; count: up to which number its text places links, those included that it
    lost. A link without a place stands behind the words, as in the draft, and so does the credit: Markdown."""
    at = {one.number: one.candidate for one in links}

    def write(words: str, number: int) -> str:
        url = at[number].url if number in at else None
        return f"[{words}]({target(url)})" if url else words

    rest = [link(at[number].title, at[number].url or "") for number in uncited(text, count) if number in at]
    between = " " if can_go_on(text) else "\n\n"
    source = " ".join(part for part in (", ".join(rest), credit) if part)
    filled = between.join(part for part in (fill(text, count, write).rstrip(), source) if part.strip())
    return rendered(filled)


def rendered(text: str) -> Markup:
    """Any Markdown of his as safe HTML; links open beside the desk."""
    html = nh3.clean(
        _RENDERER.render(text),
        tags=nh3.ALLOWED_TAGS - {"img"},
        attributes={"*": {"title"}, "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(html)  # noqa: S704 - cleaned


class _Renderer(RendererHTML):
    """Fetches no image: its address would learn who reads, and when."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002 - the library's
        return f"<em>[image: {escape(tokens[idx].content or 'without words')}]</em>"


def _make() -> Any:
    return MarkdownIt("commonmark", renderer_cls=_Renderer).enable(["table", "strikethrough"])


_RENDERER = _make()

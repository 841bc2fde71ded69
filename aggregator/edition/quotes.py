"""Quotations: exact words of a page in the author's text, and whether they are exact still. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from aggregator.records.drafts import Bullet, Quote
from aggregator.text.blocks import collapse
from aggregator.text.markdown import escape, read

# As like as this, a quotation is of these words; words that he left out are marked by dots.
_OF_IT = 75.0
_SHORTEST = 12
_LEFT_OUT = re.compile(r"\[?(?:\.\.\.|\N{HORIZONTAL ELLIPSIS})\]?")
_QUOTED = re.compile(r"(?:^ {0,3}>.*(?:\n|\Z))+", re.MULTILINE)
_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)


def quotation(words: str, source: str) -> str:
    """A page's exact words as a Markdown quotation in which nothing of them means anything (R31), above where they stand.
    source: Markdown."""
    paragraphs = [escape(part) for part in re.split(r"\n[ \t]*\n", words) if part.strip()]
    return "\n>\n".join(f"> {part}" for part in (*paragraphs, source))


def altered_quotes(bullets: Iterable[Bullet], quotes: Sequence[Quote]) -> list[tuple[Bullet, Quote]]:
    """Quotations in bullets that are no longer word for word, with the words as they were. Leaving words out at the ends, or
    inside with dots for them, is no change; nor is taking the quotation out."""
    found = []
    for bullet in bullets:
        mine = {link.candidate.id for link in bullet.links}
        taken = [(quote, collapse(quote.text)) for quote in quotes if quote.candidate_id in mine]
        for paragraph in _quoted(bullet.text) if taken else ():
            if any(_is_exact(paragraph, words) for _, words in taken):
                continue
            likeness, quote = max(
                ((fuzz.partial_ratio(paragraph, words), quote) for quote, words in taken), key=lambda one: one[0]
            )
            if likeness >= _OF_IT and (bullet, quote) not in found:
                found.append((bullet, quote))
    return found


def _is_exact(paragraph: str, words: str) -> bool:
    parts = [part.strip() for part in _LEFT_OUT.split(paragraph)]
    return all(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", words) for part in parts if part)


def _quoted(text: str) -> list[str]:
    """The paragraphs of a text's quotations, plain; where they stand is none."""
    found = []
    for match in _QUOTED.finditer(text):
        for part in re.split(r"\n\s*\n", _MARK.sub("", match[0])):
            plain = collapse(" ".join(block.text for block in read(part)))
            if len(plain) >= _SHORTEST and not re.fullmatch(r"\s*\[[^\]]*\](?:\[\d+\]|\([^)]*\))\s*", part):
                found.append(plain)
    return found

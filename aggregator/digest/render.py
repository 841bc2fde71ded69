"""A digest -> subject, HTML and text, within the size that mail programs show whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import css_inline

from aggregator.digest import environment
from aggregator.digest.view import Choice, items_of, subject, values
from aggregator.errors import TemplateError
from aggregator.records.candidates import Candidate
from aggregator.records.digests import Digest, RenderedDigest

LARGEST_HTML = 90_000
"""Bytes of the decoded HTML part: Gmail clips somewhat above 100 KB and counts what relays add (R23)."""
LARGEST = 100_000
"""Bytes of both parts as they travel."""
HEADERS = 2_000
"""Bytes of it set aside for headers and boundaries."""
FULL = 0.97
"""Beyond this share of the room another attempt is not worth its time."""
CEILING = 400
"""Candidates beyond this never fit; trying would only cost time."""
LINKED = 40
"""Where not everything fits, so many have links that decide, in the order in which they earn their place: three addresses take
more room than two further candidates."""
EXCERPTS = 60
"""This many new candidates, the best of each section first, have an excerpt; the rest of a flood has a title line."""

_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)

# The inliner either keeps every sheet or none.
_IN_THE_HEAD = re.compile(r'<style data-css-inline="ignore">(.*?)</style>', re.DOTALL)


def render(digest: Digest, *, templates: Path | None = None) -> RenderedDigest:
    """Both parts with the same candidates in the same order, the HTML's style inlined.

    templates: the author's own folder, whose `digest/mail.html`, `mail.css` and `mail.txt` replace the shipped ones one by
    one; one that cannot be used yields to the shipped one with a notice, in the mail and in `notices`. What does not fit is
    left out by interest, fairly over the sections, and counted where it would have stood.
    """
    items = items_of(digest)
    order = _order(digest)
    brief = frozenset(one.id for one in _fair(_new_parts(digest))[EXCERPTS:])
    writer = _Writer(templates)
    linked = len(order)

    def attempt(shown: int) -> tuple[str, str]:
        choice = Choice(frozenset(order[:shown]), brief, frozenset(order[linked:]))
        return writer.write(lambda: values(digest, items, choice, tuple(writer.broken.values())))

    listed, html, text = _fit(len(order), attempt)
    if listed < len(order) and digest.answering.links:
        linked = LINKED
        listed, html, text = _fit(len(order), attempt)
    if _fullness(html, text) > 1 and writer.give_up("even without a single candidate it is too large"):
        listed, html, text = _fit(len(order), attempt)
    return RenderedDigest(subject(digest), html, text, tuple(writer.broken.values()), tuple(order[:listed]))


class _Writer:
    """Fills both templates, the author's where they can be used. broken: template -> what its author must hear."""

    def __init__(self, own: Path | None) -> None:
        self._own = own if environment.has_own(own) else None
        self.broken: dict[str, str] = {}

    def write(self, view: Callable[[], dict[str, object]]) -> tuple[str, str]:
        known = len(self.broken)
        filled = view()
        html, text = self._part(environment.HTML, filled), self._part(environment.TEXT, filled)
        # A template that just failed is told of in the very mail that goes out without it.
        return (html, text) if len(self.broken) == known else self.write(view)

    def give_up(self, reason: str) -> bool:
        """Drops the author's templates altogether; False if none is in use."""
        if self._own is None:
            return False
        self.broken[environment.HTML] = self.broken[environment.TEXT] = (
            f"Your own templates in {self._own} were not used: {reason}."
        )
        self._own = None
        return True

    def _part(self, name: str, filled: dict[str, object]) -> str:
        finish = inline if name == environment.HTML else str
        if self._own is not None and name not in self.broken:
            try:
                return finish(environment.fill_own(self._own, name, filled))
            except TemplateError as error:
                self.broken[name] = f"Your own template was not used. {error.resource}: {error.message}."
        return finish(environment.fill(name, filled))


def inline(html: str) -> str:
    """A mail's HTML with its style in its tags, for programs that know no style sheets; a sheet marked as `_IN_THE_HEAD` stays
    one. Raises TemplateError."""
    # Without the mark: mail programs are particular about this element.
    head = "".join(f"<style>{' '.join(sheet.split())}</style>" for sheet in _IN_THE_HEAD.findall(html))
    try:
        inlined = _INLINER.inline(_IN_THE_HEAD.sub("", html)).replace("</head>", f"{head}</head>", 1)
    except css_inline.InlineError as error:
        raise TemplateError(f"its style cannot be inlined: {error}", resource=environment.HTML) from error
    # The inliner puts its style first, and a browser looks for the charset in the first 1,024 bytes only.
    return inlined.replace("<head>", '<head><meta charset="utf-8">', 1)


def _new_parts(digest: Digest) -> list[Sequence[Candidate]]:
    return [*(part.new for part in digest.sections), digest.unsorted]


def _order(digest: Digest) -> list[int]:
    """Candidates in the order in which they earn their place: due, new, kept, then the older ones."""
    older = [*(part.older for part in digest.sections), digest.unsorted_older]
    return list(dict.fromkeys(one.id for one in (*digest.due, *_fair(_new_parts(digest)), *digest.kept, *_fair(older))))


def _fair(parts: Iterable[Sequence[Candidate]]) -> list[Candidate]:
    """The first of every part, then the second of every part, and so on; within a round by interest."""
    rounds: list[list[Candidate]] = []
    for part in parts:
        for place, candidate in enumerate(part):
            if place == len(rounds):
                rounds.append([])
            rounds[place].append(candidate)
    return [one for few in rounds for one in sorted(few, key=lambda one: -one.interest)]


def _fit(most: int, attempt: Callable[[int], tuple[str, str]]) -> tuple[int, str, str]:
    """A mail that fits and is nearly full, or the one that shows everything; the smallest one if none fits. And how many
    candidates it shows.

    A mail grows about evenly with what it shows, so that the line between two attempts soon leads to the place.
    """
    few, many = 0, min(most, CEILING)
    whole = attempt(many)
    too_much = _fullness(*whole)
    if too_much <= 1:
        return many, *whole
    best = attempt(few)
    enough = _fullness(*best)
    while enough < FULL and many - few > 1:
        ahead = int((many - few) * (1 - enough) / (too_much - enough))
        middle = min(max(few + ahead, few + 1), many - 1)
        tried = attempt(middle)
        if (full := _fullness(*tried)) <= 1:
            few, enough, best = middle, full, tried
        else:
            many, too_much = middle, full
    return few, *best


def _fullness(html: str, text: str) -> float:
    """How much of its room a mail takes; more than 1 does not fit."""
    return max(len(html.encode()) / LARGEST_HTML, (_travelling(html) + _travelling(text)) / (LARGEST - HEADERS))


def _travelling(part: str) -> int:
    """Bytes in quoted-printable or base64, whichever `delivery.message` will find shorter; soft line breaks included."""
    data = part.encode()
    odd = sum(byte == ord("=") or byte > 126 or (byte < 32 and byte not in b"\t\n") for byte in data)
    return min((len(data) + 2 * odd) * 78 // 75 + part.count("\n"), len(data) * 4 // 3 * 78 // 76 + 4)

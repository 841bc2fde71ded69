"""How the author writes his posts, learnt from his past editions: the newest decide, most of them where they differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar

from aggregator.draft.head import HeadPattern, head_pattern
from aggregator.records.archive import PastEdition

NEWEST = 8
FORMED = 5
"""Editions that say what he writes around his sections, and in which form he writes now; older ones had other habits."""
EMPTY = "Nothing this time around."

_SENTENCE = re.compile(r"(?<=[.!?])[)\"'*_]*\s+")
_CLAUSE = re.compile(r"[,;:.!?]")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Habits:
    """head: None if his posts have no front matter. label: of references to others, the number as `{n}`; None = he links
    inline. own_label: the same for his own pages. captured: labels are numbered in the order in which the links were kept.
    intro, outro: what stays the same from edition to edition, the number as `{number}`. tags: how often he gave each.
    file_name: of a post, `{date}` and `{number}` for what changes; None if they do not follow one pattern. The rest: `PostForm`.
    """

    head: HeadPattern | None = None
    heading: str = "## {heading}"
    marker: str = "*"
    loose: bool = True
    label: str | None = None
    own_label: str | None = None
    scattered: bool = False
    captured: bool = False
    empty: str = EMPTY
    intro: str = ""
    outro: str = ""
    tags: Mapping[str, int] = field(default_factory=dict)
    file_name: str | None = None


def habits(editions: Sequence[PastEdition]) -> Habits:
    """editions: oldest first. Those that were not read as Markdown say only which tags he gives and how they begin and end."""
    published = [one for one in editions if not one.draft]
    newest = published[-NEWEST:][::-1]
    formed = [one for one in newest if one.form][:FORMED]
    forms = [one.form for one in formed if one.form]
    intro, outro = _lasting(newest, lambda one: one.intro, first=True), _lasting(newest, lambda one: one.outro, first=False)
    tags = Counter(tag for one in published for tag in one.tags)
    if not forms:
        style = "{n}" if newest and newest[0].style == "reference" else None
        return Habits(label=style, intro=intro, outro=outro, tags=tags)
    return Habits(
        head=head_pattern([(one.form.head, one.number, one.published) for one in formed if one.form]),
        heading=_usual(form.heading for form in forms),
        marker=_usual(form.marker for form in forms),
        loose=_usual(form.loose for form in forms),
        label=_usual(form.label for form in forms),
        own_label=next((form.own_label for form in forms if form.own_label), None),
        scattered=_usual(form.scattered for form in forms),
        captured=_usual(form.captured for form in forms if form.label) if any(form.label for form in forms) else False,
        empty=_empty(published, newest),
        intro=intro,
        outro=outro,
        tags=tags,
        file_name=_file_name(formed),
    )


def _usual(values: Iterable[T]) -> T:
    """The most frequent of these, newest first; the newest of those that are as frequent."""
    return Counter(values).most_common(1)[0][0]


def _empty(editions: Sequence[PastEdition], newest: Sequence[PastEdition]) -> str:
    """What he says most often under an empty heading; where he never says the same twice, the sentences' common beginning."""
    said = Counter(" ".join(text.split()) for one in reversed(editions) if one.form for text in one.form.empty)
    if not said:
        return EMPTY
    text, times = said.most_common(1)[0]
    if times > 1:
        return text
    recent = [" ".join(text.split()) for one in newest if one.form for text in one.form.empty]
    return _common_clause(recent or list(said), ".") or EMPTY


def _lasting(editions: Sequence[PastEdition], part: Callable[[PastEdition], str], *, first: bool) -> str:
    """The sentences that several editions share, in the order of the newest one, its number as `{number}`; at the beginning of
    an edition the clause that they share, too. What stands in one edition alone is its news, and is never taken over."""
    said = [_numbered(part(one), one.number) for one in editions]
    sentences = [list(dict.fromkeys(_sentences(text))) for text in said]
    count = Counter(one for some in sentences for one in some)
    shared = [one for one in (sentences[0] if sentences else []) if count[one] > 1]
    opening = _common_clause([text for text in said if text], "!") if first else ""
    begun = any(one.startswith(opening[:-1]) for one in shared)
    return " ".join(shared if begun or not opening else [opening, *shared])


def _sentences(text: str) -> list[str]:
    """Without those that link somewhere."""
    return [one for one in _SENTENCE.split(" ".join(text.split())) if one and not re.search(r"\]\(|\]\[|https?://|\{%|\{\{", one)]


def _numbered(text: str, number: int | None) -> str:
    return text if number is None else re.sub(rf"(?<!\d)0*{number}(?!\d)", "{number}", text)


def _common_clause(texts: Sequence[str], ending: str) -> str:
    """The first clause of these texts that more than one has, ended so."""
    clauses = [_CLAUSE.split(" ".join(text.split()), maxsplit=1)[0].strip() for text in texts]
    clause, times = next(iter(Counter(one for one in clauses if " " in one).most_common(1)), ("", 0))
    return f"{clause}{ending}" if times > 1 else ""


def _file_name(editions: Sequence[PastEdition]) -> str | None:
    patterns = [pattern for one in editions if (pattern := _name_pattern(one))]
    best = next(iter(Counter(patterns).most_common(1)), None)
    return best[0] if best and (best[1] > 1 or len(patterns) == 1) else None


def _name_pattern(edition: PastEdition) -> str | None:
    path = PurePosixPath(edition.path)
    in_folder = path.stem in ("index", "_index")
    name = f"{path.parent.name}/{path.name}" if in_folder else path.name
    # His own words, and still no more than a plain name (R31).
    if edition.number is None or not re.fullmatch(r"[\w-][\w.-]*(?:/_?index\.\w+)?", name, re.ASCII):
        return None
    pattern = _DATE.sub("{date}", name, count=1)
    numbered = re.sub(rf"(?<!\d)0*{edition.number}(?!\d)", "{number}", pattern, count=1)
    return numbered if numbered != pattern and not re.search(r"\d", numbered) else None

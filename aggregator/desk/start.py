"""A new author's first steps: whether anything was begun, and what his past editions propose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.titles import roundup_name

_RECENT = 6
_AT_LEAST = 2
"""Recent editions that must have a heading before it is proposed as a section."""
_OTHERS = 12


@dataclass(frozen=True, slots=True)
class ProposedSection:
    """A heading of past editions. wanted: recent editions have it, so that it is ticked to begin with."""

    name: str
    links: int
    editions: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What past editions say of the roundup. title: with the number as `{number}`, None where the newest title has none. number:
    of the edition to come, None where editions have none. sections: in his own order."""

    name: str | None
    title: str | None
    number: int | None
    sections: tuple[ProposedSection, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A heading that may be a section. past: what past editions have of it, None where they do not know it."""

    name: str
    ticked: bool
    past: ProposedSection | None


def choices(found: Proposal | None, plan: RoundupSettings, *, own: bool) -> list[Choice]:
    """What he chooses his sections from: those that he has, in his order; else what his past editions propose. own: the sections
    of `plan` are his, and not those of the example that `init` wrote."""
    proposed = {one.name: one for one in found.sections} if found else {}
    mine = [Choice(name, own or not found, proposed.get(name)) for name in plan.section_names]
    others = [Choice(one.name, not own and one.wanted, one) for one in proposed.values()]
    first, then = (mine, others) if own else (others, mine)
    known = {one.name for one in first}
    return [*first, *(one for one in then if one.name not in known)]


def is_bare(stores: Stores, roundup: Roundup) -> bool:
    """Nothing was begun: no feed, no past edition."""
    return not stores.feeds.states(roundup.id) and not stores.archive.documents(roundup.id)


def proposal(past: Sequence[PastEdition], plan: RoundupSettings) -> Proposal | None:
    """Read from past editions, oldest first; None without any."""
    if not past:
        return None
    numbered = [one for one in past if one.number is not None]
    title = name = None
    if numbered and (found := re.search(rf"(?<![0-9])0*{numbered[-1].number}(?![0-9])", numbered[-1].title)):
        newest = numbered[-1].title
        behind = newest[found.end() :]
        if len(numbered) > 1 and not numbered[-2].title.endswith(behind):
            # A date or a motto, of that edition alone.
            behind = behind[:1] if behind.startswith((")", "]")) else ""
        before, behind = (part.replace("{", "{{").replace("}", "}}") for part in (newest[: found.start()], behind))
        title = f"{before}{{number}}{behind}"
        name = roundup_name(newest[: found.start()]).strip() or None
    number = max((one.number for one in numbered if one.number is not None), default=None)
    return Proposal(name, title, None if number is None else number + 1, _sections(past, plan))


def _sections(past: Sequence[PastEdition], plan: RoundupSettings) -> tuple[ProposedSection, ...]:
    links: Counter[str] = Counter()
    editions: Counter[str] = Counter()
    recent: Counter[str] = Counter()
    order: dict[str, int] = {}
    for age, edition in enumerate(reversed(past)):
        names = list(dict.fromkeys(plan.heading_today(one) for one in edition.sections))
        editions.update(names)
        recent.update(names if age < _RECENT else ())
        for place, name in enumerate(names):
            order.setdefault(name, place)
        links.update(plan.heading_today(one.section) for one in edition.bullets if one.section is not None for _ in one.links)
    enough = min(_AT_LEAST, len(past))
    wanted = sorted((one for one in recent if recent[one] >= enough), key=lambda one: order[one])
    others = [name for name, _ in links.most_common() if name not in wanted][:_OTHERS]
    return tuple(ProposedSection(name, links[name], editions[name], name in wanted) for name in (*wanted, *others))

"""Three-way merge of drafts: what both sides came from, what the desk says now, what the file says now. Pure.

What one side changed is taken; what both changed the same way is no question; what they changed differently is a conflict, in
which the desk's stays until the author has chosen. Bullets are known again by their links, then by their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from aggregator.draft.said import Part, Said
from aggregator.records.drafts import NewConflict

Side = Literal["desk", "file"]
Choose = Callable[[NewConflict], Side | None]

_ALIKE = 75.0
"""Of 100: two texts without a common link that are one, edited."""


@dataclass(frozen=True, slots=True)
class Merged:
    """said: the result; its parts have the desk's keys, None for what only the file has. conflicts: what is undecided."""

    said: Said
    conflicts: tuple[NewConflict, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A part and where it stands. position: among all of its side."""

    section: str | None
    part: Part
    position: int = 0


@dataclass(frozen=True, slots=True)
class _Thing:
    """One bullet or remark on all sides; None where a side has it not."""

    base: _Place | None
    desk: _Place | None
    file: _Place | None

    def on(self, side: Literal["base", "desk", "file"]) -> _Place | None:
        return {"base": self.base, "desk": self.desk, "file": self.file}[side]


def merge(base: Said, desk: Said, file: Said, choose: Choose = lambda _: None) -> Merged:
    """choose: for a conflict, the side that the author took already, None if he did not."""
    merging = _Merging(choose)
    things = _things(base, desk, file)
    results = {at: found for at, thing in enumerate(things) if (found := merging.thing(thing)) is not None}
    names = _names(base, desk, file, {place.section for place in results.values()})
    sections = {name: tuple(merging.ordered(name, things, results)) for name in names}
    said = Said(
        head=merging.text("the front matter", base.head, desk.head, file.head),
        intro=merging.text("the words before the first section", base.intro, desk.intro, file.intro),
        outro=merging.text("the words after the last section", base.outro, desk.outro, file.outro),
        sections=sections,
        in_outro=desk.in_outro,
    )
    return Merged(said, tuple(merging.conflicts))


class _Merging:
    """Decides, and collects what it cannot decide."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self.conflicts: list[NewConflict] = []

    def text(self, what: str, base: str, desk: str, file: str) -> str:
        if file in (desk, base):
            return desk
        if desk == base:
            return file
        return file if self._takes_file(NewConflict(what, base or None, desk or None, file or None)) else desk

    def thing(self, one: _Thing) -> _Place | None:
        """Where it stands and what it says in the end; None if it is gone."""
        if one.desk is None and one.file is None:
            return None
        if one.desk is None or one.file is None:
            return self._one_sided(one)
        base = one.base.part if one.base else None
        desk, file = one.desk.part, one.file.part
        part = desk
        if file not in (base, desk):
            conflict = NewConflict(self._what(one.desk), _shown(base), desk.shown, file.shown)
            if desk == base or self._takes_file(conflict):
                part = replace(file, key=desk.key)
        section = one.desk.section
        if one.file.section not in (one.base.section if one.base else None, section):
            was = one.base.section if one.base else None
            moved = NewConflict(f"the section of {_brief(desk)}", was, section, one.file.section)
            if (one.base and section == one.base.section) or self._takes_file(moved):
                section = one.file.section
        return _Place(section, part)

    def _one_sided(self, one: _Thing) -> _Place | None:
        standing = one.desk or one.file
        if one.base is None or standing is None:
            return standing
        if standing.part == one.base.part:
            return None  # the other side took it out
        conflict = NewConflict(self._what(standing), one.base.part.shown, _shown_at(one.desk), _shown_at(one.file))
        return one.file if self._takes_file(conflict) else one.desk

    def ordered(self, name: str | None, things: Sequence[_Thing], results: Mapping[int, _Place]) -> list[Part]:
        """The parts of a section, in the order of the side that changed it; what only the other side has behind what it has
        before it there."""
        base, desk, file = _order(name, things, "base"), _order(name, things, "desk"), _order(name, things, "file")
        members = {at for at, place in results.items() if place.section == name}
        first, other = desk, file
        if _reordered(base, file):
            desk_too = _reordered(base, desk) and _reordered(desk, file)
            orders = [_lines(things, one) for one in (base, desk, file)]
            if not desk_too or self._takes_file(NewConflict(f"the order of {name or 'what is in no section'}", *orders)):
                first, other = file, desk
        result = [at for at in first if at in members]
        for index, at in enumerate(other):
            if at in members and at not in result:
                before = next((one for one in reversed(other[:index]) if one in result), None)
                result.insert(0 if before is None else result.index(before) + 1, at)
        result += sorted(members.difference(result))
        return [results[at].part for at in result]

    def _takes_file(self, conflict: NewConflict) -> bool:
        taken = self._choose(conflict)
        if taken is None:
            self.conflicts.append(conflict)
        return taken == "file"

    @staticmethod
    def _what(place: _Place) -> str:
        kind = "a bullet" if place.part.bullet else "the remark"
        return f"{kind} in {place.section}" if place.section else f"{kind} in no section"


def _things(base: Said, desk: Said, file: Said) -> list[_Thing]:
    bases, desks, files = (_places(one) for one in (base, desk, file))
    to_desk, to_file = _matched(bases, desks), _matched(bases, files)
    things = [
        _Thing(place, desks[to_desk[at]] if at in to_desk else None, files[to_file[at]] if at in to_file else None)
        for at, place in enumerate(bases)
    ]
    new_desk = [place for at, place in enumerate(desks) if at not in to_desk.values()]
    new_file = [place for at, place in enumerate(files) if at not in to_file.values()]
    both = _matched(new_desk, new_file)
    things += [_Thing(None, place, new_file[both[at]] if at in both else None) for at, place in enumerate(new_desk)]
    things += [_Thing(None, None, place) for at, place in enumerate(new_file) if at not in both.values()]
    return things


def _places(said: Said) -> list[_Place]:
    every = [(name, part) for name, parts in said.sections.items() for part in parts]
    return [_Place(name, part, at) for at, (name, part) in enumerate(every)]


def _matched(ones: Sequence[_Place], others: Sequence[_Place]) -> dict[int, int]:
    """Index -> index of the same thing, the surest first."""
    pairs = []
    for at, one in enumerate(ones):
        for to, other in enumerate(others):
            likeness = _likeness(one.part, other.part)
            if likeness is not None:
                pairs.append((likeness, one.section != other.section, abs(at - to), at, to))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, _, at, to in sorted(pairs):
        if at not in found and to not in taken:
            found[at] = to
            taken.add(to)
    return found


def _likeness(one: Part, other: Part) -> tuple[int, float] | None:
    """What sorts the surest pairs first; None for two that are not one. Equal ones, then those with common links, then those of
    like words."""
    if one.bullet != other.bullet:
        return None
    if one == other:
        return 0, 0.0
    shared = len(set(one.links) & set(other.links))
    if shared:
        share = shared / len(set(one.links) | set(other.links))
        return 1, -share - fuzz.ratio(one.text, other.text) / 1000
    ratio = fuzz.ratio(one.text, other.text, score_cutoff=_ALIKE)
    return (2, -ratio) if ratio else None


def _order(name: str | None, things: Sequence[_Thing], side: Literal["base", "desk", "file"]) -> list[int]:
    """Things of a section in the order in which a side has them."""
    found = [(place.position, at) for at, thing in enumerate(things) if (place := thing.on(side)) and place.section == name]
    return [at for _, at in sorted(found)]


def _reordered(one: Sequence[int], other: Sequence[int]) -> bool:
    return [at for at in one if at in set(other)] != [at for at in other if at in set(one)]


def _names(base: Said, desk: Said, file: Said, filled: Iterable[str | None]) -> list[str | None]:
    """Sections in order: the file's where it changed them, with what only the desk has behind."""
    if list(file.sections) == list(base.sections):
        names = list(desk.sections)
    else:
        names = [*file.sections, *(name for name in desk.sections if name not in base.sections)]
    return list(dict.fromkeys([*names, *filled]))


def _shown(part: Part | None) -> str | None:
    return part.shown if part else None


def _shown_at(place: _Place | None) -> str | None:
    return place.part.shown if place else None


def _brief(part: Part) -> str:
    words = " ".join(part.shown.split())
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"


def _lines(things: Sequence[_Thing], order: Sequence[int]) -> str | None:
    parts = (next(place.part for place in (things[at].desk, things[at].file, things[at].base) if place) for at in order)
    return "\n".join(_brief(part) for part in parts) or None

"""Three-way merge of drafts: what both sides came from, what the desk says now, what the file says now. Pure.

What one side changed is taken; edits of both meet where they do not touch (`draft.weave`); what is left is a conflict, in which
the desk's stays until the author has chosen. Bullets are known again by their links, then by their words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from aggregator.draft.said import Part, Said, part_of
from aggregator.draft.weave import Split, lines, weave, words
from aggregator.records.drafts import NewConflict
from aggregator.text.linking import links_in


@dataclass(frozen=True, slots=True)
class Own:
    """Words of the author that are neither side's."""

    text: str


Side = Literal["desk", "file"]
Choice = Side | Own
Choose = Callable[[NewConflict], Choice | None]

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


def merge(
    base: Said,
    desk: Said,
    file: Said,
    choose: Choose = lambda _: None,
    otherwise: Side | None = None,
    own_hosts: Collection[str] = (),
) -> Merged:
    """choose: for a conflict, what the author chose already, None if he did not. otherwise: whose word holds then; None = it
    waits. own_hosts: as `said_of` had them."""
    merging = _Merging(choose, otherwise, own_hosts)
    things = _things(base, desk, file)
    results = {at: found for at, thing in enumerate(things) if (found := merging.thing(thing)) is not None}
    names = _names(base, desk, file, {place.section for place in results.values()})
    sections = {name: tuple(merging.ordered(name, things, results)) for name in names}
    said = Said(
        head=merging.text("the front matter", base.head, desk.head, file.head, lines),
        intro=merging.text("the words before the first section", base.intro, desk.intro, file.intro),
        outro=merging.text("the words after the last section", base.outro, desk.outro, file.outro),
        sections=sections,
        in_outro=desk.in_outro,
    )
    return Merged(said, tuple(merging.conflicts))


class _Merging:
    """Decides, and collects what it cannot decide."""

    def __init__(self, choose: Choose, otherwise: Side | None, own_hosts: Collection[str]) -> None:
        self._choose = choose
        self._otherwise = otherwise
        self._own_hosts = own_hosts
        self.conflicts: list[NewConflict] = []

    def text(self, what: str, base: str, desk: str, file: str, split: Split = words) -> str:
        if file in (desk, base):
            return desk
        if desk == base:
            return file
        conflict = NewConflict(what, base or None, desk or None, file or None)
        # What he chose once is not woven after all.
        if self._choose(conflict) is None and (woven := _woven(base, desk, file, split)) is not None:
            return woven
        chosen = self._chosen(conflict)
        return chosen.text if isinstance(chosen, Own) else file if chosen == "file" else desk

    def thing(self, one: _Thing) -> _Place | None:
        """Where it stands and what it says in the end; None if it is gone."""
        if one.desk is None and one.file is None:
            return None
        if one.desk is None or one.file is None:
            return self._one_sided(one)
        base = one.base.part if one.base else None
        section = one.desk.section
        if one.file.section not in (one.base.section if one.base else None, section):
            was = one.base.section if one.base else None
            what = f"the section of {_brief(one.desk.part)}"
            moved = NewConflict(what, was, section, one.file.section, words=False)
            if (one.base and section == one.base.section) or self._chosen(moved) == "file":
                section = one.file.section
        return _Place(section, self._part(one.desk, base, one.file.part))

    def _part(self, here: _Place, base: Part | None, file: Part) -> Part:
        """A bullet or remark that both sides have."""
        desk = here.part
        if file in (base, desk):
            return desk
        if desk == base:
            return replace(file, key=desk.key)
        conflict = NewConflict(self._what(here), _shown(base), desk.shown, file.shown)
        if base is not None and self._choose(conflict) is None and (woven := self._woven_part(base, desk, file)) is not None:
            return woven
        chosen = self._chosen(conflict)
        if isinstance(chosen, Own):
            return part_of(desk.bullet, chosen.text, {}, self._own_hosts, desk.key)
        return replace(file, key=desk.key) if chosen == "file" else desk

    def _woven_part(self, base: Part, desk: Part, file: Part) -> Part | None:
        """The numbers of links are each side's own, so that their keys stand in for them meanwhile."""
        woven = _woven(base.keyed, desk.keyed, file.keyed, words)
        if woven is None:
            return None
        found = part_of(desk.bullet, woven, {}, self._own_hosts, desk.key)
        written = {key: url for one in (base, desk, file) for key, url in zip(one.links, one.addresses, strict=True)}
        return replace(
            found, addresses=tuple(written.get(key, url) for key, url in zip(found.links, found.addresses, strict=True))
        )

    def _one_sided(self, one: _Thing) -> _Place | None:
        standing = one.desk or one.file
        if one.base is None or standing is None:
            return standing
        if standing.part == one.base.part:
            return None  # the other side took it out
        base, desk, file = (_shown(place.part if place else None) for place in (one.base, one.desk, one.file))
        chosen = self._chosen(NewConflict(self._what(standing), base, desk, file))
        if isinstance(chosen, Own):
            part = part_of(standing.part.bullet, chosen.text, {}, self._own_hosts, standing.part.key)
            return replace(standing, part=part)
        return one.file if chosen == "file" else one.desk

    def ordered(self, name: str | None, things: Sequence[_Thing], results: Mapping[int, _Place]) -> list[Part]:
        """The parts of a section, in the order of the side that changed it; what only the other side has behind what it has
        before it there."""
        base, desk, file = _order(name, things, "base"), _order(name, things, "desk"), _order(name, things, "file")
        members = {at for at, place in results.items() if place.section == name}
        first, other = desk, file
        if _reordered(base, file):
            desk_too = _reordered(base, desk) and _reordered(desk, file)
            was, here, there = (_lines(things, one) for one in (base, desk, file))
            what = f"the order of {name or 'what is in no section'}"
            if not desk_too or self._chosen(NewConflict(what, was, here, there, words=False)) == "file":
                first, other = file, desk
        result = [at for at in first if at in members]
        for index, at in enumerate(other):
            if at in members and at not in result:
                before = next((one for one in reversed(other[:index]) if one in result), None)
                result.insert(0 if before is None else result.index(before) + 1, at)
        result += sorted(members.difference(result))
        return [results[at].part for at in result]

    def _chosen(self, conflict: NewConflict) -> Choice | None:
        chosen = self._choose(conflict) or self._otherwise
        if chosen is None:
            self.conflicts.append(conflict)
        return chosen

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


def _woven(base: str, desk: str, file: str, split: Split) -> str | None:
    """None also where two edits make something of the links that neither side meant, such as one inside another."""
    woven = weave(base, desk, file, split)
    if woven is None:
        return None
    was, here, there, now = ({one.address or one.label for one in links_in(text)} for text in (base, desk, file, woven))
    return woven if now == (here & there) | ((here ^ there) - was) else None


def _brief(part: Part) -> str:
    words = " ".join(part.shown.split())
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"


def _lines(things: Sequence[_Thing], order: Sequence[int]) -> str | None:
    parts = (next(place.part for place in (things[at].desk, things[at].file, things[at].base) if place) for at in order)
    return "\n".join(_brief(part) for part in parts) or None

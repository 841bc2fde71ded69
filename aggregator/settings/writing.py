"""Changes a roundup's sections and aliases in the text of config.yaml; every other character stays as the author wrote it.

YAML libraries that write keep most of a layout, never all of it. Here the parser only tells where things stand, the change is
spliced into the text, and the result is read again: unless it says exactly what was meant, nothing comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from aggregator.errors import ConfigError, Refused
from aggregator.records.headings import heading_key
from aggregator.settings.model import RoundupSettings, SectionSettings, Settings
from aggregator.settings.reading import parse_settings
from aggregator.settings.splice import BY_HAND, Edit, Spliced, value_of, written


@dataclass(frozen=True, slots=True)
class AddAlias:
    """The heading `old` is called `new` from now on."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AddSection:
    """A new section, behind `after`, at the end without it."""

    name: str
    keywords: tuple[str, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True)
class RenameSection:
    """A section is called `new`; `old` becomes an alias, and what led to it leads to the new name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MergeSection:
    """The section `old` goes; it, and what led to it, leads to `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class OrderSections:
    """The sections in another order. names: those that come first; the others follow as they stand."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoveSection:
    """One section so many places down, or up by a number below 0, and at most to the end."""

    name: str
    places: int


@dataclass(frozen=True, slots=True)
class SetSection:
    """What a section is told to have, in the place of what it had. keywords, usual: as `SectionSettings` has them."""

    name: str
    keywords: tuple[str, ...]
    usual: tuple[int, int] | None


Change = AddAlias | AddSection | RenameSection | MergeSection | OrderSections | MoveSection | SetSection


def change(text: str, path: Path, roundup: str, changes: Sequence[Change], environ: Mapping[str, str] | None = None) -> str:
    """The file's text after the changes, in their order. path: names it in errors. environ: as in `parse_settings`.

    Raises ConfigError for a file that is wrong as it is, Refused where the change cannot be made without touching anything else
    (an anchor, a variable of the environment), or makes no sense.
    """
    for one in changes:
        settings = parse_settings(text, path, environ)
        plan = settings.roundup(roundup)
        wanted = _meant(plan, one)
        written = _Text(text, settings.roundups.index(plan)).apply(plan, wanted, one)
        try:
            now = parse_settings(written, path, environ)
        except ConfigError as error:
            raise Refused(
                f"this cannot be written without breaking it: {error.message}", resource=str(path), advice=BY_HAND
            ) from None
        if now != _with(settings, plan, wanted):
            raise Refused(
                "this cannot be written without changing something else (an anchor, or a variable of the environment)",
                resource=str(path),
                advice=BY_HAND,
            )
        text = written
    return text


def _with(settings: Settings, plan: RoundupSettings, wanted: RoundupSettings) -> Settings:
    return settings.model_copy(update={"roundups": tuple(wanted if one is plan else one for one in settings.roundups)})


def _meant(plan: RoundupSettings, change: Change) -> RoundupSettings:
    """The roundup after the change. Raises Refused if it makes no sense."""
    if isinstance(change, AddSection):
        return _meant_add(plan, change)
    if isinstance(change, OrderSections | MoveSection):
        return plan.model_copy(update={"sections": _ordered(plan, change)})
    if isinstance(change, SetSection):
        return _meant_set(plan, change)
    if isinstance(change, AddAlias):
        if any(heading_key(one) == heading_key(change.old) for one in plan.section_names):
            raise Refused(
                f"{change.old!r} is a section today",
                resource=plan.name,
                advice=f"`aggregator sections merge` puts it into {change.new!r}.",
            )
        kept = {old: new for old, new in plan.aliases.items() if heading_key(old) != heading_key(change.old)}
        here = next((old for old in plan.aliases if heading_key(old) == heading_key(change.old)), change.old)
        return plan.model_copy(update={"aliases": {**kept, here: change.new}})
    old = next((one for one in plan.sections if one.name == change.old), None)
    if old is None or (isinstance(change, MergeSection) and (change.new not in plan.section_names or change.new == change.old)):
        raise Refused(f"{change.old!r} cannot be put into {change.new!r}", resource=plan.name, advice="Name two of its sections.")
    if isinstance(change, RenameSection):
        taken = plan.canonical_section(change.new)
        if taken not in (None, change.old):
            raise Refused(
                f"{change.new!r} is the section {taken!r} already",
                resource=plan.name,
                advice=f"`aggregator sections merge` puts {change.old!r} into it.",
            )
        renamed = old.model_copy(update={"name": change.new})
        sections = tuple(renamed if one is old else one for one in plan.sections)
    else:
        sections = tuple(one for one in plan.sections if one is not old)
    return plan.model_copy(update={"sections": sections, "aliases": _led_on(plan.aliases, change.old, change.new)})


def _meant_add(plan: RoundupSettings, change: AddSection) -> RoundupSettings:
    if taken := plan.canonical_section(change.name):
        same = heading_key(taken) == heading_key(change.name)
        raise Refused(
            f"{taken!r} is a section already" if same else f"{change.name!r} is an old name of the section {taken!r}",
            resource=plan.name,
            advice=None if same else f"Take {change.name!r} out of `aliases:` first, if it is to be a section of its own.",
        )
    if change.after is not None and change.after not in plan.section_names:
        raise _no_section(plan, change.after)
    sections = list(plan.sections)
    place = plan.section_names.index(change.after) + 1 if change.after else len(sections)
    sections.insert(place, SectionSettings(name=change.name, keywords=change.keywords))
    return plan.model_copy(update={"sections": tuple(sections)})


def _ordered(plan: RoundupSettings, change: OrderSections | MoveSection) -> tuple[SectionSettings, ...]:
    known = {one.name: one for one in plan.sections}
    for name in (change.name,) if isinstance(change, MoveSection) else change.names:
        if name not in known:
            raise _no_section(plan, name)
    if isinstance(change, OrderSections):
        return tuple(known[name] for name in dict.fromkeys((*change.names, *known)))
    order = list(plan.sections)
    place = order.index(known[change.name])
    order.insert(max(place + change.places, 0), order.pop(place))
    return tuple(order)


def _meant_set(plan: RoundupSettings, change: SetSection) -> RoundupSettings:
    if change.name not in plan.section_names:
        raise _no_section(plan, change.name)
    if change.usual is not None and not 0 <= change.usual[0] <= change.usual[1]:
        raise Refused(
            f"{change.usual[0]} to {change.usual[1]} is no range",
            resource=change.name,
            advice="Give the fewest, then the most.",
        )
    told = {"keywords": change.keywords, "usual": change.usual}
    sections = tuple(one.model_copy(update=told) if one.name == change.name else one for one in plan.sections)
    return plan.model_copy(update={"sections": sections})


def _no_section(plan: RoundupSettings, name: str) -> Refused:
    return Refused(f"{name!r} is no section any more", resource=plan.name, advice="Look again: it may have been renamed.")


def _led_on(aliases: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Aliases after `old` was renamed or merged. One that is the new name itself has had its day."""
    same = heading_key(old) == heading_key(new)
    gone = {heading_key(old), heading_key(new)}
    kept = {
        name: new if heading_key(to) == heading_key(old) else to for name, to in aliases.items() if heading_key(name) not in gone
    }
    return kept if same else {**kept, old: new}


class _Text(Spliced):
    """A text and where the things of one roundup stand in it."""

    def __init__(self, text: str, index: int) -> None:
        super().__init__(text)
        roundups = value_of(self.root, "roundups")
        if not isinstance(roundups, yaml.SequenceNode) or index >= len(roundups.value):
            raise Refused("the roundup is not named in the file itself", resource="roundups", advice=BY_HAND)
        self.roundup: yaml.Node = roundups.value[index]

    def apply(self, plan: RoundupSettings, wanted: RoundupSettings, change: Change) -> str:
        """The text with the change made."""
        edits = list(self._aliases(plan.aliases, wanted.aliases))
        if isinstance(change, AddSection):
            edits.append(self._new_section(plan, change))
        elif isinstance(change, RenameSection):
            name = value_of(self._section(plan, change.old), "name")
            if name is None:
                raise Refused("the section's name is not in the file itself", resource=change.old, advice=BY_HAND)
            edits.append(Edit(name.start_mark.index, name.end_mark.index, written(change.new)))
        elif isinstance(change, MergeSection):
            edits.append(self._without(plan.section_names.index(change.old)))
        elif isinstance(change, OrderSections | MoveSection):
            sections = self._sections(len(plan.sections))
            edits += self.in_order(sections, [plan.section_names.index(name) for name in wanted.section_names])
        elif isinstance(change, SetSection):
            section = self._section(plan, change.name)
            before, after = (next(one for one in some.sections if one.name == change.name) for some in (plan, wanted))
            if before.keywords != after.keywords:
                edits += self.set_key(section, "keywords", written(list(after.keywords)) if after.keywords else None)
            if before.usual != after.usual:
                edits += self.set_key(section, "usual", written(list(after.usual)) if after.usual else None)
        return self.with_edits(edits)

    def _sections(self, least: int) -> yaml.SequenceNode:
        sections = value_of(self.roundup, "sections")
        if not isinstance(sections, yaml.SequenceNode) or len(sections.value) < least:
            raise Refused("the sections are not in the file itself", resource="sections", advice=BY_HAND)
        return sections

    def _section(self, plan: RoundupSettings, name: str) -> yaml.Node:
        place = plan.section_names.index(name)
        found: yaml.Node = self._sections(place + 1).value[place]
        return found

    def _aliases(self, before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[Edit]:
        """Pairs that are another's from now on take its place; what is left is added behind, or goes."""
        node = value_of(self.roundup, "aliases")
        pairs = {key.value: (key, value) for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
        edits = []
        for old in before.keys() & after.keys() & pairs.keys():
            if before[old] != after[old]:
                value = pairs[old][1]
                edits.append(Edit(value.start_mark.index, value.end_mark.index, written(after[old])))
        gone = [old for old in before if old not in after and old in pairs]
        new = [old for old in after if old not in before]
        for went, came in zip(gone, new, strict=False):
            key, value = pairs[went]
            edits.append(Edit(key.start_mark.index, key.end_mark.index, written(came)))
            edits.append(Edit(value.start_mark.index, value.end_mark.index, written(after[came])))
        edits += [self._add_pair(node, old, after[old]) for old in new[len(gone) :]]
        if isinstance(node, yaml.MappingNode):
            edits += [self.cut(node, *pairs[old]) for old in gone[len(new) :]]
        return edits

    def _add_pair(self, node: yaml.Node | None, old: str, new: str) -> Edit:
        pair = f"{written(old)}: {written(new)}"
        if node is None:
            return self._add_key("aliases", pair, f"{{{pair}}}")
        if not isinstance(node, yaml.MappingNode):
            return self.fill(self.roundup, node, pair, f"{{{pair}}}")
        if node.flow_style:
            return self.into_flow(node, node.value[-1][1] if node.value else None, pair)
        first, last = node.value[0][0], node.value[-1][1]
        return self.line_behind(last, first.start_mark.column, pair)

    def _new_section(self, plan: RoundupSettings, change: AddSection) -> Edit:
        keywords = written(list(change.keywords)) if change.keywords else ""
        flow = f"{{name: {written(change.name)}{f', keywords: {keywords}' if keywords else ''}}}"
        lines = [f"- name: {written(change.name)}", *([f"  keywords: {keywords}"] if keywords else ())]
        node = value_of(self.roundup, "sections")
        if node is None:
            return self._add_key("sections", self.newline.join(lines), f"[{flow}]")
        if not isinstance(node, yaml.SequenceNode):
            return self.fill(self.roundup, node, self.newline.join(lines), f"[{flow}]")
        before = node.value[plan.section_names.index(change.after)] if change.after else (node.value or [None])[-1]
        if node.flow_style or before is None:
            return self.into_flow(node, before, flow)
        return self.line_behind(before, node.start_mark.column, *lines, comments=True)

    def _without(self, place: int) -> Edit:
        node = self._sections(place + 1)
        if node.flow_style:
            return self.cut(node, node.value[place], node.value[place])
        dash = self.text.rindex("-", 0, node.value[place].start_mark.index)
        end = self.end_of_item(node.value[place], node.start_mark.column)
        return Edit(self.line_start(dash), end, "")

    def _add_key(self, key: str, block: str, flow: str) -> Edit:
        """A key that the roundup has not yet: behind its sections, where it has such, else behind its last key."""
        return self.add_key(self.roundup, key, block, flow, value_of(self.roundup, "sections"))

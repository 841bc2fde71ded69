"""Changes a roundup's sections and aliases in the text of config.yaml; every other character stays as the author wrote it.

YAML libraries that write keep most of a layout, never all of it. Here the parser only tells where things stand, the change is
spliced into the text, and the result is read again: unless it says exactly what was meant, nothing comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from aggregator.errors import ConfigError, Refused
from aggregator.records.headings import heading_key
from aggregator.settings.model import RoundupSettings, SectionSettings, Settings
from aggregator.settings.reading import parse_settings

_BY_HAND = "Make the change in config.yaml by hand; `aggregator doctor` then says whether all is well."


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


Change = AddAlias | AddSection | RenameSection | MergeSection


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
                f"this cannot be written without breaking it: {error.message}", resource=str(path), advice=_BY_HAND
            ) from None
        if now != _with(settings, plan, wanted):
            raise Refused(
                "this cannot be written without changing something else (an anchor, or a variable of the environment)",
                resource=str(path),
                advice=_BY_HAND,
            )
        text = written
    return text


def _with(settings: Settings, plan: RoundupSettings, wanted: RoundupSettings) -> Settings:
    return settings.model_copy(update={"roundups": tuple(wanted if one is plan else one for one in settings.roundups)})


def _meant(plan: RoundupSettings, change: Change) -> RoundupSettings:
    """The roundup after the change. Raises Refused if it makes no sense."""
    if isinstance(change, AddSection):
        return _meant_add(plan, change)
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
    sections = list(plan.sections)
    place = plan.section_names.index(change.after) + 1 if change.after else len(sections)
    sections.insert(place, SectionSettings(name=change.name, keywords=change.keywords))
    return plan.model_copy(update={"sections": tuple(sections)})


def _led_on(aliases: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Aliases after `old` was renamed or merged. One that is the new name itself has had its day."""
    same = heading_key(old) == heading_key(new)
    gone = {heading_key(old), heading_key(new)}
    kept = {
        name: new if heading_key(to) == heading_key(old) else to for name, to in aliases.items() if heading_key(name) not in gone
    }
    return kept if same else {**kept, old: new}


class _Text:
    """A text and where the things of one roundup stand in it."""

    def __init__(self, text: str, index: int) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        roundups = _value(root, "roundups")
        if not isinstance(roundups, yaml.SequenceNode) or index >= len(roundups.value):
            raise Refused("the roundup is not named in the file itself", resource="roundups", advice=_BY_HAND)
        self.roundup: yaml.Node = roundups.value[index]

    def apply(self, plan: RoundupSettings, wanted: RoundupSettings, change: Change) -> str:
        """The text with the change made, from its end to its beginning, so that what stands before keeps its place."""
        edits = list(self._aliases(plan.aliases, wanted.aliases))
        if isinstance(change, AddSection):
            edits.append(self._new_section(plan, change))
        elif isinstance(change, RenameSection):
            name = _value(self._section(plan, change.old), "name")
            if name is None:
                raise Refused("the section's name is not in the file itself", resource=change.old, advice=_BY_HAND)
            edits.append(_Edit(name.start_mark.index, name.end_mark.index, _scalar(change.new)))
        elif isinstance(change, MergeSection):
            edits.append(self._without(plan.section_names.index(change.old)))
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text

    def _section(self, plan: RoundupSettings, name: str) -> yaml.Node:
        sections = _value(self.roundup, "sections")
        place = plan.section_names.index(name)
        if not isinstance(sections, yaml.SequenceNode) or place >= len(sections.value):
            raise Refused("the sections are not in the file itself", resource="sections", advice=_BY_HAND)
        found: yaml.Node = sections.value[place]
        return found

    def _aliases(self, before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[_Edit]:
        """Pairs that are another's from now on take its place; what is left is added behind, or goes."""
        node = _value(self.roundup, "aliases")
        pairs = {key.value: (key, value) for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
        edits = []
        for old in before.keys() & after.keys() & pairs.keys():
            if before[old] != after[old]:
                value = pairs[old][1]
                edits.append(_Edit(value.start_mark.index, value.end_mark.index, _scalar(after[old])))
        gone = [old for old in before if old not in after and old in pairs]
        new = [old for old in after if old not in before]
        for went, came in zip(gone, new, strict=False):
            key, value = pairs[went]
            edits.append(_Edit(key.start_mark.index, key.end_mark.index, _scalar(came)))
            edits.append(_Edit(value.start_mark.index, value.end_mark.index, _scalar(after[came])))
        edits += [self._add_pair(node, old, after[old]) for old in new[len(gone) :]]
        if isinstance(node, yaml.MappingNode):
            edits += [self._cut(node, *pairs[old]) for old in gone[len(new) :]]
        return edits

    def _add_pair(self, node: yaml.Node | None, old: str, new: str) -> _Edit:
        pair = f"{_scalar(old)}: {_scalar(new)}"
        if node is None:
            return self._add_key("aliases", pair, f"{{{pair}}}")
        if not isinstance(node, yaml.MappingNode):
            return self._fill(node, pair, f"{{{pair}}}")
        if node.flow_style:
            return self._into_flow(node, node.value[-1][1] if node.value else None, pair)
        first, last = node.value[0][0], node.value[-1][1]
        return self._line_behind(last, first.start_mark.column, pair)

    def _new_section(self, plan: RoundupSettings, change: AddSection) -> _Edit:
        keywords = f"[{', '.join(map(_scalar, change.keywords))}]" if change.keywords else ""
        flow = f"{{name: {_scalar(change.name)}{f', keywords: {keywords}' if keywords else ''}}}"
        lines = [f"- name: {_scalar(change.name)}", *([f"  keywords: {keywords}"] if keywords else ())]
        node = _value(self.roundup, "sections")
        if node is None:
            return self._add_key("sections", self.newline.join(lines), f"[{flow}]")
        if not isinstance(node, yaml.SequenceNode):
            return self._fill(node, self.newline.join(lines), f"[{flow}]")
        before = node.value[plan.section_names.index(change.after)] if change.after else (node.value or [None])[-1]
        if node.flow_style or before is None:
            return self._into_flow(node, before, flow)
        return self._line_behind(before, node.start_mark.column, *lines, comments=True)

    def _without(self, place: int) -> _Edit:
        node = _value(self.roundup, "sections")
        if not isinstance(node, yaml.SequenceNode) or place >= len(node.value):
            raise Refused("the sections are not in the file itself", resource="sections", advice=_BY_HAND)
        if node.flow_style:
            return self._cut(node, node.value[place], node.value[place])
        dash = self.text.rindex("-", 0, node.value[place].start_mark.index)
        end = self._end_of_item(node.value[place], node.start_mark.column)
        return _Edit(self._line_start(dash), end, "")

    def _cut(self, node: yaml.CollectionNode, first: yaml.Node, last: yaml.Node) -> _Edit:
        """Takes one item out of a collection, in a flow with the comma that it no longer needs."""
        start, end = first.start_mark.index, _end(last)
        if not node.flow_style:
            return _Edit(self._line_start(start), self._line_end(end), "")
        behind = re.compile(r"\s*,\s*").match(self.text, end)
        if behind:
            return _Edit(start, behind.end(), "")
        before = re.search(r",\s*$", self.text[:start])
        return _Edit(before.start() if before else start, end, "")

    def _add_key(self, key: str, block: str, flow: str) -> _Edit:
        """A key that the roundup has not yet: behind its sections, where it has such, else behind its last key."""
        if not isinstance(self.roundup, yaml.MappingNode):
            raise Refused("the roundup is not in the file itself", resource="roundups", advice=_BY_HAND)
        behind = _value(self.roundup, "sections") or self.roundup.value[-1][1]
        if self.roundup.flow_style:
            return self._into_flow(self.roundup, behind, f"{key}: {flow}")
        column = self.roundup.value[0][0].start_mark.column
        lines = [f"{key}:", *(f"  {line}" for line in block.splitlines())]
        return self._line_behind(behind, column, *lines, comments=True)

    def _fill(self, node: yaml.Node, block: str, flow: str) -> _Edit:
        """A key without a value, or with an empty one, gets its first."""
        if node.start_mark.index != node.end_mark.index:
            return _Edit(node.start_mark.index, node.end_mark.index, flow)
        keys = [key for key, value in self.roundup.value if value is node]
        lines = block.splitlines()
        if isinstance(self.roundup, yaml.MappingNode) and self.roundup.flow_style:
            return _Edit(node.start_mark.index, node.end_mark.index, f" {flow}")
        return self._line_behind(keys[0], keys[0].start_mark.column + 2, *lines)

    def _into_flow(self, node: yaml.CollectionNode, behind: yaml.Node | None, item: str) -> _Edit:
        if behind is None:
            return _Edit(node.start_mark.index + 1, node.start_mark.index + 1, item)
        return _Edit(_end(behind), _end(behind), f", {item}")

    def _line_behind(self, node: yaml.Node, column: int, *lines: str, comments: bool = False) -> _Edit:
        """Lines of their own behind a thing, and behind what is commented below it if that stands deeper."""
        end = self._end_of_item(node, column) if comments else self._line_end(_end(node))
        first = "" if end == 0 or self.text[end - 1] == "\n" else self.newline
        new = "".join(f"{' ' * column}{line}{self.newline}" for line in lines)
        return _Edit(end, end, first + new)

    def _end_of_item(self, node: yaml.Node, column: int) -> int:
        end = self._line_end(_end(node))
        deeper = re.compile(rf"[ ]{{{column + 1},}}#[^\n]*(?:\n|$)")
        while found := deeper.match(self.text, end):
            end = found.end()
        return end

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        if index and self.text[index - 1] == "\n":
            return index  # a block of text ends where the next line begins
        return (self.text.find("\n", index) + 1) or len(self.text)


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """`new` takes the place of what stands from `start` up to `end`."""

    start: int
    end: int
    new: str


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _end(node: yaml.Node) -> int:
    """Where a thing ends. A block collection's own mark is behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _scalar(text: str) -> str:
    """A text as YAML writes it, fit to stand in a list in brackets, and so anywhere."""
    written: str = yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=1_000_000)
    return written.strip()[1:-1]

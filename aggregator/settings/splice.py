"""Edits in a YAML text that leave every other character as it is. The parser tells where things stand; nothing is dumped anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml

from aggregator.errors import Refused

BY_HAND = "Make the change in config.yaml by hand; `aggregator doctor` then says whether all is well."


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """`new` takes the place of what stands from `start` up to `end`."""

    start: int
    end: int
    new: str


class Spliced:
    """A text, where its things stand, and the edits that would change them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)

    def with_edits(self, edits: Iterable[Edit]) -> str:
        """The text with all of them made, from its end to its beginning, so that what stands before keeps its place."""
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.new + text[edit.end :]
        return text

    def set_key(self, mapping: yaml.Node | None, key: str, value: str | None) -> list[Edit]:
        """A key of a mapping gets another value, fit to stand in brackets, or lines of its own that begin with a line break; None
        takes the key away. Raises Refused where a comment would be lost."""
        if not isinstance(mapping, yaml.MappingNode):
            raise Refused("this is not in the file itself", resource=key, advice=BY_HAND)
        if value is not None:
            value = self.newline + value[1:] if value[0] == "\n" else f" {value}"
        pair = next(((name, one) for name, one in mapping.value if name.value == key), None)
        if pair is None:
            return [] if value is None else [self._new_pair(mapping, f"{key}:{value}")]
        name, old = pair
        start, end = self.text.index(":", name.end_mark.index) + 1, max(end_of(old), name.end_mark.index)
        if isinstance(old, yaml.CollectionNode) and re.search(r"\s#", self.text[start:end]):
            raise Refused("there are comments in what would change", resource=key, advice=BY_HAND)
        if value is None:
            return [self.cut(mapping, name, old)]
        return [Edit(start, max(start, end), value)]

    def _new_pair(self, mapping: yaml.MappingNode, pair: str) -> Edit:
        last = mapping.value[-1][1] if mapping.value else None
        if mapping.flow_style or last is None:
            return self.into_flow(mapping, last, pair)
        return self.line_behind(last, mapping.value[0][0].start_mark.column, pair)

    def cut(self, node: yaml.CollectionNode, first: yaml.Node, last: yaml.Node) -> Edit:
        """Takes one item out of a collection, in a flow with the comma that it no longer needs."""
        start, end = first.start_mark.index, end_of(last)
        if not node.flow_style:
            return Edit(self.line_start(start), self.line_end(max(end, first.end_mark.index)), "")
        behind = re.compile(r"\s*,\s*").match(self.text, end)
        if behind:
            return Edit(start, behind.end(), "")
        before = re.search(r",\s*$", self.text[:start])
        return Edit(before.start() if before else start, end, "")

    def add_key(self, mapping: yaml.Node, key: str, block: str, flow: str, behind: yaml.Node | None = None) -> Edit:
        """A key that a mapping has not yet, behind that value of its, else behind its last."""
        if not isinstance(mapping, yaml.MappingNode):
            raise Refused("this is not in the file itself", resource=key, advice=BY_HAND)
        behind = behind or mapping.value[-1][1]
        if mapping.flow_style:
            return self.into_flow(mapping, behind, f"{key}: {flow}")
        column = mapping.value[0][0].start_mark.column
        lines = [f"{key}:", *(f"  {line}" for line in block.splitlines())]
        return self.line_behind(behind, column, *lines, comments=True)

    def fill(self, mapping: yaml.Node, node: yaml.Node, block: str, flow: str) -> Edit:
        """A key without a value, or with an empty one, gets its first. node: that value."""
        if node.start_mark.index != node.end_mark.index:
            return Edit(node.start_mark.index, node.end_mark.index, flow)
        keys = [key for key, value in mapping.value if value is node]
        lines = block.splitlines()
        if isinstance(mapping, yaml.MappingNode) and mapping.flow_style:
            return Edit(node.start_mark.index, node.end_mark.index, f" {flow}")
        return self.line_behind(keys[0], keys[0].start_mark.column + 2, *lines)

    def into_flow(self, node: yaml.CollectionNode, behind: yaml.Node | None, item: str) -> Edit:
        """One more item of a collection in brackets."""
        if behind is None:
            return Edit(node.start_mark.index + 1, node.start_mark.index + 1, item)
        return Edit(end_of(behind), end_of(behind), f", {item}")

    def line_behind(self, node: yaml.Node, column: int, *lines: str, comments: bool = False) -> Edit:
        """Lines of their own behind a thing, and behind what is commented below it if that stands deeper."""
        end = self.end_of_item(node, column) if comments else self.line_end(end_of(node))
        first = "" if end == 0 or self.text[end - 1] == "\n" else self.newline
        new = "".join(f"{' ' * column}{line}{self.newline}" for line in lines)
        return Edit(end, end, first + new)

    def in_order(self, node: yaml.SequenceNode, order: Sequence[int]) -> list[Edit]:
        """The items of a list in another order, each with the comments above and below it. order: places of today."""
        if node.flow_style:
            items = [(one.start_mark.index, end_of(one)) for one in node.value]
            texts = [self.text[start:end] for start, end in items]
            return [Edit(start, end, texts[place]) for (start, end), place in zip(items, order, strict=True)]
        column = node.start_mark.column
        starts = [self.line_start(self.text.rindex("-", 0, one.start_mark.index)) for one in node.value]
        starts[1:] = [self._with_comments_above(start, column) for start in starts[1:]]
        end = self.end_of_item(node.value[-1], column)
        parts = [self.text[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
        # Empty lines between items stay between the same places.
        bodies = [re.sub(r"(?:[ \t]*\r?\n)+\Z|\Z", self.newline, part, count=1) for part in parts]
        gaps = [part[len(part.rstrip()) :].partition("\n")[2] for part in parts]
        new = "".join(bodies[place] + gap for place, gap in zip(order, gaps, strict=True))
        return [Edit(starts[0], end, new)]

    def _with_comments_above(self, start: int, column: int) -> int:
        while start:
            before = self.line_start(start - 1)
            line = self.text[before:start]
            if not line.startswith(" " * column + "#"):
                break
            start = before
        return start

    def end_of_item(self, node: yaml.Node, column: int) -> int:
        """Behind the lines of a thing, and the comments below it that stand deeper than the column."""
        end = self.line_end(end_of(node))
        deeper = re.compile(rf"[ ]{{{column + 1},}}#[^\n]*(?:\n|$)")
        while found := deeper.match(self.text, end):
            end = found.end()
        return end

    def line_start(self, index: int) -> int:
        """Of the line in which a place is."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Behind the line in which a place is."""
        if index and self.text[index - 1] == "\n":
            return index  # a block of text ends where the next line begins
        return (self.text.find("\n", index) + 1) or len(self.text)


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What a mapping has under a key, None if it has no such key or is no mapping."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def end_of(node: yaml.Node) -> int:
    """Where a thing ends. A block collection's own mark is behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def written(value: object) -> str:
    """A value as YAML writes it, fit to stand in brackets, and so anywhere."""
    text: str = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=1_000_000, sort_keys=False)
    return text.strip()[1:-1]

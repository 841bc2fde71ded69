"""What a draft says, whatever its form: the same for a file and for the desk, so that the two can be compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from aggregator.draft.compose import Mark, named
from aggregator.draft.labels import key_of
from aggregator.text.linking import label_key, placed, used
from aggregator.text.placing import fill
from aggregator.text.post import Definition, definition_lines, parse

_PLAIN = re.compile(r"[^()\s]*(?:\([^()\s]*\)[^()\s]*)*")
"""What needs no brackets: parentheses in pairs, not nested."""


@dataclass(frozen=True, slots=True)
class Part:
    """A bullet, or a remark between bullets. text: a bullet's with places for its links. links: keys of their addresses.
    addresses: as written. key: of the desk's mark, None in a file."""

    bullet: bool
    text: str
    links: tuple[str, ...] = ()
    addresses: tuple[str, ...] = field(default=(), compare=False)
    key: str | None = field(default=None, compare=False)

    @property
    def shown(self) -> str:
        """As Markdown that stands alone."""
        return fill(self.text, len(self.addresses), lambda words, number: f"[{words}]({_target(self.addresses[number - 1])})")

    @property
    def keyed(self) -> str:
        """As `shown`, with the keys of the addresses: two spellings of one address say the same."""
        return fill(self.text, len(self.links), lambda words, number: f"[{words}]({_target(self.links[number - 1])})")


@dataclass(frozen=True, slots=True)
class Said:
    """sections: name -> parts in order, None for what stands in no section. in_outro: keys of remarks that a reader takes for the
    beginning of the outro."""

    head: str
    intro: str
    outro: str
    sections: dict[str | None, tuple[Part, ...]]
    in_outro: tuple[str, ...] = field(default=(), compare=False)

    @property
    def parts(self) -> Iterator[Part]:
        """All of them in order."""
        return (part for parts in self.sections.values() for part in parts)


def said_of(
    text: str, section_of: Callable[[str], str | None], own_hosts: Collection[str] = (), marks: Sequence[Mark] = ()
) -> Said:
    """text: the whole draft, LF line ends. section_of: a heading -> today's section. own_hosts: links to them are his own and
    none of a bullet's. marks: of the desk's own draft. Definitions go with the words that use them, unused ones with the
    outro."""
    post = parse(text)
    # The first of a label counts.
    known = {label_key(one.label): one for one in reversed(post.all_definitions)}
    sections: dict[str | None, tuple[Part, ...]] = {}
    consumed: set[Definition] = set()
    for section in post.sections:
        parts: list[Part] = []
        for item in section.items:
            key = next((one.key for one in marks if one.lines[0] <= item.lines[0] < one.lines[1]), None)
            consumed.update(used(item.text, known))
            parts.append(part_of(item.bullet, item.text, known, own_hosts, key))
        name = named(section.heading, section_of)
        sections[name] = (*sections.get(name, ()), *parts)
    consumed.update(used(post.intro, known))
    told = used(post.outro, known)
    unused = [one for one in post.all_definitions if one not in consumed and one not in told]
    first, last = post.outro_lines
    return Said(
        head=post.head,
        intro=_with_definitions(post.intro, known),
        outro=_joined(post.outro, [*told, *unused]),
        sections=sections,
        in_outro=tuple(one.key for one in marks if one.lines[0] < last and first < one.lines[1]),
    )


def part_of(
    bullet: bool,
    text: str,
    known: dict[str, Definition],
    own_hosts: Collection[str] = (),
    key: str | None = None,
) -> Part:
    """A bullet's or a remark's Markdown. known: the definitions that it may refer to, by `label_key`."""
    if not bullet:
        return Part(False, _with_definitions(text, known), key=key)
    found = placed(text, known, own_hosts)
    return Part(True, found.text, tuple(key_of(one) for one in found.links), found.links, key)


def _target(address: str) -> str:
    """As the destination of a link."""
    return address if _PLAIN.fullmatch(address) else f"<{address}>"


def _with_definitions(text: str, known: dict[str, Definition]) -> str:
    return _joined(text, used(text, known))


def _joined(text: str, definitions: Sequence[Definition]) -> str:
    return "\n\n".join(part for part in (text, definition_lines(definitions)) if part)

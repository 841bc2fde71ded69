"""Which label each link of the draft has, and where its definition stands: numbers that a file has are kept for good. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from aggregator.text.canonical import canonical_url
from aggregator.text.linking import label_key, links_in, web_target
from aggregator.text.markdown import target
from aggregator.text.post import Definition, Post
from aggregator.text.tracking import without_tracking

_NUMBERED = re.compile(r"(.*?)(\d+)(.*)", re.DOTALL)


class Labels:
    """Hands out labels. pattern, own_pattern: of new ones for the web and for his own pages, the number as `{n}`; None = these
    are written inline. base: the file as it was last seen. own: what his own words define,
    which holds before what the file had under the same label. taken: labels that they use."""

    def __init__(
        self,
        pattern: str | None,
        own_pattern: str | None,
        base: Post | None,
        own: Sequence[Definition],
        taken: Iterable[str],
    ) -> None:
        self._base = base
        self._inline: dict[str, str] = {}
        self._written: dict[str, Definition] = {}
        self._definitions: dict[str, Definition] = {}
        self._by_words: dict[tuple[str, str], Definition] = {}
        mine = {label_key(one.label): one.target for one in reversed(own)}
        written = base.all_definitions if base else ()
        known = [one for one in written if mine.get(label_key(one.label), one.target) == one.target]
        labelled = {label_key(one.label): one for one in reversed(known)}
        for one in known:
            self._written.setdefault(_key(one.target), one)
        for found in (found for text in _texts(base) for found in links_in(text)):
            if found.address is not None and web_target(found.address):
                self._inline.setdefault(_key(found.address), found.address)
            elif found.label is not None and (definition := labelled.get(label_key(found.label))):
                self._by_words.setdefault((found.words, _key(definition.target)), definition)
        self._pattern = pattern or (_pattern_of(known) if len(self._inline) < len(known) else None)
        self._own_pattern = own_pattern
        self._taken = {label_key(one) for one in (*taken, *(one.label for one in (*written, *own)))}

    def reserve(self, addresses: Iterable[str]) -> None:
        """Numbers these now, in this order."""
        for address in addresses:
            key = key_of(address)
            if self._pattern is not None and key not in self._inline and key not in self._written:
                self._new(key, self._pattern, plain_target(address))

    def web(self, words: str, address: str) -> str:
        """A link to the web, its words as Markdown. Raises ValueError for an address that is none."""
        key = key_of(address)
        if key in self._inline and key not in self._written:
            return f"[{words}]({self._inline[key]})"
        if key in self._written:
            definition = self._kept(words, key)
        elif self._pattern is None:
            return f"[{words}]({plain_target(address)})"
        else:
            definition = self._definitions.get(key) or self._new(key, self._pattern, plain_target(address))
        return f"[{words}][{definition.label}]"

    def typed(self, words: str, address: str) -> str | None:
        """A link that he wrote inline; None if it stays so."""
        web = web_target(address)
        if web is not None:
            return self.web(words, web) if self._pattern is not None or key_of(web) in self._written else None
        if not address.startswith(("{", "/", "./", "../")):
            return None
        if address in self._written:
            definition = self._kept(words, address)
        elif self._own_pattern is None:
            return None
        else:
            definition = self._definitions.get(address) or self._new(address, self._own_pattern, address)
        return f"[{words}][{definition.label}]"

    def in_order(self, further: Sequence[Definition]) -> tuple[Definition, ...]:
        """All definitions: those handed out, and those that stand in his words. What the base has keeps its order; new ones
        follow those of their kind, by number."""
        every = [*self._definitions.values(), *further]
        unique = list({(label_key(one.label), one.target): one for one in every}.values())
        base = {label_key(one.label): at for at, one in enumerate(self._base.all_definitions if self._base else ())}
        kinds: dict[str, int] = {}
        for one in sorted(unique, key=lambda one: base.get(label_key(one.label), len(base))):
            kinds.setdefault(_kind(one.label), len(kinds))
        if self._pattern is not None:
            kinds[_kind(self._pattern.replace("{n}", "1"))] = -1
        if not base:
            return tuple(sorted(unique, key=lambda one: (kinds[_kind(one.label)], _number(one.label))))
        return tuple(_behind(unique, base))

    def _kept(self, words: str, key: str) -> Definition:
        """As the base has it; of several for one address the one that these words had."""
        definition = self._by_words.get((words, key), self._written[key])
        self._definitions[f"{key}\0{definition.label}"] = definition
        return definition

    def _new(self, key: str, pattern: str, written: str) -> Definition:
        same = {_number(one) for one in self._taken if _kind(one) == _kind(pattern.replace("{n}", "1"))}
        # In a file that he has seen, the number of a link that went is not given to another.
        first = max(same, default=0) + 1 if self._base else 1
        label = pattern.replace("{n}", str(next(number for number in count(first) if number not in same)))
        self._taken.add(label_key(label))
        definition = self._definitions[key] = Definition(label, written)
        return definition


def key_of(address: str) -> str:
    """By which two addresses are one link of the draft."""
    return canonical_url(address) or address


def _key(target_: str) -> str:
    """`key_of` of a definition's target; of one to his own pages itself."""
    address = web_target(target_)
    return key_of(address) if address else target_


def plain_target(address: str) -> str:
    """An address as the destination of a link, without what tracks its reader. Raises ValueError for no web address (R31)."""
    written = target(without_tracking(address))
    inside = written[1:-1]
    # One pair of parentheses inside needs no brackets to any reader.
    return inside if written.startswith("<") and re.fullmatch(r"[^()]*(?:\([^()]*\)[^()]*)*", inside) else written


def _behind(unique: Sequence[Definition], base: Mapping[str, int]) -> list[Definition]:
    placed = sorted((one for one in unique if label_key(one.label) in base), key=lambda one: base[label_key(one.label)])
    for one in sorted((one for one in unique if label_key(one.label) not in base), key=lambda one: _number(one.label)):
        same = [at for at, other in enumerate(placed) if _kind(other.label) == _kind(one.label)]
        placed.insert(same[-1] + 1 if same else len(placed), one)
    return placed


def _kind(label: str) -> str:
    found = _NUMBERED.fullmatch(label_key(label))
    return f"{found[1]}\0{found[3]}" if found else ""


def _number(label: str) -> int:
    found = _NUMBERED.fullmatch(label)
    return int(found[2]) if found else 0


def _pattern_of(definitions: Sequence[Definition]) -> str | None:
    for one in reversed(definitions):
        numbered = _NUMBERED.fullmatch(one.label)
        if numbered and web_target(one.target) and "{" not in one.label:
            return f"{numbered[1]}{{n}}{numbered[3]}"
    return None


def _texts(post: Post | None) -> Iterable[str]:
    return (item.text for section in post.sections for item in section.items) if post else ()

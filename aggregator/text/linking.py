"""Links in a bullet's Markdown <-> places: `[words](address)` and `[words][label]` as written, `[words][2]` at the desk. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from aggregator.text.blocks import Block
from aggregator.text.canonical import host_of
from aggregator.text.markdown import read
from aggregator.text.post import Definition, definition_lines, split_definitions
from aggregator.text.running import CODE, running

# Code is not looked into, an escaped bracket opens nothing, an image is no link; one pair of brackets may stand inside the
# words, one of parentheses inside the address; a template tag is an address with spaces.
_WORDS = r"\[(?P<words>(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\](?:\([^()\n]*\))?)*)\]"
_TAG = r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}"
_ADDRESS = rf"\((?P<address><[^<>\n]*>|(?:{_TAG}|[^\s()\\<{{]|\\.|\{{|\([^\s()]*\))+)\)"
_LINK = re.compile(
    rf"{CODE}|!\[[^\[\]]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?"
    rf"|{_WORDS}(?:{_ADDRESS}|\[(?P<label>(?!\^)[^\[\]\n]+)\])",
    re.DOTALL,
)
_SHORT = re.compile(rf"{_LINK.pattern}|\[(?P<short>[1-9][0-9]?)\](?:\[\])?(?![\[(:])", re.DOTALL)
_WEB = re.compile(r"<?(https?://[^\s<>]+)>?", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a text. start, end: of the whole. address: as written inline, None for a reference by `label`."""

    start: int
    end: int
    words: str
    address: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A bullet's words as the desk has them. links: addresses by their numbers in the text; those that the words hold in
    another way (HTML, bare addresses) follow without a place."""

    text: str
    links: tuple[str, ...]


def label_key(label: str) -> str:
    """By which CommonMark compares labels."""
    return " ".join(label.split()).casefold()


def web_target(target: str) -> str | None:
    """The address of a definition or link to the web; None for another, and for one with a title."""
    found = _WEB.fullmatch(target.strip())
    return found[1].replace("&amp;", "&") if found else None


def links_in(text: str) -> tuple[Found, ...]:
    """Inline and full reference links, in reading order."""
    matches = (match for match in _LINK.finditer(running(text)) if match["words"] is not None)
    return tuple(Found(one.start(), one.end(), text[slice(*one.span("words"))], one["address"], one["label"]) for one in matches)


def rewrite(text: str, change: Callable[[Found], str | None]) -> str:
    """The text with each link as `change` writes it, None = as it is."""
    pieces: list[str] = []
    at = 0
    for found in links_in(text):
        new = change(found)
        if new is not None:
            pieces += [text[at : found.start], new]
            at = found.end
    return "".join([*pieces, text[at:]])


def placed(text: str, definitions: Mapping[str, Definition], own_hosts: Collection[str] = ()) -> Placed:
    """A bullet's Markdown with a place for each link to the web. definitions: the post's, by `label_key`.

    A reference to his own pages (`own_hosts`, relative addresses, template tags) stays one, its definition below the words; where
    its label could be read as a place it is written inline.
    """
    body, own = split_definitions(text)
    known = {**definitions, **{label_key(one.label): one for one in own}}
    body = _spelt_out(body, known)
    numbers: dict[str, int] = {}

    def target_of(found: Found) -> str | None:
        return found.address if found.label is None else _target(known, found.label)

    def web(found: Found) -> str | None:
        address = web_target(target_of(found) or "")
        return address if address is not None and host_of(address) not in own_hosts else None

    def place(found: Found) -> str | None:
        if address := web(found):
            return f"[{found.words}][{numbers.setdefault(address, len(numbers) + 1)}]"
        target = target_of(found)
        if target is not None and found.label is not None and _NUMBER.fullmatch(found.label):
            return f"[{found.words}]({target})"
        return None

    said = rewrite(body, place)
    carried = used(said, known, passed_over={str(number) for number in numbers.values()})
    # Without the places, whose numbers may be labels of the post.
    rest = rewrite(body, lambda found: "" if web(found) else None)
    others = [url for url in web_links(rest, known.values()) if url not in numbers and host_of(url) not in own_hosts]
    lines = definition_lines(carried)
    return Placed("\n\n".join(part for part in (said, lines) if part), (*numbers, *dict.fromkeys(others)))


def _spelt_out(text: str, known: Mapping[str, Definition]) -> str:
    """The text with `[2]`, where that is a reference, as `[2][2]`: its number may be another's at the desk."""
    pieces: list[str] = []
    at = 0
    for match in _SHORT.finditer(running(text)):
        if match["short"] in known:
            pieces += [text[at : match.start()], f"[{match['short']}][{match['short']}]"]
            at = match.end()
    return "".join([*pieces, text[at:]])


def used(text: str, known: Mapping[str, Definition], passed_over: Iterable[str] = ()) -> list[Definition]:
    """The definitions that a text refers to, in the order in which they stand; shortcuts such as `[label]` included."""
    skipped = set(passed_over)
    keys = {label_key(one) for one in re.findall(r"\[((?:[^\[\]\\]|\\.)+)\]", text) if one not in skipped}
    return sorted((one for key, one in known.items() if key in keys), key=lambda one: one.line)


def web_links(text: str, definitions: Iterable[Definition]) -> list[str]:
    """Every address on the web that a text links to, in whatever way."""
    lines = definition_lines(definitions)
    found = (link for part in read(f"{text}\n\n{lines}\n" if lines else text) if isinstance(part, Block) for link in part.links)
    return [link.url for link in found if _WEB.fullmatch(link.url)]


def _target(known: Mapping[str, Definition], label: str) -> str | None:
    definition = known.get(label_key(label))
    return definition.target if definition else None

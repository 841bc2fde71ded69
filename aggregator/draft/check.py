"""What is wrong with a draft before it is published, line by line: for `draft check`, and for a hook before a push. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import shorten

from aggregator.draft.compose import TODO
from aggregator.draft.labels import key_of
from aggregator.records.drafts import Conflict
from aggregator.text.linking import label_key, links_in, rewrite, web_links
from aggregator.text.post import Definition, Item, Post, parse
from aggregator.text.running import without_code

_UNSAFE = re.compile(r"<\s*(?:script|iframe|object|embed|form|base|meta|link)\b|\bon\w+\s*=\s*[\"']|javascript:", re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """line: of the file, from 1; 0 for what stands in no line."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows. dead: key of an address -> what is wrong with it, in words. altered: quotations that are no longer as
    they were, as they begin. conflicts: what still waits for the author."""

    dead: Mapping[str, str] = field(default_factory=dict)
    altered: Collection[str] = ()
    conflicts: Collection[Conflict] = ()


_NOTHING = Known()


def check(text: str, known: Known = _NOTHING) -> list[Problem]:
    """By line. text: the whole draft. What is told: bullets without words, references without a definition, definitions that
    nothing uses or that stand twice, dead links, HTML that runs, changed quotations, conflicts."""
    post = parse(text)
    lines = text.split("\n")
    problems = [Problem(0, f"file and desk say different things of {one.what}") for one in known.conflicts]
    problems += _todo(post)
    problems += _references(post, lines)
    problems += _dead(post, lines, known.dead)
    problems += [
        Problem(at, f"this runs where it is shown: {found[0].strip()}")
        for at, line in enumerate(without_code(text).split("\n"), 1)
        if (found := _UNSAFE.search(_CODE.sub("", line)))
    ]
    problems += [Problem(0, f"a quotation is not as it was: “{begins}”") for begins in known.altered]
    return sorted(problems, key=lambda one: one.line)


def _items(post: Post) -> Iterator[Item]:
    return (item for section in post.sections for item in section.items)


def _todo(post: Post) -> Iterator[Problem]:
    for item in _items(post):
        if re.match(rf"{TODO}\b", item.text):
            words = " ".join(rewrite(item.text.removeprefix(TODO), lambda found: found.words).split())
            told = shorten(words, 80, placeholder="…") or words[:80]
            yield Problem(item.lines[0] + 1, f"a bullet without words: {told}" if words else "a bullet without words")


def _references(post: Post, lines: list[str]) -> Iterator[Problem]:
    defined = {label_key(one.label): one for one in post.all_definitions}
    used: set[str] = set()
    first = post.head.count("\n") + 1 if post.head else 0
    body = "\n".join(lines[first:])
    shortcuts = {label_key(one) for one in re.findall(r"\[((?:[^\[\]\\]|\\.)+)\]", _without(body, post.all_definitions, first))}
    for found in links_in(body):
        if found.label is None:
            continue
        used.add(label_key(found.label))
        if label_key(found.label) not in defined:
            yield Problem(first + body.count("\n", 0, found.start) + 1, f"nothing defines [{found.label}]")
    twice = Counter(label_key(one.label) for one in post.all_definitions)
    for one in post.all_definitions:
        key = label_key(one.label)
        if twice[key] > 1 and defined[key] is one:
            yield Problem(one.line + 1, f"[{one.label}] is defined twice")
        elif key not in used and key not in shortcuts:
            yield Problem(one.line + 1, f"nothing uses [{one.label}]")


def _without(body: str, definitions: Collection[Definition], first: int) -> str:
    gone = {one.line - first for one in definitions}
    return "\n".join("" if at in gone else line for at, line in enumerate(body.split("\n")))


def _dead(post: Post, lines: list[str], dead: Mapping[str, str]) -> Iterator[Problem]:
    if not dead:
        return
    links = [url for item in _items(post) for url in web_links(item.text, post.all_definitions)]
    for url in dict.fromkeys(links):
        if why := dead.get(key_of(url)):
            at = next((at for at, line in enumerate(lines, 1) if url in line), 0)
            yield Problem(at, f"{why}: {url}")

"""The front matter of the next post after the pattern of the newest: YAML, TOML or header lines, each key as he writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Literal

import yaml

_NEWEST = 5
_KEY = re.compile(r"^([A-Za-z_][\w.-]*)[ \t]*[:=]")
_DAY = re.compile(r"(?:19|20)\d\d([-/])\d\d\1\d\d")
_TIME = re.compile(r"(?<=[T ])\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_OFFSET = re.compile(r"(?<=\d)([ ]?)([+-]\d\d)(:?)(\d\d)(?=[\s'\"]*$)")
_TITLE, _TAGS, _STATE = ("title",), ("tags", "tag", "keywords"), ("draft", "published", "status")
_DATES = ("date", "pubdate", "publishdate", "created")

Marked = tuple[str, int | None, date | None]
"""The front matter of a post with its number and date."""
Unpublished = Literal["draft", "published"]
"""What a generator tells an unpublished post by: `draft: true` (Hugo), `published: false` (Jekyll)."""


@dataclass(frozen=True, slots=True)
class HeadPattern:
    """fence: `---`, `+++`, or "" for header lines. entries: key -> its lines, the number and the date of a post as \\0number and
    \\0date; of the keys that say something else in each post only the key is left."""

    fence: str
    entries: tuple[tuple[str, str], ...]


def head_pattern(heads: Sequence[Marked]) -> HeadPattern | None:
    """heads: newest first. The keys of the newest that most of the others have too; None if the newest has none."""
    heads = heads[:_NEWEST]
    if not heads or not heads[0][0]:
        return None
    fence = next((one for one in ("---", "+++") if heads[0][0].startswith(one)), "")
    read = [_entries(*one) for one in heads if one[0]]
    entries: list[tuple[str, str]] = []
    for key, said in read[0].items():
        others = [one[key] for one in read if key in one]
        name = key.lower()
        if name in _TITLE or name in _TAGS or name in _STATE:
            entries.append((key, said))
        elif name in _DATES:
            same_time = len({tuple(_TIME.findall(one)) for one in others}) == 1
            entries.append((key, said if same_time else _TIME.sub(_midnight, said, count=1)))
        elif 2 * len(others) > len(read):
            same = len(set(others)) == 1
            entries.append((key, said if same else _blank(said)))
    return HeadPattern(fence, tuple(entries))


def head(
    pattern: HeadPattern,
    *,
    title: str,
    number: int,
    today: date,
    tags: Sequence[str],
    unpublished: Unpublished | None = None,
    zone: tzinfo = UTC,
) -> str:
    """The front matter as text, fences included. tags: none keeps what always stands there. unpublished: the key that says so,
    None = only where his posts say so themselves. zone: his own; a time with one of its offsets gets the one of today."""
    lines: list[str] = []
    says_so = False
    for key, said in pattern.entries:
        name = key.lower()
        if name in _TITLE:
            said = f"{_before(said)}{_scalar(title, said, pattern.fence)}"  # noqa: PLW2901 - the same entry, filled in
        elif name in _TAGS and tags:
            said = _listed(said, tags, pattern.fence)  # noqa: PLW2901 - as above
        elif name in _STATE:
            said, says_so = f"{_before(said)}{_unpublished_value(name)}", True  # noqa: PLW2901 - as above
        elif "\0" in said:
            said = re.sub(  # noqa: PLW2901 - as above
                "\0date(.)", lambda one: f"{today:%Y{one[1]}%m{one[1]}%d}", said
            ).replace("\0number", str(number))
            if name in _DATES:
                said = _OFFSET.sub(lambda one: _offset(one, today, zone), said)  # noqa: PLW2901 - as above
        lines.append(said)
    if unpublished and not says_so:
        between = " = " if pattern.fence == "+++" else ": "
        at = next((at for at, line in enumerate(lines) if line.startswith("[")), len(lines))
        lines.insert(at, f"{unpublished}{between}{_unpublished_value(unpublished)}")
    return "\n".join([pattern.fence, *lines, pattern.fence]).strip("\n")


def plain_head(title: str, today: date, tags: Sequence[str], unpublished: Unpublished) -> str:
    """Front matter for an author of whose posts nothing is known."""
    fields = {"title": title, "date": today, **({"tags": list(tags)} if tags else {}), unpublished: unpublished == "draft"}
    return f"---\n{yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=10_000)}---"


def _entries(text: str, number: int | None, day: date | None) -> dict[str, str]:
    """Key -> its lines with number and date marked."""
    lines = text.strip("\n").split("\n")
    if lines[0].rstrip() in ("---", "+++"):
        lines = lines[1:-1]
    found: dict[str, str] = {}
    key = ""
    for line in lines:
        begins = _KEY.match(line)
        if begins or (line.startswith("[") and "=" not in line):
            key = begins[1] if begins else line
            found[key] = line
        elif key:
            found[key] += f"\n{line}"
    return {key: _marked(one, number, day) for key, one in found.items()}


def _marked(said: str, number: int | None, day: date | None) -> str:
    start = len(_before(said))
    key, value = said[:start], said[start:]
    if day is not None:
        value = _DAY.sub(lambda one: f"\0date{one[1]}" if one[0].replace("/", "-") == day.isoformat() else one[0], value)
    if number is not None:
        value = re.sub(rf"(?<![\d\0]){number}(?![\d]|:\d)", "\0number", value)
    return key + value


def _before(said: str) -> str:
    """`key: ` of an entry."""
    found = re.match(r"[^:=\n]*[:=][ \t]*", said)
    return found[0] if found else said


def _blank(said: str) -> str:
    if said.startswith("["):
        return said
    before = _before(said).rstrip()
    return f'{before} ""' if before.endswith("=") else before


def _midnight(found: re.Match[str]) -> str:
    return "00:00:00" if found[0].count(":") == 2 else "00:00"


def _offset(found: re.Match[str], today: date, zone: tzinfo) -> str:
    """What stands behind the time of a post: his clock's offset changes twice a year. +0000 may be meant as UTC, and stays."""
    space, hours, colon, minutes = found.groups()
    written = [f"{datetime.combine(day, time(12), zone):%z}" for day in (today, date(today.year, 1, 1), date(today.year, 7, 1))]
    if hours + minutes == "+0000" or hours + minutes not in written:
        return found[0]
    return f"{space}{written[0][:3]}{colon}{written[0][3:5]}"


def _unpublished_value(name: str) -> str:
    return {"draft": "true", "published": "false", "status": "draft"}[name]


def _scalar(value: str, after: str, fence: str) -> str:
    """A text quoted as in the entry `after`, where that can hold it."""
    said = after[len(_before(after)) :].lstrip()
    if fence == "+++":
        return f"'{value}'" if said.startswith("'") and "'" not in value else json.dumps(value, ensure_ascii=False)
    if fence == "":
        return value
    style = said[:1] if said[:1] in ("'", '"') else None
    dumped = str(yaml.safe_dump(value, default_style=style, allow_unicode=True, width=10_000))
    return dumped.removesuffix("...\n").strip("\n")


def _listed(said: str, tags: Sequence[str], fence: str) -> str:
    """Tags written as the entry has its own: a block or a flow list, or one text with commas."""
    before = _before(said)
    value = said[len(before) :].strip()
    item = re.search(r"^([ \t]*-[ \t]+)(.*)$", said, re.MULTILINE)
    if fence != "+++" and item and not value.startswith("["):
        return "\n".join([before.rstrip(), *(f"{item[1]}{_scalar(tag, f': {item[2]}', fence)}" for tag in tags)])
    if value.startswith("["):
        sample = value[1:].lstrip()
        return f"{before}[{', '.join(_scalar(tag, f': {sample}', fence) for tag in tags)}]"
    text = (", " if "," in value else " ").join(tags)
    return f"{before.rstrip()} {_scalar(text, said, fence)}"

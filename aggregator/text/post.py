"""A post's Markdown in its pieces as written: front matter, words before and after, sections with their bullets, definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_HEAD = re.compile(
    r"\A(?:---[ \t]*\n(?:.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)|\+\+\+[ \t]*\n(?:.*?\n)?\+\+\+[ \t]*(?:\n|\Z)"
    r"|(?=(?:[A-Za-z][\w-]*:[^\n]*\n)*[Tt]itle:)(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+(?:\n|\Z))",
    re.DOTALL,
)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]+)\]:[ \t]*(\S[^\n]*?)[ \t]*$")
_MARKER = re.compile(r"^( {0,3})([-*+]|\d{1,9}[.)])([ \t]*)")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*:?|__[^_\n]+__:?")
_LISTS = ("bullet_list_open", "ordered_list_open")
_HEADINGS = ("heading_open", "bold")
_READER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Definition:
    """`[label]: target`, the target with its title if it has one. line: where it stands, from 0; -1 for one that stands nowhere
    yet."""

    label: str
    target: str
    line: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet, or the blocks between two bullets. text: Markdown without its marker and indent. lines: half-open range of
    the lines of the post."""

    bullet: bool
    text: str
    marker: str = "*"
    lines: tuple[int, int] = field(default=(-1, -1), compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """heading: its words; None for bullets of a post without headings. source: the heading's lines as written. definitions:
    those that stand in it while others stand elsewhere."""

    heading: str | None
    source: str
    items: tuple[Item, ...] = ()
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """head: front matter with its fences, or the line of its title. intro, outro: Markdown before the first and after the last
    section. definitions: those that stand at the end, or of all others. The ranges of lines: half-open."""

    head: str
    intro: str
    sections: tuple[Section, ...]
    outro: str
    definitions: tuple[Definition, ...] = ()
    outro_lines: tuple[int, int] = field(default=(-1, -1), compare=False)
    loose: bool = field(default=True, compare=False)

    @property
    def all_definitions(self) -> tuple[Definition, ...]:
        """In the order in which they stand."""
        return (*(one for section in self.sections for one in section.definitions), *self.definitions)


@dataclass(frozen=True, slots=True)
class _Block:
    type: str
    level: int
    start: int
    end: int
    token: Token | None = None
    items: tuple[tuple[int, int], ...] = ()


def parse(text: str) -> Post:
    """A post in its pieces; nothing but white space is lost (`write`). Line ends must be LF. Never raises.

    Sections are what the shallowest headings open, its title aside. The outro is what follows the last bullet of the last
    section; in a section without bullets, what follows its first block.
    """
    head = found[0] if (found := _HEAD.match(text)) else ""
    lines = text.split("\n")
    first = head.count("\n") + (head[-1:] not in ("", "\n"))
    definitions, masked = _definitions(lines, first)
    blocks = list(_blocks("\n".join(masked[first:]), first))
    if _has_title(blocks, alone=not head):
        head = "\n".join([*lines[:first], *masked[first : blocks[0].end]])
        blocks = blocks[1:]
    level = min((one.level for one in blocks if one.type in _HEADINGS), default=None)
    opens = [at for at, one in enumerate(blocks) if one.type in _HEADINGS and one.level == level]
    if opens:
        intro = _source(masked, blocks[: opens[0]])
        parts = [blocks[at:end] for at, end in zip(opens, [*opens[1:], len(blocks)], strict=True)]
    else:
        begin = next((at for at, one in enumerate(blocks) if one.type in _LISTS), len(blocks))
        intro = _source(masked, blocks[:begin])
        parts = [blocks[begin:]] if begin < len(blocks) else []
    after: Sequence[_Block] = ()
    if parts:
        body = parts[-1] if not opens else parts[-1][1:]
        at = _outro_from(body)
        parts[-1], after = parts[-1][: len(parts[-1]) - len(body) + at], body[at:]
    starts = [part[0].start for part in parts]
    groups = _by_section(definitions, starts)
    sections = tuple(
        _section(lines, masked, part, group, headed=bool(opens)) for part, group in zip(parts, groups[1:], strict=True)
    )
    return Post(
        head=head.rstrip("\n"),
        intro=intro,
        sections=sections,
        outro=_source(masked, after),
        definitions=groups[0],
        outro_lines=(after[0].start, after[-1].end) if after else (-1, -1),
        loose=_is_loose(lines, sections),
    )


def write(post: Post) -> str:
    """The post as text, ending in one line end; items of one list are apart by an empty line if it is `loose`."""
    return layout(post)[0]


def layout(post: Post) -> tuple[str, tuple[tuple[int, int], ...]]:
    """As `write`, and the half-open ranges of lines that its items stand in, section after section."""
    lines: list[str] = []
    ranges: list[tuple[int, int]] = []

    def put(part: str, *, apart: bool = True) -> tuple[int, int]:
        part = part.strip("\n")
        if not part.strip():
            return len(lines), len(lines)
        if lines and apart:
            lines.append("")
        start = len(lines)
        lines.extend(part.split("\n"))
        return start, len(lines)

    put(post.head)
    put(post.intro)
    for section in post.sections:
        put(section.source)
        before = None
        for item in section.items:
            together = item.bullet and before is not None and before.bullet
            ranges.append(put(write_item(item), apart=post.loose or not together))
            before = item
        put(definition_lines(section.definitions))
    put(post.outro)
    put(definition_lines(post.definitions))
    return "\n".join(lines) + "\n", tuple(ranges)


def write_item(item: Item) -> str:
    """A bullet with its marker, further lines indented so that they stay in it; blocks between bullets as they are."""
    if not item.bullet:
        return item.text
    indent = " " * (len(item.marker) + 1)
    return f"{item.marker} " + re.sub(r"\n(?=[^\n])", "\n" + indent, item.text)


def definition_lines(definitions: Iterable[Definition]) -> str:
    """One line for each."""
    return "\n".join(f"[{one.label}]: {one.target}" for one in definitions)


def split_definitions(text: str) -> tuple[str, tuple[Definition, ...]]:
    """A piece of Markdown without the definitions in it, and those. Without any it is returned as it is."""
    lines = text.split("\n")
    definitions, masked = _definitions(lines, 0)
    if not definitions:
        return text, ()
    gone = {one.line for one in definitions}
    kept = [line for at, line in enumerate(masked) if at not in gone]
    return "\n".join(kept).strip("\n"), definitions


def _has_title(blocks: Sequence[_Block], *, alone: bool) -> bool:
    """Whether the first block is the post's title. alone: even if it is the only heading."""
    levels = [one.level for one in blocks if one.type in _HEADINGS]
    return bool(levels) and blocks[0].level == 1 and levels.count(1) == 1 and (alone or len(levels) > 1)


def _definitions(lines: Sequence[str], first: int) -> tuple[tuple[Definition, ...], list[str]]:
    """The definitions in these lines, those of template tags included, and the lines with them left empty. Code holds none."""
    matches = {at: found for at, line in enumerate(lines) if at >= first and (found := _DEFINITION.match(line))}
    if not matches:
        return (), list(lines)
    tokens = _READER.parse("\n".join(lines[first:]))
    none: set[int] = set()
    for token in (token for token in tokens if token.map):
        start, end = (at + first for at in token.map or ())
        if token.type in ("fence", "code_block", "html_block"):
            none.update(range(start, end))
        elif token.type == "paragraph_open":
            # To CommonMark, too, a definition below text is text; those of template tags are paragraphs of their own.
            begins = next((at for at in range(start, end) if at not in matches), end)
            none.update(range(begins, end))
    definitions = tuple(Definition(one[1], one[2], at) for at, one in matches.items() if at not in none)
    gone = {one.line for one in definitions}
    return definitions, ["" if at in gone else line for at, line in enumerate(lines)]


def _blocks(body: str, first: int) -> Iterator[_Block]:
    tokens = [token for token in _READER.parse(body) if token.level <= 1 or token.type == "inline"]
    bold_headings = not any(token.type == "heading_open" for token in tokens)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = at
        if token.nesting == 1:
            end = next(i for i in range(at + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == token.level)
        if token.map:
            inside = tokens[at + 1 : end]
            start, stop = token.map[0] + first, token.map[1] + first
            kind, level = token.type, int(token.tag[1]) if token.type == "heading_open" else 0
            if kind == "paragraph_open" and bold_headings and _BOLD.fullmatch(inside[0].content.strip()):
                kind, level = "bold", 7
            maps = [one.map for one in inside if one.type == "list_item_open" and one.level == 1 and one.map]
            yield _Block(kind, level, start, stop, token, tuple((one[0] + first, one[1] + first) for one in maps))
        at = end + 1


def _outro_from(body: Sequence[_Block]) -> int:
    lists = [at for at, one in enumerate(body) if one.type in _LISTS]
    return lists[-1] + 1 if lists else min(1, len(body))


def _by_section(definitions: Sequence[Definition], starts: Sequence[int]) -> list[tuple[Definition, ...]]:
    """Those at the end of the post (and above its sections) first, then those of each section. Only where some stand in an
    earlier section do those of the last one belong to it."""
    groups: list[list[Definition]] = [[] for _ in range(len(starts) + 1)]
    for one in definitions:
        at = sum(start <= one.line for start in starts)
        groups[at if at < len(starts) else 0].append(one)
    return [tuple(group) for group in groups]


def _section(
    lines: Sequence[str], masked: Sequence[str], blocks: Sequence[_Block], definitions: tuple[Definition, ...], *, headed: bool
) -> Section:
    heading, source = None, ""
    if headed:
        source = "\n".join(lines[blocks[0].start : blocks[0].end]).strip("\n")
        heading = heading_words(source)
        blocks = blocks[1:]
    items: list[Item] = []
    between: list[_Block] = []
    for block in blocks:
        if block.type not in _LISTS:
            between.append(block)
            continue
        if between:
            items.append(_between(masked, between))
            between = []
        items += [_bullet(masked, start, end) for start, end in block.items]
    if between:
        items.append(_between(masked, between))
    return Section(heading, source, tuple(items), definitions)


def heading_words(source: str) -> str:
    """The words of a heading as written: `## Storage ##` says Storage."""
    first = source.partition("\n")[0].strip()
    if atx := re.match(r"#{1,6}(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$", first):
        return (atx[1] or "").strip()
    return first.strip("*_").rstrip(":").strip("*_").strip() if _BOLD.fullmatch(first) else first


def _between(masked: Sequence[str], blocks: Sequence[_Block]) -> Item:
    return Item(bullet=False, text=_source(masked, blocks), marker="", lines=(blocks[0].start, blocks[-1].end))


def _bullet(lines: Sequence[str], start: int, end: int) -> Item:
    first = lines[start]
    found = _MARKER.match(first)
    marker = found[2] if found else "*"
    rest = first[found.end() :] if found else first
    indent = found.end() if found and rest else len(marker) + 1
    if found and len(found[3].expandtabs(4)) > 4:
        indent = len(found[1]) + len(marker) + 1
        rest = first[indent:]
    tail = [_dedent(line, indent) for line in lines[start + 1 : end]]
    return Item(bullet=True, text="\n".join([rest, *tail]).rstrip(), marker=marker, lines=(start, end))


def _dedent(line: str, indent: int) -> str:
    rest = line.lstrip(" \t")
    spaces = line[: len(line) - len(rest)].expandtabs(4)
    return spaces[indent:] + rest


def _source(masked: Sequence[str], blocks: Sequence[_Block]) -> str:
    """As written, without the definitions in between."""
    if not blocks:
        return ""
    return "\n".join(masked[blocks[0].start : blocks[-1].end]).strip("\n").rstrip()


def _is_loose(lines: Sequence[str], sections: Sequence[Section]) -> bool:
    """Whether bullets are mostly apart by an empty line."""
    gaps = [
        not lines[after.lines[0] - 1].strip()
        for section in sections
        for one, after in zip(section.items, section.items[1:], strict=False)
        if one.bullet and after.bullet
    ]
    return 2 * sum(gaps) >= len(gaps)

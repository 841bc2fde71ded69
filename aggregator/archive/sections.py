"""Which headings are sections: the level whose headings return from edition to edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from aggregator.archive.posts import Post, is_outbound
from aggregator.text.blocks import BOLD_HEADING, Block, Heading

_USUAL = 2


@dataclass(frozen=True, slots=True)
class Levels:
    """Headings of levels `first` to `last` open a section; those above `first` belong to none."""

    first: int
    last: int


def section_levels(posts: Sequence[Post], known: Collection[str] = ()) -> dict[str, Levels]:
    """For each post's path its section levels.

    A deeper level counts where its headings return from post to post, hold at least half of the links, and mostly stand
    under one heading of the level above ("Community" with "Articles" and "Videos" below it). A post that uses another level
    for the same names keeps its own. known: section names to go by where there is too little to compare.
    """
    names = {name.strip().casefold() for name in known}
    survey = _survey(posts)
    last = survey.deepest()
    if last is None:
        return {post.path: _alone(post, names) for post in posts}
    usual = Levels(min(last, _USUAL), last)
    returning = names | {name for level in range(usual.first, last + 1) for name in survey.returning(level)}
    return {post.path: _own(post, usual, returning) for post in posts}


@dataclass(slots=True)
class _Survey:
    """links: level -> heading -> links below it. posts: level -> heading -> posts that have it. parents: level -> (heading,
    heading of the nearest level above) -> links."""

    links: dict[int, Counter[str]]
    posts: dict[int, dict[str, set[str]]]
    parents: dict[int, Counter[tuple[str, str]]]
    total: int = 0

    def returning(self, level: int) -> set[str]:
        return {name for name, where in self.posts[level].items() if len(where) > 1}

    def deepest(self) -> int | None:
        """The level to read sections from; None if no heading returns."""
        held = {level: sum(self.links[level][name] for name in self.returning(level)) for level in list(self.posts)}
        held = {level: links for level, links in held.items() if links}
        if not held:
            return None
        last = min(held, key=lambda level: (-held[level], level))
        for level in sorted(held):
            if level > last and 2 * held[level] >= self.total and self._under_one(level):
                last = level
        return last

    def _under_one(self, level: int) -> bool:
        returning = self.returning(level)
        above: Counter[str] = Counter()
        for (name, parent), links in self.parents[level].items():
            if name in returning:
                above[parent] += links
        return bool(above) and 2 * max(above.values()) >= sum(above.values())


def _survey(posts: Sequence[Post]) -> _Survey:
    survey = _Survey(defaultdict(Counter), defaultdict(lambda: defaultdict(set)), defaultdict(Counter))
    for post in posts:
        for path, links in _trails(post):
            survey.total += links
            for level, name in path.items():
                survey.posts[level][name].add(post.path)
                survey.links[level][name] += links
                parent = max((upper for upper in path if upper < level), default=None)
                survey.parents[level][name, path[parent] if parent else ""] += links
    return survey


def _trails(post: Post) -> Iterator[tuple[dict[int, str], int]]:
    """For each block (and heading) of a post: the open headings by level, and how many outbound links it has."""
    trail: dict[int, str] = {}
    for part in post.parts:
        if isinstance(part, Heading):
            trail = {level: name for level, name in trail.items() if level < part.level}
            if part.text != post.title:
                trail[part.level] = part.text.casefold()
            yield trail, 0
        else:
            yield trail, sum(is_outbound(link.url) for link in part.links)


def _alone(post: Post, known: Collection[str]) -> Levels:
    """A post with nothing to compare it to: by known names, else the usual level if it has it, else its shallowest."""
    headings = [part for part in post.parts if isinstance(part, Heading) and part.text != post.title]
    matching = Counter(heading.level for heading in headings if heading.text.casefold() in known)
    if matching:
        last = min(matching, key=lambda level: (-matching[level], level))
        return Levels(min(last, _USUAL), last)
    levels = {heading.level for heading in headings}
    last = _USUAL if _USUAL in levels or not levels else min(levels)
    return Levels(min(last, _USUAL), last)


def _own(post: Post, usual: Levels, returning: Collection[str]) -> Levels:
    matching = Counter(part.level for part in post.parts if isinstance(part, Heading) and part.text.casefold() in returning)
    if not matching or any(usual.first <= level <= usual.last for level in matching):
        return usual
    last = min(matching, key=lambda level: (-matching[level], level))
    return Levels(last, last)


def opens_section(part: Heading | Block, levels: Levels, title: str) -> bool:
    """The heading opens a section."""
    return isinstance(part, Heading) and levels.first <= part.level <= levels.last and part.text != title and bool(part.text)


def closes_section(part: Heading | Block, levels: Levels) -> bool:
    """The heading stands above all sections: what follows belongs to none."""
    return isinstance(part, Heading) and part.level < levels.first and levels.last != BOLD_HEADING

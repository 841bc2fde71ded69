"""Which headings are sections: the level whose headings return from edition to edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.archive.boilerplate import Names
from aggregator.archive.posts import Post
from aggregator.records.headings import heading_key
from aggregator.text.blocks import BOLD_HEADING, Block, Heading

_USUAL = 2


@dataclass(frozen=True, slots=True)
class Levels:
    """Headings of levels `first` to `last` open a section; those above `first` belong to none."""

    first: int
    last: int


def section_levels(posts: Sequence[Post], names: Names, known: Collection[str] = ()) -> dict[str, Levels]:
    """For each post's path its section levels.

    A deeper level counts where its headings return from post to post, hold at least half of the links, and mostly stand
    under one heading of the level above ("Community" with "Articles" and "Videos" below it). A post that mostly uses other
    levels, for the same names or for others that return as well, keeps its own. names: headings that count for nothing.
    known: section names to go by, as those of the author's settings.
    """
    wanted = names.rules.content | {heading_key(name) for name in known}
    survey = _survey(posts, names)
    last = names.rules.level or survey.deepest(wanted)
    if last is None:
        return {post.path: _alone(post, wanted) for post in posts}
    usual = Levels(last if names.rules.level else min(last, _USUAL), last)
    same = wanted | {name for level in range(usual.first, last + 1) for name in survey.returning(level)}
    returning = {level: survey.returning(level) for level in list(survey.posts)}
    return {post.path: _own(post, usual, same, returning, names) for post in posts}


@dataclass(slots=True)
class _Survey:
    """links: level -> heading -> links below it. posts: level -> heading -> posts that have it. parents: level -> (heading,
    heading of the nearest level above) -> links. totals: post -> links."""

    links: dict[int, Counter[str]]
    posts: dict[int, dict[str, set[str]]]
    parents: dict[int, Counter[tuple[str, str]]]
    totals: Counter[str]

    def returning(self, level: int) -> set[str]:
        return {name for name, where in self.posts[level].items() if len(where) > 1}

    def deepest(self, wanted: Collection[str]) -> int | None:
        """The level to read sections from; None if no heading returns. wanted: known sections, which decide where they stand."""
        held = {level: sum(self.links[level][name] for name in self.returning(level)) for level in list(self.posts)}
        held = {level: links for level, links in held.items() if links}
        if not held:
            return None
        last = min(held, key=lambda level: (-held[level], level))
        for level in sorted(held):
            known = (self.returning(level) & set(wanted)) - self.returning(last)
            if level > last and (known or (2 * held[level] >= self._total(level) and self._under_one(level))):
                last = level
        return last

    def _total(self, level: int) -> int:
        """Links of the posts that use this level: an author may have taken it up years later."""
        using = set().union(*(self.posts[level][name] for name in self.returning(level)))
        return sum(self.totals[post] for post in using)

    def _under_one(self, level: int) -> bool:
        returning = self.returning(level)
        above: Counter[str] = Counter()
        for (name, parent), links in self.parents[level].items():
            if name in returning:
                above[parent] += links
        return bool(above) and 2 * max(above.values()) >= sum(above.values())


def _survey(posts: Sequence[Post], names: Names) -> _Survey:
    survey = _Survey(defaultdict(Counter), defaultdict(lambda: defaultdict(set)), defaultdict(Counter), Counter())
    for post in posts:
        for path, links in _trails(post, names):
            survey.totals[post.path] += links
            for level, name in path.items():
                survey.posts[level][name].add(post.path)
                survey.links[level][name] += links
                parent = max((upper for upper in path if upper < level), default=None)
                survey.parents[level][name, path[parent] if parent else ""] += links
    return survey


def _trails(post: Post, names: Names) -> Iterator[tuple[dict[int, str], int]]:
    """For each block (and heading) of a post: the open headings by level, and how many outbound links it has; without what stands
    below boilerplate."""
    trail: dict[int, str] = {}
    title = heading_key(post.title)
    aside: int | None = None
    for part in post.parts:
        if isinstance(part, Heading):
            key = heading_key(part.text)
            trail = {level: name for level, name in trail.items() if level < part.level}
            aside = None if aside is not None and part.level <= aside else aside
            if aside is None and names.why(part.text):
                aside = part.level
            if aside is None:
                if key != title:
                    trail[part.level] = key
                yield trail, 0
        elif aside is None:
            yield trail, sum(link.url in post.outbound for link in part.links)


def _alone(post: Post, known: Collection[str]) -> Levels:
    """A post with nothing to compare it to: by known names, else the usual level if it has it, else its shallowest."""
    title = heading_key(post.title)
    headings = [
        (part.level, key) for part in post.parts if isinstance(part, Heading) and (key := heading_key(part.text)) != title
    ]
    matching = Counter(level for level, key in headings if key in known)
    if matching:
        last = min(matching, key=lambda level: (-matching[level], level))
        return Levels(min(last, _USUAL), last)
    levels = {level for level, _ in headings}
    last = _USUAL if _USUAL in levels or not levels else min(levels)
    return Levels(min(last, _USUAL), last)


def _own(post: Post, usual: Levels, same: Collection[str], returning: Mapping[int, Collection[str]], names: Names) -> Levels:
    """The usual levels, unless more of the post's links stand below returning names on another level."""
    usually = 0
    held: Counter[int] = Counter()
    for trail, links in _trails(post, names):
        named = {level for level, name in trail.items() if name in same or name in returning.get(level, ())}
        usually += links if any(usual.first <= level <= usual.last for level in named) else 0
        held.update({level: links for level in named if links and not usual.first <= level <= usual.last})
    last = min(held, key=lambda level: (-held[level], level), default=usual.last)
    return Levels(last, last) if held[last] > usually else usual


def opens_section(part: Heading | Block, levels: Levels, title: str) -> bool:
    """The heading opens a section. title: of the post."""
    return (
        isinstance(part, Heading)
        and levels.first <= part.level <= levels.last
        and bool(part.text)
        and heading_key(part.text) != heading_key(title)
    )


def closes_section(part: Heading | Block, levels: Levels) -> bool:
    """The heading stands above all sections: what follows belongs to none."""
    return isinstance(part, Heading) and part.level < levels.first and levels.last != BOLD_HEADING

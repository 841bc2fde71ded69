"""Which posts are editions of the roundup, and why the others are none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from aggregator.archive.posts import Post
from aggregator.archive.roundup import alike, common_stem, counts_things, has_its_sections, returning_headings, stem
from aggregator.archive.rules import ReadingRules
from aggregator.records.archive import SkippedDocument
from aggregator.records.headings import heading_key

# A link of more posts than this (his profile, a sponsor) does not tell which of them a page repeats.
_MOST_POSTS = 50
_FEWEST_LINKS = 3
_NEARLY_ALL = 0.9


class Choice(NamedTuple):
    """editions: in the order of the posts. by: in words, what they were known by. stem: of their titles, None if they have none
    in common."""

    editions: list[Post]
    skipped: list[SkippedDocument]
    by: str
    stem: str | None


def choose(posts: Sequence[Post], title: str | None, rules: ReadingRules) -> Choice:
    """The editions among these posts. title: the roundup's pattern, None if it is not known. A document that the author named
    in `rules` is what he said."""
    skipped: list[SkippedDocument] = []
    posts = list(_without_copies(posts, skipped))
    said = {post.path: rules.verdict(post.path) for post in posts}
    ours = [post for post in posts if said[post.path] is not False]
    skipped += [
        SkippedDocument(post.path, "config.yaml says that it is no edition") for post in posts if said[post.path] is False
    ]
    if rules.editions:
        return Choice(ours, skipped, "config.yaml names them", common_stem(ours, title))
    shared = common_stem(ours, title)
    counting = shared == "" and _mostly_separated(ours)
    titled = {
        post.path
        for post in ours
        if shared is not None and alike(stem(post.title), shared) and not (counting and counts_things(post.title))
    }
    returning = returning_headings([post for post in ours if post.path in titled] if shared is not None else ours)
    collections = _collections(ours)
    editions: list[Post] = []
    for post in ours:
        reason = _reason(post, post.path in titled, shared, returning, collections)
        if reason is None:
            editions.append(post)
        else:
            skipped.append(SkippedDocument(post.path, reason))
    return Choice(editions, skipped, _words(len(titled), len(editions), shared), shared)


def _reason(post: Post, titled: bool, shared: str | None, returning: Collection[str], collections: Collection[str]) -> str | None:
    """Why a post is no edition; None if it is one."""
    if post.path in collections:
        return "it repeats other posts"
    if shared is not None and not titled and not has_its_sections(post, returning):
        return f"not the roundup: its title does not begin like {f'“{shared}”' if shared else 'a number alone'}"
    if post.exported and not titled and post.own_links > len(post.links):
        return "most of its links lead to its own site"
    return None


def _words(titled: int, editions: int, shared: str | None) -> str:
    if shared is None:
        return "every post with links, since no titles are alike"
    known = f"titles that begin like “{shared}”" if shared else "titles that begin with a number"
    return known if titled == editions else f"{known} ({titled}), and the same sections under other titles ({editions - titled})"


def _mostly_separated(posts: Iterable[Post]) -> bool:
    """Whether titles that begin with a number mostly end it with a colon or the like, so that "10 pens I like" is none."""
    numbered = [post.title for post in posts if stem(post.title) == ""]
    return 2 * sum(counts_things(title) for title in numbered) < len(numbered)


def _without_copies(posts: Sequence[Post], skipped: list[SkippedDocument]) -> Iterable[Post]:
    """The posts, but each of them once: what the author wrote before what was made of it."""
    written: dict[tuple[str, int], str] = {}
    first: dict[tuple[str, frozenset[str]], str] = {}
    copies: dict[str, str] = {}
    for post in sorted(posts, key=lambda one: one.exported):
        title = heading_key(post.title)
        content = (title, frozenset(post.links))
        # A generated page may have gained or lost a link on the way.
        source = written.get((title, post.number)) if post.exported and post.number is not None else None
        if earlier := source or first.get(content):
            copies[post.path] = earlier
            continue
        first[content] = post.path
        if not post.exported and post.number is not None:
            written.setdefault((title, post.number), post.path)
    for post in posts:
        if post.path in copies:
            skipped.append(SkippedDocument(post.path, f"the same post as {copies[post.path]}"))
        else:
            yield post


def _collections(posts: Sequence[Post]) -> frozenset[str]:
    """Index pages, tag pages, the year's best: posts that hold nearly all links of at least two others."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, post in enumerate(posts):
        for link in set(post.links):
            places[link].append(at)
    telling = {link for link, where in places.items() if len(where) <= _MOST_POSTS}
    size = [len(set(post.links) & telling) for post in posts]
    found = set()
    for at, post in enumerate(posts):
        if post.number is not None and not post.exported:
            continue
        shared = Counter(other for link in set(post.links) & telling for other in places[link] if other != at)
        repeated = [
            other
            for other, links in shared.items()
            if _FEWEST_LINKS <= size[other] < size[at] and links >= _NEARLY_ALL * size[other]
        ]
        if len(repeated) > 1:
            found.add(post.path)
    return frozenset(found)

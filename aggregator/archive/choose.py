"""Which posts are editions of the roundup, and why the others are none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from aggregator.archive.posts import Post, number_in
from aggregator.archive.roundup import alike, common_stem, counts_things, has_its_sections, of_another, returning_headings, stem
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
    skipped += [
        SkippedDocument(post.path, "config.yaml says that it is no edition", unpublished=True)
        for post in posts
        if said[post.path] is False
    ]
    posts = [post for post in posts if said[post.path] is not False]
    if rules.editions:
        return Choice(posts, skipped, "config.yaml, which names them", common_stem(posts, title))
    others = {post.path for post in posts if of_another(post.title, title, rules.others)}
    skipped += [
        SkippedDocument(post.path, "an edition of another roundup of yours", unpublished=True)
        for post in posts
        if post.path in others
    ]
    posts = [post for post in posts if post.path not in others]
    collections = _collections(posts)
    skipped += [SkippedDocument(post.path, "it repeats other posts") for post in posts if post.path in collections]
    posts = [post for post in posts if post.path not in collections]
    shared = common_stem(posts, title)
    titled = _titled(posts, shared)
    returning = returning_headings([post for post in posts if post.path in titled])
    editions: list[Post] = []
    for post in posts:
        reason = _reason(post, post.path in titled, shared, returning)
        if reason is None:
            editions.append(post)
        else:
            skipped.append(SkippedDocument(post.path, reason))
    by_title = sum(post.path in titled for post in editions)
    return Choice(editions, skipped, _words(by_title, len(editions) - by_title, shared), shared)


def _titled(posts: Sequence[Post], shared: str | None) -> frozenset[str]:
    """Paths of the posts whose titles begin as the roundup's do; of all without such a beginning."""
    if shared is None:
        return frozenset(post.path for post in posts)
    ours = [post for post in posts if alike(stem(post.title), shared) or _numbered_elsewhere(post, shared)]
    counting = [post for post in ours if counts_things(post.title)]
    # Where a number alone begins the titles, a colon or the like mostly ends it, and "10 pens I like" is none.
    if shared == "" and 2 * len(counting) < len(ours):
        ours = [post for post in ours if not counts_things(post.title)]
    return frozenset(post.path for post in ours)


def _numbered_elsewhere(post: Post, shared: str) -> bool:
    """ "Short Take, at last" in `short-take-13.md`: its title begins as the others do, and its number stands in its name."""
    begins = bool(shared) and stem(post.title).startswith(f"{shared} ")
    return begins and post.number not in (None, number_in(post.title))


def _reason(post: Post, titled: bool, shared: str | None, returning: Collection[str]) -> str | None:
    """Why a post is no edition; None if it is one."""
    if not titled and not has_its_sections(post, returning):
        return f"not the roundup: its title does not begin like {f'“{shared}”' if shared else 'a number alone'}"
    if post.exported and (shared is None or not titled or post.number is None) and post.own_links > len(post.links):
        return "most of its links lead to its own site"
    return None


def _words(titled: int, others: int, shared: str | None) -> str:
    if shared is None:
        return "their links alone, since no titles are alike"
    known = f"titles that begin like “{shared}”" if shared else "titles that begin with a number"
    return f"{known} ({titled}), and the same sections under other titles ({others})" if others else known


def _without_copies(posts: Sequence[Post], skipped: list[SkippedDocument]) -> Iterable[Post]:
    """The posts, but each of them once: what the author wrote before what was made of it."""
    written: dict[tuple[str, int], str] = {}
    first: dict[tuple[str, frozenset[str]], str] = {}
    copies: dict[str, str] = {}
    for post in sorted(posts, key=lambda one: one.exported):
        title = heading_key(post.title)
        content = (title, frozenset(post.outbound.values()))
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
    """Index pages, tag pages, the year's best: what holds two other posts whole, or without a number of its own hardly a link
    that no numbered post has. Markdown with a number is never taken for one."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    addresses = [set(post.outbound.values()) for post in posts]
    for at, linked in enumerate(addresses):
        for link in linked:
            places[link].append(at)
    telling = [{link for link in linked if len(places[link]) <= _MOST_POSTS} for linked in addresses]
    found = set()
    for at, post in enumerate(posts):
        if post.exported or post.number is None:
            shared = Counter(other for link in telling[at] for other in places[link] if other != at)
            if sum(links < len(telling[at]) and _is_most(links, telling[other]) for other, links in shared.items()) > 1:
                found.add(at)
    numbered = {at for at, post in enumerate(posts) if post.number is not None} - found
    for at, post in enumerate(posts):
        if post.number is None and _is_most(sum(not numbered.isdisjoint(places[link]) for link in telling[at]), telling[at]):
            found.add(at)
    return frozenset(posts[at].path for at in found)


def _is_most(links: int, of: Collection[str]) -> bool:
    return len(of) >= _FEWEST_LINKS and links >= _NEARLY_ALL * len(of)

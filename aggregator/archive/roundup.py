"""Which posts of a folder are editions of the roundup: by titles that are alike but for a number, or by the same sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from rapidfuzz import fuzz

from aggregator.archive.posts import Post
from aggregator.records.headings import heading_key
from aggregator.text.blocks import Heading

# Fewer posts than this with titles alike are an accident, unless they are half of all.
_FEWEST = 5
_ALIKE = 85
_CALENDAR = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b\.?",
    re.IGNORECASE,
)


def stem(title: str) -> str:
    """What stands before a title's first digit, without months, weekdays and punctuation, in lower case."""
    head = re.split(r"\d", title, maxsplit=1)[0]
    return " ".join(re.findall(r"[^\W_]+", _CALENDAR.sub(" ", head).casefold()))


def counts_things(title: str) -> bool:
    """ "10 pens I like": the number at its beginning belongs to the words behind it, and is no edition's."""
    return re.match(r"\s*\d+\s+[^\W\d]", title) is not None


def common_stem(posts: Sequence[Post], title: str | None = None) -> str | None:
    """The stem that the roundup's titles share; None if no titles are alike, so that every post with links is an edition.

    title: the roundup's pattern such as "Friday Links #{number}"; it decides unless other titles clearly outnumber it.
    """
    links: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for post in posts:
        key = stem(post.title)
        links[key] += len(post.links)
        number[key] += 1
    best = max(number, key=lambda key: (number[key] > 1, links[key]), default=None)
    if title is not None and "{name}" not in title:
        given = stem(title.replace("{number}", "1"))
        matching = sum(number[key] for key in number if alike(key, given))
        if given and matching and (best is None or 2 * matching >= number[best]):
            return given
    if best is None or number[best] < 2 or (number[best] < _FEWEST and 2 * number[best] < len(posts)):
        return None
    return best


def returning_headings(editions: Sequence[Post]) -> frozenset[str]:
    """Headings that stand in at least a quarter of the editions that have any, and in more than one, by their keys."""
    posts = [found for post in editions if (found := headings(post))]
    number = Counter(name for found in posts for name in found)
    return frozenset(name for name, times in number.items() if times > 1 and 4 * times >= len(posts))


def has_its_sections(post: Post, returning: Collection[str]) -> bool:
    """Whether a post under another title is an edition all the same (a headline for a title, a special number): at least two
    of its headings, and half of them, are the roundup's, and it links somewhere."""
    own = headings(post)
    shared = len(own & set(returning))
    return bool(post.outbound) and shared > 1 and 2 * shared >= len(own)


def headings(post: Post) -> set[str]:
    """Keys of a post's headings, its title aside."""
    return {key for part in post.parts if isinstance(part, Heading) and (key := heading_key(part.text))} - {
        heading_key(post.title)
    }


def alike(one: str, other: str) -> bool:
    """Whether two stems are the same roundup's: equal but for small changes of wording."""
    return one == other or (bool(one and other) and fuzz.ratio(one, other) >= _ALIKE)


def of_another(title: str, own: str | None, others: Sequence[str]) -> bool:
    """Whether a post's title begins as the titles of another roundup of his do, and less as this one's. own: this one's pattern,
    None if it is not known."""
    key, mine = stem(title), stem(own.replace("{number}", "1")) if own is not None else None
    likeness = fuzz.ratio(key, mine) if mine else 0.0
    return any(other != mine and alike(key, other) and fuzz.ratio(key, other) > likeness for other in map(stem, others))


def title_pattern(editions: Sequence[tuple[str, int | None]]) -> str:
    """The newest title (of titles and numbers, oldest first) with its number as `{number}`; "" if none has one."""
    for title, number in reversed(editions):
        if number is not None and (found := re.search(rf"(?<!\d)0*{number}(?!\d)", title)):
            head, tail = title[: found.start()], title[found.end() :]
            # A subtitle belongs to one number only; a bracket or a dot after the number belongs to all.
            return (
                (head + "{number}" + (tail if len(tail) <= 2 else ""))
                .replace("{number}", "\0", 1)
                .translate({ord("{"): "{{", ord("}"): "}}"})
                .replace("\0", "{number}")
            )
    return ""

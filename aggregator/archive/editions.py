"""A chosen post -> the edition: its sections, bullets and asides, the words before and after them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile

from aggregator.archive.boilerplate import Names, is_sponsored
from aggregator.archive.form import form_of
from aggregator.archive.posts import Post
from aggregator.archive.sections import Levels, closes_section, opens_section
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.headings import heading_key
from aggregator.text.blocks import BOLD_HEADING, Block, Heading, Kind

_DIGITS = re.compile(r"0*(\d*)(\D*)")


def edition_of(post: Post, levels: Levels, names: Names) -> PastEdition:
    """The edition that a post is, with its headings as it has them. names: headings whose links are asides."""
    sections: dict[str, None] = {}
    bullets: list[PastBullet] = []
    asides: list[PastBullet] = []
    told = {
        post.outbound[link.url] for part in post.blocks for link in part.links if not link.image and link.url in post.outbound
    }
    for part, section, aside in _placed(post, levels, names):
        if isinstance(part, Heading):
            if section is not None:
                sections.setdefault(section)
        elif links := _links(part, post.outbound, told):
            sponsored = aside is None and is_sponsored(part.text)
            bullet = PastBullet(None if sponsored else aside or section, part.text, links)
            (asides if aside or sponsored else bullets).append(bullet)
    body = post.front.body.split("\n")
    references = sum(one.reference for part in post.blocks for one in part.links)
    return PastEdition(
        path=post.path,
        content_hash=post.content_hash,
        title=post.title,
        number=post.number,
        published=post.published,
        sections=tuple(sections),
        bullets=tuple(bullets),
        tags=post.tags,
        intro=_source(body, _before(post, levels, names)) if sections else "",
        outro=_source(body, _after(post, levels, names)) if sections else "",
        style="reference" if 2 * references > sum(len(bullet.links) for bullet in bullets) else "inline",
        draft=post.draft,
        asides=tuple(asides),
        form=form_of(post.source) if post.source else None,
    )


def in_time(editions: list[PastEdition]) -> list[PastEdition]:
    """Oldest first: by date if all have one, else by number if all have one. Else by date too, but those without one come behind
    the edition whose path comes before theirs, numbers in it taken as numbers."""
    if all(one.published is not None for one in editions):
        return sorted(editions, key=lambda one: (one.published, one.number or 0, one.path))
    if all(one.number is not None for one in editions):
        return sorted(editions, key=lambda one: (one.number, one.path))
    named = sorted(editions, key=lambda one: [(len(digits), digits, rest) for digits, rest in _DIGITS.findall(one.path)])
    placed: list[tuple[date, PastEdition]] = []
    day = date.min
    for one in named:
        day = one.published or day
        placed.append((day, one))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def spellings(editions: Sequence[PastEdition]) -> dict[str, tuple[str, ...]]:
    """Key of a heading -> how it was written, the newest spelling first. editions: oldest first."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for edition in reversed(editions):
        for name in edition.sections:
            found[heading_key(name)].setdefault(name)
    return {key: tuple(names) for key, names in found.items()}


def with_newest_names(edition: PastEdition, written: Mapping[str, Sequence[str]], boilerplate: Collection[str]) -> PastEdition:
    """The edition with each section under its newest spelling, and the bullets of these headings, by their keys, as asides."""
    names = {name: written[heading_key(name)][0] for name in edition.sections}
    if not boilerplate and all(old == new for old, new in names.items()):
        return edition
    bullets: list[PastBullet] = []
    asides = list(edition.asides)
    for bullet in edition.bullets:
        named = bullet if bullet.section is None else replace(bullet, section=names[bullet.section])
        aside = bullet.section is not None and heading_key(bullet.section) in boilerplate
        (asides if aside else bullets).append(named)
    kept = dict.fromkeys(new for old, new in names.items() if heading_key(old) not in boilerplate)
    return replace(edition, sections=tuple(kept), bullets=tuple(bullets), asides=tuple(asides))


def _placed(post: Post, levels: Levels, names: Names) -> Iterator[tuple[Heading | Block, str | None, str | None]]:
    """Each part with the section that it stands in, and the boilerplate heading that it stands below. A heading is in the
    section that it opens, and in none otherwise."""
    section: str | None = None
    aside: Heading | None = None
    for part in post.parts:
        if not isinstance(part, Heading):
            yield part, section, aside.text if aside else None
            continue
        if aside and part.level <= aside.level:
            aside = None
        if aside is None and _is_boilerplate(part, levels, names):
            aside = part
            section = section if part.level > levels.last else None
            yield part, None, None
        elif aside is None and opens_section(part, levels, post.title):
            section = part.text
            yield part, section, None
        else:
            section = None if aside is None and closes_section(part, levels) else section
            yield part, None, None


def _is_boilerplate(part: Heading, levels: Levels, names: Names) -> bool:
    # A bold line among real headings says nothing of where what it opens ends.
    return (part.level != BOLD_HEADING or levels.last == BOLD_HEADING) and names.why(part.text) is not None


def _links(block: Block, outbound: Mapping[str, str], told: Collection[str]) -> tuple[PastLink, ...]:
    """A block's outbound links; a picture that repeats a link of the post (`told`) is none of its own."""
    return tuple(
        PastLink(link.url, address, link.text)
        for link in block.links
        if (address := outbound.get(link.url)) is not None and not (link.image and address in told)
    )


def _before(post: Post, levels: Levels, names: Names) -> list[Heading | Block]:
    """What stands above the first section or boilerplate, its title aside."""
    above = takewhile(
        lambda part: (
            not (opens_section(part, levels, post.title) or (isinstance(part, Heading) and _is_boilerplate(part, levels, names)))
        ),
        post.parts,
    )
    return [part for part in above if isinstance(part, Block)]


def _after(post: Post, levels: Levels, names: Names) -> list[Heading | Block]:
    """The closing words: paragraphs after the last bullet of the last section, or after its first paragraph where it has no
    bullets (it says that there is nothing this time). One of them may hold a link; several are content. None where boilerplate
    follows the last section."""
    last = max((at for at, part in enumerate(post.parts) if opens_section(part, levels, post.title)), default=len(post.parts))
    blocks = post.parts[last + 1 :]
    if any(isinstance(part, Heading) and _is_boilerplate(part, levels, names) for part in post.parts[last:]):
        return []
    is_item = [isinstance(part, Block) and part.kind in (Kind.BULLET, Kind.ROW) for part in blocks]
    closing = blocks[len(is_item) - is_item[::-1].index(True) :] if True in is_item else blocks[1:]
    linked = [at for at, part in enumerate(closing) if isinstance(part, Block) and part.links]
    return list(closing if len(linked) < 2 else closing[linked[-1] + 1 :])


def _source(lines: Sequence[str], parts: Sequence[Heading | Block]) -> str:
    """The Markdown of consecutive parts as written."""
    return "\n".join(lines[parts[0].lines[0] : parts[-1].lines[1]]).strip() if parts else ""

"""The open edition's bullets: those that the author made, and one for each candidate that he kept and did nothing more with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from aggregator.errors import Refused
from aggregator.records.candidates import Candidate, State
from aggregator.records.drafts import Bullet, BulletLink, Piece, PieceKind
from aggregator.text.placing import MOST, defined, renumber

# Seconds between ranks: anew, and at the end, where what he keeps next must come later.
_APART, _CLOSE = 1.0, 0.001


def bullets(candidates: Iterable[Candidate], pieces: Iterable[Piece]) -> list[Bullet]:
    """All bullets, by rank. candidates: of the open edition; pieces: `LedgerStore.pieces`.

    A made bullet shows the links that are still kept, and is passed over while it has none of its links left (they are dropped
    or held; keeping one brings it back). A kept candidate in no made bullet is a bullet of its own, in the order in which he
    decided, with what he said with his verdict as its words, else the note that he added it with.
    """
    kept = {one.id: one for one in candidates if one.standing.state is State.KEPT}
    found: list[Bullet] = []
    taken: set[int] = set()
    for piece in pieces:
        if piece.kind is not PieceKind.BULLET:
            continue
        links = tuple(
            BulletLink(number, kept[id_]) for number, id_ in enumerate(piece.links, 1) if id_ in kept and id_ not in taken
        )
        taken.update(link.candidate.id for link in links)
        if links or not piece.links:
            found.append(_made(piece, links))
    found += [_kept(one) for one in kept.values() if one.id not in taken]
    return _ranked(found)


def with_remarks(found: Iterable[Bullet], pieces: Iterable[Piece]) -> list[Bullet]:
    """Bullets and the paragraphs among them, by rank."""
    remarks = (one for one in pieces if one.kind is PieceKind.REMARK)
    return _ranked([*found, *(Bullet(f"r{one.piece_id}", one, one.section, one.rank, one.text, ()) for one in remarks)])


def asleep(found: Iterable[Bullet], pieces: Iterable[Piece]) -> list[Piece]:
    """Bullets with words that `bullets` (found) passes over, since none of their links is kept. Keeping one brings them back."""
    there = {one.piece.piece_id for one in found if one.piece is not None}
    mine = (one for one in pieces if one.kind is PieceKind.BULLET and one.text.strip() and one.links)
    return [one for one in mine if one.piece_id not in there]


def _ranked(found: Iterable[Bullet]) -> list[Bullet]:
    # What was kept at one stroke ranks equal; its first words must not move it.
    return sorted(found, key=lambda one: (one.rank, members(one), one.key))


def by_section(found: Sequence[Bullet], sections: Sequence[str]) -> dict[str | None, list[Bullet]]:
    """Bullets under each of the author's sections, in his order, empty ones included; other names follow, None (in no section)
    comes last and only if there is one."""
    parts: dict[str | None, list[Bullet]] = {name: [] for name in sections}
    for bullet in found:
        if bullet.section is not None:
            parts.setdefault(bullet.section, []).append(bullet)
    if homeless := [bullet for bullet in found if bullet.section is None]:
        parts[None] = homeless
    return parts


def find(found: Sequence[Bullet], key: str) -> Bullet | None:
    """The bullet of this key. A candidate's, `c12` or `12`, finds the bullet that its link stands in now."""
    for one in found:
        if one.key == key:
            return one
    number = key.removeprefix("c")
    if not (number.isascii() and number.isdigit()):
        return None
    return next((one for one in found if any(str(link.candidate.id) == number for link in one.links)), None)


def state_of(bullet: Bullet) -> int:
    """What a later change is based on: differs once he says anything else in the bullet; 0 while nothing was said."""
    return bullet.piece.id if bullet.piece else 0


def members(bullet: Bullet) -> tuple[int, ...]:
    """Its candidates in the order of their numbers, those included that are not kept at present."""
    return bullet.piece.links if bullet.piece else tuple(link.candidate.id for link in bullet.links)


def joined(those: Sequence[Bullet]) -> tuple[tuple[int, ...], str]:
    """Links and words of several bullets as one: the texts below each other, their places under the new numbers. Raises Refused
    where a text cannot take the new numbers."""
    links = list(dict.fromkeys(id_ for one in those for id_ in members(one)))
    if len(links) > MOST:
        raise Refused(f"a bullet has room for {MOST} links, and these are {len(links)}")
    texts = []
    for one in those:
        if own := [number for number in defined(one.text) if number <= len(links)]:
            raise Refused(
                f"a bullet has a reference [{own[0]}] of its own, which is a link's number where bullets are joined",
                advice="Call that reference by a word, then group them.",
            )
        mine = members(one)
        texts.append(renumber(one.text, len(mine), {number: links.index(id_) + 1 for number, id_ in enumerate(mine, 1)}))
    return tuple(links), "\n\n".join(text for text in texts if text.strip())


def arranged(bullet: Bullet, ids: Sequence[int]) -> tuple[tuple[int, ...], str]:
    """Links and words of a bullet that has these of its candidates, in this order: the text's places follow, and what stood in
    the place of another stays as plain words."""
    mine = members(bullet)
    numbers = {number: ids.index(id_) + 1 for number, id_ in enumerate(mine, 1) if id_ in ids}
    return tuple(ids), renumber(bullet.text, len(mine), numbers)


def ranked(others: Sequence[Bullet], at: int, count: int, now: float) -> tuple[list[float], dict[str, float]]:
    """Ranks for `count` bullets that come to stand, one below the other, at `at` among the others of a section; and new ranks
    for those, by key, where they leave no room. now: seconds since the epoch; what he keeps later comes later."""
    before = others[at - 1].rank if at else None
    after = others[at].rank if at < len(others) else None
    if after is None:
        start = now if before is None else max(before, now - _CLOSE * count)
        return [start + _CLOSE * place for place in range(1, count + 1)], {}
    start = after - _APART * (count + 1) if before is None else before
    ranks = [start + (after - start) * place / (count + 1) for place in range(1, count + 1)]
    if all(one < other for one, other in pairwise([start, *ranks, after])):
        return ranks, {}
    total = len(others) + count
    anew = [now - _APART * (total - place) for place in range(total)]
    ranks, left = anew[at : at + count], anew[:at] + anew[at + count :]
    return ranks, {one.key: rank for one, rank in zip(others, left, strict=True)}


def _made(piece: Piece, links: tuple[BulletLink, ...]) -> Bullet:
    section = piece.section or next((one.candidate.likely_section for one in links if one.candidate.likely_section), None)
    return Bullet(f"b{piece.piece_id}", piece, section, piece.rank, piece.text, links, piece.via, piece.thanks)


def _kept(candidate: Candidate) -> Bullet:
    at = candidate.standing.decided_at or candidate.first_seen
    return Bullet(
        key=f"c{candidate.id}",
        piece=None,
        section=candidate.likely_section,
        rank=at.timestamp(),
        text=candidate.standing.comment or candidate.note or "",
        links=(BulletLink(1, candidate),),
        via=candidate.via,
        thanks=candidate.thanks,
    )

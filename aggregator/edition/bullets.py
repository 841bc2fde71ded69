"""The open edition's bullets: those that the author made, and one for each candidate that he kept and did nothing more with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.records.candidates import Candidate, State
from aggregator.records.drafts import Bullet, BulletLink, Piece, PieceKind


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
    return sorted(found, key=lambda one: (one.rank, one.key))


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


def between(before: float | None, after: float | None) -> float | None:
    """A rank between two neighbours (None = no neighbour); None where they stand too close, and all must be ranked anew."""
    if before is None and after is None:
        return 0.0
    if before is None or after is None:
        # At the ends there is room for ever: ranks begin as seconds.
        return (after or 0.0) - 60.0 if before is None else before + 60.0
    rank = (before + after) / 2
    return rank if before < rank < after else None


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

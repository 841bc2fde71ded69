"""What a merged draft changes at the desk: verdicts on candidates, and states of pieces. Pure.

A bullet that he deleted, and a link that he deleted from one, is not for this edition: its candidate is held for the next, and
the words stay with the bullet, which comes back with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.draft.compose import TODO, credit_of
from aggregator.draft.said import Part, Said
from aggregator.records.candidates import Action, Hold, HoldKind, NewVerdict, State
from aggregator.records.drafts import Bullet, NewPiece, Piece, PieceKind
from aggregator.text.markdown import escape
from aggregator.text.placing import MOST, fill, places, renumber

_APART = 0.001
_AROUND = (PieceKind.HEAD, PieceKind.INTRO, PieceKind.OUTRO)
_ONLY_LINKS = re.compile(rf"{TODO}(?:[ ]\[(?:[^\[\]\\]|\\.)*\]\[\d+\],?)*")


@dataclass(frozen=True, slots=True)
class Desk:
    """The open edition before the merge. candidates: key of an address -> candidate, new ones included; states: of all that a
    draft may link to. known: the sections of the settings."""

    bullets: Mapping[str, Bullet]
    pieces: Sequence[Piece]
    candidates: Mapping[str, int]
    states: Mapping[int, State]
    known: Collection[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """One gesture."""

    verdicts: tuple[NewVerdict, ...]
    pieces: tuple[NewPiece, ...]


def changes(merged: Said, before: Said, desk: Desk, now: datetime, batch: str) -> Changes:
    """What turns the desk as it says `before` into `merged`; nothing for what is the same."""
    return _Changes(merged, before, desk, now, batch).made()


class _Changes:
    def __init__(self, merged: Said, before: Said, desk: Desk, now: datetime, batch: str) -> None:
        self._merged, self._desk, self._now, self._batch = merged, desk, now, batch
        self._before = {part.key: (name, part) for name, parts in before.sections.items() for part in parts if part.key}
        self._said_before = before
        self._remarks = {f"r{one.piece_id}": one for one in desk.pieces if one.kind is PieceKind.REMARK}
        # Bullets that nothing shows: what they link to was dropped or held.
        self._asleep = [
            one for one in desk.pieces if one.kind is PieceKind.BULLET and one.links and f"b{one.piece_id}" not in desk.bullets
        ]
        self._holders = self._held_by()
        self._verdicts: list[NewVerdict] = []
        self._pieces: list[NewPiece] = []

    def made(self) -> Changes:
        for name, parts in self._merged.sections.items():
            ranks = self._ranks(name, parts)
            for part, rank in zip(parts, ranks, strict=True):
                (self._bullet if part.bullet else self._remark)(name, part, rank)
        self._deleted()
        self._around()
        return Changes(tuple(self._verdicts), tuple(self._pieces))

    def _held_by(self) -> dict[int, int]:
        """Candidate -> the part (by its id) whose link it is: that of its bullet if this still has it, else the first."""
        holders: dict[int, int] = {}
        for mine in (True, False):
            for part in self._merged.parts:
                bullet = self._desk.bullets.get(part.key or "")
                own = {link.candidate.id for link in bullet.links} if bullet else set()
                for key in part.links:
                    id_ = self._desk.candidates.get(key)
                    if id_ is not None and (id_ in own or not mine):
                        holders.setdefault(id_, id(part))
        return holders

    def _bullet(self, name: str | None, part: Part, rank: float | None) -> None:
        old = self._desk.bullets.get(part.key or "")
        was = self._before.get(part.key or "")
        links, text = self._links(part, old)
        moved = was is not None and was[0] != name
        if old is not None and was is not None and was[1] == part:
            links, text = _members(old), old.text
            self._file(old, name, moved=moved)
            if rank is None and not moved:
                return
            self._pieces.append(self._piece(old, name, rank, text, links, (old.via, old.thanks)))
            return
        credit = credit_of(old) if old else ""
        ends = bool(credit) and text.endswith(credit)
        names = (old.via, old.thanks) if old and ends else (None, None)
        text = text.removesuffix(credit).rstrip() if ends else text
        if _ONLY_LINKS.fullmatch(text) and _calls_as_the_desk(text, old):
            text = ""
        for id_ in links:
            if self._desk.states.get(id_) is not State.KEPT:
                self._say(id_, Action.KEEP, name)
        if old is not None:
            self._file(old, name, moved=moved)
        piece = self._piece(old, name, rank, text, links, names)
        self._pieces.append(replace(piece, piece_id=self._awake(links, piece.piece_id)))

    def _awake(self, links: Collection[int], piece_id: int | None) -> int | None:
        """The bullet that these links go to: this one, else a sleeping one that had them, None for a new one. Others that sleep
        lose them to it."""
        mine = [one for one in self._asleep if set(links).intersection(one.links)]
        if piece_id is None and mine:
            piece_id = mine.pop(0).piece_id
        for one in mine:
            self._lose(one, links)
        self._asleep = [one for one in self._asleep if one not in mine and one.piece_id != piece_id]
        return piece_id

    def _lose(self, one: Piece, links: Collection[int]) -> None:
        """A bullet without these links; it goes with the last of them."""
        left = tuple(id_ for id_ in one.links if id_ not in links)
        numbers = {number: left.index(id_) + 1 for number, id_ in enumerate(one.links, 1) if id_ in left}
        text = renumber(one.text, len(one.links), numbers)
        self._pieces.append(replace(one.again(self._now, self._batch), links=left, text=text, gone=not left))

    def _links(self, part: Part, old: Bullet | None) -> tuple[tuple[int, ...], str]:
        """A bullet's candidates and its text with places for them; what is another bullet's is linked as he wrote it."""
        ids = [self._desk.candidates.get(key) for key in part.links]
        mine = [at for at, id_ in enumerate(ids, 1) if id_ is not None and self._holders.get(id_) == id(part)]
        links = list(dict.fromkeys(ids[at - 1] for at in mine))
        numbers = {at: links.index(ids[at - 1]) + 1 for at in mine}
        text = fill(
            part.text,
            len(ids),
            lambda words, at: f"[{words}][{numbers[at]}]" if at in numbers else f"[{words}]({part.addresses[at - 1]})",
        )
        pageless = [link.candidate.id for link in old.links if link.candidate.url is None] if old else []
        return (*(id_ for id_ in links if id_ is not None), *pageless), text

    def _file(self, bullet: Bullet, name: str | None, *, moved: bool) -> None:
        if moved and name in self._desk.known:
            for link in bullet.links:
                self._say(link.candidate.id, Action.MOVE, name)

    def _say(self, id_: int, action: Action, section: str | None) -> None:
        where = section if section in self._desk.known else None
        self._verdicts.append(NewVerdict(id_, action, self._now, self._batch, where))

    def _piece(
        self,
        old: Bullet | None,
        name: str | None,
        rank: float | None,
        text: str,
        links: tuple[int, ...],
        names: tuple[str | None, str | None],
    ) -> NewPiece:
        place = rank if rank is not None else old.rank if old else self._now.timestamp()
        number = old.piece.piece_id if old and old.piece else None
        return NewPiece(number, PieceKind.BULLET, self._now, self._batch, name, place, text, links, names[0], names[1])

    def _remark(self, name: str | None, part: Part, rank: float | None) -> None:
        was = self._before.get(part.key or "")
        old = self._remarks.get(part.key or "")
        if part.key == "":
            generated = any(one == part for one in self._said_before.sections.get(name, ()) if one.key == "")
            if generated and len(self._merged.sections[name]) == 1:
                return
        elif old is not None and was is not None and was == (name, part) and rank is None:
            return
        place = rank if rank is not None else old.rank if old else 0.0
        number = old.piece_id if old else None
        self._pieces.append(NewPiece(number, PieceKind.REMARK, self._now, self._batch, name, place, part.text))

    def _deleted(self) -> None:
        held = set(self._holders)
        standing = {part.key for part in self._merged.parts}
        for key, bullet in self._desk.bullets.items():
            if key not in self._before:
                continue  # the draft does not show it
            for link in bullet.links:
                pageless = link.candidate.url is None
                if link.candidate.id not in held and (key not in standing or not pageless):
                    hold = Hold(HoldKind.NEXT)
                    self._verdicts.append(NewVerdict(link.candidate.id, Action.HOLD, self._now, self._batch, hold=hold))
            if key not in standing and bullet.piece and (not bullet.links or held.intersection(bullet.piece.links)):
                self._lose(bullet.piece, held)
        for key, remark in self._remarks.items():
            if key in self._before and key not in standing:
                self._pieces.append(replace(remark.again(self._now, self._batch), gone=True))
        silent = {one.section for one in self._remarks.values() if not one.text}
        for name, parts in self._merged.sections.items():
            if not parts and self._said_before.sections.get(name) and name not in silent:
                # He left nothing below the heading, not even why.
                self._pieces.append(NewPiece(None, PieceKind.REMARK, self._now, self._batch, name, 0.0))

    def _around(self) -> None:
        for kind in _AROUND:
            text, before = getattr(self._merged, kind.value), getattr(self._said_before, kind.value)
            if text == before:
                continue
            old = next((one for one in self._desk.pieces if one.kind is kind), None)
            number = old.piece_id if old else None
            self._pieces.append(NewPiece(number, kind, self._now, self._batch, None, 0.0, text))
            if kind is PieceKind.OUTRO:
                self._taken_over()

    def _taken_over(self) -> None:
        """Remarks whose words are part of the outro now."""
        standing = {part.key: part for part in self._merged.parts}
        for key in self._merged.in_outro:
            if remark := self._remarks.get(key):
                left = standing[key].text if key in standing else ""
                self._pieces.append(replace(remark.again(self._now, self._batch), text=left, gone=not left))

    def _ranks(self, name: str | None, parts: Sequence[Part]) -> list[float | None]:
        """The rank that each part needs; None for one that keeps its own."""
        own = [self._own_rank(name, part) for part in parts]
        keep = _rising(own)
        now = self._now.timestamp()
        ranks: list[float | None] = [None] * len(parts)
        at = 0
        while at < len(parts):
            if at in keep:
                at += 1
                continue
            end = next((index for index in range(at, len(parts)) if index in keep), len(parts))
            low = own[at - 1] if at else None
            for index, rank in zip(
                range(at, end), _spread(low, own[end] if end < len(parts) else None, end - at, now), strict=True
            ):
                ranks[index] = rank
            at = end
        return ranks

    def _own_rank(self, name: str | None, part: Part) -> float | None:
        was = self._before.get(part.key or "")
        if was is None or was[0] != name:
            return None
        one = self._desk.bullets.get(part.key or "") or self._remarks.get(part.key or "")
        return one.rank if one else None


def _calls_as_the_desk(text: str, old: Bullet | None) -> bool:
    """Whether no link in these words is called otherwise than the desk calls it; what is new is called by them."""
    titles = {escape(link.candidate.title) for link in old.links} if old else set()
    return old is None or all(one.words in titles for one in places(text, MOST))


def _members(bullet: Bullet) -> tuple[int, ...]:
    return bullet.piece.links if bullet.piece else tuple(link.candidate.id for link in bullet.links)


def _spread(low: float | None, high: float | None, count: int, now: float) -> Iterator[float]:
    """Ranks between two neighbours, None where there is none; at the end what he keeps later must come later still."""
    if high is None:
        low = low if low is not None else now - count - 1
        high = now if low < now else low + _APART * (count + 1)
    elif low is None:
        low = high - count - 1
    step = (high - low) / (count + 1)
    return (low + step * (at + 1) for at in range(count))


def _rising(ranks: Sequence[float | None]) -> set[int]:
    """Indexes of a longest run of ranks that rises (the first one)."""
    best: list[int] = []
    runs: list[list[int]] = []
    known = [(at, rank) for at, rank in enumerate(ranks) if rank is not None]
    for index, (at, rank) in enumerate(known):
        longest: list[int] = []
        for other in range(index):
            if known[other][1] < rank and len(runs[other]) > len(longest):
                longest = runs[other]
        runs.append([*longest, at])
        best = runs[-1] if len(runs[-1]) > len(best) else best
    return set(best)

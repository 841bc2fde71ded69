"""The author's verbs on bullets and the paragraphs between them: group, write, move; each is one gesture, undone as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.desk.anew import anew
from aggregator.desk.decide import gesture, known_section
from aggregator.desk.edition import chosen, open_edition
from aggregator.desk.typed import take_links
from aggregator.edition import bullets as made
from aggregator.edition.bullets import members, state_of
from aggregator.edition.examples import verdict_label
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.ports import Stores
from aggregator.records.candidates import Action, Candidate, NewVerdict, State
from aggregator.records.drafts import Bullet, NewPiece, PieceKind
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.hygiene import clean_line

WRITING = timedelta(minutes=10)
"""What he saves of one bullet within this time of its first save is one gesture: a draft saves itself while he types."""
_WRITE = "write"


def shown(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Bullet]:
    """The open edition's bullets, by rank."""
    open_edition(stores, roundup, plan)
    return made.bullets(stores.ledger.kept(roundup.id), stores.ledger.pieces(roundup.id))


def everything(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Bullet]:
    """As `shown`, with the paragraphs among the bullets."""
    return made.with_remarks(shown(stores, roundup, plan), stores.ledger.pieces(roundup.id))


def find(found: Sequence[Bullet], key: str) -> Bullet:
    """The bullet of this key, or with this candidate's number in it. Raises NotFound."""
    bullet = made.find(found, key)
    if bullet is None:
        raise NotFound(
            f"there is no bullet {key}", advice="It may have been dropped or grouped; `aggregator bullets` lists them."
        )
    return bullet


@anew
def group(stores: Stores, roundup: Roundup, plan: RoundupSettings, ids: Sequence[int], into: str | None = None) -> Bullet:
    """Makes one bullet of these candidates and of the bullets that they stand in, or stood in before he dropped or held them, and
    keeps what is not kept yet. Words come below each other; section and place are those of the first, or of the bullet `into`.
    What was filed elsewhere moves there.

    Raises UsageError for fewer than two, NotFound, Refused.
    """
    desk = _Gesture(stores, roundup, plan, "group")
    those = chosen(stores, roundup, ids)
    loose = [one for one in those if one.standing.state is not State.KEPT]
    # As if they were kept already: a bullet that waits for one of them comes back with it, words and all.
    kept_then = [replace(one, standing=replace(one.standing, state=State.KEPT)) for one in loose]
    found = made.bullets([*stores.ledger.kept(roundup.id), *kept_then], stores.ledger.pieces(roundup.id))
    target = find(found, into) if into is not None else None
    new = {f"c{one.id}" for one in loose}
    standing = [*([target] if target else []), *(find(found, f"c{candidate.id}") for candidate in those)]
    whole = list({one.key: one for one in standing if one.key not in new}.values())
    every = [*whole, *(one for one in standing if one.key in new)]
    links, text = made.joined(every)
    if len(links) < 2:
        raise UsageError("a group takes two links or more", advice="Name two candidates.")
    if len(whole) == 1 and not loose:
        return whole[0]
    first = whole[0] if whole and (target or not loose or those[0].id not in {one.id for one in loose}) else None
    section = first.section if first else those[0].likely_section
    kept = [link.candidate for one in whole for link in one.links]
    verdicts = [NewVerdict(one.id, Action.KEEP, desk.now, desk.batch, _if_elsewhere(one, section)) for one in loose]
    verdicts += [NewVerdict(one.id, Action.MOVE, desk.now, desk.batch, section) for one in kept if _if_elsewhere(one, section)]
    base = next((one for one in whole if one.piece is not None), None)
    rank = first.rank if first else desk.now.timestamp()
    via, thanks = _credits(every)
    joined = NewPiece(
        base.piece.piece_id if base is not None and base.piece is not None else None,
        PieceKind.BULLET, desk.now, desk.batch, section, rank, text, links, via, thanks,
    )  # fmt: skip
    gone = [replace(one.piece.again(desk.now, desk.batch), gone=True) for one in whole if one.piece and one is not base]
    return desk.say(verdicts, [joined, *gone])


@anew
def ungroup(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, key: str, ids: Collection[int] | None = None
) -> list[Bullet]:
    """Takes links out of a bullet (all but its first without `ids`); each becomes a bullet without words below it. The words
    stay with the bullet; what stood in the place of a link becomes plain. Returns the bullet and the new ones, in order.

    Raises NotFound, UsageError for a link that is not in it or for the only one.
    """
    desk = _Gesture(stores, roundup, plan, "ungroup")
    found = everything(stores, roundup, plan)
    bullet = find(found, key)
    mine = [one.candidate.id for one in bullet.links]
    out = [id_ for id_ in mine if id_ in ids] if ids is not None else mine[1:]
    if ids is not None and (strange := sorted(set(ids) - set(mine))):
        raise UsageError(f"candidate {strange[0]} is not in that bullet")
    if not out or len(mine) == 1:
        raise UsageError("that bullet has one link only", advice="There is nothing to take apart.")
    links, text = made.arranged(bullet, [id_ for id_ in members(bullet) if id_ not in out])
    same = [one for one in found if one.section == bullet.section]
    ranks, anew = made.ranked(same, same.index(bullet) + 1, len(out), desk.now.timestamp())
    pieces = [replace(desk.piece(bullet), links=links, text=text, rank=anew.pop(bullet.key, bullet.rank))]
    pieces += [
        NewPiece(None, PieceKind.BULLET, desk.now, desk.batch, bullet.section, rank, "", (id_,))
        for id_, rank in zip(out, ranks, strict=True)
    ]
    desk.say([], [*pieces, *desk.reranked(same, anew)])
    again = shown(stores, roundup, plan)
    return [find(again, f"c{id_}") for id_ in [*(one for one in mine if one not in out)][:1] + out]


@anew
def write(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    key: str,
    text: str | None = None,
    *,
    via: str | None = None,
    thanks: str | None = None,
    based_on: int | None = None,
    typed: bool = True,
) -> Bullet:
    """Says what a bullet says from now on; what is None stays, an empty via or thanks is taken away. text: his Markdown, kept
    byte for byte but that a link which he typed becomes a place for the candidate there (`typed.take_links`; not with `typed`
    off, while he is still at it). based_on: the state (`edition.bullets.state_of`) that he began from.

    What he saves of one bullet within `WRITING` is one gesture. Raises NotFound, and Refused where the bullet says something
    else by now than it did when he began.
    """
    desk = _Gesture(stores, roundup, plan, _WRITE)
    found = everything(stores, roundup, plan)
    bullet = find(found, key)
    if based_on is not None and based_on != state_of(bullet):
        raise Refused(
            "this bullet was changed elsewhere meanwhile", permanent=False, advice="Nothing is lost: see both, and save one."
        )
    said = bullet.text if text is None else text
    typed = typed and not bullet.is_remark  # which has no links of its own: what he types in it stays as it is
    taken = take_links(stores, roundup, plan, bullet, [one for one in found if one is not bullet], said) if typed else None
    links = members(bullet) if taken is None else tuple(taken.links)
    said = said if taken is None else taken.text
    left = taken.left if taken else []
    names = _credits([replace(bullet, via=_name(bullet.via, via), thanks=_name(bullet.thanks, thanks)), *left])
    if (said, links, names) == (bullet.text, members(bullet), (bullet.via, bullet.thanks)):
        return bullet
    desk.go_on(bullet)
    verdicts = [NewVerdict(id_, Action.KEEP, desk.now, desk.batch, bullet.section) for id_ in (taken.keep if taken else ())]
    gone = [replace(one.piece.again(desk.now, desk.batch), gone=True) for one in left if one.piece]
    return desk.say(verdicts, [replace(desk.piece(bullet), text=said, links=links, via=names[0], thanks=names[1]), *gone])


@anew
def arrange(stores: Stores, roundup: Roundup, plan: RoundupSettings, key: str, ids: Sequence[int]) -> Bullet:
    """Numbers a bullet's links in this order; those not named follow in theirs. Raises NotFound, UsageError."""
    desk = _Gesture(stores, roundup, plan, "arrange")
    bullet = find(shown(stores, roundup, plan), key)
    if strange := [id_ for id_ in ids if id_ not in members(bullet)]:
        raise UsageError(f"candidate {strange[0]} is not in that bullet")
    links, text = made.arranged(bullet, list(dict.fromkeys([*ids, *members(bullet)])))
    if links == members(bullet):
        return bullet
    return desk.say([], [replace(desk.piece(bullet), links=links, text=text)])


@anew
def place(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, key: str, section: str | None = None, before: str | None = None
) -> Bullet:
    """Moves a bullet to a section (its own without one), before another bullet of it (to the end without one). All its
    candidates are filed there with it. Raises NotFound, UsageError."""
    desk = _Gesture(stores, roundup, plan, "place")
    found = everything(stores, roundup, plan)
    bullet = find(found, key)
    target = find(found, before) if before is not None else None
    where = known_section(plan, section) if section is not None else (target or bullet).section
    if target is not None and target.section != where:
        raise UsageError(f"that bullet stands in {target.section or 'no section'}, not in {where}")
    same = [one for one in found if one.section == where]
    others = [one for one in same if one.key != bullet.key]
    at = others.index(target) if target is not None and target is not bullet else len(others)
    if target is bullet or (where == bullet.section and same.index(bullet) == at):
        return bullet
    (rank,), anew = made.ranked(others, at, 1, desk.now.timestamp())
    verdicts = []
    if where != bullet.section:
        verdicts = [NewVerdict(one.candidate.id, Action.MOVE, desk.now, desk.batch, where) for one in bullet.links]
    return desk.say(verdicts, [replace(desk.piece(bullet), section=where, rank=rank), *desk.reranked(others, anew)])


@anew
def words(stores: Stores, roundup: Roundup, plan: RoundupSettings, section: str, text: str, *, bullet: bool = True) -> Bullet:
    """A bullet of his words alone, or a paragraph that is none, at the end of a section. Raises UsageError."""
    where = known_section(plan, section)
    if not text.strip():
        raise UsageError("what has no links needs words")
    desk = _Gesture(stores, roundup, plan, "words")
    kind = PieceKind.BULLET if bullet else PieceKind.REMARK
    return desk.say([], [NewPiece(None, kind, desk.now, desk.batch, where, desk.now.timestamp(), text)])


@anew
def remove(stores: Stores, roundup: Roundup, plan: RoundupSettings, key: str) -> Bullet:
    """Takes a bullet out of the edition: its candidates are dropped, and its words wait in case one is kept again; words alone
    go. Returns it as it was. Raises NotFound."""
    desk = _Gesture(stores, roundup, plan, "remove")
    bullet = find(everything(stores, roundup, plan), key)
    desk.append(
        [NewVerdict(one.candidate.id, Action.DROP, desk.now, desk.batch) for one in bullet.links],
        [] if bullet.links else [replace(desk.piece(bullet), gone=True)],
    )
    return bullet


@anew
def around(stores: Stores, roundup: Roundup, plan: RoundupSettings, kind: PieceKind, text: str | None) -> None:
    """What stands before the first or after the last section (kind: INTRO, OUTRO); an empty text says that nothing does, None
    leaves it to what usually stands there."""
    desk = _Gesture(stores, roundup, plan, _WRITE)
    old = next((one for one in stores.ledger.pieces(roundup.id) if one.kind is kind), None)
    if (old.text if old else None) == text:
        return
    new = NewPiece(None, kind, desk.now, desk.batch, None, 0.0) if old is None else old.again(desk.now, desk.batch)
    desk.append([], [replace(new, gone=True) if text is None else replace(new, text=text)])


def _if_elsewhere(candidate: Candidate, section: str | None) -> str | None:
    return section if section != candidate.likely_section else None


def _credits(those: Sequence[Bullet]) -> tuple[str | None, str | None]:
    """Who pointed to these, and whom he thanks, each once."""
    vias, thanks = ([name for one in those if (name := getattr(one, said))] for said in ("via", "thanks"))
    return ", ".join(dict.fromkeys(vias)) or None, ", ".join(dict.fromkeys(thanks)) or None


def _name(old: str | None, new: str | None) -> str | None:
    return old if new is None else clean_line(new, 200) or None


class _Gesture:
    """One gesture: verdicts and pieces under one name, and what the verdicts teach. Begun before anything is read that it
    changes: it is refused if something else was said since."""

    def __init__(self, stores: Stores, roundup: Roundup, plan: RoundupSettings, word: str) -> None:
        self._all = (stores, roundup, plan)
        self._edition = open_edition(stores, roundup, plan)
        self._after = stores.ledger.last_said(self._edition.id)
        self.now = stores.clock.now()
        self.batch = gesture(self.now, word)

    def go_on(self, bullet: Bullet) -> None:
        """Becomes part of the gesture that wrote the bullet last, if he is still at it."""
        if bullet.piece is None or not bullet.piece.batch.endswith(f" {_WRITE}"):
            return
        began = datetime.fromisoformat(bullet.piece.batch.partition(" ")[0])
        last = self._all[0].ledger.last_gestures(self._edition.id, 1)
        if last and last[0].batch == bullet.piece.batch and self.now - began <= WRITING:
            self.batch = bullet.piece.batch

    def piece(self, bullet: Bullet) -> NewPiece:
        """What the bullet says now, to be changed with `replace`. What he only kept becomes a piece, where it stands."""
        if bullet.piece is not None:
            return bullet.piece.again(self.now, self.batch)
        return NewPiece(
            None, PieceKind.BULLET, self.now, self.batch, bullet.section, bullet.rank, bullet.text, members(bullet),
            bullet.via, bullet.thanks,
        )  # fmt: skip

    def reranked(self, those: Sequence[Bullet], ranks: Mapping[str, float]) -> list[NewPiece]:
        """Those bullets that get another rank."""
        return [replace(self.piece(one), rank=ranks[one.key]) for one in those if one.key in ranks]

    def append(self, verdicts: Sequence[NewVerdict], pieces: Sequence[NewPiece]) -> list[int]:
        """Writes the gesture; returns the pieces' numbers."""
        stores, roundup, _ = self._all
        written = stores.ledger.say(self._edition.id, verdicts, pieces, after=self._after)
        filed = {one.candidate_id: one.section for one in verdicts if one.section is not None}
        those = stores.ledger.candidates(roundup.id, filed.keys()) if filed else []
        labels = [verdict_label(one, where, self.now, self._edition.number) for one in those if (where := filed[one.id])]
        if labels:
            stores.learning.add_labels(roundup.id, labels)
        return written

    def say(self, verdicts: Sequence[NewVerdict], pieces: Sequence[NewPiece]) -> Bullet:
        """Writes the gesture; returns the bullet of its first piece as it stands then."""
        written = self.append(verdicts, pieces)
        letter = "r" if pieces[0].kind is PieceKind.REMARK else "b"
        return find(everything(*self._all), f"{letter}{written[0]}")

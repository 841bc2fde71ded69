"""The draft comes back: what the author changed in the file is merged with what the desk says, as one gesture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.desk.anew import anew
from aggregator.desk.bullets import shown
from aggregator.desk.decide import gesture
from aggregator.desk.draft import DOWNLOADED, base_of, composed, markdown_of, pieces_of, waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import GivenDraft, number_of, other_of
from aggregator.desk.typed import add_typed, known_at, own_hosts
from aggregator.draft.labels import key_of
from aggregator.draft.merge import Choice, Own, Side, merge
from aggregator.draft.reimport import Desk, changes
from aggregator.draft.said import Said, part_of, said_of
from aggregator.edition.examples import verdict_label
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.ports import Stores
from aggregator.records.candidates import NewVerdict
from aggregator.records.drafts import Bullet, Conflict, DraftFile, NewConflict, Piece, PieceKind
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.placing import places

_NO_DRAFT = Said("", "", "", {})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came back. bullets, links: of the edition now. changed: pieces and verdicts that were written. conflicts: what waits
    for the author."""

    edition: int
    path: str
    bullets: int
    links: int
    changed: int
    conflicts: tuple[Conflict, ...] = ()


def take_in(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, draft: GivenDraft, *, take: Side | None = None
) -> ImportReport:
    """Merges a draft into the open edition. take: whose word holds where both changed the same words differently; None = the
    desk's for now, and the file's waits until he chooses.

    New links become kept candidates, called by their words and not fetched; those of an undecided candidate keep it. What he
    deleted is held for the next edition. Raises UsageError for a text that is no draft, Refused for that of another edition or
    roundup.
    """
    others = [one.name for one in stores.ledger.roundups() if one.id != roundup.id]
    _check(draft.text, plan, open_edition(stores, roundup, plan), others)
    where = str(draft.path.resolve()) if draft.path is not None else DOWNLOADED
    return _merged(stores, roundup, plan, draft.text, where, draft.seen, take)


def settle(stores: Stores, roundup: Roundup, plan: RoundupSettings, conflict_id: int, choice: Choice) -> ImportReport:
    """The author chose: a side, or words of his own. It holds from now on, and after the last choice the file may be written
    again. Raises NotFound, UsageError for words where there are none to be said."""
    edition = open_edition(stores, roundup, plan)
    conflict = next((one for one in waiting_conflicts(stores, edition) if one.id == conflict_id), None)
    if conflict is None:
        raise NotFound(f"no conflict {conflict_id} waits for you", advice="Load the draft's page again.")
    if isinstance(choice, Own):
        said = choice.text.replace("\r\n", "\n").strip("\n")
        if not conflict.words:
            raise UsageError("this is not about words", advice="Take the desk's or the file's.")
        if not said.strip():
            raise UsageError("there are no words in this", advice="Write some, or take the side that says what you want.")
        stores.drafts.settle(conflict_id, "own", stores.clock.now(), said)
    else:
        stores.drafts.settle(conflict_id, choice, stores.clock.now())
    waiting = [one for one in stores.drafts.files(edition.id) if one.path == conflict.path and one.waiting is not None]
    for file in waiting:
        return _merged(stores, roundup, plan, file.waiting or "", file.path, file.content_hash, None)
    bullets = shown(stores, roundup, plan)
    return ImportReport(edition.number, conflict.path, len(bullets), sum(len(one.links) for one in bullets), 0)


@anew
def _merged(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, text: str, where: str, seen: str, take: Side | None
) -> ImportReport:
    """seen: hash of the bytes that `text` was read from. Raises Refused (not permanent) if anything is said meanwhile."""
    edition = open_edition(stores, roundup, plan)
    after = stores.ledger.last_said(edition.id)
    agreed = base_of(stores.drafts.files(edition.id), where)
    sites = own_hosts(stores, roundup, plan)
    base = said_of(agreed.text, plan.canonical_section, sites) if agreed else _NO_DRAFT
    file = said_of(text, plan.canonical_section, sites)
    shape = markdown_of(plan)
    draft = composed(stores, roundup, plan, shape)
    pieces = pieces_of(stores, roundup, edition)
    desk = _unless_said(said_of(draft.text, plan.canonical_section, sites, draft.marks), base, pieces)
    base = _with_composed(base, desk, file)
    settled = [one for one in stores.drafts.conflicts(edition.id) if one.path == where and one.taken is not None]
    merged = merge(base, desk, file, lambda conflict: _chosen(conflict, settled), take, sites)
    batch = gesture(stores.clock.now(), "import")
    changed = _apply(stores, roundup, plan, edition, merged.said, desk, pieces, batch, after)
    waits = bool(merged.conflicts)
    saved = DraftFile(
        edition_id=edition.id,
        path=where,
        format=agreed.format if agreed else shape,
        text=(agreed.text if agreed else "") if waits else text,
        content_hash=seen,
        at=stores.clock.now(),
        waiting=text if waits else None,
        batch=batch if changed else None,
    )
    stores.drafts.save_file(saved, merged.conflicts)
    bullets = shown(stores, roundup, plan)
    return ImportReport(
        edition=edition.number,
        path=where,
        bullets=len(bullets),
        links=sum(len(one.links) for one in bullets),
        changed=changed,
        conflicts=tuple(one for one in waiting_conflicts(stores, edition) if one.path == where),
    )


def _chosen(conflict: NewConflict, settled: Sequence[Conflict]) -> Choice | None:
    """What he chose of it before. Where he said something of his own, that is the desk's by now."""
    for one in reversed(settled):
        if one.said == conflict:
            return Own(one.own) if one.own is not None else "file" if one.taken == "file" else "desk"
        same = (one.base, one.file, one.words) == (conflict.base, conflict.file, conflict.words)
        if same and one.own is not None and conflict.desk is not None and _keyed(one.own) == _keyed(conflict.desk):
            return "desk"
    return None


def _keyed(text: str) -> str:
    return part_of(True, text, {}).keyed


def _check(text: str, plan: RoundupSettings, edition: Edition, others: Sequence[str]) -> None:
    if not text.strip():
        raise UsageError("this draft is empty; nothing was changed", advice="Export it again.")
    if text.lstrip()[:1] == "<" and re.search(r"</(?:html|h2|ul|p)>", text, re.IGNORECASE):
        raise UsageError(
            "this is HTML; only the Markdown of a draft comes back", advice="aggregator draft export --format markdown"
        )
    if (other := other_of(text, plan, others)) is not None:
        raise Refused(
            f"this is a draft of {other}, and not of {plan.name}; nothing was changed",
            advice="Choose that roundup, on the desk's page or with `aggregator --roundup`.",
        )
    number = number_of(text, plan)
    if number not in (None, edition.number):
        raise Refused(
            f"this is the draft of number {number}, and number {edition.number} is open; nothing was changed",
            advice="Import the draft of the open edition.",
        )


def _unless_said(desk: Said, base: Said, pieces: Sequence[Piece]) -> Said:
    """The desk's draft with what was only composed, and is nobody's word yet, as the file was given it."""
    said = {one.kind for one in pieces}
    return replace(
        desk,
        head=desk.head if PieceKind.HEAD in said else base.head,
        intro=desk.intro if PieceKind.INTRO in said else base.intro,
        outro=desk.outro if PieceKind.OUTRO in said else base.outro,
    )


def _with_composed(base: Said, desk: Said, file: Said) -> Said:
    """What both came from, with the sentence under a heading that neither the file nor the desk had before: it is nobody's word,
    so that a file which leaves it out is heard."""
    new = {
        name: parts
        for name, parts in desk.sections.items()
        if name in file.sections and name not in base.sections and all(part.key == "" for part in parts)
    }
    return replace(base, sections={**base.sections, **new})


def _apply(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    edition: Edition,
    merged: Said,
    desk: Said,
    pieces: Sequence[Piece],
    batch: str,
    after: tuple[int, int],
) -> int:
    """Writes what is new as one gesture. Returns how many verdicts and pieces that were. Raises Refused if anything was said
    since `after`."""
    bullets = {one.key: one for one in shown(stores, roundup, plan)}
    candidates = _candidates(stores, roundup, merged, bullets)
    states = {one.id: one.standing.state for one in stores.ledger.candidates(roundup.id, set(candidates.values()))}
    desk_now = Desk(bullets, pieces, candidates, states, plan.section_names)
    made = changes(merged, desk, desk_now, stores.clock.now(), batch)
    if made.verdicts or made.pieces:
        stores.ledger.say(edition.id, made.verdicts, made.pieces, after=after)
        _teach(stores, roundup, edition, made.verdicts)
    return len(made.verdicts) + len(made.pieces)


def _candidates(stores: Stores, roundup: Roundup, merged: Said, bullets: dict[str, Bullet]) -> dict[str, int]:
    """Key of every address that the bullets link to -> its candidate, made where there is none."""
    found = {
        key_of(link.candidate.url): link.candidate.id for one in bullets.values() for link in one.links if link.candidate.url
    }
    new = {
        key: (part.text, number, address)
        for part in merged.parts
        if part.bullet
        for number, (key, address) in enumerate(zip(part.links, part.addresses, strict=True), 1)
        if key not in found
    }
    found |= {key: one.id for key, one in known_at(stores, roundup, new.keys()).items()}
    for key, (text, number, address) in new.items():
        if key not in found:
            words = next((one.words for one in places(text, number) if one.number == number), address)
            found[key] = add_typed(stores, roundup, address, words)
    return found


def _teach(stores: Stores, roundup: Roundup, edition: Edition, verdicts: Sequence[NewVerdict]) -> None:
    filed = {one.candidate_id: one.section for one in verdicts if one.section is not None}
    those = stores.ledger.candidates(roundup.id, filed.keys()) if filed else []
    now = stores.clock.now()
    stores.learning.add_labels(
        roundup.id, [verdict_label(one, section, now, edition.number) for one in those if (section := filed[one.id])]
    )

"""The draft comes back: what the author changed in the file is merged with what the desk says, as one gesture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.desk.bullets import shown
from aggregator.desk.draft import DOWNLOADED, base_of, composed, pieces_of, waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import GivenDraft
from aggregator.desk.typed import add_typed, known_at, own_hosts
from aggregator.draft.labels import key_of
from aggregator.draft.merge import Side, merge
from aggregator.draft.reimport import Desk, changes
from aggregator.draft.said import Said, said_of
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
    """Merges a draft into the open edition. take: whose word holds where both changed the same thing differently; None = the
    desk's for now, and the file's waits until he chooses.

    New links become kept candidates, called by their words and not fetched; those of an undecided candidate keep it. What he
    deleted is held for the next edition. Raises UsageError for a text that is no draft, Refused for that of another edition.
    """
    _check(draft.text, plan, open_edition(stores, roundup, plan))
    where = str(draft.path.resolve()) if draft.path is not None else DOWNLOADED
    return _merge_in(stores, roundup, plan, draft.text, where, draft.seen, take)


def settle(stores: Stores, roundup: Roundup, plan: RoundupSettings, conflict_id: int, take: Side) -> ImportReport:
    """The author chose. What he took holds from now on, and after the last choice the file may be written again. Raises
    NotFound."""
    edition = open_edition(stores, roundup, plan)
    if all(one.id != conflict_id for one in waiting_conflicts(stores, edition)):
        raise NotFound(f"no conflict {conflict_id} waits for you", advice="Load the draft's page again.")
    stores.drafts.settle(conflict_id, take, stores.clock.now())
    file = next((one for one in stores.drafts.files(edition.id) if one.waiting is not None), None)
    if file is None or file.waiting is None:
        bullets = shown(stores, roundup, plan)
        return ImportReport(edition.number, "", len(bullets), sum(len(one.links) for one in bullets), 0)
    return _merge_in(stores, roundup, plan, file.waiting, file.path, file.content_hash, None)


def _merge_in(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, text: str, where: str, seen: str, take: Side | None
) -> ImportReport:
    """seen: hash of the bytes that `text` was read from."""
    edition = open_edition(stores, roundup, plan)
    agreed = base_of(stores.drafts.files(edition.id), where)
    sites = own_hosts(stores, roundup, plan)
    base = said_of(agreed.text, plan.canonical_section, sites) if agreed else _NO_DRAFT
    file = said_of(text, plan.canonical_section, sites)
    shape = "markdown" if plan.draft.format == "html" else plan.draft.format
    draft = composed(stores, roundup, plan, shape)
    pieces = pieces_of(stores, roundup, edition)
    desk = _unless_said(said_of(draft.text, plan.canonical_section, sites, draft.marks), base, pieces)
    settled = {one.said: one.taken for one in stores.drafts.conflicts(edition.id) if one.taken is not None}

    def choose(conflict: NewConflict) -> Side | None:
        return take or ("file" if settled.get(conflict) == "file" else "desk" if conflict in settled else None)

    merged = merge(base, desk, file, choose)
    changed = _apply(stores, roundup, plan, edition, merged.said, desk, pieces)
    waits = bool(merged.conflicts)
    saved = DraftFile(
        edition.id,
        where,
        agreed.format if agreed else shape,
        (agreed.text if agreed else "") if waits else text,
        seen,
        stores.clock.now(),
        text if waits else None,
    )
    stores.drafts.save_file(saved, merged.conflicts)
    bullets = shown(stores, roundup, plan)
    return ImportReport(
        edition=edition.number,
        path=where,
        bullets=len(bullets),
        links=sum(len(one.links) for one in bullets),
        changed=changed,
        conflicts=tuple(waiting_conflicts(stores, edition)),
    )


def _check(text: str, plan: RoundupSettings, edition: Edition) -> None:
    if not text.strip():
        raise UsageError("this draft is empty; nothing was changed", advice="Export it again.")
    if text.lstrip()[:1] == "<" and re.search(r"</(?:html|h2|ul|p)>", text, re.IGNORECASE):
        raise UsageError(
            "this is HTML; only the Markdown of a draft comes back", advice="aggregator draft export --format markdown"
        )
    title = re.search(r"^(?:title\s*[:=]|#)\s*(.+)$", text[:5_000], re.MULTILINE | re.IGNORECASE)
    ours = plan.edition_title(0).replace("0", "\0")
    other = title and re.search(re.escape(ours).replace(re.escape("\0"), r"0*(\d{1,9})(?!\d)"), title[1])
    if other and "\0" in ours and int(other[1]) != edition.number:
        raise Refused(
            f"this is the draft of number {int(other[1])}, and number {edition.number} is open; nothing was changed",
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


def _apply(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, edition: Edition, merged: Said, desk: Said, pieces: Sequence[Piece]
) -> int:
    """Writes what is new as one gesture. Returns how many verdicts and pieces that were."""
    bullets = {one.key: one for one in shown(stores, roundup, plan)}
    candidates = _candidates(stores, roundup, merged, bullets)
    states = {one.id: one.standing.state for one in stores.ledger.candidates(roundup.id, set(candidates.values()))}
    now = stores.clock.now()
    batch = f"{now.isoformat(timespec='microseconds')} import"
    made = changes(merged, desk, Desk(bullets, pieces, candidates, states, plan.section_names), now, batch)
    if made.verdicts or made.pieces:
        stores.ledger.say(edition.id, made.verdicts, made.pieces)
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

"""The open edition as a draft: composed by his habits, written to a file, handed out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.desk.bullets import shown
from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.draft.compose import Draft, Format, Outline, compose
from aggregator.draft.export import Written, draft_name, hash_of
from aggregator.draft.export import export as write
from aggregator.draft.habits import Habits, habits
from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.records.candidates import Action
from aggregator.records.drafts import Conflict, DraftFile, Piece, PieceKind
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.post import parse

DOWNLOADED = ""
"""The path of what left or came without a file of ours."""
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What was written. bullets, links: counts. wordless: of the bullets, those without words."""

    edition: int
    path: Path
    bullets: int
    links: int
    wordless: int
    outcome: Written


def composed(stores: Stores, roundup: Roundup, plan: RoundupSettings, format_: Format | None = None) -> Draft:
    """The draft as the desk has it now. format_: None = as configured. Changes nothing."""
    edition = open_edition(stores, roundup, plan)
    learnt = habits_of(stores, roundup, plan)
    base = base_of(stores.drafts.files(edition.id))
    outline = Outline(
        title=plan.edition_title(edition.number),
        number=edition.number,
        today=today(plan, stores.clock.now()),
        sections=plan.section_names,
        habits=learnt,
        section_of=plan.canonical_section,
        base=parse(base.text) if base else None,
        kept=_in_order(stores, edition) if learnt.captured else {},
        zone=plan.digest.zone,
    )
    return compose(outline, shown(stores, roundup, plan), pieces_of(stores, roundup, edition), format_ or plan.draft.format)


def markdown_of(plan: RoundupSettings) -> Format:
    """The configured format, where that is Markdown; plain Markdown else."""
    return "markdown" if plan.draft.format == "html" else plan.draft.format


def text(stores: Stores, roundup: Roundup, plan: RoundupSettings, format_: Format | None = None) -> str:
    """As `composed`, the text alone."""
    return composed(stores, roundup, plan, format_).text


def name_of(stores: Stores, roundup: Roundup, plan: RoundupSettings, format_: Format | None = None) -> str:
    """What the draft's file is called: after the pattern of his posts' names, else by roundup and number."""
    edition = open_edition(stores, roundup, plan)
    pattern = habits_of(stores, roundup, plan).file_name
    return draft_name(plan.name, edition.number, format_ or plan.draft.format, pattern, today(plan, stores.clock.now()))


def export(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    *,
    format_: Format | None,
    out: Path | None,
    home: Path,
    over: bool = False,
) -> DraftReport:
    """Writes the draft to `out`, else into the configured folder, where it keeps the name that it first had. over: what the file
    says otherwise, and what of it waits for him, goes; else raises Refused over changes of his that the desk does not have."""
    edition = open_edition(stores, roundup, plan)
    shape = format_ or plan.draft.format
    files = stores.drafts.files(edition.id)
    draft = composed(stores, roundup, plan, shape)
    folder = home / plan.draft.path.expanduser()
    path = out or _former(files, folder, shape) or folder / name_of(stores, roundup, plan, shape)
    where = str(path.resolve())
    known = next((one for one in files if one.path == where), None)
    if known is not None and known.waiting is not None and not over:
        count = sum(one.path == where for one in waiting_conflicts(stores, edition))
        raise Refused(
            f"this draft contradicts the desk in {count} place{'' if count == 1 else 's'}, and is left as it is",
            resource=str(path),
            advice="Choose on the draft's page, or with `aggregator draft settle`; --over writes over it.",
        )
    # A file whose import was taken back still has his words, which nothing else has.
    outcome = write(draft.text, path, known.content_hash if known and not known.undone else None, over=over)
    _save(stores, edition, where, shape, draft.text)
    return DraftReport(edition.number, path, draft.bullets, draft.links, draft.wordless, outcome)


def download(stores: Stores, roundup: Roundup, plan: RoundupSettings, format_: Format | None = None) -> tuple[str, str]:
    """Name and text of the draft for him to take along; when it comes back, what he changed is told by what left."""
    edition = open_edition(stores, roundup, plan)
    shape = format_ or plan.draft.format
    draft = composed(stores, roundup, plan, shape)
    waits = any(one.path == DOWNLOADED and one.waiting is not None for one in stores.drafts.files(edition.id))
    # What he brought and has not settled must not be forgotten over a new copy.
    if shape != "html" and not waits:
        _save(stores, edition, DOWNLOADED, shape, draft.text)
    return Path(name_of(stores, roundup, plan, shape)).name, draft.text


def habits_of(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> Habits:
    """His habits as past editions show them, but for what the settings say."""
    learnt = habits(stores.archive.editions(roundup.id))
    said = plan.draft
    return replace(
        learnt,
        empty=_filled(said.empty, plan, learnt.empty),
        intro=_filled(said.intro, plan, learnt.intro),
        outro=_filled(said.outro, plan, learnt.outro),
    )


def usually_around(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> dict[PieceKind, str]:
    """What stands before the first and after the last section where he says nothing else there (INTRO, OUTRO)."""
    learnt, number = habits_of(stores, roundup, plan), str(open_edition(stores, roundup, plan).number)
    usual = {PieceKind.INTRO: learnt.intro, PieceKind.OUTRO: learnt.outro}
    return {kind: words.replace("{number}", number) for kind, words in usual.items()}


def pieces_of(stores: Stores, roundup: Roundup, edition: Edition) -> list[Piece]:
    """The standing pieces of the open edition; words around the bullets of an earlier one are its own."""
    pieces = stores.ledger.pieces(roundup.id)
    return [one for one in pieces if one.kind is PieceKind.BULLET or one.edition_id == edition.id]


def base_of(files: list[DraftFile], path: str | None = None) -> DraftFile | None:
    """What a merge starts from: the file at this path as it was last agreed on, else the newest of any path."""
    agreed = [one for one in files if one.format != "html" and (one.text or not one.undone)]
    return next((one for one in agreed if one.path == path), next(iter(agreed), None))


def waiting_conflicts(stores: Stores, edition: Edition) -> list[Conflict]:
    """What the file says differently, and waits for the author."""
    return [one for one in stores.drafts.conflicts(edition.id) if one.taken is None]


def _save(stores: Stores, edition: Edition, path: str, format_: Format, text_: str) -> None:
    """Desk and file are the same now."""
    stores.drafts.save_file(DraftFile(edition.id, path, format_, text_, hash_of(text_.encode()), stores.clock.now()))


def _former(files: list[DraftFile], folder: Path, format_: Format) -> Path | None:
    """Where it went before; its name may have the day in it."""
    html = format_ == "html"
    here = (Path(one.path) for one in files if one.path and (one.format == "html") == html)
    return next((path for path in here if folder.resolve() in path.parents), None)


def _filled(said: str | None, plan: RoundupSettings, otherwise: str) -> str:
    return otherwise if said is None else said.replace("{name}", plan.name)


def _in_order(stores: Stores, edition: Edition) -> dict[int, int]:
    """Candidates in the order in which he kept them; what came with the edition before was kept first."""
    gestures = reversed(stores.ledger.last_gestures(edition.id, _ALL))
    ids = [one.candidate_id for gesture in gestures for one in gesture.verdicts if one.action is Action.KEEP]
    return {id_: at for at, id_ in enumerate(dict.fromkeys(ids), 1)}

"""Takes over what the author changed in the exported draft on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aggregator.desk.edition import open_edition
from aggregator.desk.given import GivenDraft, read_draft
from aggregator.desk.reimport import ImportReport, take_in
from aggregator.draft.export import hash_of
from aggregator.errors import AggregatorError, NotFound, Refused, UsageError
from aggregator.ports import Stores
from aggregator.records.drafts import DraftFile
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.post import parse

SETTLED_SECONDS = 2.0
"""An editor that writes in pieces has finished by then."""
_MANY = 4


def take_in_changed(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, on_refused: Callable[[AggregatorError], None]
) -> list[ImportReport]:
    """Imports every exported file of the open edition that says something else than when it was last written or read. A file that
    is gone says nothing, nor does any with `draft: watch: false`. on_refused: is told why a file was left alone; so is one that
    lost most of its bullets: an editor or a disk may have cut it off, and nobody is looking."""
    if not plan.draft.watch:
        return []
    now = stores.clock.now().timestamp()
    reports = []
    for file in _on_disk(stores, roundup, plan):
        if _is_resting(file, now) and _differs(file):
            try:
                reports.append(take_in(stores, roundup, plan, _whole(file)))
            except (NotFound, Refused, UsageError) as error:
                on_refused(error)
    return reports


def take_in_known(stores: Stores, roundup: Roundup, plan: RoundupSettings, path: str) -> ImportReport:
    """Imports one of the open edition's files as it is now. Raises NotFound for any other, and what `take_in` raises."""
    return take_in(stores, roundup, plan, read_draft(known_file(stores, roundup, plan, path)))


def known_file(stores: Stores, roundup: Roundup, plan: RoundupSettings, path: str) -> Path:
    """The path of one of the open edition's files. Raises NotFound for any other."""
    if all(one.path != path for one in _on_disk(stores, roundup, plan)):
        raise NotFound("this is no draft of the open edition", resource=path, advice="Export it first.")
    return Path(path)


def changed_files(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[str]:
    """The paths of those that say something that the desk does not, what he took back included."""
    return [one.path for one in _on_disk(stores, roundup, plan) if _differs(one) or (one.undone and Path(one.path).exists())]


def _on_disk(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[DraftFile]:
    files = stores.drafts.files(open_edition(stores, roundup, plan).id)
    return [one for one in files if one.path and one.format != "html"]


def _whole(file: DraftFile) -> GivenDraft:
    draft = read_draft(Path(file.path))
    before, left = (_bullets(text) for text in (file.text, draft.text))
    if before >= _MANY and left * 2 < before:
        raise Refused(
            f"{left} of its {before} bullets are left, and it was not taken over by itself",
            resource=file.path,
            advice=f"If you mean it: `aggregator draft import {file.path}`, or the draft's page.",
        )
    return draft


def _bullets(text: str) -> int:
    return sum(item.bullet for section in parse(text).sections for item in section.items)


def words_of(report: ImportReport) -> str:
    """What came of an import, for `status` and a terminal."""
    changes = f"{report.changed} change{'' if report.changed == 1 else 's'}"
    done = f"took {changes} of {report.path or 'the draft'} over" if report.changed else "nothing there was new"
    places = f"in {len(report.conflicts)} place{'' if len(report.conflicts) == 1 else 's'}"
    return f"{done}; it contradicts the desk {places}" if report.conflicts else done


def _is_resting(file: DraftFile, now: float) -> bool:
    try:
        # A clock that was set back must not keep a change from coming in.
        return abs(now - Path(file.path).stat().st_mtime) >= SETTLED_SECONDS
    except OSError:
        return False


def _differs(file: DraftFile) -> bool:
    try:
        return hash_of(Path(file.path).read_bytes()) != file.content_hash
    except OSError:
        return False

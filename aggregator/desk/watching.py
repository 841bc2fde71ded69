"""Takes over what the author changed in the exported draft on the disk."""

from __future__ import annotations

from pathlib import Path

from aggregator.desk.edition import open_edition
from aggregator.desk.given import read_draft
from aggregator.desk.reimport import ImportReport, take_in
from aggregator.draft.export import hash_of
from aggregator.ports import Stores
from aggregator.records.drafts import DraftFile
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

SETTLED_SECONDS = 2.0
"""An editor that writes in pieces has finished by then."""


def take_in_changed(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[ImportReport]:
    """Imports every exported file of the open edition that says something else than when it was last written or read. A file that
    is gone says nothing, nor does any with `draft: watch: false`. Raises what `take_in` raises."""
    if not plan.draft.watch:
        return []
    files = stores.drafts.files(open_edition(stores, roundup, plan).id)
    now = stores.clock.now().timestamp()
    changed = [Path(one.path) for one in files if one.path and one.format != "html" and _has_changed(one, now)]
    return [take_in(stores, roundup, plan, read_draft(path)) for path in changed]


def words_of(report: ImportReport) -> str:
    """What came of an import, for `status` and a terminal."""
    changes = f"{report.changed} change{'' if report.changed == 1 else 's'}"
    done = f"took {changes} of {report.path or 'the draft'} over" if report.changed else "nothing there was new"
    places = f"in {len(report.conflicts)} place{'' if len(report.conflicts) == 1 else 's'}"
    return f"{done}; it contradicts the desk {places}" if report.conflicts else done


def _has_changed(file: DraftFile, now: float) -> bool:
    path = Path(file.path)
    try:
        # A clock that was set back must not keep a change from coming in.
        resting = abs(now - path.stat().st_mtime) >= SETTLED_SECONDS
        return resting and hash_of(path.read_bytes()) != file.content_hash
    except OSError:
        return False

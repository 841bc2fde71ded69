"""What the author put in, as open formats: labels and candidates as JSON lines and CSV, feeds as OPML."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable
from pathlib import Path

from aggregator.errors import StorageError
from aggregator.ports import Stores
from aggregator.records.candidates import Candidate
from aggregator.records.roundups import Roundup

_COLUMNS = ("id", "title", "url", "state", "section", "comment", "note", "via", "first_seen")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def export(stores: Stores, roundup: Roundup, feeds: Path, folder: Path) -> list[Path]:
    """Writes `labels.jsonl`, `candidates.csv` and `feeds.opml` into `folder`. Raises StorageError."""
    parts = {
        "labels.jsonl": "".join(
            json.dumps(dataclasses.asdict(label), default=str, ensure_ascii=False) + "\n"
            for label in stores.learning.labels(roundup.id)
        ).encode(),
        "candidates.csv": _csv(stores.ledger.candidates(roundup.id)).encode(),
    }
    if feeds.exists():
        parts["feeds.opml"] = feeds.read_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in parts.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
        raise StorageError(
            "a file is in the way of this folder" if in_the_way else f"cannot be written: {error.strerror}",
            resource=str(folder),
            advice="Name a folder that is yours to write; a new one is made.",
        ) from error
    return [folder / name for name in parts]


def _csv(candidates: Iterable[Candidate]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for one in candidates:
        row = (
            one.id, one.title, one.url, one.standing.state, one.section,
            one.standing.comment, one.note, one.via, one.first_seen.isoformat(),
        )  # fmt: skip
        writer.writerow([_inert(value) for value in row])
    return out.getvalue()


def _inert(value: object) -> object:
    """A spreadsheet must not run a feed's title (H98)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

"""Reads one source of past editions, if it has anything new to say: a folder, a repository, the feed of the author's own blog."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from aggregator.archive.read import read_archive
from aggregator.archive.rules import ReadingRules
from aggregator.archive.walk import find
from aggregator.errors import ArchiveError
from aggregator.jobs.archive import title_pattern
from aggregator.jobs.blog import Found, read_blog
from aggregator.ports import Progress, Surroundings
from aggregator.records.archive import SourceState
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings
from aggregator.settings.sources import ArchiveSource


def read_source(
    outside: Surroundings,
    settings: Settings,
    roundup: Roundup,
    plan: RoundupSettings,
    source: ArchiveSource,
    state: SourceState,
    *,
    progress: Progress | None = None,
) -> Found | None:
    """None: nothing changed since it was read last, the author's day included, as a post may have been waiting for its date.
    Raises ArchiveError, PageError or FeedError if it cannot be read at all."""
    rules = ReadingRules.of(plan, settings.roundups)
    context = f"{plan.day_of(outside.clock.now())} {_said(plan, rules)}"
    if source.feed is not None:
        return read_blog(outside, roundup, plan, source, state, rules, context)
    if source.git is not None:
        with outside.checkouts.fetch(source.git, source.branch) as checkout:
            folder = checkout.folder / source.folder
            if not folder.exists():
                raise ArchiveError(
                    f"it has no folder {source.folder}",
                    resource=source.git,
                    advice="Correct `folder` under `archive` in config.yaml.",
                )
            version = _digest(f"{checkout.commit} {context}")
            return _read(plan, rules, folder, checkout.folder.parent, version, state, progress)
    path = settings.path(source.path or Path())
    version = _digest(f"{_glance([path])} {context}")
    return _read(plan, rules, path, settings.home, version, state, progress)


def _read(
    plan: RoundupSettings,
    rules: ReadingRules,
    path: Path,
    home: Path,
    version: str,
    state: SourceState,
    progress: Progress | None,
) -> Found | None:
    if version == state.version:
        return None
    reading = read_archive([path], home=home, title=title_pattern(plan), rules=rules, progress=progress)
    return Found(reading, whole=True, version=version)


def _glance(paths: Sequence[Path]) -> str:
    """Name, size and time of every document: differs once one comes, goes or is written. Far cheaper than reading them.
    Raises ArchiveError for a path that does not exist."""
    seen = []
    for found in find(paths):
        try:
            status = found.path.stat()
        except OSError:
            continue  # a link to nowhere, or gone since: reading them says so
        seen.append((str(found.path), status.st_size, status.st_mtime_ns))
    return repr(sorted(seen))


def _said(plan: RoundupSettings, rules: ReadingRules) -> str:
    """What else decides how documents are read and what they teach."""
    return repr((plan.title, plan.section_names, sorted(plan.aliases.items()), plan.reading, rules.others))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

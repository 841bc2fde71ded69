"""The list of feeds that the author keeps elsewhere: compared once a day, taken over only when he says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from aggregator.errors import OpmlError, PageError
from aggregator.intake.difference import ListDifference, difference, equalled
from aggregator.intake.files import read_list, rewrite
from aggregator.intake.opml import MOST_IMPORTED, empty_opml, read_opml
from aggregator.ports import PageFetcher, Stores
from aggregator.records.feeds import ListedFeed
from aggregator.records.roundups import Heartbeat
from aggregator.settings import Settings

JOB = "list elsewhere"
EVERY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)


def run_once(stores: Stores, settings: Settings, pages: PageFetcher) -> Heartbeat | None:
    """Compares every list that has one elsewhere, if that is due. Returns what is to be told, None if nothing was due; its words
    are empty where the lists say the same. Changes no list."""
    sources = dict.fromkeys(
        (settings.feeds_of(plan), source) for plan in settings.roundups if (source := settings.feeds_from_of(plan)) is not None
    )
    now = stores.clock.now()
    last = next((beat for beat in stores.heartbeats.beats() if beat.job == JOB), None)
    if last is None and not sources:
        return None
    # A look of a day to come was told by a clock that was wrong.
    if last is not None and last.at <= now < last.at + (EVERY if last.ok else AFTER_TROUBLE):
        return None
    words: list[str] = []
    troubles: list[str] = []
    for path, source in sources:
        try:
            found = compare(stores, pages, path, source)
        except (OpmlError, PageError) as error:
            troubles.append(" ".join(str(error).split()))
            continue
        if not found.is_none:
            words.append(f"Your list at {source} has {found.words}.")
    beat = Heartbeat(JOB, now, " ".join(troubles or words), not troubles)
    stores.heartbeats.beat(beat)
    return beat


def compare(stores: Stores, pages: PageFetcher, path: Path, source: str) -> ListDifference:
    """What it takes to make the list at `path` equal to the one at `source`, an address or a file's path. A missing list is an
    empty one. Raises OpmlError, PageError; also for a source without a single feed."""
    mine = read_list(path).feeds if path.exists() else ()
    return difference(mine, _feeds_at(pages, source), stores.feeds.former_addresses())


def take(stores: Stores, path: Path, title: str, found: ListDifference) -> None:
    """Makes the difference. Raises OpmlError if the list cannot be written; then it is as it was."""
    try:
        rewrite(path, lambda document: equalled(document, found), new=empty_opml(title))
    except OSError as error:
        raise OpmlError(f"cannot be rewritten: {error.strerror}", resource=str(path), advice="Make it writable.") from error
    # Whatever was told of the list before is over; the daemon compares anew at its next look.
    stores.heartbeats.beat(Heartbeat(JOB, stores.clock.now() - EVERY, "", ok=True))


def _feeds_at(pages: PageFetcher, source: str) -> tuple[ListedFeed, ...]:
    if is_address(source):
        document = pages.get(source).body
    else:
        try:
            document = Path(source).expanduser().read_bytes()
        except OSError as error:
            raise OpmlError(f"cannot be read: {error.strerror}", resource=source) from error
    feeds = read_opml(document, source).feeds
    if not feeds:
        raise OpmlError("it lists no feed", resource=source, advice="To be without any feed, empty your own list by hand.")
    if len(feeds) > MOST_IMPORTED:
        raise OpmlError(f"it lists {len(feeds):,} feeds; at most {MOST_IMPORTED:,} can be taken over", resource=source)
    return feeds


def is_address(source: str) -> bool:
    """It is on the web, and no file."""
    return source.lower().startswith(("http://", "https://"))

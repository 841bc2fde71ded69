"""Reads past editions from the feed of the author's own blog; an item that is only a summary is read from its page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from statistics import median

from aggregator.archive.read import read_page, read_posts, read_raw_post
from aggregator.archive.roundup import alike, of_another, stem
from aggregator.archive.rules import ReadingRules
from aggregator.errors import ArchiveError, PageError
from aggregator.intake.charset import decode_document
from aggregator.intake.discover import discover
from aggregator.intake.posts import posts_of
from aggregator.jobs.archive import title_pattern
from aggregator.ports import Surroundings
from aggregator.records.archive import ArchiveReading, PastEdition, RawPost, SkippedDocument, SourceState
from aggregator.records.feeds import ParsedFeed
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.settings.sources import ArchiveSource

NEWEST = 10
"""Past editions that tell how many links one usually has."""
USUAL = 6
"""Links of an edition, before any is known."""
MOST_PAGES = 30
"""Fetched for one reading of the feed; what is left over is read the next time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a source holds. whole: everything that it has, so that what is missing is gone; a feed forgets. version, etag,
    last_modified: to be asked by next time. trouble: what of it could not be read, None if nothing was amiss."""

    reading: ArchiveReading
    whole: bool
    version: str | None
    etag: str | None = None
    last_modified: str | None = None
    trouble: str | None = None


def read_blog(
    outside: Surroundings,
    roundup: Roundup,
    plan: RoundupSettings,
    source: ArchiveSource,
    state: SourceState,
    rules: ReadingRules,
    context: str,
) -> Found | None:
    """None if the feed did not change, and `context` neither. Raises PageError if it cannot be fetched, ArchiveError if there is
    no feed at its address."""
    address = source.feed or ""
    version = hashlib.sha256(context.encode()).hexdigest()
    same = state.version == version
    answer = outside.pages.ask(address, state.etag if same else None, state.last_modified if same else None)
    if answer is None:
        return None
    feed = outside.read_feed(answer, bodies=True)
    etag, last_modified = answer.etag, answer.last_modified
    if feed is None:
        # The validators are those of the page that leads to the feed, and say nothing of the feed.
        feed, etag, last_modified = _discovered(outside, address), None, None
    pages = _Pages(outside, roundup, plan, rules)
    reading = pages.complete(posts_of(feed, plan.digest.zone))
    return Found(reading, False, version, etag, last_modified, " ".join(pages.troubles) or None)


def _discovered(outside: Surroundings, address: str) -> ParsedFeed:
    """The first feed that a page leads to."""
    for found in discover(outside.pages, address, outside.read_feed)[:1]:
        feed = outside.read_feed(outside.pages.get(found.url), bodies=True)
        if feed is not None:
            return feed
    raise ArchiveError(
        "there is no feed at this address", resource=address, advice="Put your blog's feed under `archive` in config.yaml."
    )


@dataclass(slots=True)
class _Pages:
    """Reads a feed's items, those that are summaries from their pages."""

    outside: Surroundings
    roundup: Roundup
    plan: RoundupSettings
    rules: ReadingRules
    troubles: list[str] = field(default_factory=list)

    def complete(self, raw: list[RawPost]) -> ArchiveReading:
        """The editions among the items, with all their links."""
        stored = self.outside.archive.editions(self.roundup.id)
        counts = [len(one.links) for one in stored[-NEWEST:]]
        usual = median(counts) if counts else USUAL
        known = self.plan.section_names
        title = title_pattern(self.plan)
        shared = stem(title.replace("{number}", "1"))
        ours = [one for one in raw if alike(stem(one.title), shared) and not of_another(one.title, title, self.rules.others)]
        items = {one.path: read_raw_post(one, known=known, rules=self.rules) for one in ours}
        thin = [path for path, one in items.items() if 2 * len(one.links) < usual]
        whole = [one for one in raw if one.path not in thin]
        reading = read_posts(whole, title=title, known=known, rules=self.rules)
        before = {one.path: one for one in stored}
        urls = {one.path: one.url for one in raw}
        editions, skipped = list(reading.editions), list(reading.skipped)
        fetched = 0
        for path in thin:
            item = items[path]
            if path in before and before[path].content_hash == item.content_hash:
                editions.append(before[path])
                continue
            fetched += 1
            try:
                editions.append(self._page(item, urls[path], usual, fetched))
            except (PageError, ArchiveError) as error:
                skipped.append(SkippedDocument(path, error.message))
                self._tell(item, error)
        return replace(reading, editions=tuple(editions), skipped=tuple(skipped))

    def _page(self, item: PastEdition, url: str | None, usual: float, fetched: int) -> PastEdition:
        """The edition as its page has it, under what the feed calls it. Raises PageError or ArchiveError."""
        if url is None or fetched > MOST_PAGES:
            raise ArchiveError("it has no page of its own" if url is None else "its page is read the next time")
        page = self.outside.pages.get(url)
        text, _ = decode_document(page.body, page.content_type)
        found = read_page(text, url, known=self.plan.section_names, rules=self.rules)
        if 2 * len(found.links) < usual:
            raise ArchiveError(f"its page has only {len(found.links)} links")
        return replace(
            found,
            path=item.path,
            content_hash=item.content_hash,
            title=item.title,
            number=item.number if item.number is not None else found.number,
            published=item.published or found.published,
        )

    def _tell(self, item: PastEdition, error: PageError | ArchiveError) -> None:
        now = self.outside.clock.now()
        edition = self.outside.ledger.open_edition(self.roundup.id, self.plan.next_number, now)
        if item.number is None or item.number >= edition.number:
            self.troubles.append(
                f"{item.title} has only {len(item.links)} links in the feed, and its page could not be read in its place: "
                f"{error.message}. To close the edition: aggregator edition close --published FILE"
            )

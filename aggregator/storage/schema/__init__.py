"""The tables. Who speaks decides where it stands: publishers in entries, the classifier in guesses, the author in verdicts."""

from aggregator.storage.schema.archive import (
    archive_bullets,
    archive_documents,
    archive_links,
    archive_sources,
    labels,
    redirects,
)
from aggregator.storage.schema.base import APPLICATION_ID, REVISION, metadata
from aggregator.storage.schema.candidates import (
    added_links,
    candidate_sources,
    candidates,
    classifiers,
    guesses,
    outcomes,
    relatives,
    verdicts,
)
from aggregator.storage.schema.editions import editions, roundups
from aggregator.storage.schema.feeds import entries, feed_moves, feeds, subscriptions
from aggregator.storage.schema.mails import digest_candidates, digest_feeds, heartbeats, outbox

__all__ = [
    "APPLICATION_ID",
    "REVISION",
    "added_links",
    "archive_bullets",
    "archive_documents",
    "archive_links",
    "archive_sources",
    "candidate_sources",
    "candidates",
    "classifiers",
    "digest_candidates",
    "digest_feeds",
    "editions",
    "entries",
    "feed_moves",
    "feeds",
    "guesses",
    "heartbeats",
    "labels",
    "metadata",
    "outbox",
    "outcomes",
    "redirects",
    "relatives",
    "roundups",
    "subscriptions",
    "verdicts",
]

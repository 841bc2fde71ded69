"""The tables. Who speaks decides where it stands: publishers in entries, the classifier in guesses, the author in verdicts."""

from aggregator.storage.schema.access import credentials, failed_logins, received_mails, sessions, used_links
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
from aggregator.storage.schema.drafts import (
    draft_conflicts,
    draft_files,
    piece_candidates,
    piece_states,
    pieces,
    quotes,
    sent_drafts,
)
from aggregator.storage.schema.editions import editions, roundups
from aggregator.storage.schema.feeds import entries, feed_moves, feeds, subscriptions
from aggregator.storage.schema.mails import digest_candidates, digest_feeds, heartbeats, outbox
from aggregator.storage.schema.pages import kept_pages, link_checks, section_keys

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
    "credentials",
    "digest_candidates",
    "digest_feeds",
    "draft_conflicts",
    "draft_files",
    "editions",
    "entries",
    "failed_logins",
    "feed_moves",
    "feeds",
    "guesses",
    "heartbeats",
    "kept_pages",
    "labels",
    "link_checks",
    "metadata",
    "outbox",
    "outcomes",
    "piece_candidates",
    "piece_states",
    "pieces",
    "quotes",
    "received_mails",
    "redirects",
    "relatives",
    "roundups",
    "section_keys",
    "sent_drafts",
    "sessions",
    "subscriptions",
    "used_links",
    "verdicts",
]

"""The tables. Who speaks decides where it stands: publishers in entries, the classifier in guesses, the author in verdicts."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aggregator.storage.columns import SafeText, UtcDateTime, Words

#: The newest migration. A database that is there needs no Alembic, whose import costs half a second.
REVISION = "0001"

#: What `file` and a restore know the product's SQLite files by ("AGGR").
APPLICATION_ID = 0x41474752

# Named constraints: a migration can only change what has a name (R12).
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _ref(name: str, target: str, *, primary: bool = False, cascade: bool = False, nullable: bool = False) -> Column[int]:
    key = ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return Column(name, Integer, key, primary_key=primary, nullable=nullable)


roundups = Table(
    "roundups",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("number", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("published", Date),
    Column("post", Text),
    UniqueConstraint("roundup_id", "number"),
)
Index(
    "uq_editions_open",
    editions.c.roundup_id,
    unique=True,
    sqlite_where=editions.c.closed_at.is_(None),
    postgresql_where=editions.c.closed_at.is_(None),
)

feeds = Table(
    "feeds",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False, unique=True),
    Column("title", SafeText),
    Column("site_url", SafeText),
    Column("added_at", UtcDateTime, nullable=False),
    Column("first_days", Integer, nullable=False),
    Column("next_poll_at", UtcDateTime),
    Column("claimed_until", UtcDateTime),
    Column("first_polled_at", UtcDateTime),
    Column("last_attempt_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("last_new_at", UtcDateTime),
    Column("outcome", String(32)),
    Column("status", Integer),
    Column("error", SafeText),
    Column("error_kind", String(32)),
    Column("error_since", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("validators_at", UtcDateTime),
    Column("body_hash", String(64)),
    Column("retry_after_until", UtcDateTime),
    Column("interval", Float),
    Column("median_gap", Float),
    Column("moved_to", Text),
    Column("moved_since", UtcDateTime),
    Column("moved_polls", Integer, nullable=False, server_default=text("0")),
    Column("notes", Words, nullable=False),
)
Index(None, feeds.c.next_poll_at)

feed_moves = Table(
    "feed_moves",
    metadata,
    _id(),
    _ref("feed_id", "feeds"),
    Column("old_url", Text, nullable=False),
    Column("old_canonical_url", Text, nullable=False),
    Column("new_url", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("written", Boolean, nullable=False),
)
Index(None, feed_moves.c.old_canonical_url)

subscriptions = Table(
    "subscriptions",
    metadata,
    _ref("roundup_id", "roundups", primary=True),
    _ref("feed_id", "feeds", primary=True),
    Column("title", SafeText),
    Column("folders", Words, nullable=False),
    # Entries first seen before it are history to this roundup: another one may have followed the feed for years.
    Column("since", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)
Index(None, subscriptions.c.feed_id)

# `text` stands last: SQLite then reads a row's short columns without following its overflow pages.
entries = Table(
    "entries",
    metadata,
    _id(),
    _ref("feed_id", "feeds"),
    Column("key", SafeText, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("edits", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text),
    Column("url", SafeText),
    Column("canonical_url", SafeText),
    Column("author", SafeText),
    Column("title", SafeText, nullable=False),
    Column("tags", Words, nullable=False),
    Column("text", SafeText, nullable=False),
    UniqueConstraint("feed_id", "key"),
)
Index(None, entries.c.canonical_url)

candidates = Table(
    "candidates",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("added", Boolean, nullable=False),
    Column("url", SafeText),
    Column("canonical_url", SafeText),
    Column("author", SafeText),
    Column("title", SafeText, nullable=False),
    Column("tags", Words, nullable=False),
    Column("note", SafeText),
    Column("via", SafeText),
    Column("text", SafeText, nullable=False),
)
Index(None, candidates.c.roundup_id, candidates.c.canonical_url)
Index(None, candidates.c.roundup_id, candidates.c.first_seen)

# By roundup and entry: an entry is offered to a roundup once, whatever is retried.
candidate_sources = Table(
    "candidate_sources",
    metadata,
    _ref("roundup_id", "roundups", primary=True),
    _ref("entry_id", "entries", primary=True),
    _ref("candidate_id", "candidates"),
    Column("position", Integer, nullable=False),
    Column("reason", Text),
)
Index(None, candidate_sources.c.candidate_id)

classifiers = Table(
    "classifiers",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("recipe", Text, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("watermark", Integer, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("sections", Words, nullable=False),
    Column("score_links", Integer),
    Column("score_top1", Float),
    Column("score_top2", Float),
    Column("thresholds", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("adopted_at", UtcDateTime),
    Column("reason", Text, nullable=False),
)
Index(None, classifiers.c.roundup_id)

guesses = Table(
    "guesses",
    metadata,
    _id(),
    _ref("candidate_id", "candidates"),
    _ref("classifier_id", "classifiers", nullable=True),
    Column("at", UtcDateTime, nullable=False),
    Column("section", Text),
    Column("first", Text),
    Column("second", Text),
    Column("confidence", Float, nullable=False),
    Column("interest", Float, nullable=False),
    Column("method", String(16), nullable=False),
    Column("why", Words, nullable=False),
)
Index(None, guesses.c.candidate_id, guesses.c.classifier_id)

verdicts = Table(
    "verdicts",
    metadata,
    _id(),
    _ref("candidate_id", "candidates"),
    _ref("edition_id", "editions"),
    Column("action", String(8), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("batch", Text, nullable=False),
    Column("section", Text),
    Column("hold_kind", String(8)),
    Column("hold_until", Date),
    Column("comment", SafeText),
    _ref("undoes", "verdicts", nullable=True),
    CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name="undo_names_a_verdict"),
)
Index(None, verdicts.c.candidate_id)
Index(None, verdicts.c.edition_id)

outcomes = Table(
    "outcomes",
    metadata,
    _ref("edition_id", "editions", primary=True),
    _ref("candidate_id", "candidates", primary=True),
    Column("outcome", String(8), nullable=False),
    Column("section", Text),
)
Index(None, outcomes.c.candidate_id, outcomes.c.outcome)

added_links = Table(
    "added_links",
    metadata,
    _id(),
    _ref("edition_id", "editions"),
    Column("url", SafeText, nullable=False),
    Column("canonical_url", SafeText, nullable=False),
    Column("anchor", SafeText, nullable=False),
    Column("section", Text),
)
Index(None, added_links.c.edition_id)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    _ref("edition_id", "editions"),
    Column("slot", UtcDateTime, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("next_attempt_at", UtcDateTime),
    Column("error", SafeText),
    Column("message_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipients", Words, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    UniqueConstraint("roundup_id", "slot", "repeat"),
)
Index(None, outbox.c.edition_id)
Index(None, outbox.c.state)

digest_candidates = Table(
    "digest_candidates",
    metadata,
    _ref("mail_id", "outbox", primary=True),
    _ref("candidate_id", "candidates", primary=True),
)
Index(None, digest_candidates.c.candidate_id)

digest_feeds = Table(
    "digest_feeds",
    metadata,
    _ref("mail_id", "outbox", primary=True),
    _ref("feed_id", "feeds", primary=True),
)

archive_documents = Table(
    "archive_documents",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("path", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("number", Integer),
    Column("published", Date),
    Column("draft", Boolean, nullable=False),
    Column("style", String(16), nullable=False),
    Column("sections", Words, nullable=False),
    Column("tags", Words, nullable=False),
    Column("intro", SafeText, nullable=False),
    Column("outro", SafeText, nullable=False),
    UniqueConstraint("roundup_id", "path"),
)

archive_bullets = Table(
    "archive_bullets",
    metadata,
    _id(),
    _ref("document_id", "archive_documents", cascade=True),
    Column("position", Integer, nullable=False),
    Column("section", SafeText),
    Column("text", SafeText, nullable=False),
    UniqueConstraint("document_id", "position"),
)

archive_links = Table(
    "archive_links",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("document_id", Integer, nullable=False),
    Column("bullet", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", SafeText, nullable=False),
    Column("canonical_url", SafeText, nullable=False),
    Column("anchor", SafeText, nullable=False),
    # Address, anchor and bullet, case folded: neither database folds more than ASCII the way the other does.
    Column("haystack", SafeText, nullable=False),
    ForeignKeyConstraint(
        ["document_id", "bullet"], ["archive_bullets.document_id", "archive_bullets.position"], ondelete="CASCADE"
    ),
    UniqueConstraint("document_id", "bullet", "position"),
)
Index(None, archive_links.c.canonical_url, archive_links.c.roundup_id)

# Every change takes the next number of its roundup's one sequence, so that the labels at a watermark can be told for ever.
labels = Table(
    "labels",
    metadata,
    _id(),
    _ref("roundup_id", "roundups"),
    Column("number", Integer, nullable=False),
    Column("retracted", Integer),
    Column("source", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("edition", Integer),
    Column("section", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("example_hash", String(64), nullable=False),
    Column("example", JSON, nullable=False),
    UniqueConstraint("roundup_id", "number"),
)
Index(None, labels.c.roundup_id, labels.c.origin)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("job", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("words", SafeText, nullable=False),
    Column("ok", Boolean, nullable=False),
)

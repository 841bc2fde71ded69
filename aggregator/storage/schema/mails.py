"""The outbox, what its mails told, and when jobs last ran."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from aggregator.storage.columns import SafeText, UtcDateTime, Words
from aggregator.storage.schema.base import metadata, own_id, ref

outbox = Table(
    "outbox",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    ref("edition_id", "editions"),
    # "digest", or "report": of an edition that closed.
    Column("kind", String(16), nullable=False, server_default=text("'digest'")),
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
    UniqueConstraint("roundup_id", "kind", "slot", "repeat"),
)
Index(None, outbox.c.edition_id)
Index(None, outbox.c.state)

digest_candidates = Table(
    "digest_candidates",
    metadata,
    ref("mail_id", "outbox", primary=True),
    ref("candidate_id", "candidates", primary=True),
    # Named by the mail; else a line only counts it.
    Column("listed", Boolean, nullable=False, server_default=text("false")),
)
Index(None, digest_candidates.c.candidate_id)

digest_feeds = Table(
    "digest_feeds",
    metadata,
    ref("mail_id", "outbox", primary=True),
    ref("feed_id", "feeds", primary=True),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("job", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("words", SafeText, nullable=False),
    Column("ok", Boolean, nullable=False),
)

"""Who may use the desk, and what came in by mail."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from aggregator.storage.columns import SafeText, UtcDateTime
from aggregator.storage.schema.base import metadata, own_id, ref

# One author: one row. password: an argon2id hash.
credentials = Table(
    "credentials",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# token_hash: sha256 of what the browser keeps; the token itself is nowhere.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("csrf", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("who", SafeText, nullable=False),
    Column("agent", SafeText),
)
Index(None, sessions.c.ends_at)

# Sign-ins that failed, for slowing down the next ones (R29).
failed_logins = Table(
    "failed_logins",
    metadata,
    own_id(),
    Column("source", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index(None, failed_logins.c.at)

# Mails that were taken up, so that none is acted on twice. said: what came of each of its statements, gestures: the names of the
# gestures that they came to, both as JSON.
received_mails = Table(
    "received_mails",
    metadata,
    own_id(),
    Column("message_id", SafeText, nullable=False),
    ref("roundup_id", "roundups", nullable=True),
    Column("sender", SafeText, nullable=False),
    Column("subject", SafeText, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("said", SafeText, nullable=False),
    Column("gestures", SafeText, nullable=False),
    Column("answered_at", UtcDateTime),
)
Index("uq_received_mails_message_id", received_mails.c.message_id, unique=True)

# Mail links whose button was pressed: it works once.
used_links = Table(
    "used_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("candidate_id", Integer, nullable=False),
    Column("action", String(8), nullable=False),
)

"""Roundups and their editions."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, UniqueConstraint, text

from aggregator.storage.columns import UtcDateTime
from aggregator.storage.schema.base import metadata, own_id, ref

roundups = Table(
    "roundups",
    metadata,
    own_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # No digest is due before this day; polling goes on.
    Column("paused_until", Date),
    # Fingerprint of the section names and aliases that the labels were made for.
    Column("labelled_for", Text),
    # The newest candidate that relatives were looked for, and the version of the archive that the open ones were compared with.
    Column("related_to", Integer, nullable=False, server_default=text("0")),
    Column("related_archive", Text),
)

editions = Table(
    "editions",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    Column("number", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("published", Date),
    Column("post", Text),
    # Of the post as it was when it was last read for this edition: one that was edited since is matched again.
    Column("post_hash", String(64)),
    UniqueConstraint("roundup_id", "number"),
)
Index(
    "uq_editions_open",
    editions.c.roundup_id,
    unique=True,
    sqlite_where=editions.c.closed_at.is_(None),
    postgresql_where=editions.c.closed_at.is_(None),
)

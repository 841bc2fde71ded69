"""Past editions and what they teach."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aggregator.storage.columns import SafeText, UtcDateTime, Words
from aggregator.storage.schema.base import metadata, own_id, ref

# Where past editions are read from, by the address that the configuration gives.
archive_sources = Table(
    "archive_sources",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    Column("address", Text, nullable=False),
    Column("first_read_at", UtcDateTime),
    Column("last_read_at", UtcDateTime),
    Column("next_read_at", UtcDateTime),
    Column("etag", Text),
    Column("last_modified", Text),
    # What was read last: a commit, or the sha256 of a body.
    Column("version", Text),
    Column("error", SafeText),
    Column("error_since", UtcDateTime),
    UniqueConstraint("roundup_id", "address"),
)

# Where an address of a post or of a candidate led when it was followed.
redirects = Table(
    "redirects",
    metadata,
    Column("address", SafeText, primary_key=True),
    Column("target", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index(None, redirects.c.target)

archive_documents = Table(
    "archive_documents",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    Column("path", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    # Of what was read in it: other rules may read the same bytes in another way.
    Column("fingerprint", Text),
    # The source that it was found in, None if he named it himself.
    Column("source", Text),
    # It was there when its source was read for the first time, or he imported it: a past edition, whatever its number.
    Column("baseline", Boolean, nullable=False, server_default=text("true")),
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
    # How it is written (`records.archive.PostForm`), None if its reader does not say.
    Column("form", JSON),
    UniqueConstraint("roundup_id", "path"),
)

archive_bullets = Table(
    "archive_bullets",
    metadata,
    own_id(),
    ref("document_id", "archive_documents", cascade=True),
    Column("position", Integer, nullable=False),
    Column("section", SafeText),
    Column("text", SafeText, nullable=False),
    UniqueConstraint("document_id", "position"),
)

archive_links = Table(
    "archive_links",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
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
    own_id(),
    ref("roundup_id", "roundups"),
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

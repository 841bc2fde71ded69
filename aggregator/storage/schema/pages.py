"""Linked pages: what they said when they were kept, and whether they are still there."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from aggregator.storage.columns import SafeText, UtcDateTime
from aggregator.storage.schema.base import metadata, own_id, ref

# A page as it was when its candidate was kept: private, text only.
kept_pages = Table(
    "kept_pages",
    metadata,
    ref("candidate_id", "candidates", primary=True),
    Column("url", SafeText, nullable=False),
    Column("title", SafeText),
    Column("author", SafeText),
    Column("published", Date),
    Column("text", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# The last word on an address, of a candidate or of a past edition.
link_checks = Table(
    "link_checks",
    metadata,
    Column("address", SafeText, primary_key=True),
    Column("url", SafeText, nullable=False),
    # sound, moved, dead, paywalled or unclear
    Column("state", String(16), nullable=False),
    # What was wrong, in a short word: what looks dead must look so on another day too.
    Column("fault", String(16)),
    Column("status", Integer),
    Column("target", SafeText),
    Column("copy", SafeText),
    Column("words", SafeText, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index(None, link_checks.c.at)

# Digit keys of the desk: they belong to a section, wherever it stands.
section_keys = Table(
    "section_keys",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    Column("section", Text, nullable=False),
    Column("key", Integer, nullable=False),
)
Index("uq_section_keys_roundup_id_section", section_keys.c.roundup_id, section_keys.c.section, unique=True)

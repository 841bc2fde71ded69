"""Candidates: what is offered, what the classifier and the author say of it, and how it ended."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Float, Index, Integer, String, Table, Text, text

from aggregator.storage.columns import SafeText, UtcDateTime, Words
from aggregator.storage.schema.base import metadata, own_id, ref

candidates = Table(
    "candidates",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
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
    # Who sent it to him.
    Column("thanks", SafeText),
    Column("text", SafeText, nullable=False),
)
Index(None, candidates.c.roundup_id, candidates.c.canonical_url)
Index(None, candidates.c.roundup_id, candidates.c.first_seen)

# By roundup and entry: an entry is offered to a roundup once, whatever is retried.
candidate_sources = Table(
    "candidate_sources",
    metadata,
    ref("roundup_id", "roundups", primary=True),
    ref("entry_id", "entries", primary=True),
    ref("candidate_id", "candidates"),
    Column("position", Integer, nullable=False),
    Column("reason", Text),
)
Index(None, candidate_sources.c.candidate_id)

# What belongs into one bullet with a candidate, perhaps: another candidate, or a link of a past edition by its address.
relatives = Table(
    "relatives",
    metadata,
    own_id(),
    ref("candidate_id", "candidates"),
    Column("kind", String(16), nullable=False),
    ref("other_id", "candidates", nullable=True),
    Column("address", SafeText),
    Column("reason", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("(other_id IS NULL) <> (address IS NULL)", name="one_relative"),
)
Index(None, relatives.c.candidate_id)
Index(None, relatives.c.other_id)

classifiers = Table(
    "classifiers",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
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
    own_id(),
    ref("candidate_id", "candidates"),
    ref("classifier_id", "classifiers", nullable=True),
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
    own_id(),
    ref("candidate_id", "candidates"),
    ref("edition_id", "editions"),
    Column("action", String(8), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("batch", Text, nullable=False),
    Column("section", Text),
    Column("hold_kind", String(8)),
    Column("hold_until", Date),
    # What a themed hold waits for.
    Column("hold_theme", SafeText),
    Column("comment", SafeText),
    ref("undoes", "verdicts", nullable=True),
    CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name="undo_names_a_verdict"),
)
Index(None, verdicts.c.candidate_id)
Index(None, verdicts.c.edition_id)

outcomes = Table(
    "outcomes",
    metadata,
    ref("edition_id", "editions", primary=True),
    ref("candidate_id", "candidates", primary=True),
    Column("outcome", String(8), nullable=False),
    Column("section", Text),
    # He decided something in or after the digest that showed it, so that not using it says something.
    Column("noticed", Boolean, nullable=False, server_default=text("false")),
)
Index(None, outcomes.c.candidate_id, outcomes.c.outcome)

added_links = Table(
    "added_links",
    metadata,
    own_id(),
    ref("edition_id", "editions"),
    Column("url", SafeText, nullable=False),
    Column("canonical_url", SafeText, nullable=False),
    Column("anchor", SafeText, nullable=False),
    Column("section", Text),
)
Index(None, added_links.c.edition_id)

"""The draft: the bullets that the author makes, the words around them, and the file that they went out to."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, String, Table, Text

from aggregator.storage.columns import SafeText, UtcDateTime, Words
from aggregator.storage.schema.base import metadata, own_id, ref

# One bullet, or one stretch of his words around the bullets. What it says stands in `piece_states`.
pieces = Table(
    "pieces",
    metadata,
    own_id(),
    ref("roundup_id", "roundups"),
    ref("edition_id", "editions"),
    Column("kind", String(8), nullable=False),
)
Index(None, pieces.c.roundup_id)
Index(None, pieces.c.edition_id)

# Appended, never overwritten: the newest state that was not taken back counts, and every wording he ever saved is still here.
piece_states = Table(
    "piece_states",
    metadata,
    own_id(),
    ref("piece_id", "pieces"),
    ref("edition_id", "editions"),
    Column("batch", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("section", SafeText),
    Column("rank", Float, nullable=False),
    Column("text", SafeText, nullable=False),
    # Candidates in the order of their numbers in the text.
    Column("links", JSON, nullable=False),
    Column("via", SafeText),
    Column("thanks", SafeText),
    Column("gone", Boolean, nullable=False),
    ref("undoes", "piece_states", nullable=True),
)
Index(None, piece_states.c.piece_id)
Index(None, piece_states.c.edition_id)

# Candidates that a piece ever had, so that those of open candidates are found at once.
piece_candidates = Table(
    "piece_candidates",
    metadata,
    ref("piece_id", "pieces", primary=True),
    ref("candidate_id", "candidates", primary=True),
)
Index(None, piece_candidates.c.candidate_id)

# Exact words of a page. url: where they stand.
quotes = Table(
    "quotes",
    metadata,
    own_id(),
    ref("candidate_id", "candidates"),
    Column("text", SafeText, nullable=False),
    Column("url", SafeText),
    Column("at", UtcDateTime, nullable=False),
)
Index(None, quotes.c.candidate_id)

# The draft as it stood when desk and file were the same: what a three-way merge starts from. Appended, so that taking back
# the gesture that brought a file in (`batch`) leads to what agreed before it.
draft_files = Table(
    "draft_files",
    metadata,
    own_id(),
    ref("edition_id", "editions"),
    Column("path", Text, nullable=False),
    Column("format", String(16), nullable=False),
    Column("text", SafeText, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # What the file says while it contradicts the desk.
    Column("waiting", SafeText),
    Column("batch", Text),
)
Index(None, draft_files.c.edition_id)

# The draft at another place, such as his WordPress: what it is known by there, and the state in which we left it.
sent_drafts = Table(
    "sent_drafts",
    metadata,
    ref("edition_id", "editions", primary=True),
    Column("outlet", Text, primary_key=True),
    # Null as long as no answer told them.
    Column("remote_id", SafeText),
    Column("version", SafeText),
    Column("url", SafeText),
    Column("at", UtcDateTime, nullable=False),
    # What was sent without an answer, so that it is known again: sending once more must not make a second post.
    Column("under_way", Words, nullable=False),
)

# Where file and desk say different things: both are kept until the author chose.
draft_conflicts = Table(
    "draft_conflicts",
    metadata,
    own_id(),
    ref("edition_id", "editions"),
    # Of the file, as in `draft_files`.
    Column("path", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("base", SafeText),
    Column("desk", SafeText),
    Column("file", SafeText),
    Column("words", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("taken", String(8)),
    # What he said where he took neither.
    Column("own", SafeText),
)
Index(None, draft_conflicts.c.edition_id)

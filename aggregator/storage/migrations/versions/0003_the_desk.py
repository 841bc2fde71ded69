"""The desk: bullets and the draft, kept pages and checked links, who may come in, and what came in by mail."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import SafeText, UtcDateTime, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns and tables; of what is there only what says that a source of past editions need not be read again."""
    op.create_table(
        "credentials",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_credentials")),
    )
    op.create_table(
        "failed_logins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_logins")),
    )
    op.create_index(op.f("ix_failed_logins_at"), "failed_logins", ["at"], unique=False)
    op.create_table(
        "link_checks",
        sa.Column("address", SafeText(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fault", sa.String(length=16), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("target", SafeText(), nullable=True),
        sa.Column("copy", SafeText(), nullable=True),
        sa.Column("words", SafeText(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_link_checks")),
    )
    op.create_index(op.f("ix_link_checks_at"), "link_checks", ["at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("who", SafeText(), nullable=False),
        sa.Column("agent", SafeText(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_ends_at"), "sessions", ["ends_at"], unique=False)
    op.create_table(
        "used_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_used_links")),
    )
    op.create_table(
        "received_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", SafeText(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=True),
        sa.Column("sender", SafeText(), nullable=False),
        sa.Column("subject", SafeText(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("said", SafeText(), nullable=False),
        sa.Column("gestures", SafeText(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_received_mails_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
    )
    op.create_index("uq_received_mails_message_id", "received_mails", ["message_id"], unique=True)
    op.create_table(
        "section_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_section_keys_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_keys")),
    )
    op.create_index("uq_section_keys_roundup_id_section", "section_keys", ["roundup_id", "section"], unique=True)
    op.create_table(
        "draft_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("text", SafeText(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("waiting", SafeText(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_draft_files_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_files")),
    )
    op.create_index(op.f("ix_draft_files_edition_id"), "draft_files", ["edition_id"], unique=False)
    op.create_table(
        "sent_drafts",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("remote_id", SafeText(), nullable=True),
        sa.Column("version", SafeText(), nullable=True),
        sa.Column("url", SafeText(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("under_way", Words(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_sent_drafts_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "outlet", name=op.f("pk_sent_drafts")),
    )
    op.create_table(
        "kept_pages",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("title", SafeText(), nullable=True),
        sa.Column("author", SafeText(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("text", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_kept_pages_candidate_id")),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_kept_pages")),
    )
    op.create_table(
        "pieces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_pieces_edition_id")),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_pieces_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pieces")),
    )
    op.create_index(op.f("ix_pieces_edition_id"), "pieces", ["edition_id"], unique=False)
    op.create_index(op.f("ix_pieces_roundup_id"), "pieces", ["roundup_id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("text", SafeText(), nullable=False),
        sa.Column("url", SafeText(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_quotes_candidate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
    )
    op.create_index(op.f("ix_quotes_candidate_id"), "quotes", ["candidate_id"], unique=False)
    op.create_table(
        "draft_conflicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("base", SafeText(), nullable=True),
        sa.Column("desk", SafeText(), nullable=True),
        sa.Column("file", SafeText(), nullable=True),
        sa.Column("words", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("taken", sa.String(length=8), nullable=True),
        sa.Column("own", SafeText(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_draft_conflicts_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_conflicts")),
    )
    op.create_index(op.f("ix_draft_conflicts_edition_id"), "draft_conflicts", ["edition_id"], unique=False)
    op.create_table(
        "piece_candidates",
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_piece_candidates_candidate_id")),
        sa.ForeignKeyConstraint(["piece_id"], ["pieces.id"], name=op.f("fk_piece_candidates_piece_id")),
        sa.PrimaryKeyConstraint("piece_id", "candidate_id", name=op.f("pk_piece_candidates")),
    )
    op.create_index(op.f("ix_piece_candidates_candidate_id"), "piece_candidates", ["candidate_id"], unique=False)
    op.create_table(
        "piece_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("section", SafeText(), nullable=True),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column("text", SafeText(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("via", SafeText(), nullable=True),
        sa.Column("thanks", SafeText(), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_piece_states_edition_id")),
        sa.ForeignKeyConstraint(["piece_id"], ["pieces.id"], name=op.f("fk_piece_states_piece_id")),
        sa.ForeignKeyConstraint(["undoes"], ["piece_states.id"], name=op.f("fk_piece_states_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_states")),
    )
    op.create_index(op.f("ix_piece_states_edition_id"), "piece_states", ["edition_id"], unique=False)
    op.create_index(op.f("ix_piece_states_piece_id"), "piece_states", ["piece_id"], unique=False)
    op.add_column("archive_documents", sa.Column("form", sa.JSON(), nullable=True))
    # How past posts are written was not noted before: whatever the daemon follows is read anew, though it did not change.
    op.execute("UPDATE archive_sources SET version = NULL, etag = NULL, last_modified = NULL")
    op.add_column("candidates", sa.Column("thanks", SafeText(), nullable=True))
    op.add_column("verdicts", sa.Column("hold_theme", SafeText(), nullable=True))
    op.add_column("feed_moves", sa.Column("taken_back", sa.Boolean(), server_default=sa.text("false"), nullable=False))

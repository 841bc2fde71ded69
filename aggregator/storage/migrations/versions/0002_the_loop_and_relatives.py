"""The loop closed by publishing, relatives, finds, and a pause of the mails."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import SafeText, UtcDateTime, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns with their defaults, and tables; nothing that is there changes."""
    op.add_column("roundups", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column("roundups", sa.Column("labelled_for", sa.Text(), nullable=True))
    op.add_column("roundups", sa.Column("related_to", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("roundups", sa.Column("related_archive", sa.Text(), nullable=True))
    op.add_column("editions", sa.Column("post_hash", sa.String(length=64), nullable=True))
    op.add_column("subscriptions", sa.Column("role", sa.String(length=16), server_default=sa.text("'feed'"), nullable=False))
    op.add_column("outcomes", sa.Column("noticed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("digest_candidates", sa.Column("listed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("entries", sa.Column("links", Words(), server_default=sa.text("'[]'"), nullable=False))
    op.create_index(
        op.f("ix_entries_feed_id_offered_published_at"), "entries", ["feed_id", "offered", "published_at"], unique=False
    )
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=16), server_default=sa.text("'digest'"), nullable=False))
        batch.drop_constraint(op.f("uq_outbox_roundup_id_slot_repeat"), type_="unique")
        batch.create_unique_constraint(op.f("uq_outbox_roundup_id_kind_slot_repeat"), ["roundup_id", "kind", "slot", "repeat"])
    op.add_column("archive_documents", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.add_column("archive_documents", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("archive_documents", sa.Column("baseline", sa.Boolean(), server_default=sa.text("true"), nullable=False))

    op.create_table(
        "relatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("address", SafeText(), nullable=True),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(other_id IS NULL) <> (address IS NULL)", name=op.f("ck_relatives_one_relative")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_relatives_candidate_id")),
        sa.ForeignKeyConstraint(["other_id"], ["candidates.id"], name=op.f("fk_relatives_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relatives")),
    )
    op.create_index(op.f("ix_relatives_candidate_id"), "relatives", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_relatives_other_id"), "relatives", ["other_id"], unique=False)

    op.create_table(
        "archive_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("first_read_at", UtcDateTime(), nullable=True),
        sa.Column("last_read_at", UtcDateTime(), nullable=True),
        sa.Column("next_read_at", UtcDateTime(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("error", SafeText(), nullable=True),
        sa.Column("error_since", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_archive_sources_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_sources")),
        sa.UniqueConstraint("roundup_id", "address", name=op.f("uq_archive_sources_roundup_id_address")),
    )
    op.create_table(
        "redirects",
        sa.Column("address", SafeText(), nullable=False),
        sa.Column("target", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_redirects")),
    )
    op.create_index(op.f("ix_redirects_target"), "redirects", ["target"], unique=False)

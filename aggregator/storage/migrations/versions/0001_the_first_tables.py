"""The first tables."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import SafeText, UtcDateTime, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("title", SafeText(), nullable=True),
        sa.Column("site_url", SafeText(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("first_days", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("first_polled_at", UtcDateTime(), nullable=True),
        sa.Column("last_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("last_success_at", UtcDateTime(), nullable=True),
        sa.Column("last_new_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", SafeText(), nullable=True),
        sa.Column("error_kind", sa.String(length=32), nullable=True),
        sa.Column("error_since", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("validators_at", UtcDateTime(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("retry_after_until", UtcDateTime(), nullable=True),
        sa.Column("interval", sa.Float(), nullable=True),
        sa.Column("median_gap", sa.Float(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_since", UtcDateTime(), nullable=True),
        sa.Column("moved_polls", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("notes", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_feeds_canonical_url")),
    )
    op.create_index(op.f("ix_feeds_next_poll_at"), "feeds", ["next_poll_at"], unique=False)

    op.create_table(
        "heartbeats",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("words", SafeText(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "roundups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roundups")),
        sa.UniqueConstraint("name", name=op.f("uq_roundups_name")),
    )
    op.create_table(
        "archive_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("title", SafeText(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("style", sa.String(length=16), nullable=False),
        sa.Column("sections", Words(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("intro", SafeText(), nullable=False),
        sa.Column("outro", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_archive_documents_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_documents")),
        sa.UniqueConstraint("roundup_id", "path", name=op.f("uq_archive_documents_roundup_id_path")),
    )
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("url", SafeText(), nullable=True),
        sa.Column("canonical_url", SafeText(), nullable=True),
        sa.Column("author", SafeText(), nullable=True),
        sa.Column("title", SafeText(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("note", SafeText(), nullable=True),
        sa.Column("via", SafeText(), nullable=True),
        sa.Column("text", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_candidates_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
    )
    op.create_index(op.f("ix_candidates_roundup_id_canonical_url"), "candidates", ["roundup_id", "canonical_url"], unique=False)
    op.create_index(op.f("ix_candidates_roundup_id_first_seen"), "candidates", ["roundup_id", "first_seen"], unique=False)

    op.create_table(
        "classifiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("watermark", sa.Integer(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("sections", Words(), nullable=False),
        sa.Column("score_links", sa.Integer(), nullable=True),
        sa.Column("score_top1", sa.Float(), nullable=True),
        sa.Column("score_top2", sa.Float(), nullable=True),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_classifiers_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifiers")),
    )
    op.create_index(op.f("ix_classifiers_roundup_id"), "classifiers", ["roundup_id"], unique=False)

    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_editions_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("roundup_id", "number", name=op.f("uq_editions_roundup_id_number")),
    )
    op.create_index(
        "uq_editions_open",
        "editions",
        ["roundup_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("key", SafeText(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=True),
        sa.Column("edits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("url", SafeText(), nullable=True),
        sa.Column("canonical_url", SafeText(), nullable=True),
        sa.Column("author", SafeText(), nullable=True),
        sa.Column("title", SafeText(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("text", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_entries_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("feed_id", "key", name=op.f("uq_entries_feed_id_key")),
    )
    op.create_index(op.f("ix_entries_canonical_url"), "entries", ["canonical_url"], unique=False)

    op.create_table(
        "feed_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("old_url", sa.Text(), nullable=False),
        sa.Column("old_canonical_url", sa.Text(), nullable=False),
        sa.Column("new_url", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_moves_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_moves")),
    )
    op.create_index(op.f("ix_feed_moves_old_canonical_url"), "feed_moves", ["old_canonical_url"], unique=False)

    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("retracted", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("example_hash", sa.String(length=64), nullable=False),
        sa.Column("example", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_labels_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("roundup_id", "number", name=op.f("uq_labels_roundup_id_number")),
    )
    op.create_index(op.f("ix_labels_roundup_id_origin"), "labels", ["roundup_id", "origin"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("title", SafeText(), nullable=True),
        sa.Column("folders", Words(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_subscriptions_feed_id")),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_subscriptions_roundup_id")),
        sa.PrimaryKeyConstraint("roundup_id", "feed_id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_feed_id"), "subscriptions", ["feed_id"], unique=False)

    op.create_table(
        "added_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("canonical_url", SafeText(), nullable=False),
        sa.Column("anchor", SafeText(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_added_links_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_added_links")),
    )
    op.create_index(op.f("ix_added_links_edition_id"), "added_links", ["edition_id"], unique=False)

    op.create_table(
        "archive_bullets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", SafeText(), nullable=True),
        sa.Column("text", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archive_documents.id"], name=op.f("fk_archive_bullets_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_bullets")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_archive_bullets_document_id_position")),
    )
    op.create_table(
        "candidate_sources",
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_candidate_sources_candidate_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_candidate_sources_entry_id")),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_candidate_sources_roundup_id")),
        sa.PrimaryKeyConstraint("roundup_id", "entry_id", name=op.f("pk_candidate_sources")),
    )
    op.create_index(op.f("ix_candidate_sources_candidate_id"), "candidate_sources", ["candidate_id"], unique=False)

    op.create_table(
        "guesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("classifier_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("interest", sa.Float(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_guesses_candidate_id")),
        sa.ForeignKeyConstraint(["classifier_id"], ["classifiers.id"], name=op.f("fk_guesses_classifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_candidate_id_classifier_id"), "guesses", ["candidate_id", "classifier_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("slot", UtcDateTime(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("error", SafeText(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipients", Words(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_outbox_edition_id")),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_outbox_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("roundup_id", "slot", "repeat", name=op.f("uq_outbox_roundup_id_slot_repeat")),
    )
    op.create_index(op.f("ix_outbox_edition_id"), "outbox", ["edition_id"], unique=False)
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"], unique=False)

    op.create_table(
        "outcomes",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_outcomes_candidate_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_outcomes_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "candidate_id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_candidate_id_outcome"), "outcomes", ["candidate_id", "outcome"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("hold_kind", sa.String(length=8), nullable=True),
        sa.Column("hold_until", sa.Date(), nullable=True),
        sa.Column("comment", SafeText(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_verdicts_undo_names_a_verdict")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_verdicts_candidate_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_verdicts_edition_id")),
        sa.ForeignKeyConstraint(["undoes"], ["verdicts.id"], name=op.f("fk_verdicts_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_candidate_id"), "verdicts", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_verdicts_edition_id"), "verdicts", ["edition_id"], unique=False)

    op.create_table(
        "archive_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roundup_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("bullet", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("canonical_url", SafeText(), nullable=False),
        sa.Column("anchor", SafeText(), nullable=False),
        sa.Column("haystack", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "bullet"],
            ["archive_bullets.document_id", "archive_bullets.position"],
            name=op.f("fk_archive_links_document_id_bullet"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["roundup_id"], ["roundups.id"], name=op.f("fk_archive_links_roundup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_links")),
        sa.UniqueConstraint("document_id", "bullet", "position", name=op.f("uq_archive_links_document_id_bullet_position")),
    )
    op.create_index(
        op.f("ix_archive_links_canonical_url_roundup_id"), "archive_links", ["canonical_url", "roundup_id"], unique=False
    )

    op.create_table(
        "digest_candidates",
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_digest_candidates_candidate_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name=op.f("fk_digest_candidates_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "candidate_id", name=op.f("pk_digest_candidates")),
    )
    op.create_index(op.f("ix_digest_candidates_candidate_id"), "digest_candidates", ["candidate_id"], unique=False)

    op.create_table(
        "digest_feeds",
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_digest_feeds_feed_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name=op.f("fk_digest_feeds_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "feed_id", name=op.f("pk_digest_feeds")),
    )

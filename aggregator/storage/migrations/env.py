"""Runs migrations on the connection, and in the transaction, that `storage.migrate` opened."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from aggregator.storage import schema

config = context.config


def declare(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:  # noqa: ARG001 - Alembic's signature
    """After each step: a migration that means to change the number of a table's rows says so in its `CHANGES_ROWS`."""
    module = getattr(step.up_revision, "module", None)
    config.attributes["declared"].update(getattr(module, "CHANGES_ROWS", ()))


context.configure(
    connection=config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    on_version_apply=declare,
)
context.run_migrations()

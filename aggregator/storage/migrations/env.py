"""Runs migrations on the connection, and in the transaction, that `storage.migrate` opened."""

from alembic import context

from aggregator.storage import schema

config = context.config


def declare(**about: object) -> None:
    """After each step: tables whose rows it means to change name themselves in its `CHANGES_ROWS`."""
    step = about["step"]
    for script in getattr(step, "up_revisions", ()):
        config.attributes["declared"].update(getattr(script.module, "CHANGES_ROWS", ()))


context.configure(
    connection=config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    on_version_apply=declare,
)
context.run_migrations()

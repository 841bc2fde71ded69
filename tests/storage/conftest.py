"""A small world on each database."""

from __future__ import annotations

import pytest

from aggregator.storage.database import Database
from tests.storage.world import World


@pytest.fixture
def world(database: Database) -> World:
    """One roundup with every store, on SQLite and on PostgreSQL."""
    return World(database)


@pytest.fixture
def sqlite_world(sqlite_database: Database) -> World:
    """The same on SQLite only."""
    return World(sqlite_database)

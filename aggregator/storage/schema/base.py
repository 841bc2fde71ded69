"""What every table shares: the metadata, its names, and how a row refers to another."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData

#: The newest migration. A database that is there needs no Alembic, whose import costs half a second.
REVISION = "0003"

#: What `file` and a restore know the product's SQLite files by ("AGGR").
APPLICATION_ID = 0x41474752

# Named constraints: a migration can only change what has a name (R12).
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def own_id() -> Column[int]:
    """The row's own number."""
    return Column("id", Integer, primary_key=True)


def ref(name: str, target: str, *, primary: bool = False, cascade: bool = False, nullable: bool = False) -> Column[int]:
    """A column that names a row of `target`. cascade: this row goes with that one."""
    key = ForeignKey(f"{target}.id", ondelete="CASCADE" if cascade else None)
    return Column(name, Integer, key, primary_key=primary, nullable=nullable)

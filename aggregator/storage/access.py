"""Who may use the desk: hashes of secrets, browsers that are signed in, attempts that failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from aggregator.records.access import SignIn
from aggregator.storage.database import Database, insert
from aggregator.storage.schema import credentials, failed_logins, sessions

PASSWORD = "password"  # noqa: S105 - the row's name
_REMEMBERED = timedelta(days=1)
_MOST_FAILURES = 1_000


class SqlAccess:
    """`ports.AccessStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def secret(self, name: str) -> str | None:
        """The hash kept under a name; None without one."""
        with self._database.read() as connection:
            return connection.execute(select(credentials.c.secret).where(credentials.c.name == name)).scalar()

    def set_secret(self, name: str, hashed: str | None, at: datetime) -> None:
        """Keeps a hash in place of the one before, None removes it. A new password, or none, ends every sign-in."""
        with self._database.write(durable=True) as connection:
            if hashed is None:
                connection.execute(delete(credentials).where(credentials.c.name == name))
            else:
                row = {"name": name, "secret": hashed, "at": at}
                upsert = insert(connection, credentials).values(row)
                connection.execute(upsert.on_conflict_do_update(index_elements=["name"], set_=row))
            if name == PASSWORD:
                connection.execute(delete(sessions))
                connection.execute(delete(failed_logins))

    def sign_in(self, found: SignIn, ends: str | None = None) -> None:
        """Remembers a browser, and forgets those whose time is over and the one that it replaces."""
        row = {
            "token_hash": found.token_hash,
            "csrf": found.csrf,
            "made_at": found.made_at,
            "ends_at": found.ends_at,
            "who": found.who,
            "agent": found.agent,
        }
        with self._database.write(durable=True) as connection:
            over = (sessions.c.ends_at <= found.made_at) | (sessions.c.token_hash == ends)
            connection.execute(delete(sessions).where(over))
            connection.execute(sessions.insert().values(row))

    def signed_in(self, token_hash: str, now: datetime) -> SignIn | None:
        """The sign-in with this token, None if there is none or its time is over."""
        query = select(sessions).where(sessions.c.token_hash == token_hash, sessions.c.ends_at > now)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return SignIn(row.token_hash, row.csrf, row.made_at, row.ends_at, row.who, row.agent) if row else None

    def sign_out(self, token_hash: str) -> None:
        """Forgets one browser."""
        with self._database.write(durable=True) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def failed(self, source: str, at: datetime) -> None:
        """Remembers an attempt that failed; those older than a day are forgotten."""
        with self._database.write() as connection:
            connection.execute(delete(failed_logins).where(failed_logins.c.at < at - _REMEMBERED))
            connection.execute(failed_logins.insert().values(source=source, at=at))

    def failures(self, since: datetime) -> list[tuple[str, datetime]]:
        """(source, when) of the attempts that failed after `since`, oldest first."""
        last = select(failed_logins.c.source, failed_logins.c.at).where(failed_logins.c.at > since)
        last = last.order_by(failed_logins.c.at.desc(), failed_logins.c.id.desc()).limit(_MOST_FAILURES)
        with self._database.read() as connection:
            return [(row.source, row.at) for row in connection.execute(last)][::-1]

    def forget_failures(self, source: str) -> None:
        """The right password was given from there."""
        with self._database.write() as connection:
            connection.execute(delete(failed_logins).where(failed_logins.c.source == source))

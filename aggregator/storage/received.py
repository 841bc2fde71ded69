"""What comes back from mails: links whose button was pressed, and mails that were taken up, each once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select, update

from aggregator.records.candidates import Action
from aggregator.records.received import NewReceived, ReceivedKind, ReceivedMail, UsedLink
from aggregator.storage.database import Database, chunks, insert
from aggregator.storage.presence import alone
from aggregator.storage.schema import received_mails, used_links


class SqlReceived:
    """`ports.ReceivedStore` on a database. Every commit survives a power cut: what was done is not done again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def used(self, token_hash: str) -> UsedLink | None:
        """What pressing the button of a link came to; None if nobody did."""
        with self._database.read() as connection:
            row = connection.execute(select(used_links).where(used_links.c.token_hash == token_hash)).first()
        return None if row is None else UsedLink(row.token_hash, row.at, row.candidate_id, Action(row.action))

    def use(self, used: UsedLink) -> None:
        """Remembers it, once."""
        row = {"token_hash": used.token_hash, "at": used.at, "candidate_id": used.candidate_id, "action": used.action.value}
        with self._database.write(durable=True) as connection:
            connection.execute(insert(connection, used_links).values(row).on_conflict_do_nothing(index_elements=["token_hash"]))

    @contextmanager
    def reading(self) -> Iterator[bool]:
        """One process at a time reads the mailbox: whether it is this one."""
        with alone(self._database, "answers") as mine:
            yield mine

    def known(self, message_ids: Sequence[str]) -> set[str]:
        """Those of them that are done with."""
        found: set[str] = set()
        with self._database.read() as connection:
            for part in chunks(sorted(set(message_ids))):
                those = (received_mails.c.message_id.in_(part), received_mails.c.answered_at.is_not(None))
                found.update(connection.execute(select(received_mails.c.message_id).where(*those)).scalars())
        return found

    def take(self, mail: NewReceived) -> ReceivedMail:
        """Takes up a mail; the one that was taken up before, if it was."""
        row = {
            "message_id": mail.message_id,
            "roundup_id": mail.roundup_id,
            "sender": mail.sender,
            "subject": mail.subject,
            "kind": mail.kind.value,
            "at": mail.at,
            "said": "[]",
            "gestures": "[]",
        }
        with self._database.write(durable=True) as connection:
            new = insert(connection, received_mails).values(row).on_conflict_do_nothing(index_elements=["message_id"])
            connection.execute(new)
            same = select(received_mails).where(received_mails.c.message_id == mail.message_id)
            return _received(connection.execute(same).one())

    def say(self, mail_id: int, said: Sequence[str | None], gestures: Sequence[str]) -> None:
        """Writes how far it came."""
        self._write(mail_id, said=json.dumps(list(said), ensure_ascii=False), gestures=json.dumps(list(gestures)))

    def find(self, mail_id: int) -> ReceivedMail | None:
        """The mail of this number; None if it is forgotten."""
        with self._database.read() as connection:
            row = connection.execute(select(received_mails).where(received_mails.c.id == mail_id)).first()
        return None if row is None else _received(row)

    def answered(self, mail_id: int, at: datetime) -> None:
        """Its answer is in the outbox, or it gets none."""
        self._write(mail_id, answered_at=at)

    def forget(self, unproved: datetime, every: datetime) -> None:
        """Those that proved nothing and came before `unproved`, and all that came before `every`."""
        came = received_mails.c.at
        old = or_(came < every, and_(came < unproved, received_mails.c.kind == ReceivedKind.UNPROVED))
        with self._database.write() as connection:
            connection.execute(delete(received_mails).where(old))

    def last(self, roundup_id: int, kind: ReceivedKind | None = None, limit: int = 20) -> list[ReceivedMail]:
        """Mails that were taken up, newest first."""
        query = select(received_mails).where(received_mails.c.roundup_id == roundup_id)
        if kind is not None:
            query = query.where(received_mails.c.kind == kind)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(received_mails.c.id.desc()).limit(limit))
            return [_received(row) for row in rows]

    def _write(self, mail_id: int, **values: Any) -> None:
        with self._database.write(durable=True) as connection:
            connection.execute(update(received_mails).where(received_mails.c.id == mail_id).values(values))


def _received(row: Row[Any]) -> ReceivedMail:
    return ReceivedMail(
        id=row.id,
        message_id=row.message_id,
        roundup_id=row.roundup_id,
        sender=row.sender,
        subject=row.subject,
        kind=ReceivedKind(row.kind),
        at=row.at,
        said=tuple(json.loads(row.said)),
        gestures=tuple(json.loads(row.gestures)),
        answered_at=row.answered_at,
    )

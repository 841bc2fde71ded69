"""The outbox: one row a mail with its exact bytes, and what every attempt to deliver it came to (R6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update
from sqlalchemy import insert as plain_insert

from aggregator.errors import NotFound
from aggregator.records.digests import Mail, MailKind, MailState, NewMail
from aggregator.storage.database import Database, insert
from aggregator.storage.presence import present
from aggregator.storage.schema import digest_candidates, digest_feeds, outbox

SEEN = tuple(state for state in MailState if state.seen)
_CRASHED = "The program stopped while sending; the mail may have left, so it may arrive twice."
_SUPERSEDED = "A newer digest took its place before it could be delivered."
_UNSENT = (MailState.RENDERED, MailState.FAILED_TEMP)
_WAITING = (*_UNSENT, MailState.UNKNOWN)


class SqlOutbox:
    """`ports.OutboxStore` on a database. Every commit of a state survives a power cut (R11)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, mail: NewMail) -> Mail:
        """Commits the exact bytes, due at once. A second one of the same (roundup, kind, slot, repeat) returns the first.

        A digest supersedes those that still wait to leave for the first time: it leads with all that they led with, and he
        would read everything twice.
        """
        row = {
            "roundup_id": mail.roundup_id,
            "edition_id": mail.edition_id,
            "kind": mail.kind.value,
            "slot": mail.slot,
            "repeat": mail.repeat,
            "state": MailState.RENDERED.value,
            "attempts": 0,
            "made_at": mail.made_at,
            "next_attempt_at": mail.made_at,
            "message_id": mail.message_id,
            "sender": mail.sender,
            "recipients": mail.recipients,
            "text": mail.text,
            "html": mail.html,
            "message": mail.message,
        }
        with self._database.write(durable=True) as connection:
            unique = ["roundup_id", "kind", "slot", "repeat"]
            made = connection.execute(
                insert(connection, outbox).values(row).on_conflict_do_nothing(index_elements=unique).returning(outbox.c.id)
            ).scalar()
            if made is not None:
                _remember(connection, made, mail)
                if mail.kind is MailKind.DIGEST:
                    waiting = (*_digests(mail.roundup_id), outbox.c.id != made, outbox.c.state.in_(_UNSENT))
                    superseded = {"state": MailState.SUPERSEDED.value, "next_attempt_at": None, "error": _SUPERSEDED}
                    connection.execute(update(outbox).where(*waiting).values(superseded))
            same = (outbox.c[name] == row[name] for name in unique)
            found = connection.execute(select(outbox).where(*same)).one()
        return _mail(found)

    def find(self, roundup_id: int, slot: datetime) -> list[Mail]:
        """The slot's digests, oldest repeat first."""
        return self._mails(select(outbox).where(*_digests(roundup_id), outbox.c.slot == slot).order_by(outbox.c.repeat))

    def last_slot(self, roundup_id: int, now: datetime) -> datetime | None:
        """Latest slot with a digest, whatever became of it, that is not to come: a clock that was ahead once must not keep the
        digests back until its day."""
        query = select(func.max(outbox.c.slot)).where(*_digests(roundup_id), outbox.c.slot <= now)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def last_sent(self, roundup_id: int, before: datetime | None = None) -> Mail | None:
        """The digest made last of those sent, written, being sent or perhaps sent; of slots before `before` only."""
        query = select(outbox).where(*_digests(roundup_id), outbox.c.state.in_(SEEN))
        if before is not None:
            query = query.where(outbox.c.slot < before)
        found = self._mails(query.order_by(outbox.c.id.desc()).limit(1))
        return found[0] if found else None

    def by_message_id(self, message_ids: Sequence[str]) -> Mail | None:
        """The first of these that is a mail of ours."""
        found = {mail.message_id: mail for mail in self._mails(select(outbox).where(outbox.c.message_id.in_(message_ids)))}
        return next((found[one] for one in message_ids if one in found), None)

    def offered(self, mail_id: int) -> int:
        """How many candidates a mail offers."""
        query = select(func.count()).select_from(digest_candidates).where(digest_candidates.c.mail_id == mail_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def in_edition(self, edition_id: int) -> list[Mail]:
        """The edition's digests in order of slot."""
        mine = (outbox.c.edition_id == edition_id, outbox.c.kind == MailKind.DIGEST)
        return self._mails(select(outbox).where(*mine).order_by(outbox.c.slot, outbox.c.repeat))

    @contextmanager
    def delivery(self, resend_after: float) -> Iterator[None]:
        """A round of sending; makes `unknown` what a process that is no more was sending, due `resend_after` seconds after
        it began."""
        with present(self._database, "send", lambda: self._disown(timedelta(seconds=resend_after))):
            yield

    def _disown(self, resend_after: timedelta) -> None:
        with self._database.write(durable=True) as connection:
            for row in connection.execute(
                select(outbox.c.id, outbox.c.started_at).where(outbox.c.state == MailState.SENDING)
            ).all():
                connection.execute(
                    update(outbox)
                    .where(outbox.c.id == row.id)
                    .values(state=MailState.UNKNOWN.value, next_attempt_at=row.started_at + resend_after, error=_CRASHED)
                )

    def claim(self, now: datetime, stale: float, only: int | None = None) -> Mail | None:
        """Takes one due mail, the longest due first, and commits `sending` with its start: from then on its bytes may leave.

        A `sending` row older than `stale` seconds is a crash in the window; it becomes `unknown`, due now. `only` names the
        one mail that may be taken, due or not, one that failed for good included; never one that was delivered.
        """
        with self._database.write(durable=True) as connection:
            crashed = and_(outbox.c.state == MailState.SENDING, outbox.c.started_at < now - timedelta(seconds=stale))
            connection.execute(
                update(outbox)
                .where(crashed)
                .values(
                    state=MailState.UNKNOWN.value,
                    next_attempt_at=now,
                    error=_CRASHED,
                )
            )
            if only is None:
                ready = and_(outbox.c.state.in_(_WAITING), outbox.c.next_attempt_at <= now)
            else:
                ready = and_(outbox.c.id == only, outbox.c.state.in_((*_WAITING, MailState.FAILED_PERM)))
            first = select(outbox.c.id).where(ready).order_by(outbox.c.next_attempt_at, outbox.c.id).limit(1)
            row = connection.execute(
                update(outbox)
                .where(outbox.c.id == first.scalar_subquery(), ready)
                .values(state=MailState.SENDING.value, started_at=now, attempts=outbox.c.attempts + 1)
                .returning(*outbox.c)
            ).first()
        return None if row is None else _mail(row)

    def settle(
        self, mail_id: int, state: MailState, at: datetime, error: str | None = None, next_attempt_at: datetime | None = None
    ) -> None:
        """Writes what an attempt came to. Raises NotFound."""
        values: dict[str, Any] = {"state": state.value, "error": error, "next_attempt_at": next_attempt_at}
        if state in (MailState.SENT, MailState.WRITTEN):
            values["sent_at"] = at
        with self._database.write(durable=True) as connection:
            if not connection.execute(update(outbox).where(outbox.c.id == mail_id).values(values)).rowcount:
                raise NotFound("there is no such mail in the outbox", resource=str(mail_id))

    def reported(self, edition_ids: Collection[int]) -> set[tuple[int, datetime]]:
        """Edition and slot of each report on one of these editions, whatever became of it."""
        query = select(outbox.c.edition_id, outbox.c.slot).where(
            outbox.c.kind == MailKind.REPORT, outbox.c.edition_id.in_(edition_ids)
        )
        with self._database.read() as connection:
            return {(row.edition_id, row.slot) for row in connection.execute(query)}

    def recent(self, limit: int) -> list[Mail]:
        """Newest first."""
        return self._mails(select(outbox).order_by(outbox.c.id.desc()).limit(limit))

    def told_feeds(self, roundup_id: int) -> dict[int, datetime]:
        """Feed -> when the last mail that told of its trouble was made; one that did not leave told nobody."""
        query = (
            select(digest_feeds.c.feed_id, func.max(outbox.c.made_at).label("made_at"))
            .join(outbox, outbox.c.id == digest_feeds.c.mail_id)
            .where(outbox.c.roundup_id == roundup_id, outbox.c.state.in_(SEEN))
            .group_by(digest_feeds.c.feed_id)
        )
        with self._database.read() as connection:
            return {row.feed_id: row.made_at for row in connection.execute(query)}

    def _mails(self, query: Any) -> list[Mail]:
        with self._database.read() as connection:
            return [_mail(row) for row in connection.execute(query)]


def _digests(roundup_id: int) -> tuple[Any, ...]:
    return (outbox.c.roundup_id == roundup_id, outbox.c.kind == MailKind.DIGEST)


def _remember(connection: Connection, mail_id: int, mail: NewMail) -> None:
    listed = set(mail.listed)
    rows = [{"mail_id": mail_id, "candidate_id": one, "listed": one in listed} for one in dict.fromkeys(mail.shown)]
    if rows:
        connection.execute(plain_insert(digest_candidates), rows)
    if mail.told:
        connection.execute(plain_insert(digest_feeds), [{"mail_id": mail_id, "feed_id": one} for one in dict.fromkeys(mail.told)])


def _mail(row: Row[Any]) -> Mail:
    return Mail(
        id=row.id,
        roundup_id=row.roundup_id,
        edition_id=row.edition_id,
        slot=row.slot,
        repeat=row.repeat,
        message_id=row.message_id,
        sender=row.sender,
        recipients=row.recipients,
        message=bytes(row.message),
        html=row.html,
        text=row.text,
        state=MailState(row.state),
        attempts=row.attempts,
        made_at=row.made_at,
        started_at=row.started_at,
        sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at,
        error=row.error,
        kind=MailKind(row.kind),
    )

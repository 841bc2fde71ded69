"""Delivers what is due in the outbox: claims a row, hands its bytes over with no transaction open, writes what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from aggregator.delivery.files import write_mail
from aggregator.delivery.retry import RESEND_AFTER, OnUnknown, Settlement, after_error, held
from aggregator.errors import DeliveryError, StorageError
from aggregator.ports import Clock, MailSender, OutboxStore
from aggregator.records.digests import Mail, MailKind, MailState

_RECENT = 10
"""Rows looked at for how they stood before a claim; an older one has long been settled."""
_MAY_HAVE_LEFT = (MailState.SENDING, MailState.UNKNOWN)


def deliver(
    outbox: OutboxStore,
    sender: MailSender | None,
    clock: Clock,
    *,
    files: Path,
    on_unknown: OnUnknown,
    only: int | None = None,
) -> list[Mail]:
    """Delivers every mail that is due, or the one named `only`, due or not. Returns them as they stand afterwards.

    sender: None writes the mail into the folder `files` instead. on_unknown: see `retry.after_error`; a mail named by
    `only` is sent whatever it says, since the author asked. A failed attempt is an outcome and never raises; StorageError
    does if the outbox itself cannot be used, and then the row says `sending`, which is true.
    """
    before = {mail.id: mail.state for mail in outbox.recent(_RECENT)}
    delivered: list[Mail] = []
    while (mail := outbox.claim(clock.now(), RESEND_AFTER.total_seconds(), only)) is not None:
        may_have_left = before.get(mail.id) in _MAY_HAVE_LEFT
        if may_have_left and on_unknown == "hold" and only is None:
            settlement = held("The program stopped while sending.")
        else:
            settlement = _attempt(mail, sender, clock, files, may_have_left, on_unknown)
        at = clock.now()
        outbox.settle(mail.id, settlement.state, at, settlement.error, settlement.next_attempt_at)
        delivered.append(
            replace(
                mail,
                state=settlement.state,
                error=settlement.error,
                next_attempt_at=settlement.next_attempt_at,
                sent_at=at if settlement.state in (MailState.SENT, MailState.WRITTEN) else mail.sent_at,
            )
        )
        if only is not None:
            break
    return delivered


def _attempt(
    mail: Mail, sender: MailSender | None, clock: Clock, files: Path, may_have_left: bool, on_unknown: OnUnknown
) -> Settlement:
    try:
        if sender is None:
            write_mail(files, stem(mail), message=mail.message, html=mail.html, text=mail.text)
            return Settlement(MailState.WRITTEN)
        return Settlement(MailState.SENT, _refusals(sender.send(mail.sender, mail.recipients, mail.message)))
    except (DeliveryError, StorageError) as error:
        return after_error(mail, error, now=clock.now(), may_have_left=may_have_left, on_unknown=on_unknown)


def stem(mail: Mail) -> str:
    """The name of a mail's files, without ending: the roundup's and the slot's, safe for every file system."""
    slug = mail.message_id.strip("<>").partition(".")[0]
    name = "".join(char for char in slug if char.isascii() and (char.isalnum() or char == "-")) or "digest"
    again = f"-again{mail.repeat}" if mail.repeat else ""
    kind = "" if mail.kind is MailKind.DIGEST else f"-{mail.kind}"
    return f"{name}{kind}-{mail.slot.astimezone(UTC):%Y-%m-%dT%H%MZ}{again}"


def _refusals(refused: Mapping[str, str]) -> str | None:
    return "; ".join(f"Not taken for {address}: {why}" for address, why in refused.items()) or None

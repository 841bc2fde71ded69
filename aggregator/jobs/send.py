"""Delivers what waits in the outbox, one mail at a time, no transaction open while the server talks (R6)."""

from __future__ import annotations

from pathlib import Path

from aggregator.delivery.outbox import deliver
from aggregator.delivery.retry import RESEND_AFTER, OnUnknown
from aggregator.ports import MailSender, Stores
from aggregator.records.digests import Mail


def run_once(
    stores: Stores, sender: MailSender | None, *, files: Path, on_unknown: OnUnknown, only: int | None = None
) -> list[Mail]:
    """Sends every due mail, or the one mail `only`, due or not. Returns what became of each."""
    with stores.outbox.delivery(RESEND_AFTER.total_seconds()):
        return deliver(stores.outbox, sender, stores.clock, files=files, on_unknown=on_unknown, only=only)

"""Delivers what waits in the outbox, one mail at a time, no transaction open while the server talks (R6)."""

from __future__ import annotations

from pathlib import Path

from aggregator.delivery.outbox import deliver
from aggregator.ports import MailSender, Stores
from aggregator.records.digests import Mail


def run_once(stores: Stores, sender: MailSender | None, *, files: Path, on_unknown: str, only: int | None = None) -> list[Mail]:
    """Sends every due mail, or the one mail `only`, due or not. Returns what became of each."""
    return deliver(stores.outbox, sender, stores.clock, files=files, on_unknown=on_unknown, only=only)

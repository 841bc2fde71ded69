"""Roundups that the database knows and config.yaml does not: renamed by mistake, or given up."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.ports import Stores
from aggregator.records.roundups import Roundup
from aggregator.settings import Settings


def strays(stores: Stores, settings: Settings) -> list[Roundup]:
    """Those whose name is not in the configuration, letter case aside."""
    configured = {plan.name.casefold() for plan in settings.roundups}
    return [one for one in stores.ledger.roundups() if one.name.casefold() not in configured]


def seems_renamed(stores: Stores, roundup: Roundup, others: Sequence[Roundup]) -> Roundup | None:
    """The stray that `roundup` may have been until its name was changed: it came later, and has published nothing yet."""
    if any(edition.closed_at is not None for edition in stores.ledger.editions(roundup.id)):
        return None
    return max((one for one in others if one.created_at < roundup.created_at), key=lambda one: one.created_at, default=None)


def advice(stray: Roundup) -> str:
    """What the author can do about a stray."""
    return (
        f"If you renamed it: its name is what it is known by, so give it the old one back (`name: {stray.name}`) and put the new "
        "one into `title` and `short_name`. If you gave it up, its feeds are no longer polled, and nothing is lost."
    )

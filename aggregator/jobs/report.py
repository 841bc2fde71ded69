"""The report on a closed edition: read from the stores, and mailed once after the daemon closed one. Sending is `jobs.send`'s."""

from __future__ import annotations

from datetime import timedelta

from aggregator.archive.sites import sites_of
from aggregator.delivery.message import build, list_id, message_id
from aggregator.errors import NotFound
from aggregator.jobs.digest import recipients_of, sender_of
from aggregator.ports import Stores
from aggregator.records.digests import Mail, MailKind, NewMail
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.report.closing import ClosingReport, closing_report, learnt_words
from aggregator.report.drift import drift
from aggregator.report.mail import render_mail
from aggregator.settings import RoundupSettings, Settings
from aggregator.text.canonical import host_of

EDITIONS = 11
"""The closed one, and the ten before that it is compared with."""
LATE = timedelta(days=3)
"""A report that comes later than this after the close is no news."""


def missing(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Edition]:
    """Editions that were closed of late by a post that appeared, and that no report tells of, oldest first: those that just
    closed, and one after whose close a run was cut off. What he closes by hand is reported where he does so."""
    since = stores.clock.now() - LATE
    closed = [one for one in stores.ledger.editions(roundup.id) if one.closed_at is not None and one.closed_at >= since]
    if not closed or not plan.digest.report:
        return []
    appeared = {one.path for one in stores.archive.documents(roundup.id) if not one.baseline}
    told = stores.outbox.reported([one.id for one in closed])
    return [one for one in closed if one.post in appeared and (one.id, one.closed_at) not in told]


def put(stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings, closed: Edition) -> Mail | None:
    """Puts the report on an edition that closed into the outbox; None if the author wants none.

    Call it after training, which the report tells of. Its slot is the moment of closing, so that doing it again adds nothing.
    """
    slot = closed.closed_at
    if not plan.digest.report or slot is None:
        return None
    now = stores.clock.now()
    rendered = render_mail(read(stores, roundup, plan, closed.number))
    sender, recipients = sender_of(settings, plan), recipients_of(settings, plan)
    domain = sender.rpartition("@")[2]
    identity = message_id(roundup.slug, slot, 0, domain, MailKind.REPORT)
    message = build(
        rendered,
        sender=sender,
        recipients=recipients,
        message_id=identity,
        date=now,
        list_id=list_id(roundup.slug, domain),
        sender_name=plan.name,
    )
    return stores.outbox.put(
        NewMail(
            roundup_id=roundup.id,
            edition_id=closed.id,
            slot=slot,
            repeat=0,
            message_id=identity,
            sender=sender,
            recipients=recipients,
            message=message,
            html=rendered.html,
            text=rendered.text,
            made_at=now,
            shown=(),
            kind=MailKind.REPORT,
        )
    )


def read(stores: Stores, roundup: Roundup, plan: RoundupSettings, number: int | None = None) -> ClosingReport:
    """The report on edition `number`, on the last that closed without one. Raises NotFound if there is none such."""
    known = stores.ledger.closings(roundup.id, EDITIONS if number is None else None)
    ends = {one.edition.number: place for place, one in enumerate(known, 1)}
    end = len(known) if number is None else ends.get(number, 0)
    closings = known[max(0, end - EDITIONS) : end]
    if not closings:
        raise NotFound(
            "no edition was closed yet" if number is None else f"edition {number} was not closed here",
            resource=plan.name,
            advice="`aggregator edition close --published PATH` closes the open one.",
        )
    closed = closings[-1]
    past = stores.archive.editions(roundup.id)
    feeds = stores.feeds.statuses(roundup.id)
    following = known[end].edition if end < len(known) else None
    return closing_report(
        closings,
        roundup=plan.name,
        short_name=plan.initials,
        title=plan.edition_title(closed.edition.number),
        section_of=plan.canonical_section,
        sections=plan.section_names,
        followed={host_of(address) for one in feeds for address in (one.url, one.site_url) if address},
        sites=sites_of(past),
        learnt=learnt_words(stores.learning.classifiers(roundup.id), closed.edition, following),
        notes=drift(closings, past, plan.canonical_section, None) if end == len(known) else (),
    )

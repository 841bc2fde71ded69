"""Assembles and renders one slot's digest, and puts its exact bytes into the outbox. Sending is `jobs.send`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from aggregator.classify.unlearnt import new_sections
from aggregator.classify.words import describe
from aggregator.delivery.files import write_mail
from aggregator.delivery.message import build, list_id, message_id
from aggregator.delivery.tokens import LinkSigner, LinkToken, MailSigner, section_mark
from aggregator.digest.answering import links, public_desk
from aggregator.digest.assemble import assemble
from aggregator.digest.render import render
from aggregator.digest.schedule import Due, Step, coming_slot, due_slot, gap_before, latest_slot
from aggregator.edition.holds import due_reason
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Action, State
from aggregator.records.digests import Answering, Digest, NewMail, RenderedDigest
from aggregator.records.editions import Edition
from aggregator.records.reports import DigestReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings

NO_SENDER = "aggregator@localhost"
"""From and To of a digest that only goes to a file."""
ANSWER = "answer"
"""What the mark in a mail's Message-ID is for."""
_NAMED = 2
"""New sections that a mail names: one line is enough, `aggregator sections` has them all."""
_RECENT = 10
"""Editions by which his usual size is told: what he did years ago is not what he does."""


@dataclass(frozen=True, slots=True)
class Made:
    """A rendered digest and its bytes. offered: what the edition held then, neither dropped nor folded away, listed or counted in
    a line."""

    digest: Digest
    rendered: RenderedDigest
    message: bytes
    message_id: str
    offered: tuple[int, ...]


def due(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> Due:
    """What the schedule asks for now (R7): a pure rule over the database's last slot."""
    now = stores.clock.now()
    return due_slot(
        plan.digest,
        last_slot=stores.outbox.last_slot(roundup.id, now),
        since=roundup.created_at,
        now=now,
        paused_until=roundup.paused_until,
    )


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings) -> DigestReport | None:
    """Puts the due slot's digest into the outbox; None if none is due."""
    what = due(stores, roundup, plan)
    if what.step is not Step.SEND or what.slot is None:
        return None
    return put(stores, roundup, plan, settings, at=what.slot)


def put(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    settings: Settings,
    *,
    at: datetime | None = None,
    again: bool = False,
) -> DigestReport:
    """The digest of the latest slot not after `at` (default now) goes into the outbox. A slot that has a mail keeps it,
    unless `again` asks for a further one, marked as a repeat. An `at` still to come is a slot taken in advance, its digest
    as of then; an earlier one only chooses the slot."""
    now = stores.clock.now()
    slot = latest_slot(plan.digest, at or now)
    mails = stores.outbox.find(roundup.id, slot)
    if mails and not again:
        mail = mails[-1]
        edition = next(one for one in stores.ledger.editions(roundup.id) if one.id == mail.edition_id)
        return DigestReport(
            None,
            None,
            mail.message,
            mail.message_id,
            edition,
            slot,
            mail,
            repeated=True,
            candidates=stores.outbox.offered(mail.id),
        )
    edition = stores.ledger.open_edition(roundup.id, plan.next_number, now)
    made = make(stores, roundup, plan, settings, edition, slot, now=max(now, at or now), repeat=len(mails))
    mail = stores.outbox.put(
        NewMail(
            roundup_id=roundup.id,
            edition_id=edition.id,
            slot=slot,
            repeat=len(mails),
            message_id=made.message_id,
            sender=sender_of(settings, plan),
            recipients=recipients_of(settings, plan),
            message=made.message,
            html=made.rendered.html,
            text=made.rendered.text,
            made_at=now,
            shown=made.offered,
            listed=made.rendered.listed,
            told=tuple(trouble.feed_id for trouble in made.digest.troubles),
        )
    )
    return DigestReport(
        made.digest, made.rendered, made.message, made.message_id, edition, slot, mail, candidates=len(made.offered)
    )


def preview(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings, *, at: datetime | None = None
) -> DigestReport:
    """The digest as it would be at `at`, written nowhere."""
    now = at or stores.clock.now()
    slot = latest_slot(plan.digest, now)
    edition = stores.ledger.open_edition(roundup.id, plan.next_number, stores.clock.now())
    made = make(stores, roundup, plan, settings, edition, slot, now=now, repeat=0)
    return DigestReport(made.digest, made.rendered, made.message, made.message_id, edition, slot, candidates=len(made.offered))


def preview_faults(stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings) -> tuple[str, ...]:
    """What is wrong with the author's own templates, by rendering the present digest with them."""
    rendered = preview(stores, roundup, plan, settings).rendered
    return rendered.notices if rendered else ()


def make(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    settings: Settings,
    edition: Edition,
    slot: datetime,
    *,
    now: datetime,
    repeat: int,
) -> Made:
    """Reads what the digest needs, then only pure steps: assemble, render, build."""
    candidates = stores.ledger.candidates(roundup.id, carry=plan.carry)
    today = now.astimezone(plan.digest.zone).date()
    last = stores.outbox.last_sent(roundup.id)
    before = stores.outbox.last_sent(roundup.id, before=slot)
    past = stores.archive.editions(roundup.id)
    earlier = {mail.slot for mail in stores.outbox.in_edition(edition.id) if mail.state.seen} - {slot}
    digest = assemble(
        settings=plan,
        edition=edition,
        candidates=candidates,
        passed_over=len(stores.ledger.passed_over(roundup.id, plan.carry)),
        due=lambda one: due_reason(one, edition, today, candidates),
        feeds=stores.feeds.statuses(roundup.id),
        told=stores.outbox.told_feeds(roundup.id),
        history=stores.feeds.history_count(roundup.id, last.made_at if last else roundup.created_at),
        classifier=_filing(stores, roundup, plan),
        usual_days=usual_days([*past, *stores.ledger.editions(roundup.id)]),
        usual_links=usual_links(past),
        catch_up=before.slot if before and gap_before(plan.digest, slot, before.slot) else None,
        sent_in_edition=len(earlier),
        # Of whichever edition: one may have been closed since.
        sent_in_slot=sum(mail.state.seen for mail in stores.outbox.find(roundup.id, slot)),
        previous_slot=last.slot if last else None,
        slot=slot,
        now=now,
        next_slot=coming_slot(plan.digest, max(now, slot), roundup.paused_until),
        repeat=repeat,
        notices=_notices(stores, roundup, plan),
    )
    digest = replace(digest, answering=_answering(stores, roundup, plan, settings, edition, digest))
    rendered = render(digest, templates=settings.path(settings.templates) if settings.templates else None)
    sender = sender_of(settings, plan)
    domain = sender.rpartition("@")[2]
    identity = message_id(roundup.slug, slot, repeat, domain, mark=answer_mark(stores, settings))
    message = build(
        rendered,
        sender=sender,
        recipients=recipients_of(settings, plan),
        message_id=identity,
        date=now,
        list_id=list_id(roundup.slug, domain),
        sender_name=plan.name,
        reply_to=settings.replies_to,
    )
    offered = (one.id for one in candidates if one.standing.state is not State.DROPPED and not one.folded(plan.carry))
    return Made(digest, rendered, message, identity, tuple(offered))


def _answering(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings, edition: Edition, digest: Digest
) -> Answering:
    """What the mail says of how to answer it. Keys are read, and made, only where something is signed."""
    replies = settings.replies_to is not None
    base = public_desk(settings.web.base_url)
    if base is None:
        return Answering(replies=replies)
    signer = LinkSigner(stores.signing_keys())

    def address(candidate_id: int, action: Action, section: str | None) -> str:
        mark = section_mark(section) if section is not None else b""
        return f"{base}/a/{signer.sign(LinkToken(roundup.id, edition.id, candidate_id, action, mark))}"

    return Answering(f"{base}/r/{roundup.slug}/", replies, links(digest.listed, plan.section_names, address))


def answer_mark(stores: Stores, settings: Settings) -> Callable[[str], str] | None:
    """What makes a mail's identity one that nobody can guess: an answer names it, and so shows that its sender has the mail. None
    where no answers are read."""
    if settings.replies_to is None:
        return None
    signer = MailSigner(stores.signing_keys())
    return lambda identity: signer.mark(ANSWER, identity)


def _notices(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> tuple[str, ...]:
    """What keeps it from noticing that he published."""
    names = {source.address: source.name for source in plan.archive}
    return tuple(
        f"Your published posts cannot be read from {names[one.address]}: {one.error.rstrip('.')}."
        for one in stores.archive.sources(roundup.id)
        if one.error is not None and one.address in names
    )


def _filing(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> str:
    current = stores.learning.current(roundup.id)
    new = new_sections(current, plan.section_names, stores.learning.counts(roundup.id))
    return " ".join([describe(current), *(f"{one.words} {one.advice}." for one in new[:_NAMED])])


def usual_days(editions: Iterable[PastEdition | Edition]) -> int | None:
    """Median days between his editions, None with fewer than two dated ones."""
    ordered = sorted({edition.published for edition in editions if edition.published})
    gaps = [(later - earlier).days for earlier, later in pairwise(ordered)]
    return round(median(gaps)) if gaps else None


def usual_links(editions: Sequence[PastEdition]) -> int | None:
    """Median links of his last editions, None without any. editions: oldest first."""
    links = [len(edition.links) for edition in editions[-_RECENT:] if edition.links]
    return round(median(links)) if links else None


def sender_of(settings: Settings, plan: RoundupSettings) -> str:
    """From whom the roundup's mails come."""
    return settings.mail.sender or next(iter(plan.digest.to), NO_SENDER)


def recipients_of(settings: Settings, plan: RoundupSettings) -> tuple[str, ...]:
    """To whom they go."""
    return plan.digest.to or (settings.mail.sender or NO_SENDER,)


def write(report: DigestReport, folder: Path) -> list[Path]:
    """Writes `digest.html`, `digest.txt` and `digest.eml` into `folder`. Raises StorageError."""
    mail, rendered = report.mail, report.rendered
    html = rendered.html if rendered else mail.html if mail else ""
    text = rendered.text if rendered else mail.text if mail else ""
    eml, page, plain = write_mail(folder, "digest", message=report.message, html=html, text=text)
    return [page, plain, eml]

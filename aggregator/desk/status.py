"""How things stand: last and next poll, next digest, classifier, outbox, feeds in trouble; and what to do about each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime

from aggregator.classify.unlearnt import new_sections
from aggregator.classify.words import describe
from aggregator.desk.draft import waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.links import Standing, standing_of
from aggregator.desk.pause import next_digest, paused_until
from aggregator.desk.published import publishing_troubles
from aggregator.digest.schedule import Step, due_slot
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import State
from aggregator.records.digests import Mail, MailKind, MailState
from aggregator.records.editions import Edition
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.records.learning import Classifier
from aggregator.records.roundups import Heartbeat, Roundup
from aggregator.report.drift import EDITIONS, drift
from aggregator.settings import RoundupSettings

_ARRIVED = (MailState.SENT, MailState.WRITTEN)
_BAD_MAIL = (MailState.FAILED_PERM, MailState.FAILED_TEMP, MailState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that wants the author: what is wrong, and what he can do."""

    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Status:
    """One roundup's state. running: a daemon holds the database. counts: the open edition's candidates by state. notes: worth
    knowing, but nothing is wrong. links: how those stand that he keeps or holds."""

    roundup: str
    edition: int
    title: str
    days_open: int
    counts: dict[State, int]
    running: bool
    last_poll: datetime | None
    next_poll: datetime | None
    next_digest: datetime | None
    last_mail: Mail | None
    classifier: Classifier | None
    classifier_words: str
    past_editions: int
    feeds: dict[FeedState, int]
    in_trouble: tuple[FeedStatus, ...]
    outbox: tuple[Mail, ...]
    beats: tuple[Heartbeat, ...]
    links: Standing
    troubles: tuple[Trouble, ...]
    notes: tuple[Trouble, ...] = ()
    paused_until: date | None = None

    @property
    def ok(self) -> bool:
        """Nothing wants the author."""
        return not self.troubles


def status(stores: Stores, roundup: Roundup, plan: RoundupSettings, *, mails: bool, running: bool) -> Status:
    """Reads everything; changes nothing. mails: a mail server is configured. running: a daemon holds the database."""
    now = stores.clock.now()
    edition = open_edition(stores, roundup, plan)
    feeds = stores.feeds.statuses(roundup.id)
    outbox = [mail for mail in stores.outbox.recent(20) if mail.roundup_id == roundup.id]
    beats = stores.heartbeats.beats()
    current = stores.learning.current(roundup.id)
    past = stores.archive.editions(roundup.id)
    links = standing_of(stores, roundup)
    attempts = [one.last_attempt for one in feeds if one.last_attempt]
    upcoming = [one.next_poll for one in feeds if one.next_poll]
    return Status(
        roundup=plan.name,
        edition=edition.number,
        title=plan.edition_title(edition.number),
        days_open=max(0, (now - edition.opened_at).days),
        counts=_counts(stores, roundup, plan),
        running=running,
        last_poll=max(attempts, default=None),
        next_poll=min(upcoming, default=None),
        next_digest=next_digest(roundup, plan, now),
        last_mail=next((mail for mail in outbox if mail.kind is MailKind.DIGEST and mail.state in _ARRIVED), None),
        classifier=current,
        classifier_words=_filing(stores, roundup, current),
        past_editions=len(past),
        feeds=dict(Counter(one.state for one in feeds)),
        in_trouble=tuple(one for one in feeds if one.state in (FeedState.FAILING, FeedState.GONE)),
        outbox=tuple(outbox),
        beats=tuple(beats),
        troubles=tuple(_troubles(stores, roundup, plan, feeds, outbox, beats, mails=mails)),
        notes=(*_draft_notes(stores, edition), *_link_notes(links), *_notes(stores, roundup, plan, past)),
        paused_until=paused_until(roundup, plan, now),
        links=links,
    )


def _counts(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> dict[State, int]:
    counts = Counter(one.standing.state for one in stores.ledger.candidates(roundup.id, carry=plan.carry))
    counts[State.NEW] += len(stores.ledger.passed_over(roundup.id, plan.carry))
    return dict(+counts)


def _filing(stores: Stores, roundup: Roundup, current: Classifier | None) -> str:
    if current is None and stores.learning.watermark(roundup.id) and not stores.learning.classifiers(roundup.id):
        return "Nothing learnt yet. The next poll learns from what is there, if it is enough; at once: `aggregator train`."
    return describe(current)


def _troubles(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    feeds: list[FeedStatus],
    outbox: list[Mail],
    beats: list[Heartbeat],
    *,
    mails: bool,
) -> list[Trouble]:
    found = []
    if not feeds:
        found.append(Trouble("You follow no feed yet.", "`aggregator feeds add ADDRESS`, or put an OPML file in place."))
    elif all(one.state in (FeedState.FAILING, FeedState.GONE) for one in feeds):
        found.append(Trouble("Every feed is failing.", "Look at this machine's network; `aggregator feeds list` says why."))
    if not plan.sections:
        found.append(Trouble("config.yaml lists no sections.", "Name them under `sections:`, or nothing can be filed."))
    if mails and not plan.digest.to:
        found.append(Trouble("Nobody gets the digest.", "Put your address under `digest: to:`."))
    for mail in outbox:
        if mail.state in _BAD_MAIL and not _made_up_for(mail, outbox):
            why = mail.error or "no reason given"
            what = f"The {mail.kind} of {_day(mail.slot, plan)} was not delivered ({mail.state}): {why}"
            found.append(Trouble(what, _mail_advice(mail)))
    edition = open_edition(stores, roundup, plan)
    found += [Trouble(words, advice) for words, advice in publishing_troubles(stores, roundup, plan, edition)]
    now = stores.clock.now()
    due = due_slot(
        plan.digest,
        last_slot=stores.outbox.last_slot(roundup.id, now),
        since=roundup.created_at,
        now=now,
        paused_until=roundup.paused_until,
    )
    if due.step is Step.MISSED and due.slot is not None:
        found.append(
            Trouble(
                f"The digest of {_day(due.slot, plan)} was missed; the next one makes up for it.",
                "To have it now: aggregator digest --send",
            )
        )
    found += [
        Trouble(f"{beat.job} failed last time: {beat.words}", "The daemon tries again by itself; its log says more.")
        for beat in beats
        if not beat.ok
    ]
    return found


def _draft_notes(stores: Stores, edition: Edition) -> list[Trouble]:
    waiting = len(waiting_conflicts(stores, edition))
    if not waiting:
        return []
    places = f"{waiting} place{'' if waiting == 1 else 's'}"
    return [Trouble(f"The draft's file contradicts the desk in {places}.", "Choose on the draft's page; nothing is lost.")]


def _link_notes(links: Standing) -> list[Trouble]:
    if not links.dead and not links.moved:
        return []
    told = replace(links, paywalled=0, unclear=0, unchecked=0).words
    return [
        Trouble(f"Of the links that you keep: {told}.", "`aggregator links`, or the desk's page of links, says what instead.")
    ]


def _notes(stores: Stores, roundup: Roundup, plan: RoundupSettings, past: list[PastEdition]) -> list[Trouble]:
    if not plan.sections:
        return []
    newest = next(iter(stores.learning.classifiers(roundup.id)), None)
    closings = stores.ledger.closings(roundup.id, EDITIONS)
    new = new_sections(stores.learning.current(roundup.id), plan.section_names, stores.learning.counts(roundup.id))
    drifted = [Trouble(one.words, one.advice) for one in drift(closings, past, plan.canonical_section, newest)]
    return [*drifted, *(Trouble(one.words, one.advice) for one in new)]


def _day(slot: datetime, plan: RoundupSettings) -> str:
    """The author's day of a mail."""
    return f"{slot.astimezone(plan.digest.zone):%d %b %Y}"


def _made_up_for(mail: Mail, outbox: list[Mail]) -> bool:
    return any(
        other.kind is mail.kind and other.state in _ARRIVED and (other.slot, other.repeat) > (mail.slot, mail.repeat)
        for other in outbox
    )


def _mail_advice(mail: Mail) -> str:
    if mail.kind is MailKind.REPORT:
        return "What it says: aggregator edition report"
    if mail.state is MailState.FAILED_PERM:
        return "Mend what the server objects to (`aggregator doctor`), then: aggregator digest --send --again"
    if mail.state is MailState.UNKNOWN and mail.next_attempt_at is None:
        return "See your mailbox; the desk's status page takes down that it arrived. To send it again: aggregator digest --send"
    return "It is tried again by itself while the daemon runs; at once: aggregator digest --send"

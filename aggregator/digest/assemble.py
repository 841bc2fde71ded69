"""The open edition as it stands -> what one digest says, and in which order.

It neither cuts to a size nor words the mail (`render` does), and it reads no clock and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from aggregator.digest.catchup import MOST, best, fill
from aggregator.digest.fold import unlikely
from aggregator.records.candidates import Candidate, State
from aggregator.records.digests import Digest, FeedTrouble, SectionPart, Withheld
from aggregator.records.editions import Edition
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.settings import RoundupSettings, SectionSettings
from aggregator.text.canonical import host_of

PER_FEED = 30
"""New candidates of one feed that a mail lists, so that a feed turned to spam cannot drown the others (H101)."""
TELL_AFTER = timedelta(days=1)
"""A trouble younger than this may pass by itself; told, it would be the false alarm that teaches him to skip the block."""
_TROUBLED = (FeedState.FAILING, FeedState.GONE)
_rank = attrgetter("rank")


def assemble(
    *,
    settings: RoundupSettings,
    edition: Edition,
    candidates: Sequence[Candidate],
    due: Callable[[Candidate], str | None],
    feeds: Sequence[FeedStatus],
    told: Mapping[int, datetime],
    history: Mapping[str, int],
    classifier: str,
    usual_days: int | None,
    sent_in_edition: int,
    previous_slot: datetime | None,
    slot: datetime,
    now: datetime,
    next_slot: datetime | None,
    repeat: int = 0,
    sent_in_slot: int = 0,
    usual_links: int | None = None,
    catch_up: datetime | None = None,
    notices: tuple[str, ...] = (),
    passed_over: int = 0,
) -> Digest:
    """What the digest of `slot` says of the open `edition`.

    settings: the roundup's. candidates: everything the edition holds, but for `passed_over` of earlier editions, which are only
    counted. due: why a held candidate is due ("held until 3 Jan"),
    None while it waits. feeds: those the roundup follows. told: feed id -> when the last mail that told of its trouble was made
    (`OutboxStore.told_feeds`). history: entries met since the previous digest that were not offered, reason -> count
    (`FeedStore.history_count`). classifier: one sentence on how the candidates were filed. usual_days: median days between
    editions, None while unknown. sent_in_edition: digests of this edition so far, other slots than this one's only.
    previous_slot: slot of the roundup's previous digest that was sent, None before the first. next_slot: when the next mail
    goes out, None if nothing sends it. repeat: how
    often this slot's digest was asked for again. sent_in_slot: digests of this very slot that left already; what they showed
    first is new in a repeat too. usual_links: median links of his editions, None while unknown. catch_up: the slot before the
    gap, if this digest is the first after one: it names the best few, and counts the rest. notices: sentences for its top.
    All times aware.
    """
    sections = {section.name: _Pile(settings.carry, sent_in_slot, previous_slot) for section in settings.sections}
    unsorted = _Pile(settings.carry, sent_in_slot, previous_slot)
    for candidate in candidates:
        name = _section_of(settings, candidate)
        (sections[name] if name is not None else unsorted).add(candidate)
    piles = (*sections.values(), unsorted)

    overflow = _overflow([candidate for pile in piles for candidate in pile.new])
    folded_away = {candidate.id for _, few in overflow for candidate in few}
    low = frozenset[int]()
    left_out = frozenset[int]()
    if catch_up is not None:
        named = best([pile.sorted_new(folded_away) for pile in piles])
        older = [candidate for pile in piles for candidate in pile.older]
        left_out = frozenset(one.id for one in older) - fill(older, MOST - len(named))
        folded_away |= {candidate.id for pile in piles for candidate in pile.new if candidate.id not in named}
    elif usual_links is not None:  # else nothing is known of what he uses
        low = frozenset().union(
            *(
                unlikely(sections[one.name].sorted_new(folded_away), one.usual[1] if one.usual else None)
                for one in settings.sections
            ),
            unlikely(unsorted.sorted_new(folded_away), None),
        )
        folded_away |= low
    reasons = {candidate.id: words for pile in piles for candidate in pile.held if (words := due(candidate)) is not None}
    troubles, known = _troubles(feeds, told, now)
    zone = settings.digest.zone
    return Digest(
        roundup=settings.name,
        short_name=settings.initials,
        title=settings.edition_title(edition.number),
        number=edition.number,
        slot=slot,
        now=now,
        zone=settings.digest.timezone,
        week=sent_in_edition + 1,
        days_open=max(0, (now.astimezone(zone).date() - edition.opened_at.astimezone(zone).date()).days),
        usual_days=usual_days,
        due=tuple(candidate for pile in piles for candidate in sorted(pile.held, key=_rank) if candidate.id in reasons),
        kept=tuple(candidate for pile in piles for candidate in sorted(pile.kept, key=lambda one: one.id)),
        thin=tuple(
            (section.name, len(pile.kept), len(pile.held))
            for section in settings.sections
            if _thin(section, pile := sections[section.name])
        ),
        sections=tuple(
            SectionPart(
                name=name,
                new=(new := pile.sorted_new(folded_away)),
                more=len(pile.new) - len(new),
                waiting=len(pile.older),
                older=pile.sorted_older(left_out),
                kept=len(pile.kept),
                held=len(pile.held),
                quiet=None if pile.new else _quiet(settings, name, pile, feeds),
            )
            for name, pile in sections.items()
        ),
        unsorted=(new_unsorted := unsorted.sorted_new(folded_away)),
        unsorted_more=len(unsorted.new) - len(new_unsorted),
        unsorted_older=unsorted.sorted_older(left_out),
        withheld=_withheld(piles, overflow, history, len(low), passed_over),
        troubles=troubles,
        known_troubles=known,
        feeds=len(feeds),
        classifier=classifier,
        next_slot=next_slot,
        gap_days=round((slot - previous_slot) / timedelta(days=1)) if previous_slot and previous_slot < slot else None,
        repeat=repeat,
        due_reasons=reasons,
        notices=notices,
        catch_up=catch_up,
        usual_links=usual_links,
    )


class _Pile:
    """What stands under one section, by what the mail does with it."""

    def __init__(self, carry: int, sent_in_slot: int, previous_slot: datetime | None) -> None:
        self._carry = carry
        self._sent_in_slot = sent_in_slot
        self._previous_slot = previous_slot
        self.new: list[Candidate] = []
        self.older: list[Candidate] = []
        self.folded: list[Candidate] = []
        self.kept: list[Candidate] = []
        self.held: list[Candidate] = []
        self.decided_unseen = False
        self.feed_ids: set[int] = set()

    def add(self, candidate: Candidate) -> None:
        self.feed_ids.update(source.feed_id for source in candidate.sources)
        state, seen = candidate.standing.state, candidate.shown > self._sent_in_slot
        if state is State.NEW:
            if candidate.folded(self._carry):
                self.folded.append(candidate)
            else:
                (self.older if seen else self.new).append(candidate)
            return
        # What he dropped before any mail showed it is shown by none.
        stale = state is State.DROPPED and self._previous_slot is not None and candidate.first_seen < self._previous_slot
        self.decided_unseen = self.decided_unseen or not (seen or stale)
        if state is State.KEPT:
            self.kept.append(candidate)
        elif state is State.HELD:
            self.held.append(candidate)

    def sorted_new(self, without: Collection[int]) -> tuple[Candidate, ...]:
        return tuple(sorted((one for one in self.new if one.id not in without), key=_rank))

    def sorted_older(self, without: Collection[int]) -> tuple[Candidate, ...]:
        return tuple(sorted((one for one in self.older if one.id not in without), key=_rank))


def _section_of(settings: RoundupSettings, candidate: Candidate) -> str | None:
    likely = candidate.likely_section
    return settings.canonical_section(likely) if likely is not None else None


def _thin(section: SectionSettings, pile: _Pile) -> bool:
    if section.usual is not None:
        return len(pile.kept) < section.usual[0]
    return not pile.kept and bool(pile.held)


def _overflow(new: Iterable[Candidate]) -> list[tuple[str, list[Candidate]]]:
    """Feed -> the least interesting of its new candidates, past `PER_FEED`."""
    by_feed: dict[int, list[Candidate]] = {}
    for candidate in sorted(new, key=_rank):
        if candidate.sources:
            by_feed.setdefault(candidate.sources[0].feed_id, []).append(candidate)
    return [(few[0].sources[0].feed, few[PER_FEED:]) for few in by_feed.values() if len(few) > PER_FEED]


def _withheld(
    piles: Iterable[_Pile],
    overflow: Iterable[tuple[str, Sequence[Candidate]]],
    history: Mapping[str, int],
    low: int,
    passed_over: int,
) -> tuple[Withheld, ...]:
    copies = sum(max(0, len(candidate.sources) - 1) for pile in piles for candidate in pile.new)
    folded = passed_over + sum(len(pile.folded) for pile in piles)
    counts = [
        Withheld(copies, "copy merged" if copies == 1 else "copies merged"),
        *(Withheld(len(few), f"more from {feed}") for feed, few in overflow),
        Withheld(low, "of low interest"),
        *(Withheld(count, reason) for reason, count in sorted(history.items(), key=lambda item: -item[1])),
        Withheld(folded, "folded: offered in earlier editions and never used"),
    ]
    return tuple(one for one in counts if one.count)


def _quiet(settings: RoundupSettings, name: str, pile: _Pile, feeds: Sequence[FeedStatus]) -> str:
    """What an empty section says: quiet and broken must not look the same."""
    if pile.decided_unseen:
        return "You have decided on everything new."
    own = [
        feed for feed in feeds if feed.id in pile.feed_ids or any(settings.canonical_section(one) == name for one in feed.folders)
    ]
    if not feeds:
        return "Nothing new: no feeds are followed yet."
    whose, asked = ("its", own) if own else ("the roundup's", feeds)
    failing = sum(feed.state in _TROUBLED for feed in asked)
    unpolled = sum(feed.state is FeedState.NEW for feed in asked)
    n = len(asked)
    if failing:
        return f"Nothing new, and {_some(failing, whose, n)} {'are' if failing > 1 else 'is'} failing."
    if unpolled:
        return f"Nothing new; {_some(unpolled, whose, n)} {'have' if unpolled > 1 else 'has'} not been polled yet."
    if not own:
        return f"Nothing new; {f'all {n} feeds' if n > 1 else 'the one feed'} answered, with nothing for it lately."
    return f"Nothing new; {f'all {n} feeds' if n > 1 else 'its one feed'} answered. It is quiet."


def _some(some: int, whose: str, feeds: int) -> str:
    return f"{whose} one feed" if feeds == 1 else f"{some} of {whose} {feeds} feeds"


def _troubles(feeds: Iterable[FeedStatus], told: Mapping[int, datetime], now: datetime) -> tuple[tuple[FeedTrouble, ...], int]:
    """New troubles, worth telling once, and how many known ones last."""
    fresh: list[FeedTrouble] = []
    known = 0
    for feed in feeds:
        if feed.state not in _TROUBLED:
            continue
        since, told_at = feed.error_since, told.get(feed.id)
        if told_at is not None and (since is None or since <= told_at):
            known += 1
        elif feed.state is FeedState.GONE or since is None or now - since >= TELL_AFTER:
            words = feed.error or ("it is gone" if feed.state is FeedState.GONE else "it does not answer")
            fresh.append(FeedTrouble(feed.title or host_of(feed.url) or feed.url, feed.url, words, since, True, feed.id))
    return tuple(fresh), known

"""What a look at a link means, and when the next one is due. Pure: the looks are taken elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from aggregator.edition.holds import due_reason
from aggregator.records.candidates import Candidate, State
from aggregator.records.editions import Edition
from aggregator.records.links import Bearing, LinkCheck, LinkState, Looked
from aggregator.text.canonical import canonical_url, is_front_page
from aggregator.text.tracking import without_tracking

WEEK = timedelta(days=7)
DAY = timedelta(days=1)

_Word = tuple[LinkState, str | None, str, str | None]
"""State, fault, words, target."""

_GONE = {404: "there is no such page any more", 410: "the page was taken down for good"}
# What looks dead and may be a bad day: said to be dead only if it looks so on another day too.
_DOUBTS = {
    "dns": ("its host name cannot be found", "its host name is gone"),
    "parked": ("its domain seems to be for sale", "its domain is for sale"),
    "front_page": ("it leads to a front page now", "the page is gone; its address leads to a front page"),
    "missing": ("it answers, and says that there is no such page", "it answers, and says that there is no such page"),
}
_NO_ANSWER = {
    "timeout": "it did not answer in time",
    "network": "no connection could be made",
    "tls": "no secure connection could be made",
    "redirect": "its redirects lead nowhere",
    "redirect_scheme": "its redirects lead nowhere",
    "blocked": "it leads to a place that is not asked",
}
_WALLS = {401: "it wants a sign-in", 402: "it wants to be paid for"}
# The server was reached and sent more, or in another way, than a look reads: the page is there.
_THERE = ("too_large", "encoding", "truncated")


def judge(looked: Looked, bearing: Bearing, previous: LinkCheck | None, now: datetime) -> LinkCheck:
    """The last word on an address after one more look. previous: the word before, None at the first look.

    404 and 410 are dead at once. A host name that is gone, a domain for sale, a page that became a front page or says itself
    that it is missing are dead when they look so on two days (UTC), and unclear on the first. An unclear look takes back
    neither `dead` nor `moved`: it could not tell.
    """
    state, fault, words, target = _word(looked, bearing, previous, now)
    if state is LinkState.UNCLEAR and previous is not None and previous.state in (LinkState.DEAD, LinkState.MOVED):
        return replace(previous, at=now)
    same = previous is not None and (previous.state, previous.fault) == (state, fault)
    return LinkCheck(
        address=canonical_url(looked.url) or looked.url,
        url=looked.url,
        state=state,
        fault=fault,
        status=looked.status,
        target=target,
        copy=previous.copy if previous is not None and state is LinkState.DEAD else None,
        words=words,
        since=previous.since if same and previous is not None else now,
        at=now,
    )


def next_look(check: LinkCheck) -> datetime:
    """When an address that he wants to link is looked at again: after a week; after a day where a look could not tell."""
    return check.at + (DAY if check.state is LinkState.UNCLEAR else WEEK)


def link_address(candidate: Candidate) -> str | None:
    """What names its link among those that were looked at, None if it has none."""
    return canonical_url(candidate.url) if candidate.url else None


def to_look_at(
    said: Sequence[Candidate],
    checks: Mapping[str, LinkCheck],
    saved: Collection[int],
    edition: Edition,
    now: datetime,
    today: date,
    *,
    check: bool,
    save: bool,
) -> list[Candidate]:
    """Candidates whose link is to be looked at now: kept ones at once and then every week, held ones likewise, and again on the
    day on which their wait is over. Never an undecided one (R36). saved: those whose page is saved. check, save: the settings."""
    return [
        one
        for one in said
        if (address := link_address(one)) is not None
        and (
            (check and _is_stale(one, checks.get(address), due_reason(one, edition, today, said), now))
            or (save and _is_unsaved(one, checks.get(address), saved, now))
        )
    ]


def _is_stale(one: Candidate, last: LinkCheck | None, due: str | None, now: datetime) -> bool:
    if one.standing.state not in (State.KEPT, State.HELD):
        return False
    if last is None or now >= next_look(last):
        return True
    return due is not None and now - last.at >= DAY


def _is_unsaved(one: Candidate, last: LinkCheck | None, saved: Collection[int], now: datetime) -> bool:
    if one.standing.state is not State.KEPT or one.id in saved:
        return False
    return last is None or last.state is not LinkState.UNCLEAR or now >= next_look(last)


def to_look_at_now(said: Sequence[Candidate], checks: Mapping[str, LinkCheck], now: datetime) -> list[Candidate]:
    """Kept candidates whose link is to be looked at as the draft leaves: those that nobody looked at within a day, the ones
    that were never looked at first."""
    kept = [(one, address) for one in said if one.standing.state is State.KEPT and (address := link_address(one)) is not None]
    due = [(one, checks.get(address)) for one, address in kept]
    return [one for one, last in sorted(due, key=lambda two: two[1] is not None) if last is None or now - last.at >= DAY]


def is_trouble(check: LinkCheck) -> bool:
    """It wants the author: dead, moved, paid for; and unclear where that goes on for more than a day."""
    if check.state is LinkState.UNCLEAR:
        return check.at - check.since >= DAY
    return check.state is not LinkState.SOUND


def _word(looked: Looked, bearing: Bearing, previous: LinkCheck | None, now: datetime) -> _Word:
    if looked.status in _GONE and not looked.challenge:
        return LinkState.DEAD, "gone", _GONE[looked.status], None
    if (doubt := _doubt(looked, bearing)) is not None:
        return _doubted(doubt, previous, now)
    return _unanswered(looked) if looked.status is None else _answered(looked, looked.status, bearing)


def _unanswered(looked: Looked) -> _Word:
    if looked.fault in _THERE:
        return LinkState.SOUND, None, "it is there", None
    return LinkState.UNCLEAR, looked.fault, _NO_ANSWER.get(looked.fault or "", looked.words), None


def _answered(looked: Looked, status: int, bearing: Bearing) -> _Word:
    if status in _WALLS or (bearing.paywalled and (status < 300 or status == 403)):
        return LinkState.PAYWALLED, "paywall", _WALLS.get(status, "it says that it is not free to read"), None
    if looked.challenge:
        return LinkState.UNCLEAR, "challenge", "an anti-robot page stands before it", None
    if not 200 <= status < 300:
        return LinkState.UNCLEAR, "status", f"the server answers with HTTP {status}", None
    if (target := moved_to(looked)) is not None:
        return LinkState.MOVED, "moved", "it moved for good", target
    return LinkState.SOUND, None, "it is there", None


def moved_to(looked: Looked) -> str | None:
    """The address that a page has now, None if it has not moved for good to another one."""
    if looked.permanent is None:
        return None
    old, new = canonical_url(looked.url), canonical_url(looked.permanent)
    return without_tracking(looked.permanent) if new is not None and new != old else None


def _doubt(looked: Looked, bearing: Bearing) -> str | None:
    if looked.fault == "dns":
        return "dns"
    if looked.status is None or looked.status >= 300:
        return None
    if bearing.parked:
        return "parked"
    old, end = canonical_url(looked.url), canonical_url(looked.final or looked.url)
    if old is not None and end is not None and is_front_page(end) and not is_front_page(old):
        return "front_page"
    return "missing" if bearing.missing else None


def _doubted(doubt: str, previous: LinkCheck | None, now: datetime) -> _Word:
    first, certain = _DOUBTS[doubt]
    again = previous is not None and previous.fault in _DOUBTS and previous.since.date() < now.date()
    if again or (previous is not None and previous.state is LinkState.DEAD):
        return LinkState.DEAD, doubt, certain, None
    return LinkState.UNCLEAR, doubt, first, None

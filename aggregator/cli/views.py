"""Candidates, verdicts and closings as the command line shows them: one document for scripts, lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.text import Text

from aggregator.cli.output import count, say, table
from aggregator.digest.kin import kin
from aggregator.edition.holds import days_held, waits_for
from aggregator.records.candidates import Candidate, Relative, State
from aggregator.records.editions import Outcome
from aggregator.records.reports import CloseReport, LearnReport
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import host_of

_MARKS = {State.NEW: "", State.KEPT: "kept", State.DROPPED: "dropped", State.HELD: "held"}


def candidate_document(one: Candidate) -> dict[str, Any]:
    """The row of `candidates --json`."""
    guess = one.guess
    return {
        "id": one.id,
        "title": one.title,
        "url": one.url,
        "author": one.author,
        "feed": one.sources[0].feed if one.sources else None,
        "feeds": [source.feed for source in one.sources],
        "published": one.published_at,
        "first_seen": one.first_seen,
        "section": one.section,
        "first": guess.first if guess else None,
        "second": guess.second if guess else None,
        "confidence": round(guess.confidence, 4) if guess else None,
        "why": list(guess.why) if guess else [],
        "interest": round(one.interest, 4),
        "state": one.standing.state,
        "hold": one.standing.hold,
        "held_at": one.standing.held_at,
        "comment": one.standing.comment,
        "added": one.added,
        "note": one.note,
        "via": one.via,
        "thanks": one.thanks,
        "linked_before": list(one.linked_before),
        "relatives": [_relative_document(relative) for relative in one.relatives],
        "carried": one.carried,
        "group": one.group,
    }


def _relative_document(one: Relative) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.other_id,
        "edition": one.use.edition if one.use else None,
        "url": one.use.url if one.use else one.url,
        "reason": one.reason,
    }


def candidate_table(found: Sequence[Candidate], plan: RoundupSettings, now: datetime) -> None:
    """Candidates under their sections. `?` marks one that the classifier is not sure of."""
    if not found:
        say("No candidates. `aggregator poll` looks for new ones; `aggregator add URL` brings one of your own.")
        return
    names = set(plan.section_names)
    groups = groupby(found, key=lambda one: one.likely_section if one.likely_section in names else None)
    for position, (section, group) in enumerate(groups):
        members = list(group)
        rows = [
            (one.id, "?" if one.doubtful else "", _title(one), _source(one, now, plan), _state(one, now, plan)) for one in members
        ]
        if position:
            say()
        table(("", "", f"{section or 'Unsorted'}  {len(members)}", "", ""), rows, numbers=(0,))


def verdict_lines(those: Sequence[Candidate], plan: RoundupSettings, now: datetime) -> None:
    """Where decided candidates stand now."""
    for one in those:
        where = one.section or (f"{one.likely_section}?" if one.likely_section else "Unsorted")
        say(f"{one.id}  {_state(one, now, plan) or 'undecided,'} under {where}: {one.title}")


def close_document(report: CloseReport, learnt: LearnReport) -> dict[str, Any]:
    """`edition close --json`."""
    closing = report.closing
    return {
        "edition": report.closed.number,
        "used": closing.count(Outcome.USED),
        "moved": closing.count(Outcome.MOVED),
        "added": len(closing.added),
        "unused": closing.count(Outcome.UNUSED),
        "held": closing.count(Outcome.HELD),
        "carried": closing.count(Outcome.CARRIED),
        "waiting": closing.count(Outcome.WAITING),
        "dropped": closing.count(Outcome.DROPPED),
        "links": report.links,
        "opened": report.opened.number,
        "learnt": {"adopted": learnt.adopted, "labels": learnt.labels, "reason": learnt.reason},
    }


def close_lines(report: CloseReport, learnt: LearnReport, plan: RoundupSettings) -> None:
    """What became of the edition."""
    closing = report.closing
    say(f"{plan.edition_title(report.closed.number)} is closed: {count(report.links, 'link')} in your post.")
    rows = (
        (closing.count(Outcome.USED), "where they were filed"),
        (closing.count(Outcome.MOVED), "under another section than filed"),
        (len(closing.added), "you added yourself"),
        (closing.count(Outcome.UNUSED), "offered and not used; they wait a while longer"),
        (closing.count(Outcome.CARRIED), "kept for the next edition"),
        (closing.count(Outcome.HELD), "still on hold"),
    )
    table(("", ""), rows, numbers=(0,))
    say(learnt.reason)
    say(f"{plan.edition_title(report.opened.number)} is open.")


def _title(one: Candidate) -> Text:
    text = Text(one.title)
    if one.doubtful and one.guess and one.guess.second:
        text.append(f"  or {one.guess.second}", style="dim")
    if one.linked_before:
        text.append(f"  already linked in {one.linked_before[0].edition}", style="yellow")
    if related := kin(one):
        text.append(f"  {related}", style="green")
    return text


def _source(one: Candidate, now: datetime, plan: RoundupSettings) -> str:
    seen = min(one.published_at or one.first_seen, now).astimezone(plan.digest.zone)
    others = f" +{len(one.sources) - 1}" if len(one.sources) > 1 else ""
    return f"{host_of(one.url) if one.url else 'no address'}{others}, {seen.day} {seen:%b}"


def _state(one: Candidate, now: datetime, plan: RoundupSettings) -> str:
    hold = one.standing.hold
    if one.standing.state is not State.HELD or hold is None:
        return _MARKS[one.standing.state]
    days = days_held(one, now)
    age = f" {count(days, 'day')}" if days else ""
    return f"held{age} {waits_for(hold, plan.day_of(now))}"

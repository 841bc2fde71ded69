"""What the author says by mail, done with the desk's own verbs: one statement, one gesture, one sentence of what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aggregator.desk.add import add
from aggregator.desk.bullets import shown, write
from aggregator.desk.decide import decide, known_section, today, undo, undo_one
from aggregator.desk.edition import chosen
from aggregator.desk.pause import pause, resume
from aggregator.digest.replying import Add, Decide, Pause, Resume, Statement, Undo, Unread
from aggregator.digest.words import count, listed
from aggregator.errors import AggregatorError, Refused, StorageError, UsageError
from aggregator.ports import PageFetcher, Stores
from aggregator.records.candidates import Action, Candidate, Hold, HoldKind, State
from aggregator.records.received import Outcome
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.settings.values import nearest
from aggregator.text.hygiene import clean_line

HELP = (
    "Numbers are those of the mail, and stay the same. One statement a line, or several with ; between them:",
    "3 7 keep",
    "12 drop, or: 12-15 drop (from 12 down to 15, as they stand in the digest)",
    "12 hold, or: 12 hold until friday, 12 hold series, 12 hold theme small offices",
    "9 security (any section, or its beginning)",
    "5 6 let go",
    "4 note: your words, to the end of the line",
    "4 via Somebody",
    "undo (the last thing you did; in an answer to a mail like this one, what that mail did), or: undo 3",
    "pause 3 weeks, resume",
    "add https://example.org/page security note: your words",
)
_DONE = {Action.KEEP: "Kept", Action.DROP: "Dropped", Action.LET_GO: "Let go"}
_NAMED = 5
"""Candidates that a sentence names; it counts the rest."""


def act(stores: Stores, roundup: Roundup, plan: RoundupSettings, pages: PageFetcher, statement: Statement) -> Outcome:
    """Does what one statement asks for, whole or not at all. Raises StorageError only; anything else that does not work is an
    outcome, with his words and what would be right."""
    try:
        return _act(stores, roundup, plan, pages, statement)
    except StorageError:
        raise
    except AggregatorError as error:
        advice = f" {error.advice}" if error.advice else ""
        return Outcome(f"“{_short(statement.line)}” was not done: {error.message}.{advice}", understood=False)


def _act(stores: Stores, roundup: Roundup, plan: RoundupSettings, pages: PageFetcher, statement: Statement) -> Outcome:
    match statement:
        case Decide():
            outcome = _decide(stores, roundup, plan, statement)
        case Undo(n=n, of=names):
            if names:
                restored = [one for name in reversed(names) for one in undo_one(stores, roundup, plan, name)]
            else:
                restored = undo(stores, roundup, plan, n or 1)
            outcome = Outcome(f"Taken back: {_titles(_last(restored))}." if restored else "There was nothing left to take back.")
        case Pause(until=until):
            day = pause(stores, roundup, plan, until)
            outcome = Outcome(f"Paused: no digest before {day:%A} {day.day} {day:%B %Y}. Feeds are read on. “resume” ends it.")
        case Resume():
            resume(stores, roundup)
            outcome = Outcome("Digests go out again.")
        case Add():
            outcome = _add(stores, roundup, plan, pages, statement)
        case Unread(line=line, advice=advice):
            outcome = Outcome(f"“{_short(line)}” could not be read. {advice}", understood=False)
        case _:
            outcome = Outcome("\n".join(HELP))
    return outcome


def _last(those: Sequence[Candidate]) -> list[Candidate]:
    """Each once, as it stands in the end."""
    return list({one.id: one for one in those}.values())


def _decide(stores: Stores, roundup: Roundup, plan: RoundupSettings, said: Decide) -> Outcome:
    section = _section(plan, said.section)
    those = chosen(stores, roundup, said.ids)
    done, gestures = "", 0
    if said.action is not None:
        those = decide(stores, roundup, plan, said.ids, said.action, section=section, until=said.until, comment=said.note)
        done, gestures = _words(said.action, those, section), 1
    elif said.note is not None:
        those, gestures = _noted(stores, roundup, plan, those, said.note)
        done = f"Noted with {_titles(those)}; {'it is' if len(those) == 1 else 'they are'} {_states(those)}."
    if said.via is not None:
        gestures += _via(stores, roundup, plan, those, said.via)
        done = f"{done} Via {clean_line(said.via, 100)}: {_titles(those)}.".strip()
    return Outcome(done, gestures)


def _section(plan: RoundupSettings, name: str | None) -> str | None:
    """The section that he names. Raises UsageError; where he mistyped what is to become of it, with what he meant."""
    if name is None:
        return None
    try:
        return known_section(plan, name)
    except UsageError as error:
        meant = nearest(name, ("keep", "drop", "hold", "let go", "undo"))
        if not meant:
            raise
        raise UsageError(f"{error.message.partition(';')[0]}{meant}", advice=error.advice) from None


def _noted(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, those: Sequence[Candidate], note: str
) -> tuple[list[Candidate], int]:
    """Words are for a bullet: what is undecided is kept, what is held stays held. Refused for what he dropped."""
    dropped = [one.id for one in those if one.standing.state is State.DROPPED]
    if dropped:
        raise Refused(
            f"{listed(dropped)} {'is' if len(dropped) == 1 else 'are'} dropped",
            advice="Keep it first, or with it: 4 keep note: …",
        )
    held: dict[str, list[int]] = {}
    day = today(plan, stores.clock.now())
    for one in those:
        if one.standing.state is State.HELD:
            held.setdefault(_until(one.standing.hold, day), []).append(one.id)
    keep = [one.id for one in those if one.standing.state is not State.HELD]
    if keep:
        decide(stores, roundup, plan, keep, Action.KEEP, comment=note)
    for until, ids in held.items():
        decide(stores, roundup, plan, ids, Action.HOLD, until=until, comment=note)
    found = stores.ledger.candidates(roundup.id, [one.id for one in those])
    return found, bool(keep) + len(held)


def _until(hold: Hold | None, day: date) -> str:
    """A hold, in the words that make the same one again; one that is due is due today again."""
    if hold is None or hold.kind is HoldKind.NEXT:
        return HoldKind.NEXT.value
    until = max(hold.until, day).isoformat() if hold.until else day.isoformat()
    if hold.kind is HoldKind.DATE:
        return until
    theme = f" {hold.theme}" if hold.theme else ""
    return f"{hold.kind}{theme} until {until}"


def _via(stores: Stores, roundup: Roundup, plan: RoundupSettings, those: Sequence[Candidate], via: str) -> int:
    ids = {one.id for one in those}
    found = [one for one in shown(stores, roundup, plan) if ids.intersection(link.candidate.id for link in one.links)]
    if not found:
        raise Refused("only what is kept can say via whom", advice="Keep it with it: 4 keep via Somebody.")
    for bullet in found:
        write(stores, roundup, plan, bullet.key, via=clean_line(via, 200))
    return len(found)


def _add(stores: Stores, roundup: Roundup, plan: RoundupSettings, pages: PageFetcher, said: Add) -> Outcome:
    section = known_section(plan, said.section) if said.section is not None else None
    added = add(stores, roundup, plan, pages, said.url, section=section, note=said.note, thanks=said.thanks)
    one = added.candidate
    known = "It was here already, and is kept now" if added.known else "Added and kept"
    trouble = f" The page could not be read ({added.trouble}), so that its address stands for its title." if added.trouble else ""
    thanks = f" Thanks to {said.thanks}." if said.thanks else ""
    return Outcome(f"{known}: {_titles([one])}, under {one.likely_section or 'Unsorted'}.{thanks}{trouble}", 1)


def _words(action: Action, those: Sequence[Candidate], section: str | None) -> str:
    if action is Action.MOVE:
        return f"Moved to {section}: {_titles(those)}."
    if action is Action.HOLD:
        return f"Held {_hold_words(those[0].standing.hold)}: {_titles(those)}."
    return f"{_DONE[action]}{f' under {section}' if section else ''}: {_titles(those)}."


def _hold_words(hold: Hold | None) -> str:
    if hold is None or hold.kind is HoldKind.NEXT:
        return "for the next edition"
    until = f"until {hold.until.day} {hold.until:%B %Y}" if hold.until else ""
    if hold.kind is HoldKind.DATE:
        return until
    what = f"for the theme “{hold.theme}”" if hold.theme else "for its series"
    return f"{what}, at most {until}" if until else what


def _states(those: Sequence[Candidate]) -> str:
    return listed(sorted({one.standing.state.value for one in those}))


def _titles(those: Sequence[Candidate]) -> str:
    named = [f"{one.id} “{_short(one.title)}”" for one in those[:_NAMED]]
    return ", ".join(named) + (f" and {count(len(those) - _NAMED, 'more', 'more')}" if len(those) > _NAMED else "")


def _short(words: str) -> str:
    words = clean_line(words, 10_000)
    return words if len(words) <= 80 else words[:79].rstrip() + "…"

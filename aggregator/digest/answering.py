"""How a mail can be answered: links where the desk can be reached from anywhere, an answer by mail where a mailbox is read."""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote, urlsplit

from aggregator.digest.words import line
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.digests import ActionLink, Answering, Digest

Address = Callable[[int, Action, str | None], str]
"""Candidate, action, section -> the address of a page with one button that does it."""

UNSORTED = "Unsorted"
NAME = 40
"""Characters of a title that the name of a link has: enough to know it by, three times for each candidate."""
_STATES = {State.KEPT: Action.KEEP, State.HELD: Action.HOLD, State.DROPPED: Action.DROP}


def public_desk(base_url: str | None) -> str | None:
    """The desk's address as a mail may have it, without a slash at its end; None where it leads to the reader's own machine."""
    parts = urlsplit(base_url or "")
    host = (parts.hostname or "").rstrip(".").lower()
    if not host or host == "localhost" or host.endswith(".localhost"):
        return None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if address.is_loopback or address.is_unspecified:
            return None
    return (base_url or "").rstrip("/")


def links(candidates: Iterable[Candidate], sections: Sequence[str], address: Address) -> dict[int, tuple[ActionLink, ...]]:
    """What can be done with each candidate: keep, drop or hold, whichever it is not yet; of a doubtful one, both sections that
    it may belong to as well. sections: those of today; a mail moves nothing elsewhere."""
    return {one.id: tuple(_links(one, sections, address)) for one in candidates}


def _links(candidate: Candidate, sections: Sequence[str], address: Address) -> Iterable[ActionLink]:
    already = _STATES.get(candidate.standing.state)
    title = line(candidate.title, NAME).rstrip("…") or str(candidate.id)
    for action in (Action.KEEP, Action.DROP, Action.HOLD):
        # A hold that is due may be held again.
        if action is not already or action is Action.HOLD:
            yield ActionLink(action.value, address(candidate.id, action, None), f"{action.value.capitalize()}: {title}")
    guess = candidate.guess
    if guess is not None and candidate.doubtful:
        for section in (guess.first, guess.second):
            if section is not None and section in sections:
                yield ActionLink(section, address(candidate.id, Action.MOVE, section), f"Move to {section}: {title}")


def section_page(answering: Answering, section: str) -> str:
    """Where the desk shows one section; empty where it cannot be reached."""
    name = "" if section == UNSORTED else section
    return f"{answering.desk}?section={quote(name, safe='')}" if answering.desk else ""


def answer_line(digest: Digest) -> str:
    """How to answer the mail, with numbers and a section of this mail: "3 7 keep; 12 hold; 9 Security; 4 note: your words"."""
    numbers = [one.id for one in _undecided(digest)[:5]]
    if not numbers:
        return ""
    last = numbers[-1]
    said = [f"{' '.join(map(str, numbers[:2]))} keep", f"{last} hold"]
    if digest.sections:
        said.append(f"{numbers[len(numbers) // 2]} {line(digest.sections[-1].name, 100)}")
    return "; ".join([*said, f"{numbers[0]} note: your words"])


def commands(digest: Digest, *, finish: bool) -> list[str]:
    """What to type where the program runs, with numbers and a section of this very mail; nothing where there is a nearer way.
    finish: the edition is ripe."""
    if digest.answering.replies or digest.answering.desk:
        return []
    last = ["aggregator draft export"] if finish else []
    numbers = [one.id for one in _undecided(digest)[:5]]
    if not numbers:
        return last
    keep = " ".join(str(number) for number in numbers[:2])
    said = [
        f"aggregator decide {keep} keep",
        f"aggregator decide {numbers[-1]} hold --until next",
        f"aggregator decide {numbers[-2:][0]} drop",
    ]
    if digest.sections:
        name = line(digest.sections[-1].name, 100)
        said.insert(2, f"aggregator decide {numbers[len(numbers) // 2]} move --section {shlex.quote(name)}")
    return [*said, *last]


def _undecided(digest: Digest) -> list[Candidate]:
    new = [*digest.due, *(one for part in digest.sections for one in part.new), *digest.unsorted]
    return new + [one for part in digest.sections for one in part.older]

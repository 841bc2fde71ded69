"""What file and desk say differently, as the author reads and settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.desk.draft import waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.draft.merge import Choice, Own
from aggregator.draft.weave import changed
from aggregator.errors import UsageError
from aggregator.ports import Stores
from aggregator.records.drafts import Conflict
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.linking import links_in, rewrite

Stretches = Sequence[tuple[str, bool]]
"""A text in pieces, each with whether this side changed it."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """before, desk, file: what was said and what each says, to be read; None where there is nothing."""

    conflict: Conflict
    before: str | None
    desk: Stretches | None
    file: Stretches | None


def contradictions(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Contradiction]:
    """All that wait for him, oldest first."""
    return [_told(one) for one in waiting_conflicts(stores, open_edition(stores, roundup, plan))]


def choice_of(take: str | None, words: str | None) -> Choice:
    """What a form or a command chose: "desk", "file", or words of his own. Raises UsageError."""
    if words is not None and take in (None, "own"):
        return Own(words)
    if take == "desk":
        return "desk"
    if take == "file":
        return "file"
    raise UsageError("this says nothing that can be done", advice="Take the desk's or the file's, or say it in other words.")


def _told(one: Conflict) -> Contradiction:
    """Marked is what a side changed; where there was nothing before, what the other side has not. An address is shown where the
    sides differ in it."""
    known = [{found.address for found in links_in(text)} for text in (one.base, one.desk, one.file) if text is not None]
    everywhere = set.intersection(*known) if one.words and known else set()

    def read(text: str | None) -> str | None:
        return None if text is None else rewrite(text, lambda found: f"[{found.words}]" if found.address in everywhere else None)

    def marked(text: str | None, other: str | None) -> Stretches | None:
        return None if text is None else changed((base if base is not None else other) or "", text)

    base, desk, file = read(one.base), read(one.desk), read(one.file)
    return Contradiction(one, base, marked(desk, file), marked(file, desk))

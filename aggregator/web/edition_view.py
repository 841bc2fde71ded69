"""What the open edition's page shows: sections with their bullets and candidates, counts, and what is folded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from aggregator.desk.triage import Usual, second_choice, section_of
from aggregator.digest.fold import unlikely
from aggregator.digest.kin import kin
from aggregator.digest.words import day, line
from aggregator.edition.bullets import bullets
from aggregator.edition.groups import Suggestion
from aggregator.edition.holds import days_held, waits_for
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Action, Candidate, RelativeKind, State
from aggregator.records.drafts import Bullet, Gesture, Piece
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import host_of, safe_url

LISTED = 40
"""New candidates of a section that are listed; the rest is one key away. Of what is past them, he uses next to nothing."""
UNSORTED = "s0"
_TITLE = 48
_LONGEST_TITLE = 300
_LONGEST_NAME = 80
_TOGETHER = (RelativeKind.SERIES, RelativeKind.STORY, RelativeKind.REPLY)
_DID = {Action.KEEP: "kept", Action.DROP: "dropped", Action.HOLD: "held", Action.UNDO: "took back"}
# What a gesture without a verdict was, by the word that its name ends in.
_WROTE = {
    "place": "moved a bullet",
    "group": "made one bullet",
    "ungroup": "took a bullet apart",
    "arrange": "numbered links anew",
    "remove": "removed words",
}


class Fold(StrEnum):
    """Lists of a section that are loaded when he opens them: new ones past the first `LISTED`, what he will hardly use, what he
    was shown before the last mail."""

    MORE = "more"
    LOW = "low"
    WAITING = "waiting"


FOLDS = {Fold.MORE: "further new", Fold.LOW: "of low interest", Fold.WAITING: "shown before"}


class Pile(StrEnum):
    """Lists of the whole edition that stand beside the sections."""

    DUE = "due"
    FINDS = "finds"
    DROPPED = "dropped"
    LET_GO = "let-go"
    EARLIER = "earlier"


PILES = {
    Pile.DUE: "Due",
    Pile.FINDS: "Finds",
    Pile.DROPPED: "Dropped",
    Pile.LET_GO: "Let go",
    Pile.EARLIER: "From earlier editions",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate as it is listed. title, by: its title and author as they fit a line. address: its own, None if it has none
    that is safe. host: of that, else of its first feed. day: when it appeared. words: of its text. part: key of the section that
    it stands under. second: the section that it may belong to as well; doubtful: that is likely enough to be offered. due: why it
    is due again. age: how long it has been held. held: the same, and for what. past: where it was linked before. kin: its
    relatives in a line. joins: numbers of what may go into one bullet with it, itself included, empty without; reason: why
    those."""

    candidate: Candidate
    title: str
    by: str
    address: str | None
    host: str
    day: str
    words: int
    part: str
    second: str | None = None
    doubtful: bool = False
    due: str | None = None
    age: str | None = None
    held: str | None = None
    past: PastUse | None = None
    kin: str = ""
    joins: tuple[int, ...] = ()
    reason: str = ""

    @property
    def state(self) -> str:
        """As the page marks it: new, kept, dropped, held or let-go."""
        standing = self.candidate.standing
        return "let-go" if standing.state is State.NEW and standing.let_go else standing.state.value


@dataclass(frozen=True, slots=True)
class Part:
    """A section, or Unsorted (name None). key: of its elements in the page. digit: moves a candidate here, None without one.
    usual: bullets that it usually has. undecided: how many, folded lists included. held: that could fill it."""

    key: str
    name: str | None
    digit: int | None
    usual: tuple[int, int] | None
    kept: tuple[Bullet, ...]
    due: tuple[Candidate, ...]
    new: tuple[Candidate, ...]
    folds: Mapping[Fold, tuple[Candidate, ...]]
    held: int = 0

    @property
    def title(self) -> str:
        """Its heading."""
        return self.name or "Unsorted"

    @property
    def undecided(self) -> int:
        """Candidates that wait for a decision."""
        return len(self.new) + sum(len(few) for few in self.folds.values())

    @property
    def waiting(self) -> int:
        """The same, and what is due."""
        return self.undecided + len(self.due)

    @property
    def budget(self) -> str:
        """`thin` or `overfull`, measured by what is usual; empty in between and where nothing is."""
        if self.usual is None:
            return ""
        low, high = self.usual
        return "thin" if len(self.kept) < low else "overfull" if len(self.kept) > high else ""


@dataclass(frozen=True, slots=True)
class EditionView:
    """The whole edition. counts: of the lists beside the sections. upto: the newest number that it knows. wordless: bullets
    without words. usual: bullets in an edition, None while unknown."""

    parts: tuple[Part, ...]
    counts: Mapping[Pile, int]
    held: int
    kept: int
    wordless: int
    usual: int | None
    upto: int

    def part(self, key: str) -> Part | None:
        """The one of this key."""
        return next((one for one in self.parts if one.key == key), None)


def edition_view(
    candidates: Sequence[Candidate],
    pieces: Sequence[Piece],
    plan: RoundupSettings,
    *,
    reasons: Mapping[int, str],
    digits: Mapping[str, int],
    usual: Usual,
    earlier: int,
    finds: Collection[int] = (),
) -> EditionView:
    """candidates: what the edition holds, but for the `earlier` ones that are only counted. reasons: why what is due is due, by
    number. digits: the key of each section. finds: numbers of what he brought himself."""
    heaps: dict[str | None, list[Candidate]] = {name: [] for name in (*plan.section_names, None)}
    for one in candidates:
        heaps[section_of(plan, one)].append(one)
    made = bullets(candidates, pieces)
    parts = []
    for name, heap in heaps.items():
        most = usual.sections.get(name or "")
        waiting = [one for one in heap if one.standing.state is State.NEW and not one.folded(plan.carry)]
        new = sorted((one for one in waiting if not _is_old(one)), key=lambda one: one.rank)
        low = unlikely(new, most[1] if most else None) if usual.whole is not None else frozenset[int]()
        likely = [one for one in new if one.id not in low]
        folds = {
            Fold.MORE: likely[LISTED:],
            Fold.LOW: [one for one in new if one.id in low],
            Fold.WAITING: sorted((one for one in waiting if _is_old(one)), key=lambda one: one.rank),
        }
        held = [one for one in heap if one.standing.state is State.HELD]
        parts.append(
            Part(
                key=part_key(plan, name),
                name=name,
                digit=digits.get(name) if name is not None else None,
                usual=most,
                kept=tuple(one for one in made if (one.section if one.section in plan.section_names else None) == name),
                due=tuple(sorted((one for one in held if one.id in reasons), key=lambda one: one.rank)),
                new=tuple(likely[:LISTED]),
                folds={fold: tuple(few) for fold, few in folds.items() if few},
                held=sum(one.id not in reasons for one in held),
            )
        )
    states = Counter(one.standing.state for one in candidates)
    return EditionView(
        parts=tuple(parts),
        counts={
            Pile.DUE: len(reasons),
            Pile.FINDS: len(finds),
            Pile.DROPPED: states[State.DROPPED],
            Pile.LET_GO: sum(_is_let_go(one) for one in candidates),
            Pile.EARLIER: earlier + sum(one.folded(plan.carry) and not one.standing.let_go for one in candidates),
        },
        held=states[State.HELD],
        kept=len(made),
        wordless=sum(not one.has_words for one in made),
        usual=usual.whole,
        upto=max((one.id for one in candidates), default=0),
    )


def part_key(plan: RoundupSettings, name: str | None) -> str:
    """What the elements of a section are called by in the page."""
    return UNSORTED if name is None else f"s{plan.section_names.index(name) + 1}"


def finds_of(candidates: Sequence[Candidate], feeds: Collection[int]) -> frozenset[int]:
    """Numbers of what he brought himself and has not dropped: added at the desk, from a mail or on the command line, or starred
    elsewhere. feeds: those of his stars and bookmarks."""
    return frozenset(
        one.id
        for one in candidates
        if one.standing.state is not State.DROPPED
        and (one.added or (feeds and any(source.feed_id in feeds for source in one.sources)))
    )


def pile(
    which: Pile, candidates: Sequence[Candidate], reasons: Mapping[int, str], carry: int, finds: Collection[int] = ()
) -> list[Candidate]:
    """The candidates of a list beside the sections, in the order in which they are shown; of EARLIER, those that were read."""
    if which is Pile.DUE:
        return [one for one in candidates if one.id in reasons]
    if which is Pile.FINDS:
        return sorted((one for one in candidates if one.id in finds), key=lambda one: -one.id)
    if which is Pile.EARLIER:
        found = [one for one in candidates if one.folded(carry) and not one.standing.let_go]
        return sorted(found, key=lambda one: -one.id)
    wanted = [one for one in candidates if (one.standing.state is State.DROPPED if which is Pile.DROPPED else _is_let_go(one))]
    return sorted(wanted, key=lambda one: (one.standing.decided_at or one.first_seen, one.id), reverse=True)


def row(
    candidate: Candidate,
    plan: RoundupSettings,
    now: datetime,
    reasons: Mapping[int, str] | None = None,
    groups: Mapping[int, Suggestion] | None = None,
) -> Row:
    """One candidate for the list. reasons: why what is due is due; groups: what is suggested for one bullet, by candidate."""
    joins, reason = (groups or {}).get(candidate.id) or (_relatives(candidate), "")
    seen = min(candidate.published_at or candidate.first_seen, now)
    address = safe_url(candidate.url) if candidate.url else None
    place = address or (candidate.sources[0].feed_url if candidate.sources else "")
    hold, age = candidate.standing.hold, days_held(candidate, now)
    today: date = now.astimezone(plan.digest.zone).date()
    return Row(
        candidate=candidate,
        title=line(candidate.title, _LONGEST_TITLE),
        by=line(candidate.author or "", _LONGEST_NAME),
        address=address,
        host=host_of(place) if place else "",
        day=day(seen, now, plan.digest.zone),
        words=len(candidate.text.split()),
        part=part_key(plan, section_of(plan, candidate)),
        second=second_choice(plan, candidate),
        doubtful=candidate.doubtful,
        due=(reasons or {}).get(candidate.id),
        age=_days(age) if age is not None else None,
        held=f"{_days(age)}, {waits_for(hold, today)}" if hold is not None and age is not None else None,
        past=candidate.linked_before[0] if candidate.linked_before else None,
        kin=kin(candidate),
        joins=joins,
        reason=reason,
    )


def _relatives(candidate: Candidate) -> tuple[int, ...]:
    """What belongs with it and may be on hold, which nothing else suggests."""
    others = dict.fromkeys(one.other_id for one in candidate.relatives if one.kind in _TOGETHER and one.other_id is not None)
    return (candidate.id, *others) if others else ()


def following(listed: Sequence[int], decided: Sequence[int]) -> int | None:
    """Where a page goes on once these are decided: what stands below the last of them, else above the first. None if nothing
    else is listed there. listed: the numbers that it lists, in its order."""
    places = [place for place, id_ in enumerate(listed) if id_ in set(decided)]
    if not places:
        return None
    left = [id_ for id_ in (*listed[places[-1] + 1 :], *reversed(listed[: places[-1]])) if id_ not in set(decided)]
    return next(iter(left), None)


def undo_words(gesture: Gesture, titles: Mapping[int, str]) -> str:
    """What undo would take back: `dropped “A tale of two racks”`, `let 31 go`. titles: by candidate, as known."""
    if not gesture.verdicts:
        return _WROTE.get(gesture.batch.rpartition(" ")[2], "what you wrote")
    actions = [one.action for one in gesture.verdicts]
    action = next((one for one in actions if one is not Action.MOVE), Action.MOVE)
    ids = list(dict.fromkeys(one.candidate_id for one in gesture.verdicts))
    what = f"“{line(titles[ids[0]], _TITLE)}”" if len(ids) == 1 and ids[0] in titles else f"{len(ids):,}"
    if action is Action.MOVE:
        return f"moved {what} to {gesture.verdicts[0].section}"
    return f"let {what} go" if action is Action.LET_GO else f"{_DID[action]} {what}"


def _is_old(candidate: Candidate) -> bool:
    """Passed over before: by two mails at least, or by an edition. What only the last mail showed he comes here to decide; that
    the desk showed it does not count, since looking there says nothing and a page changes nothing (R9)."""
    return candidate.shown > 1 or candidate.carried > 0


def _is_let_go(candidate: Candidate) -> bool:
    return candidate.standing.state is State.NEW and candidate.standing.let_go


def _days(age: int) -> str:
    return "held today" if age == 0 else f"held {age} day{'' if age == 1 else 's'}"

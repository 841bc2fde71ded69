"""A digest -> the words that its templates set: everything formatted, nothing escaped, no decision left to a template."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from aggregator.digest.answering import UNSORTED, answer_line, commands, section_page
from aggregator.digest.kin import kin
from aggregator.digest.words import count, day, line, listed, long_day, place
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Candidate, RelativeKind
from aggregator.records.digests import ActionLink, Digest, SectionPart
from aggregator.records.learning import GuessMethod
from aggregator.text.canonical import host_of, safe_url
from aggregator.text.excerpt import excerpt

EXCERPT = 200
OLD_BULLET = 160
TROUBLES = 20
"""Feeds named one by one; a network that was down for a week would otherwise fill the mail."""


@dataclass(frozen=True, slots=True)
class LinkedView:
    """An earlier use of a link. words: the bullet's beginning. elsewhere: the host it was linked at, where that was another
    address of the same page, else empty."""

    edition: str
    section: str | None
    words: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """One candidate. about: author, host, date and further sources in order; host: always, since a feed may call itself
    anything (H100). doubt: the second choice and why, only where the first is in doubt. reason: why a hold is due. same:
    numbers of one bullet with it. own_words: the author's note when he added it. kin: what may belong into one bullet with it.
    links: what one tap does."""

    number: int
    title: str
    url: str | None
    host: str
    about: str
    excerpt: str
    doubtful: bool
    doubt: str
    linked: tuple[LinkedView, ...]
    reason: str
    section: str
    same: str
    own_words: str
    kin: str = ""
    links: tuple[ActionLink, ...] = ()

    def brief(self) -> ItemView:
        """Without its excerpt."""
        return replace(self, excerpt="")

    def bare(self) -> ItemView:
        """Without what one tap does."""
        return replace(self, links=())


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section. fresh: the counted line beside its name. rest: how many new ones are not shown, in words, or empty.
    url: where they are, empty where the desk cannot be reached."""

    name: str
    fresh: str
    quiet: str
    items: tuple[ItemView, ...]
    rest: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """One line each: kept or older ones under a section's name. rest, url: as in SectionView."""

    name: str
    items: tuple[ItemView, ...]
    rest: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which candidates a mail shows, by id, which of them without an excerpt, and which without links that decide."""

    shown: Collection[int]
    brief: Collection[int]
    bare: Collection[int] = ()


def items_of(digest: Digest) -> dict[int, ItemView]:
    """Every candidate of the digest, ready to show."""
    zone = ZoneInfo(digest.zone)
    numbers: dict[int, list[int]] = {}
    for candidate in digest.listed:
        if candidate.group is not None:
            numbers.setdefault(candidate.group, []).append(candidate.id)
    shown = {candidate.id for candidate in digest.listed}
    return {
        candidate.id: _item(
            candidate, digest, zone, numbers.get(candidate.group, []) if candidate.group is not None else [], shown
        )
        for candidate in digest.listed
    }


def subject(digest: Digest) -> str:
    """Our words and numbers only (R10): `TST #28, week 3: 31 new worth a look, 3 due (17 kept)`."""
    again = f", sent again ({digest.repeat})" if digest.repeat else ""
    edition = f"{line(digest.short_name, 60)} #{digest.number}"
    if reason := ripe(digest):
        return f"{edition} is ripe: {reason}; {_new_and_due(digest)}{again}"
    kept = f" ({len(digest.kept):,} kept)" if digest.kept else ""
    week = "" if digest.catch_up else f", week {digest.week}"
    return f"{edition}{week}: {_new_and_due(digest, ' worth a look')}{kept}{again}"


def ripe(digest: Digest) -> str:
    """Why it is time to publish: his usual size is kept, or his usual interval has passed. Empty while it is not."""
    kept = len(digest.kept)
    if _is_full(digest):
        return f"{kept:,} kept, you usually publish {digest.usual_links:,}"
    if digest.usual_days and digest.days_open >= digest.usual_days:
        so_far = f" ({kept:,} kept)" if kept else ""
        return f"open {count(digest.days_open, 'day')}, you usually publish after {digest.usual_days:,}{so_far}"
    return ""


def _is_full(digest: Digest) -> bool:
    return digest.usual_links is not None and len(digest.kept) >= digest.usual_links


def _new_and_due(digest: Digest, worth: str = "") -> str:
    named, new = _named_and_new(digest)
    due = f", {len(digest.due):,} due" if digest.due else ""
    if digest.catch_up is None:
        return (f"{new:,} new{worth}" if new else "nothing new") + due
    since = f"since {day(digest.catch_up, digest.now, ZoneInfo(digest.zone))}"
    if not new:
        return f"catch-up, nothing new {since}{due}"
    return f"catch-up: {f'the best {named:,} of {new:,}' if named < new else f'{new:,} new'} {since}{due}"


def _named_and_new(digest: Digest) -> tuple[int, int]:
    """How many new candidates the digest names, and how many there are."""
    named = sum(len(part.new) for part in digest.sections) + len(digest.unsorted)
    return named, named + sum(part.more for part in digest.sections) + digest.unsorted_more


def _older_count(digest: Digest) -> int:
    """What earlier mails showed; 0 in a catch-up that has no place for any of it."""
    if digest.catch_up and not (digest.unsorted_older or any(part.older for part in digest.sections)):
        return 0
    return sum(part.waiting for part in digest.sections) + len(digest.unsorted_older)


def values(digest: Digest, items: dict[int, ItemView], choice: Choice, notices: Sequence[str]) -> dict[str, object]:
    """What the templates may use. `choice` was made to fit the mail's size; what it leaves out is counted."""
    zone = ZoneInfo(digest.zone)

    def show(candidates: Iterable[Candidate]) -> tuple[ItemView, ...]:
        return tuple(_cut(items[one.id], choice) for one in candidates if one.id in choice.shown)

    return {
        "subject": subject(digest),
        "heading_text": line(digest.title, 200),
        "issued": f"Digest {digest.week}, {long_day(digest.now, zone)}: {_new_and_due(digest)}",
        "notices": (*_notices(digest), *(line(one) for one in digest.notices), *notices),
        "state": _state(digest),
        "classifier": line(digest.classifier),
        "start": _start(digest),
        "commands": commands(digest, finish=bool(ripe(digest))),
        "answer": answer_line(digest) if digest.answering.replies else "",
        "example": next((one.id for one in digest.listed if one.id in choice.shown), None),
        "few_links": _few_links(digest, choice),
        "desk": safe_url(digest.answering.desk) if digest.answering.desk else None,
        "due": show(digest.due),
        "sections": (
            *(_section(digest, part, show(part.new)) for part in digest.sections if digest.listed or not _all_alike(digest)),
            *_unsorted(digest, show(digest.unsorted)),
        ),
        "kept": _lists(digest, show),
        "kept_count": len(digest.kept),
        "older": tuple(
            ListView(name, shown, _more(digest, len(candidates) - len(shown), "more"), section_page(digest.answering, name))
            for name, candidates in (*((part.name, part.older) for part in digest.sections), (UNSORTED, digest.unsorted_older))
            if candidates
            for shown in [show(candidates)]
        ),
        "older_count": _older_count(digest),
        "withheld": ", ".join(f"{one.count:,} {line(one.reason, 120)}" for one in digest.withheld),
        "troubles": tuple(
            (
                line(one.feed, 120),
                host_of(one.url),
                line(one.words, 200).rstrip("."),
                f"since {day(one.since, digest.now, zone)}" if one.since else "",
            )
            for one in digest.troubles[:TROUBLES]
        ),
        "more_troubles": _more(digest, len(digest.troubles) - TROUBLES, "more", "aggregator feeds list"),
        "troubles_count": len(digest.troubles),
        "known_troubles": f"{count(digest.known_troubles, 'known problem')} unchanged" if digest.known_troubles else "",
        "next": _next(digest, zone),
        "column": max((len(str(one.id)) for one in digest.listed), default=1) + 1,
    }


def _cut(item: ItemView, choice: Choice) -> ItemView:
    shorter = item.brief() if item.number in choice.brief else item
    return shorter.bare() if item.number in choice.bare else shorter


def _few_links(digest: Digest, choice: Choice) -> str:
    """Where to decide what has no links of its own; empty where all have them."""
    bare = sum(one in choice.shown for one in choice.bare)
    if not (bare and digest.answering.links):
        return ""
    answered = ", or answer with their numbers" if digest.answering.replies else ""
    return f"The best {len(choice.shown) - bare:,} have links to decide. Decide the others at your desk{answered}."


def _item(candidate: Candidate, digest: Digest, zone: ZoneInfo, group: Sequence[int], shown: Collection[int]) -> ItemView:
    url = safe_url(candidate.url) if candidate.url else None
    original = candidate.sources[0] if candidate.sources else None
    host = host_of(url) if url else (host_of(original.feed_url) if original else "")
    also = [line(source.feed, 60) for source in candidate.sources[1:]]
    author = line(candidate.author, 80) if candidate.author else ""
    if candidate.published_at is None:
        when = f"undated, seen {day(candidate.first_seen, digest.now, zone)}"
    else:
        # A feed may date an entry years ahead to stay on top (R21).
        when = day(candidate.published_at if candidate.published_at <= digest.now else candidate.first_seen, digest.now, zone)
    about = [author, host if url else f"{host} (no link)".strip(), when]
    if also:
        about.append(f"also in {listed(also if len(also) < 4 else [*also[:3], f'{len(also) - 3} more'])}")
    if candidate.added:
        about.append("added by you" + (f", via {line(candidate.via, 60)}" if candidate.via else ""))
    others = [number for number in group if number != candidate.id]
    return ItemView(
        number=candidate.id,
        title=line(candidate.title) or "(untitled)",
        url=url,
        host=host,
        about=", ".join(one for one in about if one),
        excerpt=line(excerpt(candidate.text, EXCERPT)),
        doubtful=candidate.doubtful,
        doubt=_doubt(candidate),
        linked=tuple(_linked(use, candidate) for use in candidate.linked_before[:2]),
        reason=line(digest.due_reasons.get(candidate.id, "")),
        section=line(candidate.likely_section or UNSORTED, 100),
        same=f"same bullet as {listed(others)}" if others else "",
        own_words=line(candidate.note) if candidate.note else "",
        kin=kin(candidate, shown),
        links=digest.answering.links.get(candidate.id, ()),
    )


def _linked(use: PastUse, candidate: Candidate) -> LinkedView:
    is_relink = any(one.kind is RelativeKind.RELINK and one.use and one.use.url == use.url for one in candidate.relatives)
    return LinkedView(
        line(use.edition_name, 100),
        line(use.section, 100) if use.section else None,
        line(excerpt(use.bullet, OLD_BULLET)),
        host_of(use.url) if is_relink else "",
    )


def _doubt(candidate: Candidate) -> str:
    guess = candidate.guess
    if not candidate.doubtful or guess is None:
        return ""
    why = f" ({line('; '.join(guess.why[:2]), 120)})" if guess.why else ""
    return f"or {line(guess.second, 100)}{why}" if guess.second else f"in doubt{why}"


def _section(digest: Digest, part: SectionPart, shown: tuple[ItemView, ...]) -> SectionView:
    new = len(part.new) + part.more
    counts = [f"{new:,} new"] if new else []
    if part.kept:
        counts.append(f"{part.kept:,} kept")
    if part.waiting:
        counts.append(f"{part.waiting:,} waiting")
    if part.held:
        counts.append(f"{part.held:,} held")
    rest, url = _more(digest, new - len(shown), "more new"), section_page(digest.answering, part.name)
    return SectionView(line(part.name, 100), ", ".join(counts), part.quiet or "", shown, rest, url)


def _unsorted(digest: Digest, shown: tuple[ItemView, ...]) -> tuple[SectionView, ...]:
    new = len(digest.unsorted) + digest.unsorted_more
    if not new:
        return ()
    rest, url = _more(digest, new - len(shown), "more new"), section_page(digest.answering, UNSORTED)
    return (SectionView(UNSORTED, f"{new:,} new, nothing told where they belong", "", shown, rest, url),)


def _more(digest: Digest, number: int, what: str, where: str = "aggregator candidates") -> str:
    place = " at your desk" if digest.answering.desk else f": {where}"
    return f"+ {number:,} {what}{place}" if number > 0 else ""


def _lists(digest: Digest, show: Callable[[Iterable[Candidate]], tuple[ItemView, ...]]) -> tuple[ListView, ...]:
    by_section: dict[str, list[Candidate]] = {}
    for candidate in digest.kept:
        by_section.setdefault(line(candidate.likely_section or UNSORTED, 100), []).append(candidate)
    return tuple(
        ListView(name, shown, _more(digest, len(few) - len(shown), "more"), section_page(digest.answering, name))
        for name, few in by_section.items()
        for shown in [show(few)]
    )


def _notices(digest: Digest) -> list[str]:
    notices = []
    if digest.repeat:
        notices.append("You asked for this mail again. Its numbers are those of the first one.")
    if digest.gap_days is not None and digest.gap_days > 7:
        named, new = _named_and_new(digest)
        rest = (
            f"These are the best {named:,} of {new:,} new ones since; the others are counted under their sections and wait "
            f"{'at your desk' if digest.answering.desk else 'in: aggregator candidates'}"
            if named < new
            else "Everything since then is in this one."
        )
        notices.append(f"The previous mail went out {count(digest.gap_days, 'day')} ago. {rest}")
    return notices


def _state(digest: Digest) -> list[str]:
    """How the edition stands: whether it is ripe, its age, what is kept, what is thin."""
    age = f"Open {count(digest.days_open, 'day')}" if digest.days_open else "Opened today"
    usual = f"; you usually publish after {digest.usual_days} days." if digest.usual_days else "."
    reason = ripe(digest)
    lines = [f"It is ripe: {reason}."] if reason else []
    # One that is ripe by its age has just said so.
    if not reason or _is_full(digest):
        lines.append(age + usual)
    if digest.kept:
        within = len({candidate.likely_section for candidate in digest.kept})
        lines.append(f"{len(digest.kept):,} kept in {count(within, 'section')}.")
    else:
        lines.append("Nothing kept yet.")
    # Before anything is kept every section is thin, and saying so tells nothing.
    if digest.thin and (digest.kept or any(held for _, _, held in digest.thin)):
        few = [f"{line(name, 100)} {kept}" + (f" ({held} held could fit)" if held else "") for name, kept, held in digest.thin]
        lines.append(f"Thin: {', '.join(few)}.")
    return lines


def _start(digest: Digest) -> list[str]:
    """What a newcomer needs to hear; nothing once candidates come in and past editions were learnt."""
    if not digest.feeds:
        return ["No feeds are followed yet. Add the blogs you read with: aggregator feeds add ADDRESS"]
    if not digest.listed:
        what = [
            "Nothing has come in for this edition yet. What your feeds publish from now on will stand here, under your sections."
        ]
        return what + [part.quiet for part in digest.sections[:1] if part.quiet and _all_alike(digest)]
    if not any(one.guess and one.guess.method is GuessMethod.LEARNT for one in digest.listed):
        return [
            "Filed by keywords and folders alone. It learns to file as you do from past editions: aggregator archive import PATH"
        ]
    return []


def _all_alike(digest: Digest) -> bool:
    """Every section says the same of itself; once is enough where there is nothing else to say."""
    return len({part.quiet for part in digest.sections}) <= 1


def _next(digest: Digest, zone: ZoneInfo) -> str:
    if digest.next_slot is None:
        return ""
    local = digest.next_slot.astimezone(zone)
    return f"Next mail {local:%A} {day(digest.next_slot, digest.now, zone)}, {local:%H:%M} {place(zone)}."

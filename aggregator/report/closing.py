"""What became of an edition when it closed: what was right, what he had to place himself, and how that compares with before.

Figures only; pages and the mail show them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from aggregator.archive.sites import NOT_A_BLOG, Site
from aggregator.records.editions import Edition, Outcome
from aggregator.records.learning import Classifier
from aggregator.records.reports import ClosedEdition, ClosedLink
from aggregator.report.drift import Drift
from aggregator.text.canonical import host_of, safe_url

SectionOf = Callable[[str], str | None]
_SITES = 6


@dataclass(frozen=True, slots=True)
class Filing:
    """How a post's links had been filed before it was known, of those that were guessed and that stand under a section.

    first, within_two: the section was the likeliest, or one of the two likeliest. asked: filed under none for want of
    certainty; wrong: filed under another one. Both together are the moves: what he had to place himself.
    """

    links: int = 0
    first: int = 0
    within_two: int = 0
    asked: int = 0
    wrong: int = 0

    @property
    def moves(self) -> int:
        """Links that he had to place himself."""
        return self.asked + self.wrong

    @property
    def top1(self) -> float:
        """Share right at first."""
        return self.first / self.links if self.links else 0.0

    @property
    def top2(self) -> float:
        """Share right within two."""
        return self.within_two / self.links if self.links else 0.0


@dataclass(frozen=True, slots=True)
class EditionResult:
    """One closed edition in numbers. links: of its post. unused: offered and not in the post."""

    number: int
    links: int
    used: int
    moved: int
    added: int
    unused: int
    held: int
    filing: Filing


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section of the post. links: all it has. added: of them, those he brought himself. before: the same section in the
    editions before."""

    name: str
    links: int
    added: int
    filing: Filing
    before: Filing


@dataclass(frozen=True, slots=True)
class Misfiled:
    """A link that he published under another section than its first guess. sure: it had been filed there, not only asked
    about."""

    title: str
    url: str | None
    guessed: str
    sure: bool
    published: str


@dataclass(frozen=True, slots=True)
class ClosingReport:
    """One page on a closed edition.

    title: the edition's. waiting, carried, dropped: further outcomes. age: median days from a used link's own date to the
    edition's, None without any. sites: where the links that he brought himself are from and that he does not follow: (host,
    links in this edition, links in all). learnt: what training on it came to, None if there was none. history: this edition
    and those before, oldest first. notes: what was noticed of drift.
    """

    roundup: str
    short_name: str
    title: str
    published: date | None
    days_open: int
    result: EditionResult
    waiting: int
    carried: int
    dropped: int
    sections: tuple[SectionResult, ...]
    misfiled: tuple[Misfiled, ...]
    age: int | None
    sites: tuple[tuple[str, int, int], ...]
    learnt: str | None
    history: tuple[EditionResult, ...]
    notes: tuple[Drift, ...] = ()

    @property
    def before(self) -> Filing:
        """The editions before this one, together."""
        return sum_of([one.filing for one in self.history[:-1]])


def closing_report(
    closings: Sequence[ClosedEdition],
    *,
    roundup: str,
    short_name: str,
    title: str,
    section_of: SectionOf,
    sections: Sequence[str],
    followed: Collection[str],
    sites: Sequence[Site],
    learnt: str | None,
    notes: tuple[Drift, ...] = (),
) -> ClosingReport:
    """The report on the last of `closings`, against those before it.

    closings: oldest first, at least one. title: the edition's. section_of: a section's name then -> today's, None if there
    is none any more. sections: the author's, in order. followed: hosts of his feeds. sites: of his whole archive.
    """
    closed = closings[-1]
    edition = closed.edition
    day = edition.published or (edition.closed_at.date() if edition.closed_at else edition.opened_at.date())
    return ClosingReport(
        roundup=roundup,
        short_name=short_name,
        title=title,
        published=edition.published,
        days_open=max(0, ((edition.closed_at or edition.opened_at) - edition.opened_at).days),
        result=result_of(closed, section_of),
        waiting=closed.counts.get(Outcome.WAITING, 0),
        carried=closed.counts.get(Outcome.CARRIED, 0),
        dropped=closed.counts.get(Outcome.DROPPED, 0),
        sections=_sections(closings, section_of, sections),
        misfiled=tuple(_misfiled(closed, section_of)),
        age=_age(closed.links, day),
        sites=_sites(closed, followed, sites),
        learnt=learnt,
        history=tuple(result_of(one, section_of) for one in closings),
        notes=notes,
    )


def result_of(closed: ClosedEdition, section_of: SectionOf) -> EditionResult:
    """A closed edition's numbers."""
    return EditionResult(
        number=closed.edition.number,
        links=len(closed.links) + len(closed.added),
        used=closed.counts.get(Outcome.USED, 0),
        moved=closed.counts.get(Outcome.MOVED, 0),
        added=len(closed.added),
        unused=closed.counts.get(Outcome.UNUSED, 0),
        held=closed.counts.get(Outcome.HELD, 0),
        filing=sum_of([_filing(link, section_of) for link in closed.links]),
    )


def sum_of(parts: Sequence[Filing]) -> Filing:
    """All together."""
    return Filing(
        sum(one.links for one in parts),
        sum(one.first for one in parts),
        sum(one.within_two for one in parts),
        sum(one.asked for one in parts),
        sum(one.wrong for one in parts),
    )


def learnt_words(trainings: Sequence[Classifier], closed: Edition, following: Edition | None) -> str | None:
    """What the first training after the close came to, in a sentence; None if there was none before the following edition
    closed. trainings: the newest first."""
    until = following.closed_at if following is not None else None
    for one in reversed(trainings):
        if closed.closed_at is not None and one.made_at >= closed.closed_at and (until is None or one.made_at < until):
            return f"Trained anew on {one.labels:,} links. {one.reason}"
    return None


def _filing(link: ClosedLink, section_of: SectionOf) -> Filing:
    guess = link.guess
    if link.section is None or guess is None or guess.first is None:
        return Filing()
    place = _today(link.section, section_of)
    first, second, filed = (_today(one, section_of) for one in (guess.first, guess.second, guess.section))
    return Filing(
        links=1,
        first=int(first == place),
        within_two=int(place in (first, second)),
        asked=int(filed is None),
        wrong=int(filed is not None and filed != place),
    )


def _today(name: str | None, section_of: SectionOf) -> str | None:
    return None if name is None else section_of(name) or name


def _sections(closings: Sequence[ClosedEdition], section_of: SectionOf, order: Sequence[str]) -> tuple[SectionResult, ...]:
    """Those that the last of `closings` has links under."""
    *earlier, closed = closings
    now = _by_section(closed.links, section_of)
    before = _by_section([link for one in earlier for link in one.links], section_of)
    added = Counter(name for link in closed.added if (name := _today(link.section, section_of)) is not None)
    links = Counter({name: len(few) for name, few in now.items()}) + added
    names = [*(one for one in order if links[one]), *(one for one in links if one not in order)]
    return tuple(
        SectionResult(name, links[name], added[name], sum_of(now.get(name, [])), sum_of(before.get(name, []))) for name in names
    )


def _by_section(links: Sequence[ClosedLink], section_of: SectionOf) -> dict[str, list[Filing]]:
    found: dict[str, list[Filing]] = {}
    for link in links:
        if (name := _today(link.section, section_of)) is not None:
            found.setdefault(name, []).append(_filing(link, section_of))
    return found


def _misfiled(closed: ClosedEdition, section_of: SectionOf) -> list[Misfiled]:
    """What was filed wrongly before what it had asked about."""
    found = []
    for link in closed.links:
        filing, guess = _filing(link, section_of), link.guess
        if guess is not None and filing.links > filing.first:
            guessed, place = _today(guess.first, section_of), _today(link.section, section_of)
            found.append(
                Misfiled(
                    link.title, safe_url(link.url) if link.url else None, guessed or "", guess.section is not None, place or ""
                )
            )
    return sorted(found, key=lambda one: not one.sure)


def _age(links: Sequence[ClosedLink], day: date) -> int | None:
    ages = [max(0, (day - (link.published_at or link.first_seen).date()).days) for link in links]
    return round(median(ages)) if ages else None


def _sites(closed: ClosedEdition, followed: Collection[str], sites: Sequence[Site]) -> tuple[tuple[str, int, int], ...]:
    here = Counter(host for link in closed.added if (host := host_of(link.url)))
    ever = {site.host: site.links for site in sites}
    found = [
        (host, number, max(number, ever.get(host, 0)))
        for host, number in here.items()
        if host not in followed and host not in NOT_A_BLOG
    ]
    return tuple(sorted(found, key=lambda one: (-one[2], one[0]))[:_SITES])

"""The author's sections: how they stand, what would fit one, and teaching it by past links."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from statistics import median
from textwrap import shorten

from aggregator.archive.labels import unknown_sections
from aggregator.archive.succession import suggestions
from aggregator.classify.unlearnt import FEWEST_IN_SECTION
from aggregator.desk.decide import decide, known_section
from aggregator.desk.edition import candidates as waiting
from aggregator.edition.examples import example_of
from aggregator.errors import NotFound
from aggregator.ports import Stores
from aggregator.records.archive import PastBullet, PastEdition, PastLink, Succession, edition_name
from aggregator.records.candidates import Action
from aggregator.records.learning import Example, LabelSource, NewLabel
from aggregator.records.roundups import Roundup
from aggregator.records.sections import Fitting, SectionStanding, StrayHeading, Taught
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import canonical_url

_RECENT = 10
"""Editions by which a section's usual size is told."""
_TITLE = 80
"""Characters of a past bullet that are shown: its link may well be called "here"."""
_QUIET = 6
"""Editions without a link after which a section's rest is worth a word."""


def standings(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[SectionStanding]:
    """Every configured section, in its order."""
    past = stores.archive.editions(roundup.id)
    labels = stores.learning.counts(roundup.id)
    current = stores.learning.current(roundup.id)
    learnt = set(current.sections) if current else set[str]()
    bullets: dict[str, dict[int, list[PastBullet]]] = {name: {} for name in plan.section_names}
    for position, edition in enumerate(past):
        for bullet in edition.bullets:
            if (name := _section(plan, bullet)) is not None:
                bullets[name].setdefault(position, []).append(bullet)
    return [_standing(name, past, bullets[name], labels.get(name, 0), name in learnt) for name in plan.section_names]


def _standing(
    name: str, past: Sequence[PastEdition], bullets: dict[int, list[PastBullet]], labels: int, learnt: bool
) -> SectionStanding:
    newest = max(bullets, default=None)
    unused = len(past) if newest is None else len(past) - 1 - newest
    sizes = [len(bullets[position]) for position in sorted(bullets)[-_RECENT:]]
    if labels < FEWEST_IN_SECTION:
        words = f"new: {labels} of {FEWEST_IN_SECTION} links known"
    elif not learnt:
        words = "not learnt yet: the next poll learns it"
    else:
        words = f"no links in {unused} editions" if newest is not None and unused >= _QUIET else "learnt"
    return SectionStanding(
        name=name,
        links=sum(len(one.links) for few in bullets.values() for one in few),
        editions=len(bullets),
        last=edition_name(past[newest].title, past[newest].number) if newest is not None else None,
        last_date=past[newest].published if newest is not None else None,
        unused=unused,
        usual=round(median(sizes)) if sizes else None,
        labels=labels,
        learnt=learnt,
        words=words,
    )


def stray_headings(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[StrayHeading]:
    """Headings of past editions with links that are no section today, most links first."""
    past = stores.archive.editions(roundup.id)
    found = {one.old: one for one in suggestions(past, plan.section_names, plan.aliases)}
    stray = [one for one in unknown_sections(past, plan.section_names, plan.aliases) if plan.canonical_section(one.name) is None]
    return [
        StrayHeading(one.name, one.links, found[one.name].new, found[one.name].why)
        if one.name in found
        else StrayHeading(one.name, one.links, None, None)
        for one in stray
    ]


def suggested(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Succession]:
    """Old headings that seem to mean a section of today's, most links first. Nothing is taken for granted: he confirms."""
    return suggestions(stores.archive.editions(roundup.id), plan.section_names, plan.aliases)


def fitting(stores: Stores, roundup: Roundup, plan: RoundupSettings, name: str, most: int = 20) -> list[Fitting]:
    """What would fit a section, best first: waiting candidates that are not filed there, and past bullets that stand elsewhere.

    By its keywords and name and, once it knows some links, by likeness to them. most: of each of the two kinds.
    Raises UsageError for a name that is no section.
    """
    from aggregator.classify.fits import Fit, fits  # noqa: PLC0415 - heavy, and most verbs here do without

    section = next(one for one in plan.sections if one.name == known_section(plan, name))
    labels = stores.learning.labels(roundup.id)
    known = [label.example for label in labels if label.section == section.name]
    taught = {label.origin for label in labels if label.section == section.name}
    past = list(_elsewhere(stores.archive.editions(roundup.id), plan, section.name, taught))
    open_ = [one for one in waiting(stores, roundup, plan) if one.section != section.name]

    def bullet(fit: Fit) -> Fitting:
        edition, one = past[fit.place]
        first, where = one.links[0], edition_name(edition.title, edition.number)
        now = plan.heading_today(one.section) if one.section else None
        return Fitting(
            bullet_id(one), shorten(one.text, _TITLE, placeholder="…"), first.url, now, where, len(one.links), fit.score, fit.why
        )

    def candidate(fit: Fit) -> Fitting:
        one = open_[fit.place]
        return Fitting(str(one.id), one.title, one.url, one.likely_section, None, 1, fit.score, fit.why)

    # One reading of both, so that scores compare.
    examples = [_example(one, one.links[0]) for _, one in past] + [example_of(one) for one in open_]
    found = fits(section, examples, known)
    bullets = [bullet(one) for one in found if one.place < len(past)]
    candidates = [candidate(Fit(one.place - len(past), one.score, one.why)) for one in found if one.place >= len(past)]
    return [*candidates[:most], *bullets[:most]]


def teach(stores: Stores, roundup: Roundup, plan: RoundupSettings, name: str, ids: Sequence[str]) -> Taught:
    """These belong under a section: candidates by number are moved there; bullets of past editions, by their id or the address
    of any of their links, teach it, whatever they stood under. Raises UsageError for the section, NotFound for an id; then
    nothing was taught."""
    section = known_section(plan, name)
    numbers, others = _sorted(ids)
    bullets = _bullets_at(stores, roundup, others)
    if numbers:
        decide(stores, roundup, plan, numbers, Action.MOVE, section=section)
    now = stores.clock.now()
    labels = [
        NewLabel(_example(bullet, link), section, LabelSource.VERDICT, now, _origin(link), edition.number)
        for edition, bullet in bullets
        for link in bullet.links
    ]
    stores.learning.add_labels(roundup.id, labels)
    known = stores.learning.counts(roundup.id).get(section, 0)
    return Taught(section, len({label.origin for label in labels}), len(numbers), known)


def forget(stores: Stores, roundup: Roundup, ids: Sequence[str]) -> int:
    """Takes back what past bullets were taught; they teach what their editions say again. Returns how many labels that were.
    Raises NotFound."""
    numbers, others = _sorted(ids)
    if numbers:
        raise NotFound(
            f"{numbers[0]} is no past bullet's id", advice="For candidates, `aggregator undo` takes the last decision back."
        )
    bullets = _bullets_at(stores, roundup, others)
    return stores.learning.retract(roundup.id, {_origin(link) for _, bullet in bullets for link in bullet.links})


def require(stores: Stores, roundup: Roundup, ids: Sequence[str]) -> None:
    """Raises NotFound for a past bullet that is none, before anything is changed."""
    _bullets_at(stores, roundup, _sorted(ids)[1])


def bullet_id(bullet: PastBullet) -> str:
    """What a past bullet is called on the command line: the same as long as its first link leads to the same page."""
    return "p" + hashlib.sha256(bullet.links[0].canonical_url.encode()).hexdigest()[:7]


def _elsewhere(
    past: Sequence[PastEdition], plan: RoundupSettings, name: str, taught: Collection[str]
) -> Iterator[tuple[PastEdition, PastBullet]]:
    """Bullets that neither stand under the section nor were taught to, newest first, each once."""
    seen = set()
    for edition in reversed(past):
        for bullet in edition.bullets:
            if not bullet.links or _section(plan, bullet) == name or _origin(bullet.links[0]) in taught:
                continue
            if (one := bullet_id(bullet)) not in seen:
                seen.add(one)
                yield edition, bullet


def _bullets_at(stores: Stores, roundup: Roundup, ids: Sequence[str]) -> list[tuple[PastEdition, PastBullet]]:
    """Bullets by id, or by the address of any link. Raises NotFound for one that no past edition has."""
    if not ids:
        return []
    addresses = {one: canonical_url(one) for one in ids}
    found: dict[str, list[tuple[PastEdition, PastBullet]]] = {one: [] for one in ids}
    for edition in stores.archive.editions(roundup.id):
        for bullet in edition.bullets:
            if not bullet.links:
                continue
            here = {link.canonical_url for link in bullet.links}
            for one in ids:
                if one == bullet_id(bullet) or addresses[one] in here:
                    found[one].append((edition, bullet))
    if missing := [one for one, bullets in found.items() if not bullets]:
        raise NotFound(
            f"no past edition has {', '.join(missing)}; nothing was changed",
            advice="`aggregator sections fit NAME` lists past bullets with their ids; `aggregator archive search` finds a link.",
        )
    return [one for bullets in found.values() for one in bullets]


def _sorted(ids: Sequence[str]) -> tuple[list[int], list[str]]:
    numbers = [int(one) for one in ids if one.isascii() and one.isdigit()]
    return numbers, [one for one in ids if not (one.isascii() and one.isdigit())]


def _section(plan: RoundupSettings, bullet: PastBullet) -> str | None:
    return plan.canonical_section(bullet.section) if bullet.section is not None else None


def _example(bullet: PastBullet, link: PastLink) -> Example:
    # As the archive's own label has it, so that the two are one link.
    return Example(title=link.anchor, url=link.url, comment=bullet.text)


def _origin(link: PastLink) -> str:
    return f"taught:{link.canonical_url}"

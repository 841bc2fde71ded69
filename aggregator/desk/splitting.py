"""A section made of a part of another: which of its past bullets would go, and making it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from aggregator.desk.decide import known_section
from aggregator.desk.sections import bullet_id
from aggregator.ports import Stores
from aggregator.records.archive import PastBullet, edition_name
from aggregator.records.learning import Example
from aggregator.records.roundups import Roundup
from aggregator.records.sections import Fitting
from aggregator.settings import RoundupSettings, SectionSettings

_TITLE = 110


@dataclass(frozen=True, slots=True)
class Divided:
    """The past bullets of a section, seen by whoever splits it. fitting: those that speak for the new one, best first. others:
    the rest, newest first."""

    fitting: tuple[Fitting, ...]
    others: tuple[Fitting, ...]


def divided(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, name: str, new: str, keywords: Sequence[str], most: int = 60
) -> Divided:
    """What stands under a section, by whether it would fit a new one of this name with these keywords. most: of each kind.
    Raises UsageError for a name that is no section."""
    from aggregator.classify.fits import fits  # noqa: PLC0415 - heavy, and most pages do without

    section = known_section(plan, name)
    found: dict[str, Fitting] = {}
    bullets: dict[str, PastBullet] = {}
    for edition in reversed(stores.archive.editions(roundup.id)):
        for bullet in edition.bullets:
            if not bullet.links or bullet.section is None or plan.canonical_section(bullet.section) != section:
                continue
            one = bullet_id(bullet)
            if one not in found:
                title = shorten(bullet.text, _TITLE, placeholder="…")
                where = edition_name(edition.title, edition.number)
                found[one] = Fitting(one, title, bullet.links[0].url, section, where, len(bullet.links), 0.0, ())
                bullets[one] = bullet
    examples = [Example(title=one.links[0].anchor, url=one.links[0].url, comment=one.text) for one in bullets.values()]
    ids = list(found)
    speaks = fits(SectionSettings(name=new, keywords=tuple(keywords)), examples) if new and examples else []
    fitting = [replace(found.pop(ids[fit.place]), score=fit.score, why=fit.why) for fit in speaks[:most]]
    return Divided(tuple(fitting), tuple(found.values())[:most])

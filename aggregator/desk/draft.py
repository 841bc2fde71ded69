"""The open edition as a draft file: his skeleton, with what he kept in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.draft.compose import Format, bullets_of, compose
from aggregator.draft.export import Written, draft_name
from aggregator.draft.export import export as write
from aggregator.ports import Stores
from aggregator.records.candidates import State
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What was written. bullets, links: counts."""

    edition: int
    path: Path
    bullets: int
    links: int
    outcome: Written


def export(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, *, format_: Format | None, out: Path | None, home: Path
) -> DraftReport:
    """Writes the draft to `out`, else into the configured folder. Raises Refused over a draft that was changed by hand."""
    edition = open_edition(stores, roundup, plan)
    shape = format_ or plan.draft.format
    bullets = bullets_of(one for one in stores.ledger.candidates(roundup.id) if one.standing.state is State.KEPT)
    past = stores.archive.editions(roundup.id)
    text = compose(
        plan.edition_title(edition.number),
        plan.section_names,
        bullets,
        empty=plan.draft.empty,
        style="reference" if past and past[-1].style == "reference" else "inline",
        front_matter={"date": today(plan, stores.clock.now())} if shape in ("hugo", "jekyll") else None,
        format=shape,
    )
    path = out or home / plan.draft.path.expanduser() / draft_name(plan.name, edition.number, shape)
    outcome = write(text, path)
    return DraftReport(
        edition=edition.number,
        path=path,
        bullets=sum(len(part) for part in bullets.values()),
        links=sum(len(bullet.links) for part in bullets.values() for bullet in part),
        outcome=outcome,
    )

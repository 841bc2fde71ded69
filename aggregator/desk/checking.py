"""What stands in the way of publishing a draft: the file as it is, with what the desk knows of its links and quotations."""

from __future__ import annotations

from pathlib import Path

from aggregator.desk.bullets import shown
from aggregator.desk.draft import waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import number_of
from aggregator.draft.check import Known, Problem, check
from aggregator.draft.labels import key_of
from aggregator.draft.said import said_of
from aggregator.edition.quotes import altered_quotes
from aggregator.ports import Stores
from aggregator.records.drafts import Bullet, BulletLink
from aggregator.records.links import LinkState
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def check_draft(stores: Stores, roundup: Roundup, plan: RoundupSettings, text: str, *, conflicts: bool = True) -> list[Problem]:
    """Everything that `draft.check` tells of this text. Changes nothing, and asks nobody: a link is dead if it was found so. The
    post of another edition contradicts nothing at the desk. conflicts: those that wait are told, too."""
    edition = open_edition(stores, roundup, plan)
    of_it = conflicts and number_of(text, plan) in (None, edition.number)
    waiting = waiting_conflicts(stores, edition) if of_it else ()
    said = said_of(text, plan.canonical_section)
    urls = {url for part in said.parts for url in part.addresses}
    checks = stores.links.checks({key_of(url) for url in urls})
    dead = {key: one.words or "this link is dead" for key, one in checks.items() if one.state is LinkState.DEAD}
    return check(text, Known(dead, _altered(stores, roundup, plan, text), waiting))


def last_file(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> Path | None:
    """Where the open edition's draft was last written to or read from; None if it is nowhere on the disk."""
    files = stores.drafts.files(open_edition(stores, roundup, plan).id)
    paths = (Path(one.path) for one in files if one.path and one.format != "html")
    return next((path for path in paths if path.exists()), None)


def _altered(stores: Stores, roundup: Roundup, plan: RoundupSettings, text: str) -> list[str]:
    """How the quotations begin that the text has changed."""
    links = {key_of(link.candidate.url): link for one in shown(stores, roundup, plan) for link in one.links if link.candidate.url}
    quotes = stores.drafts.quotes({link.candidate.id for link in links.values()})
    if not quotes:
        return []
    bullets = [
        Bullet("", None, name, 0.0, part.text, tuple(BulletLink(n, links[key].candidate) for n, key in mine))
        for name, parts in said_of(text, plan.canonical_section).sections.items()
        for part in parts
        if (mine := [(n, key) for n, key in enumerate(part.links, 1) if key in links])
    ]
    return [" ".join(quote.text.split())[:60] for _, quote in altered_quotes(bullets, quotes)]

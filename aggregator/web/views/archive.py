"""Was this linked before? Past editions, searched by address or words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.archive import MOST, elsewhere, search
from aggregator.edition.links import is_trouble
from aggregator.ports import Stores
from aggregator.records.archive import PastUse
from aggregator.records.links import LinkState
from aggregator.text.canonical import canonical_url, host_of
from aggregator.web.desk import Desk

_LONGEST = 500
_NEWEST = 12


@dataclass(frozen=True, slots=True)
class FoundBullet:
    """One bullet of a past edition. uses: its links that were found, the first for what they share."""

    use: PastUse
    uses: tuple[PastUse, ...]


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/archive`."""
    installation = desk.installation

    def shown(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        asked = request.query_params.get("q", "").strip()[:_LONGEST]
        found = search(installation, roundup, asked) if asked else []
        host = host_of(asked) if asked.startswith(("http://", "https://")) else None
        here = {use.url for use in found}
        others = [use for use in search(installation, roundup, host) if use.url not in here] if host else []
        editions = installation.archive.editions(roundup.id)
        values = {
            "title": f"Archive: {asked}" if asked else "Archive",
            "roundup": roundup,
            "asked": asked,
            "bullets": bullets_of(found),
            "cut": len(found) >= MOST,
            "may_be": elsewhere(asked, found),
            "words": [] if host else asked.split(),
            "troubles": _troubles(installation, [*found, *others]),
            "host": host,
            "others": bullets_of(others),
            "editions": len(editions),
            "links": sum(len(one.links) for one in editions),
            "newest": editions[: -_NEWEST - 1 : -1],
            "named": bool(plan.archive),
        }
        return desk.page(request, "archive.html", values)

    return [desk.get("/r/{roundup}/archive", shown, "archive")]


def _troubles(stores: Stores, uses: Sequence[PastUse]) -> dict[str, LinkState | None]:
    """Address as linked -> dead, moved and the like; None for what is there, or was never looked at."""
    keys = {use.url: canonical_url(use.url) or use.url for use in uses}
    checks = stores.links.checks(keys.values())
    found = {url: checks.get(key) for url, key in keys.items()}
    return {url: check.state if check is not None and is_trouble(check) else None for url, check in found.items()}


def bullets_of(found: list[PastUse]) -> list[FoundBullet]:
    """Uses by the bullet that they stood in; those of one follow each other."""
    groups = (tuple(uses) for _, uses in groupby(found, key=lambda one: (one.edition, one.published, one.section, one.bullet)))
    return [FoundBullet(uses[0], uses) for uses in groups]

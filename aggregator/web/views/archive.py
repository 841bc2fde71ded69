"""Was this linked before? Past editions, searched by address or words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.archive import MOST, elsewhere, search
from aggregator.records.archive import PastUse
from aggregator.text.canonical import host_of
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
            "host": host,
            "others": bullets_of(others),
            "editions": len(editions),
            "links": sum(len(one.links) for one in editions),
            "newest": editions[: -_NEWEST - 1 : -1],
            "named": bool(plan.archive),
        }
        return desk.page(request, "archive.html", values)

    return [desk.get("/r/{roundup}/archive", shown, "archive")]


def bullets_of(found: list[PastUse]) -> list[FoundBullet]:
    """Uses by the bullet that they stood in; those of one follow each other."""
    groups = (tuple(uses) for _, uses in groupby(found, key=lambda one: (one.edition, one.published, one.section, one.bullet)))
    return [FoundBullet(uses[0], uses) for uses in groups]

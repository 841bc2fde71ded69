"""What the last digest did not show."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.withheld import withheld
from aggregator.web.desk import Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/withheld`."""

    def shown(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        values = {"title": "Not shown", "roundup": roundup, "found": withheld(desk.installation, roundup, plan)}
        return desk.page(request, "withheld.html", values)

    return [desk.get("/r/{roundup}/withheld", shown, "withheld")]

"""What the configuration says, where each value comes from, and whether all is well."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.doctor import Check
from aggregator.errors import ConfigError
from aggregator.settings.holding import Holding, holding
from aggregator.web import fronts
from aggregator.web.desk import Desk
from aggregator.web.examine import examine


def routes(desk: Desk) -> list[BaseRoute]:
    """`/settings`, and its checks."""
    installation = desk.installation

    def page(request: Request) -> Response:
        return shown(request, None)

    def shown(request: Request, checks: list[Check] | None) -> Response:
        held: list[Holding] = []
        trouble = installation.config.trouble if installation.config else None
        try:
            if installation.config is not None:
                held = holding(installation.config.path)
        except ConfigError as error:
            trouble = trouble or error
        values = {
            "title": "Settings",
            "held": held,
            "trouble": trouble,
            "file": installation.config.path.resolve() if installation.config else None,
            "checks": checks,
            "home": installation.settings.home,
        }
        return desk.page(request, "settings.html", values)

    def check(request: Request, _: FormData) -> Response:
        """A POST because it asks the mail server and repositories; sends and changes nothing."""
        settings = installation.settings
        path = installation.config.path if installation.config else settings.home
        found = examine(installation, path, settings.roundups[0])
        return shown(request, [*found, *fronts.checks(request, settings.web)])

    return [
        desk.get("/settings", page, "settings"),
        desk.post("/settings/check", check, "settings-check"),
    ]

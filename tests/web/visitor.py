"""Someone at the desk without a browser: follows forms as they stand on the page, token and all."""

from __future__ import annotations

import re
from html import unescape

from httpx2 import Response
from starlette.testclient import TestClient

from aggregator.web.app import make_app
from aggregator.wiring import Installation

_TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]*)"')


class Visitor:
    """Asks as a browser would that was sent here by nobody. Redirects are told, not followed."""

    def __init__(self, installation: Installation) -> None:
        self._client = TestClient(make_app(installation, None), base_url="http://127.0.0.1", follow_redirects=False)
        self._token = ""

    def get(self, path: str, *, fragment: bool = False) -> Response:
        """A page, or what our script gets of it."""
        answer = self._client.get(path, headers={"X-Fragment": "1"} if fragment else {})
        if found := _TOKEN.search(answer.text):
            self._token = unescape(found[1])
        return answer

    def post(self, path: str, form: dict[str, str | list[str]], *, fragment: bool = False) -> Response:
        """Sends a form with the token of the page that was opened last."""
        headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"} | ({"X-Fragment": "1"} if fragment else {})
        return self._client.post(path, data={"csrf": self._token, **form}, headers=headers)

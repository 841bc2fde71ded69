"""Pages travel packed, and how short they get tells nothing of the tokens in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.door import csrf
from tests.web.pages import Browser, browsing


@pytest.fixture
def browser(sqlite_url: str, tmp_path: Path) -> Iterator[Browser]:
    with browsing(tmp_path, sqlite_url) as one:
        yield one


def test_a_page_is_packed_for_a_browser_that_can_unpack_it(browser: Browser) -> None:
    plain = browser.client.get("/status", headers={"Accept-Encoding": "identity"})
    packed = browser.client.get("/status", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_a_token_looks_different_each_time_and_holds_each_time(browser: Browser) -> None:
    one, other = csrf(browser.client, "/status"), csrf(browser.client, "/status")
    assert one != other
    for token in (one, other):
        said = browser.client.post(f"/r/{browser.roundup.slug}/undo", data={"csrf": token}, headers={"X-Fragment": "1"})
        assert said.status_code == 200


@pytest.mark.parametrize("token", ["", "00", "zz", "0" * 31, "00" * 64, "é"])
def test_what_is_no_token_is_refused(browser: Browser, token: str) -> None:
    csrf(browser.client, "/status")
    assert browser.client.post(f"/r/{browser.roundup.slug}/undo", data={"csrf": token}).status_code == 403

"""The names under which the desk answers, while config.yaml changes (R16)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.pages import Browser, browsing


@pytest.fixture
def browser(tmp_path: Path, sqlite_url: str) -> Iterator[Browser]:
    with browsing(tmp_path, sqlite_url) as made:
        yield made


def asked(browser: Browser, host: str) -> tuple[int, str]:
    answer = browser.client.get("/healthz", headers={"Host": host})
    return answer.status_code, answer.text


def rename(browser: Browser, address: str) -> None:
    (browser.folder / "fresh.yaml").write_text(f"{browser.config}web: {{base_url: '{address}'}}\n")
    (browser.folder / "fresh.yaml").replace(browser.folder / "config.yaml")


def test_a_desk_that_is_given_a_name_answers_under_it_at_once(browser: Browser) -> None:
    """Until it was started anew, the desk answered 400 under the name that its author had just given it."""
    status, words = asked(browser, "desk.example.org")
    assert status == 400
    assert "base_url" in words
    rename(browser, "https://Desk.example.org")
    assert asked(browser, "desk.example.org")[0] == 503  # there is no daemon
    assert asked(browser, "DESK.example.org:443")[0] == 503
    assert asked(browser, "127.0.0.1:8765")[0] == 503


def test_a_stranger_s_name_and_none_at_all_are_turned_away(browser: Browser) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "desk.example.org@127.0.0.1", "[::2]"):
        assert asked(browser, host)[0] == 400, host
    for host in ("localhost", "LOCALHOST:1", "[::1]:8765"):
        assert asked(browser, host)[0] == 503, host


def test_what_the_page_says_of_waiting_for_a_restart(browser: Browser) -> None:
    (browser.folder / "fresh.yaml").write_text(f"{browser.config}web: {{port: 9999}}\n")
    (browser.folder / "fresh.yaml").replace(browser.folder / "config.yaml")
    browser.see("/settings")
    assert "<code>web.port</code>" in browser.see("/settings")

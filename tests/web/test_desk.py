"""What every page and every form has in common: what is said on the next page, where a form leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.datastructures import FormData

from aggregator.web.cookies import Cookie, header
from aggregator.web.desk import SAID, Back, back
from tests.web.door import HERE, Door, door


@pytest.fixture
def locked(tmp_path: Path, sqlite_url: str) -> Iterator[Door]:
    with door(tmp_path, sqlite_url) as found:
        found.sign_in()
        yield found


@pytest.fixture
def plain(tmp_path: Path, sqlite_url: str) -> Iterator[Door]:
    with door(tmp_path, sqlite_url, base=HERE, password=None) as found:
        yield found


@pytest.mark.parametrize("words", ["Kept: a post", "日本語の題名" * 90, "\U0001f600" * 400, "a;b\r\nSet-Cookie: x=1"])
def test_what_the_next_page_says_fits_into_a_cookie_that_browsers_take(words: str) -> None:
    """Five hundred characters of Japanese were too many, and nothing was said."""
    told = back(FormData({}), "/", words).said
    line = header(Cookie(SAID, quote(told[:300]), 60), secure=True)
    assert len(line) < 4096
    assert "\r" not in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/r/links/held?x=1#c3", "/r/links/held?x=1#c3"),
        *((one, "/") for one in ("//evil.example", "/\\evil.example", "https://x", "")),
    ],
)
def test_a_form_leads_to_pages_of_ours_alone(wanted: str, leads: str) -> None:
    answer = back(FormData({"next": wanted}), "/")
    assert isinstance(answer, Back)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)


def test_over_https_a_site_beside_ours_cannot_put_words_into_the_desk_s_mouth(locked: Door) -> None:
    """A cookie without the prefix can be set by any other name below the same domain, and over plain http by anybody."""
    locked.client.cookies.set(SAID, quote("Your session has expired, call 0800"))
    assert "0800" not in locked.client.get("/r/links/").text
    locked.client.cookies.set(f"__Host-{SAID}", "Kept%3A%20a%20post")
    answer = locked.client.get("/r/links/")
    assert "Kept: a post" in answer.text
    assert f"__Host-{SAID}=" in answer.headers["Set-Cookie"]
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_the_edition_is_found_without_the_last_slash_and_the_way_there_names_no_host(plain: Door) -> None:
    """Behind a server with a certificate it led from https to http."""
    assert plain.client.get("/r/links").headers["Location"] == "/r/links/"
    assert plain.client.get("//evil.example/login/").status_code == 404


def test_a_command_in_what_a_trouble_advises_is_shown_as_one(plain: Door) -> None:
    page = plain.client.get("/r/links/bullets/c999")
    assert page.status_code == 404
    assert "<code>aggregator bullets</code>" in page.text
    assert "`" not in page.text

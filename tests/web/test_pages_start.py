"""A new author's first steps, from the files that `init` made to the first candidates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.datastructures import FormData
from starlette.requests import Request

from aggregator.errors import Refused
from aggregator.settings.shipped import template_folder
from aggregator.web.desk import Desk
from aggregator.web.views.start import _Start
from tests.web.pages import HOSTILE, Browser, browsing

INIT = (template_folder() / "init" / "config.yaml").read_text().replace("{", "{{").replace("}", "}}")
POST = """\
---
title: "Cable Digest #{number}"
date: 2025-0{number}-01
---

## Switches
- [A switch](https://switch{number}.example/a) is quick.

## Tape & Disks
- [A disk](https://disk{number}.example/b) spins.
"""


@pytest.fixture
def browser(tmp_path: Path, sqlite_url: str) -> Iterator[Browser]:
    config = INIT.replace("sqlite:///aggregator.db", sqlite_url)
    with browsing(tmp_path, sqlite_url, config) as made:
        yield made


def posts(folder: Path) -> None:
    (folder / "posts").mkdir()
    for number in range(1, 7):
        (folder / "posts" / f"{number}.md").write_text(POST.format(number=number))


def test_an_empty_desk_leads_to_the_first_steps(browser: Browser) -> None:
    answer = browser.client.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/start"
    assert "Six steps" in browser.see("/start")
    browser.follow("A blog")
    assert browser.client.get("/", follow_redirects=False).headers["location"] == "/r/my-roundup/"


def test_the_roundup_that_is_there_gets_its_name(browser: Browser) -> None:
    before = browser.roundup.id
    browser.see("/start")
    assert "The next one is Rack 28." in browser.send("/start/name", name="Rack: Notes", title="Rack {number}", number="28")
    assert browser.roundup.id == before
    assert [one.name for one in browser.installation.ledger.roundups()] == ["Rack: Notes"]
    assert browser.plan.edition_title(28) == "Rack 28"
    assert "# CHANGE" in browser.config
    browser.send("/start/name", status=400, name="Rack: Notes", title="Rack {nonsense}", number="28")
    assert [one.name for one in browser.installation.ledger.roundups()] == ["Rack: Notes"]


def test_past_editions_tell_name_number_and_sections(browser: Browser) -> None:
    posts(browser.folder)
    browser.see("/start")
    browser.send("/start/archive", where="posts")
    page = browser.settled("/start")
    assert "6 editions with 12 links" in page
    assert "the next one is number 7" in page
    browser.send("/start/take")
    assert (browser.plan.name, browser.plan.edition_title(7)) == ("Cable Digest", "Cable Digest #7")
    assert browser.plan.next_number == 7
    page = browser.see("/start")
    assert page.index('value="Switches"') < page.index('value="Tape &amp; Disks"')
    browser.send(
        "/start/sections",
        use0="1", old0="Switches", name0="Networking", place0="2",
        use1="1", old1="Tape & Disks", name1="Tape & Disks", place1="1",
        old2="Security", name2="Security", place2="3",
    )  # fmt: skip
    assert browser.plan.section_names == ("Tape & Disks", "Networking")
    assert browser.plan.canonical_section("Switches") == "Networking"
    assert browser.installation.archive.editions(browser.roundup.id)


def test_the_edition_that_was_open_already_takes_its_number_and_digits_begin_with_one(browser: Browser) -> None:
    assert "#1" in browser.see("/start")
    browser.see("/r/my-roundup/")
    posts(browser.folder)
    browser.send("/start/archive", where="posts")
    assert "6 editions with 12 links, 2 sections found" in browser.settled("/start")
    browser.send("/start/take")
    assert "#7" in browser.see("/start")
    browser.send("/start/sections", use0="1", old0="Switches", name0="Switches", use1="1", old1="Disks", name1="Disks")
    assert browser.installation.ledger.section_keys(browser.roundup.id, ["Switches", "Disks"]) == {"Switches": 1, "Disks": 2}


@pytest.mark.parametrize(("mark", "title"), [(": week of {}", "Cable Digest #{number}"), (") {}", "Cable Digest #{number})")])
def test_what_only_one_title_says_is_no_part_of_the_next(browser: Browser, mark: str, title: str) -> None:
    posts(browser.folder)
    for number, week in ((5, "May"), (6, "June")):
        post = browser.folder / "posts" / f"{number}.md"
        post.write_text(POST.format(number=number).replace(f"#{number}", f"#{number}{mark.format(week)}"))
    browser.see("/start")
    browser.send("/start/archive", where="posts")
    browser.settled("/start")
    browser.send("/start/take")
    assert browser.plan.title == title


def test_the_word_before_the_number_is_no_part_of_the_name(browser: Browser) -> None:
    posts(browser.folder)
    for post in (browser.folder / "posts").iterdir():
        post.write_text(post.read_text().replace("Digest #", "Digest No. "))
    browser.see("/start")
    browser.send("/start/archive", where="posts")
    browser.settled("/start")
    browser.send("/start/take")
    assert (browser.plan.name, browser.plan.edition_title(7)) == ("Cable Digest", "Cable Digest No. 7")


def test_what_cannot_be_read_is_said(browser: Browser) -> None:
    browser.see("/start")
    assert "no such folder" in browser.send("/start/archive", status=409, where="nowhere")
    browser.send("/start/archive", status=400)
    browser.send("/start/take", status=400)
    browser.send("/start/sections", status=400)


def test_mail_is_written_down_without_its_password(browser: Browser) -> None:
    browser.see("/start")
    fields = {"to": "me@example.org, you@example.org", "day": "monday", "time": "06:30", "timezone": "Europe/Berlin"}
    browser.send("/start/mail", fields)
    assert browser.plan.digest.to == ("me@example.org", "you@example.org")
    assert browser.installation.settings.mail.host is None
    server = {"host": "smtp.example.org", "port": "465", "security": "tls", "username": "me", "from": "digest@example.org"}
    page = browser.send("/start/mail", {**fields, **server})
    mail = browser.installation.settings.mail
    assert (mail.host, mail.port, mail.security, mail.sender) == ("smtp.example.org", 465, "tls", "digest@example.org")
    assert "AGGREGATOR_SMTP_PASSWORD" in page
    assert 'type="password"' not in page
    browser.send("/start/mail", {**fields, "host": ""})
    assert browser.installation.settings.mail.host is None
    browser.send("/start/mail", {**fields, "to": "not an address"}, status=400)
    browser.send("/start/mail", {**fields, "timezone": "Nowhere/Land"}, status=400)


def test_the_first_poll_runs_beside_the_page_and_tells_what_it_found(browser: Browser) -> None:
    (browser.folder / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    browser.see("/start")
    browser.send("/start/poll")
    assert "0 feeds polled" in browser.settled("/start")


def test_hostile_headings_are_words(browser: Browser) -> None:
    browser.publish(3, (HOSTILE, f"Evil {HOSTILE}"))
    assert "<script>alert" not in browser.see("/start")
    browser.send("/start/sections", use0="1", old0=HOSTILE, name0=HOSTILE, place0="1")
    assert browser.plan.section_names == (HOSTILE,)


def test_an_address_that_git_would_take_for_an_option_is_refused_in_words(browser: Browser) -> None:
    browser.see("/start")
    page = browser.send("/start/archive", status=400, where="--upload-pack=x.git")
    assert "cannot be given to git" in page
    assert "upload-pack" not in browser.config


def test_sources_that_two_tabs_name_at_one_moment_are_both_written(browser: Browser) -> None:
    """Each tab wrote the list that it had seen with its own source behind it, so that the other's was lost."""
    names = [f"past{n}" for n in range(5)]
    for name in names:
        (browser.folder / name).mkdir()
    browser.see("/start")
    pages = _Start(Desk(browser.installation))

    def tab(name: str) -> None:
        with suppress(Refused):  # one reading at a time; the source is written all the same
            pages.archive(Request({"type": "http"}), FormData({"where": name}))

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(tab, names))
    assert {one.name for one in browser.plan.archive} == set(names)


def test_another_roundup_has_first_steps_of_its_own(tmp_path: Path, sqlite_url: str) -> None:
    """They knew the first roundup only, and wrote into it."""
    config = "# Mine.\ndatabase: {database}\nroundups:\n- name: One\n- name: Two  # the other\n"
    (tmp_path / "posts").mkdir()
    with browsing(tmp_path, sqlite_url, config) as browser:
        assert "First steps of One" in browser.see("/start")
        assert 'href="/start?roundup=two"' in browser.see("/start")
        assert "First steps of Two" in browser.see("/start?roundup=two")
        browser.see("/start?roundup=three", 404)
        browser.send("/start/sections", roundup="two", use0="1", old0="", name0="Tape")
        browser.send("/start/mail", roundup="two", to="two@example.org", day="monday", time="06:00", timezone="UTC")
        browser.send("/start/archive", roundup="two", where="posts")
        page = browser.send("/start/name", roundup="two", name="Second", title="Second {{number}}", number="3")
        assert "First steps of Second" in page
        one, two = browser.installation.settings.roundups
        assert (one.name, one.sections, one.archive, one.digest.to) == ("One", (), (), ())
        assert (two.name, two.section_names, two.digest.to) == ("Second", ("Tape",), ("two@example.org",))
        assert [str(source.path) for source in two.archive] == ["posts"]
        assert "# the other" in browser.config


def test_sections_that_he_chose_stay_ticked_and_in_his_order(browser: Browser) -> None:
    """The page ticked what his past editions propose, so that pressing its button once more took back what he had added."""
    posts(browser.folder)
    browser.see("/start")
    browser.send("/start/archive", where="posts")
    page = browser.settled("/start")
    assert re.findall(r'name="old[0-9]+" value="([^"]*)"', page)[:2] == ["Switches", "Tape &amp; Disks"]
    assert ticked(page) == ["Switches", "Tape &amp; Disks"]
    browser.send("/start/sections", use0="1", old0="", name0="New", use1="1", old1="Switches", name1="Switches")
    page = browser.see("/start")
    assert ticked(page) == ["New", "Switches"]
    assert "2 sections" in page
    assert re.findall(r'name="old[0-9]+" value="([^"]*)"', page) == ["New", "Switches", "Tape &amp; Disks"]


def ticked(page: str) -> list[str]:
    return re.findall(r'aria-label="([^"]*) is a section" checked', page)


def test_the_first_digest_is_had_at_once_and_once(browser: Browser) -> None:
    browser.see("/start")
    browser.send("/start/mail", to="me@example.org", day="monday", time="06:30", timezone="UTC")
    ids = browser.follow("A blog")
    browser.offer()
    page = browser.see("/start")
    assert "1 candidate waits" in page
    assert "Monday, 09 Mar, 06:30" in page
    assert ids
    assert "it is a file in the outbox folder" in browser.send("/start/digest")
    assert len(list((browser.folder / "outbox").glob("*.html"))) == 1
    assert "It went out before" in browser.send("/start/digest")

"""The sections page: what it shows, and what its buttons write into config.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aggregator.settings.writing import AddSection
from aggregator.web.rewriting import write_changes
from tests.web.pages import HOSTILE, Browser, browsing

AT = "/r/rack-notes/sections"


@pytest.fixture
def browser(tmp_path: Path, sqlite_url: str) -> Iterator[Browser]:
    with browsing(tmp_path, sqlite_url) as made:
        yield made


def test_every_section_is_shown_with_its_digit_and_its_past(browser: Browser) -> None:
    browser.publish(3, ("Networking", "Fabric of things"), ("Wires", "Cables again"))
    page = browser.see(AT)
    assert page.index("Networking") < page.index("Storage") < page.index("Servers/Hardware")
    assert "<kbd>1</kbd>" in page
    assert "2 past links in 1 edition, last in #3" in page


def test_a_section_that_moves_keeps_its_digit_and_the_files_comments(browser: Browser) -> None:
    browser.see(AT)
    page = browser.send(f"{AT}/order", name="Storage", to="up")
    assert list(browser.plan.section_names) == ["Storage", "Networking", "Servers/Hardware"]
    assert page.index("<kbd>2</kbd>") < page.index("<kbd>1</kbd>") or "<kbd>1</kbd>" in page
    assert "# wires" in browser.config
    keys = browser.installation.ledger.section_keys(browser.roundup.id, browser.plan.section_names)
    assert keys == {"Storage": 1, "Networking": 2, "Servers/Hardware": 3}
    browser.send(f"{AT}/order", name="Storage", to="down")
    keys = browser.installation.ledger.section_keys(browser.roundup.id, browser.plan.section_names)
    assert keys == {"Storage": 1, "Networking": 2, "Servers/Hardware": 3}
    browser.send(f"{AT}/order", status=400, name="Storage", to="sideways")


def test_adding_renaming_and_merging_are_written_and_in_force_at_once(browser: Browser) -> None:
    browser.see(AT)
    assert "Security is a section now" in browser.send(f"{AT}/add", name="Security", keywords="cve, tls", after="Storage")
    assert list(browser.plan.section_names) == ["Networking", "Storage", "Security", "Servers/Hardware"]
    assert browser.plan.sections[2].keywords == ("cve", "tls")
    browser.send(f"{AT}/rename", name="Storage", new="Disks")
    assert browser.plan.canonical_section("Storage") == "Disks"
    browser.send(f"{AT}/merge", name="Servers/Hardware", into="Disks")
    assert list(browser.plan.section_names) == ["Networking", "Disks", "Security"]
    assert "# Mine." in browser.config


def test_a_budget_is_set_and_taken_back(browser: Browser) -> None:
    browser.see(AT)
    browser.send(f"{AT}/change", name="Networking", keywords="bgp, vxlan", fewest="2", most="5")
    assert (browser.plan.sections[0].keywords, browser.plan.sections[0].usual) == (("bgp", "vxlan"), (2, 5))
    assert "2 to 5 bullets" in browser.see(AT)
    browser.send(f"{AT}/change", name="Networking", keywords="", fewest="", most="")
    assert (browser.plan.sections[0].keywords, browser.plan.sections[0].usual) == ((), None)
    browser.send(f"{AT}/change", status=409, name="Networking", fewest="5", most="2")
    browser.send(f"{AT}/change", status=400, name="Networking", fewest="many", most="2")


def test_a_stray_heading_is_mapped_with_one_click(browser: Browser) -> None:
    browser.publish(3, ("Storag", "Disks spin"), ("Storag", "Tape lasts"))
    page = browser.see(AT)
    assert "Storag" in page
    browser.send(f"{AT}/map", old="Storag", new="Storage")
    assert browser.plan.canonical_section("Storag") == "Storage"
    assert "no section today" not in browser.see(AT)


def test_a_section_is_split_by_bullets_that_teach_the_new_one(browser: Browser) -> None:
    browser.publish(3, ("Networking", "Fabric of bgp"), ("Networking", "Wireless waves"), ("Networking", "Radio in the wireless"))
    page = browser.see(f"{AT}/split?name=Networking&new=Radio&keywords=wireless")
    assert page.count("checked") == 2
    assert "The rest of Networking" in page
    ids = [part.partition('"')[0] for part in page.split('name="id" value="')[1:3]]
    told = browser.send(f"{AT}/split", name="Networking", new="Radio", keywords="wireless", id=ids)
    assert "2 links of Networking teach it" in told
    assert list(browser.plan.section_names) == ["Networking", "Radio", "Storage", "Servers/Hardware"]
    assert browser.installation.learning.counts(browser.roundup.id)["Radio"] == 2


def test_a_sections_page_offers_what_would_fit_and_teaches_it(browser: Browser) -> None:
    browser.publish(3, ("Storage", "Routing with bgp"))
    page = browser.see(f"{AT}/one?name=Networking")
    one = page.split('name="id" value="')[1].partition('"')[0]
    assert "Networking knows 1 links now" in browser.send(f"{AT}/teach", name="Networking", id=[one])


def test_hostile_names_are_words(browser: Browser) -> None:
    browser.publish(3, (HOSTILE, f"Evil {HOSTILE}"))
    browser.send(f"{AT}/add", name=HOSTILE)
    for path in (AT, f"{AT}/one?name=Networking", f"{AT}/split?name=Networking&new={HOSTILE}"):
        assert "<script>alert" not in browser.see(path)


def test_what_makes_no_sense_is_said_and_nothing_is_written(browser: Browser) -> None:
    before = browser.config
    browser.see(AT)
    browser.send(f"{AT}/add", status=400, name="  ")
    browser.send(f"{AT}/add", status=409, name="Storage")
    browser.send(f"{AT}/rename", status=400, name="Nowhere", new="There")
    assert browser.config == before
    browser.see(f"{AT}/one?name=Nowhere", status=400)


def test_an_empty_roundup_is_told_how_to_begin(tmp_path: Path, sqlite_url: str) -> None:
    with browsing(tmp_path, sqlite_url, "database: {database}\nroundups: [{{name: Links}}]\n") as browser:
        assert "has no sections yet" in browser.see("/r/links/sections")
        browser.send("/r/links/sections/add", name="First")
        assert list(browser.plan.section_names) == ["First"]


def test_changes_of_the_same_moment_are_all_written(browser: Browser) -> None:
    browser.see(AT)
    names = [f"Shelf {n}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: write_changes(browser.installation, browser.plan, [AddSection(name)]), names))
    assert set(names) <= set(browser.plan.section_names)


def test_two_tabs_on_one_section_do_not_take_back_each_others_changes(browser: Browser) -> None:
    """The second to be saved wrote the keywords and the budget that it had been opened with."""
    seen = {"name": "Networking", "had_keywords": "bgp", "had_fewest": "", "had_most": ""}
    browser.send(f"{AT}/change", seen, keywords="bgp, vxlan", fewest="", most="")
    browser.send(f"{AT}/change", seen, keywords="bgp", fewest="2", most="4")
    networking = browser.plan.sections[0]
    assert (networking.keywords, networking.usual) == (("bgp", "vxlan"), (2, 4))


def test_moves_of_the_same_moment_are_all_made(browser: Browser) -> None:
    """Each wrote the whole order that its page had shown."""
    browser.see(AT)
    for name, to in (("Storage", "up"), ("Servers/Hardware", "up")):
        browser.send(f"{AT}/order", name=name, to=to)
    assert list(browser.plan.section_names) == ["Storage", "Servers/Hardware", "Networking"]


def test_a_part_that_is_to_be_called_as_a_section_is_told_before_anything_is_chosen(browser: Browser) -> None:
    page = browser.see(f"{AT}/split?name=Networking&new=storage")
    assert "Storage is a section already" in page
    assert "Make storage a section" not in page

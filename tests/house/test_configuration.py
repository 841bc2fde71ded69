"""config.yaml and feeds.opml: what a new author reads first is complete, and it works."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
import yaml
from defusedxml import ElementTree

from aggregator.settings import load_settings, parse_settings
from aggregator.settings.faults import known_paths
from aggregator.text.canonical import canonical_url

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config.yaml"
INIT = ROOT / "templates" / "init" / "config.yaml"
# A setting that is not in use has no space after its "#"; a sentence has one.
UNUSED = re.compile(r"^( *)#(?=[a-z_]+:)", re.MULTILINE)


def paths_of(value: object, above: tuple[int | str, ...] = ()) -> set[tuple[int | str, ...]]:
    """Places of every key, all items of a list standing at 0."""
    found: set[tuple[int | str, ...]] = set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= {(*above, key)} | paths_of(inner, (*above, key))
    elif isinstance(value, list):
        for inner in value:
            found |= paths_of(inner, (*above, 0))
    return found


def test_the_configuration_works_as_it_stands() -> None:
    settings = load_settings(CONFIG, {})
    assert settings.mail.host is None
    assert len(settings.roundup().sections) == 8
    assert all(section.keywords for section in settings.roundup().sections)
    assert settings.feeds_of(settings.roundup()).is_file()


@pytest.mark.parametrize("path", [CONFIG, INIT], ids=["ours", "init"])
def test_a_configuration_works_with_everything_in_it_that_is_commented_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert UNUSED.search(text)
    assert parse_settings(text, path, {}).roundups
    assert parse_settings(UNUSED.sub(r"\1", text), path, {}).roundups


def test_every_setting_stands_in_the_configuration() -> None:
    shown = paths_of(yaml.safe_load(UNUSED.sub(r"\1", CONFIG.read_text(encoding="utf-8"))))
    assert sorted(map(str, set(known_paths()) - shown)) == []


def test_a_default_that_the_configuration_shows_is_the_default() -> None:
    shown = load_settings(CONFIG, {})
    bare = parse_settings(f"roundups: [{{name: {shown.roundup().name}}}]", CONFIG, {})
    everything = {"roundups"}
    assert shown.model_dump(exclude=everything) == bare.model_dump(exclude=everything)
    ours = {"title", "next_number", "sections", "aliases"}
    assert shown.roundup().model_dump(exclude=ours) == bare.roundup().model_dump(exclude=ours)


def outlines() -> list[tuple[str, Element]]:
    """(folder, outline) of every feed in feeds.opml."""
    tree = ElementTree.parse(ROOT / "feeds.opml")
    return [(folder.attrib["text"], feed) for folder in tree.findall("./body/outline") for feed in folder.findall("./outline")]


def test_the_folders_of_the_feed_list_are_the_sections() -> None:
    folders = dict.fromkeys(folder for folder, _ in outlines())
    assert tuple(folders) == load_settings(CONFIG, {}).roundup().section_names


def test_the_feed_list_is_of_a_size_that_an_author_follows_and_names_each_feed_once() -> None:
    feeds = [feed for _, feed in outlines()]
    assert 60 <= len(feeds) <= 100
    assert len({canonical_url(feed.attrib["xmlUrl"]) for feed in feeds}) == len(feeds)


@pytest.mark.parametrize("feed", [feed for _, feed in outlines()], ids=lambda feed: feed.attrib["text"])
def test_a_listed_feed_has_all_its_attributes(feed: Element) -> None:
    assert set(feed.attrib) == {"type", "text", "title", "xmlUrl", "htmlUrl"}
    assert urlsplit(feed.attrib["xmlUrl"]).scheme == urlsplit(feed.attrib["htmlUrl"]).scheme == "https"

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from defusedxml import ElementTree

from aggregator.demo import world
from aggregator.demo.world.blogs import blogs
from aggregator.settings import parse_settings

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
SECTIONS = ("Networking", "Self-hosting", "Storage", "Security", "Hardware", "Career")


def links(markdown: str) -> list[str]:
    return re.findall(r"https://[^\s)\]]+", markdown)


def test_the_archive_holds_twelve_editions_oldest_first() -> None:
    editions = world.editions(NOW)
    assert [int(name.rsplit("-", 1)[1].removesuffix(".md")) for name in editions] == list(range(1, 13))
    assert list(editions) == sorted(editions)


def test_the_archive_has_enough_links_to_learn_from() -> None:
    counts = [len(links(text)) for text in world.editions(NOW).values()]
    assert sum(counts) >= 110
    assert all(6 <= count <= 14 for count in counts)


def test_one_link_is_used_twice_in_the_archive() -> None:
    used = [link for text in world.editions(NOW).values() for link in links(text)]
    assert {link for link in used if used.count(link) > 1} == {"https://packetpantry.example/allowed-ips"}


def test_editions_are_dated_about_every_three_weeks_back_from_now() -> None:
    dates = [yaml.safe_load(text.split("---")[1])["date"] for text in world.editions(NOW).values()]
    gaps = {(later - earlier).days for earlier, later in pairwise(dates)}
    assert gaps <= set(range(18, 25))
    assert timedelta(14) < NOW.date() - dates[-1] < timedelta(28)


def test_headings_are_sections_old_names_of_them_or_missing_in_one_edition() -> None:
    without = 0
    for text in world.editions(NOW).values():
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        without += not headings
        assert {"Hardware" if one == "Boxes" else one for one in headings} <= set(SECTIONS)
    assert without == 1


def test_the_configuration_is_valid_and_knows_every_heading(tmp_path: Path) -> None:
    text = world.config(
        database="sqlite:///demo.db",
        feeds="feeds.opml",
        archive="past: #1/",
        mail_host="127.0.0.1",
        mail_port=2525,
        web_port=8099,
    )
    settings = parse_settings(text, tmp_path / "config.yaml")
    roundup = settings.roundup()
    assert roundup.section_names == SECTIONS
    assert roundup.canonical_section("boxes") == "Hardware"
    assert [str(one.path) for one in roundup.archive] == ["past: #1"]
    assert (settings.mail.host, settings.mail.port, settings.mail.security) == ("127.0.0.1", 2525, "none")
    assert settings.web.port == 8099
    assert [str(network) for network in settings.poll.allow_networks] == ["127.0.0.0/8"]


def test_the_next_number_follows_the_archive(tmp_path: Path) -> None:
    text = world.config(database="sqlite:///demo.db", feeds="f", archive="a", mail_host="h", mail_port=1, web_port=8765)
    assert parse_settings(text, tmp_path / "config.yaml").roundup().next_number == len(world.editions(NOW)) + 1


@pytest.mark.parametrize("name", [blog.name for blog in blogs() if blog.status == 200])
def test_every_feed_is_a_document_of_its_format(name: str) -> None:
    feed = next(one for one in world.feeds(NOW) if one.name == name)
    posts = next(blog.posts for blog in blogs() if blog.name == name)
    assert len(posts) >= 5
    if "json" in feed.content_type:
        document = json.loads(feed.body)
        assert document["version"].startswith("https://jsonfeed.org/")
        titles = [item["title"] for item in document["items"]]
    else:
        root = ElementTree.fromstring(feed.body)
        items = [one for one in root.iter() if one.tag.rsplit("}")[-1] in ("item", "entry")]
        titles = [next(child.text for child in item if child.tag.endswith("title")) for item in items]
    assert [title.split() for title in titles] == [post.title.split() for post in posts]


def test_the_world_has_all_four_formats_and_two_feeds_in_trouble() -> None:
    feeds = world.feeds(NOW)
    assert {blog.format for blog in blogs()} == {"rss", "atom", "rdf", "json"}
    assert {feed.status: feed.body for feed in feeds if feed.status != 200} == {410: b"", 500: b""}
    assert len(feeds) == len({feed.name for feed in feeds}) >= 12


def test_a_feed_declares_the_charset_it_is_written_in() -> None:
    (feed,) = [one for one in world.feeds(NOW) if one.content_type.endswith("iso-8859-1")]
    assert "naïve" in feed.body.decode("iso-8859-1")


def test_entries_are_dated_back_from_now() -> None:
    feed = next(one for one in world.feeds(NOW) if one.name == "packet-pantry")
    dates = [parsedate_to_datetime(one.text or "") for one in ElementTree.fromstring(feed.body).iter("pubDate")]
    assert dates[0] == NOW - timedelta(days=1, hours=4)
    assert all(date < NOW for date in dates)


def test_the_same_now_gives_the_same_bytes() -> None:
    assert world.feeds(NOW) == world.feeds(NOW)
    assert world.feeds(NOW) != world.feeds(NOW + timedelta(days=1))


def test_a_planet_copies_articles_some_under_addresses_of_its_own() -> None:
    planet = next(blog for blog in blogs() if blog.name == "planet-homelab")
    originals = {post.html: post for blog in blogs() if blog is not planet for post in blog.posts if post.html}
    copies = [(post, originals[post.html]) for post in planet.posts if post.html in originals]
    assert len(copies) == 6
    assert {post.url == original.url for post, original in copies} == {True, False}


def test_some_entries_point_at_links_of_the_archive() -> None:
    used = {link for text in world.editions(NOW).values() for link in links(text)}
    assert len({post.url for blog in blogs() for post in blog.posts} & used) == 4


def test_nothing_leads_out_of_the_invented_world() -> None:
    addresses = [post.url for blog in blogs() for post in blog.posts if not post.url.startswith("javascript:")]
    addresses += [link for text in world.editions(NOW).values() for link in links(text)]
    for feed in world.feeds(NOW):
        addresses += [link for link in re.findall(r"https?://[^\s\"'<&]+", feed.body.decode("iso-8859-1")) if "example" in link]
    assert {(urlsplit(address).hostname or "").rsplit(".")[-1] for address in addresses} == {"example"}


def test_the_list_has_every_blog_in_its_folder() -> None:
    document = ElementTree.fromstring(world.opml({blog.name: f"http://127.2.0.1/{blog.name}" for blog in blogs()}))
    filed = {
        feed.attrib["xmlUrl"].rsplit("/", 1)[1]: folder.attrib["text"]
        for folder in document.findall("./body/outline")
        for feed in folder.findall("outline")
    }
    assert filed == {blog.name: blog.folder for blog in blogs()}

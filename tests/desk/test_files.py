"""What the desk writes and reads as files: drafts, exports, first files, published posts, archive searches."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from aggregator.archive.read import read_post
from aggregator.desk.archive import elsewhere, search
from aggregator.desk.decide import decide
from aggregator.desk.draft import export as export_draft
from aggregator.desk.export import export
from aggregator.desk.post import read_published
from aggregator.desk.setup import init
from aggregator.errors import ArchiveError, PageError, Refused, StorageError
from aggregator.records.candidates import Action
from aggregator.settings import load_settings
from tests.desk.conftest import FakePage, FakePages, Office

POST = "---\ntitle: 'Rack Notes #6'\n---\n\n## Storage\n\n* A [disk](https://disks.example/one?utm_source=x) that lasts.\n"


def test_a_draft_has_every_heading_and_what_was_kept(office: Office, tmp_path: Path) -> None:
    one, _ = office.offer("A switch", "Left out")
    decide(*office.all, [one], Action.KEEP, section="Networking", comment="Read this.")
    report = export_draft(*office.all, format_="markdown", out=None, home=tmp_path)
    assert report.path == tmp_path / "drafts" / "rack-notes-7.md"
    assert (report.edition, report.bullets, report.links) == (7, 1, 1)
    assert report.path.read_text() == (
        "# Rack Notes #7\n\n## Networking\n\n* Read this. [A switch](https://blog.example/a-switch)\n\n"
        "## Storage\n\nNothing this time around.\n\n## Security\n\nNothing this time around.\n"
    )


def test_a_draft_changed_by_hand_is_never_overwritten(office: Office, tmp_path: Path) -> None:
    report = export_draft(*office.all, format_=None, out=None, home=tmp_path)
    report.path.write_text("mine now")
    with pytest.raises(Refused, match="changed by hand"):
        export_draft(*office.all, format_=None, out=None, home=tmp_path)
    assert report.path.read_text() == "mine now"


def test_an_export_is_readable_by_anything(office: Office, tmp_path: Path) -> None:
    one, _ = office.offer("=HYPERLINK(1)", "Plain")
    decide(*office.all, [one], Action.MOVE, section="Storage")
    written = export(office.stores, office.roundup, tmp_path / "feeds.opml", tmp_path / "out")
    assert [path.name for path in written] == ["labels.jsonl", "candidates.csv"]
    (label,) = [json.loads(line) for line in written[0].read_text().splitlines()]
    assert (label["section"], label["example"]["title"]) == ("Storage", "=HYPERLINK(1)")
    rows = list(csv.DictReader(written[1].read_text().splitlines()))
    assert {row["title"] for row in rows} == {"'=HYPERLINK(1)", "Plain"}, "no spreadsheet runs a title"


def test_an_export_where_it_cannot_write_says_so(office: Office, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="a file is in the way"):
        export(office.stores, office.roundup, tmp_path / "feeds.opml", tmp_path / "out")


def test_first_files_are_valid_and_never_overwritten(tmp_path: Path) -> None:
    done = init(tmp_path / "new")
    assert [path.name for path in done.created] == ["config.yaml", "feeds.opml"]
    assert load_settings(tmp_path / "new" / "config.yaml").roundups[0].section_names == ("Networking", "Security", "Tools")
    (tmp_path / "new" / "config.yaml").write_text("mine")
    assert [path.name for path in init(tmp_path / "new").kept] == ["config.yaml", "feeds.opml"]
    assert (tmp_path / "new" / "config.yaml").read_text() == "mine"


def test_a_published_post_is_read_from_file_source_or_page(tmp_path: Path) -> None:
    (tmp_path / "six.md").write_text(POST)
    page = "<html><body><article><h1>Rack Notes #6</h1><h2>Storage</h2><ul><li>A <a href='https://disks.example/one'>disk</a></li></ul>"
    pages = FakePages(
        {
            "https://blog.example/6.md": FakePage("https://blog.example/6.md", POST.encode(), content_type="text/markdown"),
            "https://blog.example/6": page,
        }
    )
    for where in ("six.md", "https://blog.example/6.md", "https://blog.example/6"):
        post = read_published(where, pages, known=("Storage",), home=tmp_path, cwd=tmp_path)
        assert (post.number, [link.canonical_url for link in post.links]) == (6, ["https://disks.example/one"])
        assert post.bullets[0].section == "Storage"


def test_a_post_that_is_not_there_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_published("missing.md", FakePages({}), known=(), home=tmp_path, cwd=tmp_path)
    with pytest.raises(PageError):
        read_published("https://blog.example/6", FakePages({}), known=(), home=tmp_path, cwd=tmp_path)


def test_an_earlier_use_is_found_by_other_spellings_and_by_words(office: Office) -> None:
    office.stores.archive.save(office.roundup.id, [read_post(POST, "past/6.md")], office.clock.now())
    for words in ("http://www.disks.example/one/", "https://disks.example/one?utm_campaign=y", "disk lasts"):
        (use,) = search(office.stores, office.roundup, words)
        assert (use.edition, use.section) == ("Rack Notes #6", "Storage")
    assert search(office.stores, office.roundup, "https://disks.example/two") == []


def test_a_page_that_moved_or_was_followed_is_found_at_its_old_address(office: Office) -> None:
    post = POST.replace("https://disks.example/one", "https://old.example/2012/why-cheap-disks-fail-in-pairs.html")
    office.stores.archive.save(office.roundup.id, [read_post(post, "past/6.md")], office.clock.now())
    moved = "https://new.example/why-cheap-disks-fail-in-pairs/"
    (use,) = search(office.stores, office.roundup, moved)
    assert use.url.startswith("https://old.example/2012/")
    assert elsewhere(moved, [use])
    assert not elsewhere(use.url, [use])
    assert not elsewhere("disks fail", [use])
    assert search(office.stores, office.roundup, "https://new.example/other") == []
    office.stores.archive.remember(
        {"https://short.example/x": "https://old.example/2012/why-cheap-disks-fail-in-pairs.html"}, office.clock.now()
    )
    assert search(office.stores, office.roundup, "https://short.example/x") == [use]

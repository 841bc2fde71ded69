"""The portrait command: a screen, one JSON document, a page; no configuration needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from aggregator.cli import portrait
from aggregator.errors import ArchiveError, StorageError

SECTIONS = ("Pens", "Paper")


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    portrait.register(app)
    return app


@pytest.fixture
def past(tmp_path: Path) -> Path:
    folder = tmp_path / "past"
    folder.mkdir()
    for n in range(1, 4):
        bullets = "".join(f"\n## {name}\n\n* [on {name} {n}](http://{name.lower()}.example/{n})\n" for name in SECTIONS)
        again = "\n* [again](http://pens.example/1)\n" if n == 3 else ""
        (folder / f"{n}.md").write_text(
            f"---\ntitle: 'Desk Drawer #{n}'\ndate: 2021-0{n}-01\n---\n\nHello #{n}.\n{bullets}{again}"
        )
    (folder / "about.md").write_text("# About\n\nMe.\n")
    return folder


def test_the_screen_says_what_was_found(app: typer.Typer, past: Path) -> None:
    result = CliRunner().invoke(app, ["portrait", str(past)], catch_exceptions=False)
    assert result.exit_code == 0
    for words in (
        "Desk Drawer",
        "3 editions, 7 links to 2 sites",
        "Pens",
        "paper.example",
        "1 link had been",
        "Next: Desk Drawer #4",
        "1 document left out",
    ):
        assert words in result.stdout


def test_json_is_one_document_with_the_fixed_names(app: typer.Typer, past: Path, tmp_path: Path) -> None:
    page = tmp_path / "portrait.html"
    result = CliRunner().invoke(app, ["portrait", str(past), "--json", "--html", str(page)], catch_exceptions=False)
    document = json.loads(result.stdout)
    assert (document["editions"], document["links"], document["relinked"]) == (3, 7, 1)
    assert [(one["name"], one["links"]) for one in document["sections"]] == [("Paper", 4), ("Pens", 3)]
    assert [(one["host"], one["links"]) for one in document["sites"]] == [("pens.example", 4), ("paper.example", 3)]
    assert [(one["host"], one["links"]) for one in document["suggestions"]] == [("pens.example", 4), ("paper.example", 3)]
    assert document["cadence"]["usual"] == 29.5
    assert document["html"] == str(page)
    assert "Desk Drawer #4" in document["skeleton"]
    assert "Hello #4." in document["skeleton"]
    assert page.read_text().startswith("<!doctype html>")


def test_a_folder_without_editions_says_why_and_what_to_do(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "about.md").write_text("# About\n\nMe.\n")
    with pytest.raises(ArchiveError, match=r"about\.md: no links to other sites") as caught:
        CliRunner().invoke(app, ["portrait", str(tmp_path)], catch_exceptions=False)
    assert caught.value.advice


def test_a_page_that_cannot_be_written_is_an_error(app: typer.Typer, past: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        CliRunner().invoke(app, ["portrait", str(past), "--html", str(tmp_path / "no" / "x.html")], catch_exceptions=False)

"""edition report and the pages of `evaluate`, as scripts and people read them."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Author


def published(author: Author) -> Path:
    """Edition 7 as a post: one candidate where it was filed, one under another section, one link of his own."""
    links = {one["title"]: one["url"] for one in author.json("candidates")}
    disk, firewall = links["The disk and the raid"], links["The firewall and the cipher"]
    post = author.home / "rack-notes-7.md"
    post.write_text(
        "---\ntitle: 'Rack Notes #7'\ndate: 2026-03-01\n---\n\n"
        f"## Networking\n\n* See [this]({firewall}).\n\n"
        f"## Storage\n\n* See [the disk]({disk}) and [a find](https://finds.example/one).\n"
    )
    return post


def closed(author: Author) -> None:
    author.run("archive", "import")
    author.run("train")
    author.offered("The disk and the raid", "The firewall and the cipher", "The backup and the disk")
    author.run("edition", "close", "--published", str(published(author)))


def test_a_closed_edition_is_reported_as_text_json_and_page(author: Author) -> None:
    assert "no edition was closed yet" in author.fails("edition", "report")
    closed(author)
    said = author.json("edition", "report", "--html", "report.html")
    assert (said["edition"], said["used"], said["moved"], said["added"], said["unused"]) == (7, 1, 1, 1, 1)
    assert said["filing"] == {"links": 2, "top1": 0.5, "top2": said["filing"]["top2"], "asked": 0, "wrong": 1, "moves": 1}
    assert [(one["title"], one["guessed"], one["published"]) for one in said["misfiled"]] == [
        ("The firewall and the cipher", "Security", "Networking")
    ]
    assert [(one["host"], one["here"]) for one in said["sites"]] == [("finds.example", 1)]
    assert said["learnt"]
    assert "Rack Notes #7" in (author.home / "report.html").read_text()
    shown = author.run("edition", "report", "7").out
    assert "used as filed" in shown
    assert "finds.example" in shown
    assert "With --html FILE" in shown
    assert "edition 6 was not closed here" in author.fails("edition", "report", "6")
    assert "cannot be written" in author.fails("edition", "report", "--html", "nowhere/report.html")


def test_the_imported_editions_are_evaluated_without_naming_a_folder_and_as_a_page(author: Author) -> None:
    assert "archive import" in author.fails("evaluate", want=2)
    author.run("archive", "import")
    said = author.json("evaluate", "--from", "5", "--html", "evaluation.html")
    assert (said["editions"], said["html"]) == (2, "evaluation.html")
    assert sum(one["links"] for one in said["confusion"]) == said["links"]
    assert [one["edition"] for one in said["by_edition"]] == ["5", "6"]
    page = (author.home / "evaluation.html").read_text()
    assert "Rack Notes" in page
    assert "must fall" not in page
    assert "The page is in evaluation.html." in author.run("evaluate", "--html", "evaluation.html").out

"""What every command shares: help, versions, where the configuration comes from, how errors are told."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from aggregator import __version__
from aggregator.cli.app import app
from tests.cli.conftest import Author


def every_command() -> list[tuple[str, ...]]:
    def below(command: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = [path]
        for name, one in (getattr(command, "commands", None) or {}).items():
            found += below(one, (*path, name))
        return found

    return below(get_command(app), ())


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_help_of_every_command_says_what_it_does(author: Author, path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = author.run(*path, "--help")
    words = ran.out.split("Options:")[0].splitlines()
    assert words[0].startswith("Usage: aggregator")
    assert len(words[2].strip()) > 10
    listed = ran.out.split("Commands:")[1] if "Commands:" in ran.out else ""
    assert "..." not in listed, "a command's line is cut"
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_every_command_of_the_contract_is_there() -> None:
    there = {" ".join(path) for path in every_command()}
    wanted = (
        "init, doctor, feeds list, feeds add, feeds remove, feeds import, feeds export, feeds suggest, add, archive import, "
        "archive search, portrait, poll, train, evaluate, candidates, decide, undo, digest, draft export, edition close, run, "
        "status, backup, restore, export, demo"
    )
    assert set(wanted.split(", ")) <= there


def test_the_version(author: Author) -> None:
    assert author.run("--version").out == f"aggregator {__version__}\n"


@pytest.mark.parametrize("words", [("-v",), ("feeds", "nonsense"), ("poll", "--nonsense"), ("decide",), ("nonsense",)])
def test_wrong_usage_is_status_2_with_a_word_on_why(author: Author, words: tuple[str, ...]) -> None:
    assert "Error: " in author.fails(*words, want=2)


def test_without_a_configuration_it_says_how_to_get_one(author: Author) -> None:
    (author.home / "config.yaml").unlink()
    words = author.fails("poll", want=2)
    assert "config.yaml" in words
    assert "aggregator init" in words


def test_the_configuration_is_the_option_else_the_variable(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    (author.home / "config.yaml").rename(author.home / "mine.yaml")
    monkeypatch.setenv("AGGREGATOR_CONFIG", "mine.yaml")
    assert author.json("candidates") == []
    assert "other.yaml" in author.fails("--config", "other.yaml", "candidates", want=2)


def test_a_wrong_key_is_told_with_file_line_and_the_nearest(author: Author) -> None:
    author.configure(author.world.config.replace("next_number", "next_numbr"))
    words = author.fails("status", want=2)
    assert re.search(r"config\.yaml:5\b", words)
    assert "next_numbr" in words
    assert "next_number" in words


def test_an_unknown_roundup_names_the_nearest(author: Author) -> None:
    assert "Rack Notes" in author.fails("--roundup", "Rack Note", "candidates", want=2)


def test_a_database_that_is_a_folder_is_told(author: Author) -> None:
    author.configure(author.world.config.replace("aggregator.db", "home"))
    assert "folder" in author.fails("candidates")


def test_a_database_that_is_a_text_file_is_told(author: Author) -> None:
    (author.home.parent / "aggregator.db").write_text("Dear diary,\n" * 500)
    words = author.fails("candidates")
    assert "aggregator.db" in words
    assert "not a readable database" in words


def test_a_database_of_a_newer_version_is_told(author: Author) -> None:
    author.run("candidates")
    author.world.installation.close()
    connection = sqlite3.connect(author.home.parent / "aggregator.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "newer version" in author.fails("candidates")


def test_a_database_in_a_folder_that_is_not_there_is_told(author: Author) -> None:
    author.configure(author.world.config.replace("aggregator.db", "nowhere/aggregator.db"))
    assert "nowhere" in author.fails("candidates")


def test_a_file_that_cannot_be_written_is_named_without_a_traceback(author: Author) -> None:
    author.world.blog("storage")
    words = author.fails("feeds", "export", "--out", "no/such/folder/list.opml")
    assert "no/such/folder/list.opml" in words


def test_more_is_said_on_stderr_when_asked(author: Author) -> None:
    author.post("storage", "A disk")
    assert author.run("poll", "--all").err == ""
    assert "/storage.xml: same_body" in author.run("-v", "poll", "--all").err


def test_colour_is_off_where_nobody_wants_it(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "")
    (author.home / "config.yaml").unlink()
    assert "\x1b" not in author.fails("poll", want=2)


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("sqlalchemy", "sklearn", "aiohttp", "feedparser", "numpy", "pydantic", "structlog")
    code = (
        "import sys; from aggregator.cli import main; sys.argv = ['aggregator', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[]"

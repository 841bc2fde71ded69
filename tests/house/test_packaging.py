"""What stands around the code keeps up with it: systemd unit, Makefile, lock files, README."""

from __future__ import annotations

import os
import re
import tomllib
from configparser import RawConfigParser
from pathlib import Path

import pytest

from aggregator.errors import BusyError, ConfigError

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def distribution(requirement: str) -> str:
    return re.split(r"[<>=\[; ]", requirement)[0].lower().replace("_", "-")


def test_the_unit_does_not_restart_what_cannot_get_better() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep letter case
    unit.read(ROOT / "packaging" / "aggregator.service")
    service = unit["Service"]
    assert service["RestartPreventExitStatus"] == f"{ConfigError.exit_status} {BusyError.exit_status}"
    assert service["ExecStart"].endswith(" run")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_has_a_hash_for_everything_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_files_hold_what_the_project_asks_for() -> None:
    wanted = {distribution(one) for one in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"])}
    assert wanted - locked("requirements.lock") == set()
    tools = {distribution(one) for one in PROJECT["dependency-groups"]["dev"]}
    assert tools - locked("requirements-dev.lock") == set()
    assert locked("requirements.lock") < locked("requirements-dev.lock")


def test_ci_runs_what_the_readme_names() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "make --no-print-directory check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_make_target_is_explained_by_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    explained = set(re.findall(r"^\techo 'make (\w+)", text, re.MULTILINE))
    assert explained == set(phony[1].split()) - {"help"}


DOCUMENTS = ["README.md", "CHANGELOG.md", "packaging/README.md", *(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_repository_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_documents_name_commands_that_exist_and_the_readme_all() -> None:
    from typer.main import get_command

    from aggregator.cli.app import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]  # a click group
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS}
    said = re.compile(r"(?:`(?:\.venv/bin/)?|^)aggregator ([a-z]+)", re.MULTILINE)
    named = {name: set(said.findall(text)) for name, text in texts.items()}
    assert named["README.md"]
    assert {name: few - known for name, few in named.items() if few - known} == {}
    table = texts["README.md"].split("## Commands")[1].split("\n\n")[1]
    first_words = {
        re.split(r"[ `]", one)[0] for row in table.splitlines()[2:] for one in re.findall(r"`([a-z][^`]*)`", row.split("|")[1])
    }
    groups = [command for command in get_command(app).commands.values() if hasattr(command, "commands")]  # type: ignore[attr-defined]
    subcommands = {name for group in groups for name in group.commands}
    assert first_words - known - subcommands == set()
    assert known - first_words == set()

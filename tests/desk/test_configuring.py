"""config.yaml is changed by one at a time, on what it says at that moment, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aggregator.desk.configuring import change_sections, planned, set_single
from aggregator.errors import ConfigError, Refused
from aggregator.settings import Settings, load_settings
from aggregator.settings.editing import Keys
from aggregator.settings.writing import AddSection, MoveSection, RenameSection

TEXT = "# Mine.\nroundups:\n  - name: Notes   # of old\n    sections:\n      - name: A\n      - name: B\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "config.yaml"
    made.write_text(TEXT)
    return made


def test_what_was_shown_is_written_only_while_the_file_is_as_it_was(path: Path) -> None:
    shown = planned(path, "Notes", [RenameSection("A", "First")])
    assert "+      - name: First" in shown.diff
    change_sections(path, "Notes", [AddSection("C")])
    with pytest.raises(ConfigError, match="changed meanwhile"):
        shown.write()
    assert load_settings(path, {}).roundups[0].section_names == ("A", "B", "C")


def test_everything_that_is_changed_at_once_is_in_the_end_there(path: Path) -> None:
    """Pages, commands and lists that are added to: each on what the one before made."""

    def archive(name: str) -> None:
        def values(said: Settings) -> dict[Keys, object]:
            known = [str(one.path) for one in said.roundups[0].archive]
            return {("roundups", 0, "archive"): [*known, name]}

        set_single(path, values)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: change_sections(path, "Notes", [AddSection(f"S{n}")]), range(8)))
        list(pool.map(archive, [f"past{n}" for n in range(8)]))
        list(pool.map(lambda _: change_sections(path, "Notes", [MoveSection("A", 1)]), range(3)))
    plan = load_settings(path, {}).roundups[0]
    assert set(plan.section_names) == {"A", "B", *(f"S{n}" for n in range(8))}
    assert plan.section_names.index("A") == 3
    assert {str(one.path) for one in plan.archive} == {f"past{n}" for n in range(8)}
    assert "# Mine." in path.read_text()
    assert "# of old" in path.read_text()


@pytest.mark.parametrize("broken", [b"\xff\xfe\x00", b"roundups: [", b"roundups: []\n", b"\x00"])
def test_a_broken_file_is_told_and_left(path: Path, broken: bytes) -> None:
    path.write_bytes(broken)
    for change in (
        lambda: change_sections(path, "Notes", [AddSection("C")]),
        lambda: planned(path, "Notes", [AddSection("C")]),
        lambda: set_single(path, lambda _: {("mail", "host"): "h"}),
    ):
        with pytest.raises(ConfigError):
            change()
    assert path.read_bytes() == broken


def test_no_file_and_no_sense_are_told(path: Path) -> None:
    with pytest.raises(Refused, match="already"):
        change_sections(path, "Notes", [AddSection("B")])
    path.unlink()
    with pytest.raises(ConfigError, match="cannot be"):
        change_sections(path, "Notes", [AddSection("C")])
    with pytest.raises(ConfigError, match="cannot be"):
        planned(path, "Notes", [AddSection("C")])

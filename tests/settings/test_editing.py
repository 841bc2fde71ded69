from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from aggregator.errors import ConfigError, Refused
from aggregator.settings import Settings, parse_settings
from aggregator.settings.editing import Keys, set_values
from aggregator.settings.shipped import template_folder

PATH = Path("config.yaml")
INIT = (template_folder() / "init" / "config.yaml").read_text()


def written(text: str, values: dict[Keys, object]) -> tuple[Settings, list[str]]:
    """The settings after it, and the lines that went and came."""
    new = set_values(text, PATH, values, {})
    lines = difflib.unified_diff(text.splitlines(), new.splitlines(), n=0, lineterm="")
    return parse_settings(new, PATH, {}), [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_a_value_takes_the_place_of_another() -> None:
    settings, lines = written(INIT, {("roundups", 0, "name"): "Rack: Notes", ("roundups", 0, "next_number"): 28})
    assert settings.roundup().name == "Rack: Notes"
    assert lines == ["-  - name: My Roundup", "+  - name: 'Rack: Notes'", "-    next_number: 1", "+    next_number: 28"]


def test_a_key_that_is_not_there_yet_comes_behind_the_others_of_its_part() -> None:
    settings, lines = written(INIT, {("roundups", 0, "digest", "to"): ["me@example.org"]})
    assert settings.roundup().digest.to == ("me@example.org",)
    assert lines == ["+      to: [me@example.org]"]


def test_a_part_that_is_not_there_yet_is_made_at_the_end() -> None:
    settings, lines = written(INIT, {("mail", "host"): "smtp.example.org", ("mail", "from"): "me@example.org"})
    assert (settings.mail.host, settings.mail.sender) == ("smtp.example.org", "me@example.org")
    assert lines == ["+mail:", "+  host: smtp.example.org", "+  from: me@example.org"]


def test_a_part_of_which_nothing_but_its_name_is_there_is_filled() -> None:
    settings, _ = written(
        INIT + "mail:\n  #host: a\n", {("mail", "host"): "smtp.example.org", ("mail", "from"): "me@example.org"}
    )
    assert settings.mail.host == "smtp.example.org"


def test_a_new_list_in_a_roundup() -> None:
    settings, lines = written(INIT, {("roundups", 0, "archive"): ["posts", "https://blog.example/feed"]})
    assert [one.name for one in settings.roundup().archive] == ["posts", "https://blog.example/feed"]
    assert len(lines) == 1


def test_what_is_taken_away_leaves_no_trace() -> None:
    settings, lines = written(INIT, {("roundups", 0, "next_number"): None, ("feeds_from",): None})
    assert settings.roundup().next_number == 1
    assert lines == ["-    next_number: 1"]


def test_flow_style_stays_flow_style() -> None:
    text = "roundups: [{name: Links}] # mine\n"
    new = set_values(text, PATH, {("roundups", 0, "digest", "to"): ["a@example.org"], ("roundups", 0, "next_number"): 4}, {})
    assert new == "roundups: [{name: Links, digest: {to: [a@example.org]}, next_number: 4}] # mine\n"


def test_a_block_list_is_replaced_unless_it_has_comments() -> None:
    text = "roundups:\n  - name: Links\n    digest:\n      to:\n      - a@example.org\n      day: monday\n"
    settings, _ = written(text, {("roundups", 0, "digest", "to"): ["b@example.org"]})
    assert settings.roundup().digest.to == ("b@example.org",)
    assert settings.roundup().digest.day == "monday"
    commented = text.replace("- a@", "# at work\n      - a@")
    with pytest.raises(Refused, match="comments"):
        set_values(commented, PATH, {("roundups", 0, "digest", "to"): ["b@example.org"]}, {})


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(ConfigError, match="next_number"):
        set_values(INIT, PATH, {("roundups", 0, "next_number"): "many"}, {})


def test_what_an_anchor_shares_is_left_alone() -> None:
    text = "roundups:\n  - name: A\n    digest: &d {day: monday}\n  - name: B\n    digest: *d\n"
    with pytest.raises(Refused, match="something else"):
        set_values(text, PATH, {("roundups", 1, "digest", "day"): "friday"}, {})


def test_a_list_of_parts_is_written_in_lines_of_its_own() -> None:
    sections = [{"name": "C# & friends", "keywords": ["dotnet", "C#"]}, {"name": "Storage"}]
    settings, lines = written(INIT, {("roundups", 0, "sections"): sections})
    assert settings.roundup().section_names == ("C# & friends", "Storage")
    assert "+      - name: Storage" in lines
    assert settings.roundup().draft.format == "markdown"
    again, _ = written(set_values(INIT, PATH, {("roundups", 0, "sections"): sections}, {}), {("roundups", 0, "name"): "N"})
    assert again.roundup().section_names == settings.roundup().section_names


def test_what_ends_a_document_stays_its_end() -> None:
    """What was put behind it broke the file, and the page with it."""
    text = "roundups: [{name: Notes}]\n...\n"
    assert set_values(text, PATH, {("mail", "host"): "h.example", ("mail", "from"): "me@example.org"}, {}) == (
        "roundups: [{name: Notes}]\nmail:\n  host: h.example\n  from: me@example.org\n...\n"
    )


def test_windows_line_ends_stay_in_a_list_of_parts() -> None:
    text = "roundups:\r\n  - name: Notes\r\n    sections:\r\n      - name: A\r\n"
    new = set_values(text, PATH, {("roundups", 0, "sections"): [{"name": "B"}, {"name": "C"}]}, {})
    assert new == "roundups:\r\n  - name: Notes\r\n    sections:\r\n      - name: B\r\n      - name: C\r\n"


def test_a_file_that_is_wrong_already_is_told_as_such() -> None:
    """A page that set a value in a broken file ended in an error of ours."""
    with pytest.raises(ConfigError, match="not YAML"):
        set_values("roundups: [", PATH, {("mail", "host"): "h.example"}, {})

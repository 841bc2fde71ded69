"""Changes of config.yaml in whatever form its author gave it: made without touching anything else, or refused whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import Refused
from aggregator.settings import parse_settings
from aggregator.settings.editing import Keys, set_values
from aggregator.settings.writing import (
    AddAlias,
    AddSection,
    Change,
    MergeSection,
    MoveSection,
    OrderSections,
    RenameSection,
    SetSection,
    change,
)

PATH = Path("config.yaml")
HEADS = ("", "%YAML 1.1\n---\n", "---\n", "--- # mine\n", "# é\n#\tand a tab\n\n", "\n\n")
NAMES = ("name: Notes", "name: 'Notes'  # mine", '"name": "Notes"', "name:   >-\n      Notes", "name: &who Notes")
SECTIONS = (
    "sections:\n      - name: A # w\n        keywords: [a,\n         b]\n #\tt\n      # b\n      - {name: B}\n      - name: C",
    "sections:\n    - name: A\n    - &b\n      name: B # b\n      usual: [1, 3]\n    -   name: C\n        keywords: [zfs] # best",
    "sections: [{name: A}, {name: 'B', usual: [1, 2]}, {name: C}]  # short",
    "sections: [   # many\n      {name: A},   # wires\n      {name: B, keywords: [x, 'y: z']},\n\n      {name: C},\n      ]",
    "sections:\n      - {\n          name: A,\n        }\n      - name: |-\n          B\n      - name: C   #\tlast",
    'sections:\n      - "name": "A"\n        "keywords": ["\\u00e9", "#no comment"]\n      - name: B\n      -\n        name: C',
)
ALIASES = (
    "",
    "aliases:",
    "aliases: {}   # none",
    "aliases: {Old: A, 'Dis: ks': B}",
    'aliases:\n      Old: A   # until 2014\n\n      # and\n      "Dis: ks": B',
    "aliases:\n      ? Old\n      : A",
)
DIGESTS = ("", "digest: {day: friday} # w", "digest:\n      day: friday\n      #to: [a]\n      timezone: UTC", "digest:")
TAILS = ("", "poll: {every: 2h}  # slowly\n", "mail:\n  # no\n\n", "links: {save: no}\n...\n", "# the end", "log: {} # q")
CHANGES: tuple[Change, ...] = (
    AddAlias("S # A: N", "B"),
    AddAlias("Old", "C"),
    AddSection("Ünïts, 🎉 'x' \"y\"", ("a: b", "#c")),
    AddSection("- D: {", after="A"),
    RenameSection("B", "D & more: *x"),
    RenameSection("A", "Old"),
    MergeSection("C", "A"),
    MergeSection("A", "B"),
    MoveSection("A", 1),
    MoveSection("C", -1),
    OrderSections(("C", "A")),
    SetSection("B", ("q: r", "s"), (2, 4)),
    SetSection("A", (), None),
)
VALUES: tuple[dict[Keys, object], ...] = (
    {("roundups", 0, "digest", "to"): ["a@example.org", "b@example.org"]},
    {("roundups", 0, "archive"): ["posts/", "C: # x"]},
    {("roundups", 0, "title"): "N: #{number} # x"},
    {("mail", "host"): "smtp.example.org", ("mail", "from"): "me@example.org"},
    {("roundups", 0, "sections"): [{"name": "B", "keywords": ["a: b"]}, {"name": "A"}]},
    {("roundups", 0, "digest", "day"): "monday", ("roundups", 0, "digest", "timezone"): "Europe/Berlin"},
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(one)) for one in (NAMES, SECTIONS, ALIASES, DIGESTS)]
    first, *rest = parts
    order = draw(st.permutations([one for one in rest if one]))
    roundup = "\n".join([f"  - {first}", *(f"    {one}" for one in order)])
    other = draw(st.sampled_from(["", "\n  - name: Other  # not this one\n    sections: [{name: A}]  # of the other"]))
    text = f"{draw(st.sampled_from(HEADS))}roundups:\n{roundup}{other}\n{draw(st.sampled_from(TAILS))}"
    text = draw(st.sampled_from(["", "\ufeff"])) + text
    text = text.rstrip("\n") if draw(st.booleans()) else text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def comments(text: str) -> list[str]:
    """Comments as the scanner of YAML would leave them out."""
    return sorted(re.findall(r"(?:^|(?<=\s))#[^\r\n]*", strings_out(text), re.MULTILINE))


def strings_out(text: str) -> str:
    """The text without its scalars, in which a # is a letter."""
    for token in reversed(list(yaml.scan(text.lstrip("\ufeff"), Loader=yaml.SafeLoader))):
        if isinstance(token, yaml.ScalarToken):
            shift = len(text) - len(text.lstrip("\ufeff"))
            start, end = token.start_mark.index + shift, token.end_mark.index + shift
            if token.style not in ("|", ">"):
                text = text[:start] + text[end:]
    return text


def is_whole(before: str, after: str, *, goes: bool) -> None:
    assert after.startswith("\ufeff") == before.startswith("\ufeff")
    if "\r\n" in before:
        assert "\n" not in after.replace("\r\n", "")
    else:
        assert "\r" not in after
    if not goes:
        assert comments(after) == comments(before)
    ours = "  - name: Other  # not this one"
    assert (ours in after) == (ours in before)


@given(documents(), st.sampled_from(CHANGES))
@settings(max_examples=120, deadline=None)
def test_a_change_of_sections_touches_nothing_else_or_nothing_at_all(text: str, one: Change) -> None:
    try:
        after = change(text, PATH, "Notes", [one], {})
    except Refused:
        return
    is_whole(text, after, goes=isinstance(one, MergeSection))


@given(documents(), st.sampled_from(VALUES))
@settings(max_examples=120, deadline=None)
def test_a_value_that_is_set_touches_nothing_else_or_nothing_at_all(text: str, values: dict[Keys, object]) -> None:
    try:
        after = set_values(text, PATH, values, {})
    except Refused:
        return
    is_whole(text, after, goes=False)


@given(documents())
@settings(max_examples=40, deadline=None)
def test_the_documents_are_configurations(text: str) -> None:
    assert parse_settings(text, PATH, {}).roundup("Notes").section_names == ("A", "B", "C")


@pytest.mark.parametrize("one", CHANGES)
def test_the_plain_form_takes_every_change(one: Change) -> None:
    text = "roundups:\n  - name: Notes\n    sections:\n      - name: A\n      - name: B\n      - name: C\n"
    assert change(text, PATH, "Notes", [one], {})

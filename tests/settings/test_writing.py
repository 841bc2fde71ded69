from __future__ import annotations

import difflib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ConfigError, Refused
from aggregator.settings import RoundupSettings, parse_settings
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
NAME = "Notes"

BLOCK = """\
# The notes.
roundups:
  - name: Notes   # behind it
    sections:
      - name: Networking
        keywords: [bgp,
                   vxlan]
        #usual: [4, 8]

      - name: "Storage"   # disks

    # Old names.
    aliases:
      Wires: Networking   # until 2014

      # and this one
      'Disks': Storage
    carry: 3
"""


def changed(text: str, *changes: Change, roundup: str = NAME) -> str:
    return change(text, PATH, roundup, changes, {})


def difference(text: str, *changes: Change) -> list[str]:
    """Lines that went and came."""
    new = changed(text, *changes)
    lines = difflib.unified_diff(text.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def plan(text: str) -> RoundupSettings:
    return parse_settings(text, PATH, {}).roundup(NAME)


def test_an_alias_is_one_line_behind_the_others() -> None:
    assert difference(BLOCK, AddAlias("SAN & NAS", "Storage")) == ["+      SAN & NAS: Storage"]


def test_an_alias_that_is_there_leads_elsewhere() -> None:
    assert difference(BLOCK, AddAlias("WIRES", "Storage")) == [
        "-      Wires: Networking   # until 2014",
        "+      Wires: Storage   # until 2014",
    ]


def test_a_heading_that_yaml_would_misread_is_quoted() -> None:
    for heading in ("yes", "2014", "# hash", "a: b", "*star", "“quoted”", "💸 Sponsor", "it's", "[x], {y}"):
        assert plan(changed(BLOCK, AddAlias(heading, "Storage"))).aliases[heading] == "Storage"


def test_the_first_alias_brings_its_key_behind_the_sections() -> None:
    text = "roundups:\n- name: Notes\n  sections:\n  - name: Storage\n    #usual: [1, 2]\n  carry: 3\n"
    assert difference(text, AddAlias("Disks", "Storage")) == ["+  aliases:", "+    Disks: Storage"]


@pytest.mark.parametrize("empty", ["aliases:", "aliases:   # old names", "aliases: {}", "aliases: ~", "aliases: { }"])
def test_an_empty_list_of_aliases_gets_its_first(empty: str) -> None:
    text = f"roundups:\n  - name: Notes\n    {empty}\n    sections: [{{name: Storage}}]\n"
    assert plan(changed(text, AddAlias("Disks", "Storage"))).aliases == {"Disks": "Storage"}


@pytest.mark.parametrize(
    "aliases",
    ["{Wires: Networking}", "{Wires: Networking, }", "{\n      Wires: Networking   # comment\n    }"],
)
def test_aliases_in_braces_stay_in_braces(aliases: str) -> None:
    text = f"roundups: [{{name: Notes, sections: [{{name: Networking}}, {{name: Storage}}], aliases: {aliases}}}]\n"
    new = changed(text, AddAlias("Disks", "Storage"))
    assert plan(new).aliases == {"Wires": "Networking", "Disks": "Storage"}
    assert new.replace(", Disks: Storage", "") == text


def test_a_file_without_a_last_line_end_gets_one_only_where_a_line_follows() -> None:
    text = "roundups:\n- name: Notes\n  sections:\n  - name: Storage"
    assert changed(text, AddAlias("Disks", "Storage")) == text + "\n  aliases:\n    Disks: Storage\n"


def test_windows_line_ends_stay() -> None:
    text = BLOCK.replace("\n", "\r\n")
    for one in (AddAlias("SAN", "Storage"), AddSection("Security", ("tls",)), RenameSection("Storage", "Disks & Co")):
        new = changed(text, one)
        assert new.count("\n") == new.count("\r\n")
        assert new.replace("\r\n", "\n") == changed(BLOCK, one)


def test_a_new_section_is_put_behind_the_one_named_with_what_is_commented_below_it() -> None:
    assert difference(BLOCK, AddSection("Security", ("tls", "zero trust"), after="Networking")) == [
        "+      - name: Security",
        "+        keywords: [tls, zero trust]",
    ]
    assert plan(changed(BLOCK, AddSection("Security", after="Networking"))).section_names == ("Networking", "Security", "Storage")
    assert "#usual: [4, 8]\n      - name: Security\n\n" in changed(BLOCK, AddSection("Security", after="Networking"))


def test_a_new_section_without_a_place_is_the_last() -> None:
    assert plan(changed(BLOCK, AddSection("Security"))).section_names == ("Networking", "Storage", "Security")
    flow = "roundups: [{name: Notes, sections: [{name: Storage}], carry: 2}]"
    assert changed(flow, AddSection("Security", ("a, b",))) == flow.replace(
        "{name: Storage}", "{name: Storage}, {name: Security, keywords: ['a, b']}"
    )


@pytest.mark.parametrize(
    "text", ["roundups: [{name: Notes}]", "roundups:\n- name: Notes\n", "roundups:\n- name: Notes\n  sections:\n"]
)
def test_the_first_section_of_all(text: str) -> None:
    assert plan(changed(text, AddSection("Security"))).section_names == ("Security",)


def test_a_renamed_section_leaves_its_old_name_as_an_alias_and_takes_what_led_to_it_along() -> None:
    assert difference(BLOCK, RenameSection("Storage", "Storage/Backup")) == [
        '-      - name: "Storage"   # disks',
        "+      - name: Storage/Backup   # disks",
        "-      'Disks': Storage",
        "+      'Disks': Storage/Backup",
        "+      Storage: Storage/Backup",
    ]


def test_a_section_renamed_back_swaps_its_alias() -> None:
    there = changed(BLOCK, RenameSection("Storage", "Backup"))
    back = changed(there, RenameSection("Backup", "Storage"))
    assert plan(back).aliases == {"Wires": "Networking", "Disks": "Storage", "Backup": "Storage"}


def test_a_change_of_letter_case_needs_no_alias() -> None:
    assert plan(changed(BLOCK, RenameSection("Storage", "STORAGE"))).aliases == {"Wires": "Networking", "Disks": "STORAGE"}


def test_a_merged_section_goes_with_what_is_commented_below_it_and_leads_to_the_other() -> None:
    new = changed(BLOCK, MergeSection("Networking", "Storage"))
    assert plan(new).section_names == ("Storage",)
    assert plan(new).aliases == {"Wires": "Storage", "Disks": "Storage", "Networking": "Storage"}
    assert "usual" not in new
    flow = "roundups: [{name: Notes, sections: [{name: Storage}, {name: Disks}]}]"
    assert "sections: [{name: Storage}]" in changed(flow, MergeSection("Disks", "Storage"))
    assert "sections: [{name: Disks}]" in changed(flow, MergeSection("Storage", "Disks"))


def test_only_the_roundup_that_is_meant_changes() -> None:
    second = BLOCK.replace("roundups:\n", "").replace("Notes", "Others").replace("# The notes.\n", "")
    text = BLOCK + second
    new = changed(text, AddAlias("SAN", "Storage"), roundup="Others")
    assert new.startswith(BLOCK)
    assert parse_settings(new, PATH, {}).roundup("Others").aliases["SAN"] == "Storage"


def test_what_two_roundups_share_by_an_anchor_is_not_touched() -> None:
    text = (
        BLOCK.replace("aliases:", "aliases: &old")
        + "  - name: Others\n    sections: [{name: Networking}, {name: Storage}]\n    aliases: *old\n"
    )
    with pytest.raises(Refused, match="anchor"):
        changed(text, AddAlias("SAN", "Storage"))
    with pytest.raises(Refused, match="anchor"):
        changed(text, AddAlias("SAN", "Storage"), roundup="Others")


def test_what_the_environment_says_is_not_in_the_file() -> None:
    environ = {"AGGREGATOR_ROUNDUPS__0__ALIASES": '{"Wires": "Networking"}'}
    with pytest.raises(Refused):
        change(BLOCK, PATH, NAME, [AddAlias("SAN", "Storage")], environ)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (AddAlias("storage", "Networking"), "is a section today"),
        (AddAlias("SAN", "Kitchen"), "no section"),
        (AddSection("STORAGE"), "a section already"),
        (AddSection("Wires"), "an old name of the section 'Networking'"),
        (RenameSection("Storage", "Networking"), "already"),
        (MergeSection("Storage", "Kitchen"), "two of its sections"),
        (MergeSection("Storage", "Storage"), "two of its sections"),
    ],
)
def test_what_makes_no_sense_is_refused(one: Change, words: str) -> None:
    with pytest.raises(Refused, match=words):
        changed(BLOCK, one)


def test_a_file_that_is_wrong_already_says_so() -> None:
    with pytest.raises(ConfigError, match="Storagge"):
        changed(BLOCK.replace("Wires: Networking", "Wires: Storagge"), AddAlias("SAN", "Storage"))


def test_the_shipped_file_changes_in_the_touched_lines_only() -> None:
    text = (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")
    name = parse_settings(text, PATH, {}).roundups[0].name

    def touched(one: Change) -> list[str]:
        new = change(text, PATH, name, [one], {})
        lines = difflib.unified_diff(text.splitlines(True), new.splitlines(True), n=0)
        return [line for line in lines if not line.startswith(("---", "+++", "@@"))]

    assert touched(AddAlias("SAN", "Storage")) == ["+      SAN: Storage\n"]
    assert touched(AddSection("AI", ("llm",), after="Security")) == ["+      - name: AI\n", "+        keywords: [llm]\n"]
    assert [line[0] for line in touched(RenameSection("Storage", "Disks"))] == ["-", "+", "+"]


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30))
def test_any_heading_is_kept_as_it_is(heading: str) -> None:
    heading = heading.strip()
    before = plan(BLOCK)
    try:
        after = plan(changed(BLOCK, AddAlias(heading, "Storage")))
    except Refused:
        return
    assert after.aliases.keys() - {"Wires", "Disks"} <= {heading}
    assert after.model_copy(update={"aliases": before.aliases}) == before


SECTIONS = (
    ["sections:", "  - name: Networking # wires", "    keywords: [bgp]", "    # more to come", "  - {name: Storage}"],
    ["sections:", "- name: Networking", "", "# a line of its own", "- keywords:", "    - zfs # the best", "  name: 'Storage'"],
    ["sections: [{name: Networking}, {name: Storage}]   # short"],
    ["sections: [", "  {name: Networking}, # wires", "  {name: Storage},", "  ]"],
)
ALIASES: tuple[list[str], ...] = (
    [],
    ["aliases:   # none yet"],
    ["aliases: {}"],
    ["aliases:", "  Wires: Networking # until 2014", '  "Dis: ks": Storage'],
    ["aliases: {Wires: Networking, 'Dis: ks': Storage}   # old"],
    ["aliases: {", "  Wires: Networking, # until 2014", "  'Dis: ks': Storage,", "  }"],
)
OTHERS = (
    ["# nothing here"],
    ["carry: 2 # weeks"],
    ["title: >-", "  Notes", "  #{number}"],
    ["digest:", "  # when", "  day: monday"],
)
CHANGES: tuple[Change, ...] = (
    AddAlias("S # A: N", "Storage"),
    AddAlias("Wires", "Storage"),
    AddSection("Ünïts, 🎉", ("a: b", "c, d")),
    AddSection("Cloud", after="Networking"),
    RenameSection("Storage", "Disks & more"),
    RenameSection("Networking", "Wires"),
    MergeSection("Storage", "Networking"),
    MergeSection("Networking", "Storage"),
)


@given(
    st.sampled_from(SECTIONS),
    st.sampled_from(ALIASES),
    st.lists(st.sampled_from(OTHERS), max_size=2, unique_by=tuple),
    st.randoms(use_true_random=False),
    st.sampled_from(CHANGES),
    st.sampled_from(["\n", "\r\n"]),
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_layout_only_what_is_meant_changes(
    sections: list[str],
    aliases: list[str],
    others: list[list[str]],
    random: Random,
    one: Change,
    newline: str,
    ways: tuple[bool, bool, bool, bool],
) -> None:
    deeper, second, marked, ends = ways
    parts = [["name: Notes"], sections, *([aliases] if aliases else []), *others]
    random.shuffle(parts)
    parts.sort(key=lambda part: part[0].startswith("#"))  # a list's item does not begin with a comment
    indent = "    " if deeper else ""
    lines = [f"{indent}  {line}" if line else "" for part in parts for line in part]
    lines[0] = f"{indent}- {lines[0].lstrip()}"
    other = [f"{indent}- name: Other", f"{indent}  sections: [{{name: Networking}}] # of the other"]
    head = ["%YAML 1.1", "---"] if marked else ["# é"]
    text = newline.join([*head, "roundups:", *lines, *(other if second else ()), "poll: {every: 2h}  # slowly"])
    text += newline if ends else ""
    new = changed(text, one)  # never refused: all of these are plain
    assert newline == "\n" or "\n" not in new.replace("\r\n", "")
    now, then = new.splitlines(), text.splitlines()
    if not isinstance(one, MergeSection):
        assert sum("#" in line for line in now) >= sum("#" in line for line in then), "no comment was lost"
        assert len([line for line in difflib.ndiff(then, now) if line.startswith("- ")]) <= 3
    assert [line for line in now if line in other] == (other if second else [])
    assert (now[-1], new.endswith(newline)) == (then[-1], ends), "what stands behind is not touched"


def test_an_order_takes_each_sections_comments_along() -> None:
    text = """\
roundups:
  - name: Notes
    sections:
      - name: Networking
        #usual: [4, 8]

      # what breaks
      - name: Storage   # disks
      - {name: Security}
    carry: 3
"""
    assert (
        changed(text, OrderSections(("Security", "Storage", "Networking")))
        == """\
roundups:
  - name: Notes
    sections:
      - {name: Security}

      # what breaks
      - name: Storage   # disks
      - name: Networking
        #usual: [4, 8]
    carry: 3
"""
    )


def test_an_order_in_brackets_and_at_the_very_end_of_a_file() -> None:
    flow = "roundups: [{name: Notes, sections: [{name: A}, {name: B, usual: [1, 2]}, {name: C}]}]\n"
    assert changed(flow, OrderSections(("B", "C", "A"))) == (
        "roundups: [{name: Notes, sections: [{name: B, usual: [1, 2]}, {name: C}, {name: A}]}]\n"
    )
    text = "roundups:\n- name: Notes\n  sections:\n  - name: A\n  - name: B"
    assert plan(changed(text, OrderSections(("B", "A")))).section_names == ("B", "A")


def test_what_an_order_does_not_name_follows_as_it_stands() -> None:
    flow = "roundups: [{name: Notes, sections: [{name: A}, {name: B}, {name: C}]}]\n"
    assert plan(changed(flow, OrderSections(("C",)))).section_names == ("C", "A", "B")
    assert plan(changed(flow, OrderSections(("B", "C", "B")))).section_names == ("B", "C", "A")


@pytest.mark.parametrize(
    ("name", "places", "order"),
    [("A", 1, "BAC"), ("C", -1, "ACB"), ("A", -1, "ABC"), ("C", 1, "ABC"), ("C", -9, "CAB"), ("A", 9, "BCA")],
)
def test_a_section_moves_and_stops_at_the_ends(name: str, places: int, order: str) -> None:
    flow = "roundups: [{name: Notes, sections: [{name: A}, {name: B}, {name: C}]}]\n"
    assert "".join(plan(changed(flow, MoveSection(name, places))).section_names) == order


@pytest.mark.parametrize(
    "one", [OrderSections(("Disks",)), MoveSection("Disks", 1), SetSection("Disks", (), None), AddSection("New", after="Disks")]
)
def test_a_section_that_went_meanwhile_is_told(one: Change) -> None:
    with pytest.raises(Refused, match="no section any more"):
        changed(BLOCK, one)


def test_a_budget_and_keywords_come_change_and_go() -> None:
    assert difference(BLOCK, SetSection("Storage", ("disk", "nvme"), (2, 4))) == [
        "+        keywords: [disk, nvme]",
        "+        usual: [2, 4]",
    ]
    assert difference(BLOCK, SetSection("Networking", ("bgp", "vxlan"), (4, 8))) == ["+        usual: [4, 8]"]
    assert plan(changed(BLOCK, SetSection("Networking", (), None))).sections[0].keywords == ()
    with pytest.raises(Refused, match="range"):
        changed(BLOCK, SetSection("Networking", (), (4, 2)))


@given(
    order=st.permutations(["A", "B", "C", "D"]),
    gaps=st.lists(st.sampled_from(["", "\n", "      # note\n"]), min_size=4, max_size=4),
)
def test_any_order_keeps_every_line(order: list[str], gaps: list[str]) -> None:
    items = "".join(f"{gap}      - name: {name}\n        #{name}\n" for name, gap in zip("ABCD", gaps, strict=True))
    text = f"roundups:\n  - name: Notes\n    sections:\n{items}    carry: 2\n"
    new = changed(text, OrderSections(tuple(order)))
    assert sorted(new.splitlines()) == sorted(text.splitlines())
    assert plan(new).section_names == tuple(order)

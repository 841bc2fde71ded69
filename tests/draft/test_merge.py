"""Three-way merge: what one side changed is taken, what both changed differently waits, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.draft.merge import Own, Side, merge
from aggregator.draft.said import Part, Said, said_of
from aggregator.records.drafts import NewConflict

BASE = """\
# T #1

Hello.

## Pens

* One [a](http://a.example/1) of them.
* Two [b](http://a.example/2) of these, and [c](http://a.example/3).
* Three words alone, and no link at all.

## Paper

Nothing.

Bye.
"""


def said(text: str) -> Said:
    return said_of(text, lambda name: name)


def merged(desk: str, file: str, base: str = BASE) -> tuple[Said, tuple[NewConflict, ...]]:
    found = merge(said(base), said(desk), said(file))
    return found.said, found.conflicts


def test_an_edit_of_each_side_meets_in_the_result() -> None:
    desk = BASE.replace("One [a]", "First [a]")
    file = BASE.replace("Hello.", "Hi.").replace("and [c]", "and also [c]").replace("Bye.\n", "")
    result, conflicts = merged(desk, file)
    assert conflicts == ()
    assert result == said(
        BASE.replace("One [a]", "First [a]").replace("Hello.", "Hi.").replace("and [c]", "and also [c]").replace("Bye.\n", "")
    )


def test_a_bullet_that_one_side_moved_is_edited_by_the_other() -> None:
    line = "* One [a](http://a.example/1) of them.\n"
    file = BASE.replace(line, "").replace("Nothing.\n", line)
    result, conflicts = merged(BASE.replace("of them", "of all"), file)
    assert conflicts == ()
    assert [part.text for part in result.sections["Paper"]] == ["One [a][1] of all."]
    assert len(result.sections["Pens"]) == 2


def test_a_bullet_without_links_is_known_by_its_words() -> None:
    result, conflicts = merged(BASE, BASE.replace("Three words alone", "Three good words alone"))
    assert conflicts == ()
    assert [part.text for part in result.sections["Pens"]][2] == "Three good words alone, and no link at all."


def test_what_both_say_differently_waits_and_the_desks_stays() -> None:
    result, (conflict,) = merged(BASE.replace("One", "First"), BASE.replace("One", "Premier"))
    assert conflict == NewConflict(
        "a bullet in Pens",
        "One [a](http://a.example/1) of them.",
        "First [a](http://a.example/1) of them.",
        "Premier [a](http://a.example/1) of them.",
    )
    assert result.sections["Pens"][0].text == "First [a][1] of them."
    taken = merge(said(BASE), said(BASE.replace("One", "First")), said(BASE.replace("One", "Premier")), lambda _: "file")
    assert taken.conflicts == ()
    assert taken.said.sections["Pens"][0].text == "Premier [a][1] of them."


def test_edits_of_different_words_of_one_bullet_meet_whatever_the_numbers_of_its_links() -> None:
    desk = BASE.replace("Two [b]", "Pair: [b]")
    file = BASE.replace("and [c](http://a.example/3)", "[n](http://a.example/9), and [c](http://www.a.example/3/)")
    result, conflicts = merged(desk, file)
    assert conflicts == ()
    part = result.sections["Pens"][1]
    assert part.text == "Pair: [b][1] of these, [n][2], and [c][3]."
    assert part.addresses == ("http://a.example/2", "http://a.example/9", "http://www.a.example/3/")
    front = "---\ntitle: T\nslug: t\ndate: 1\n---\n"
    desk, file = (BASE.replace("# T #1\n", front.replace(*one)) for one in (("slug: t", "slug: u"), ("date: 1", "date: 2")))
    _, (conflict,) = merged(desk, file, BASE.replace("# T #1\n", front))
    assert conflict.what == "the front matter", "one line beside the other is one place"


def test_addresses_that_need_brackets_keep_them() -> None:
    base = BASE.replace("[a](http://a.example/1)", "[a](<http://a.example/1_(x>)")
    result, conflicts = merged(base.replace("One", "First"), base.replace("of them", "of all"), base)
    assert conflicts == ()
    assert result.sections["Pens"][0].shown == "First [a](<http://a.example/1_(x>) of all."
    _, (conflict,) = merged(base.replace("One", "First"), base.replace("One", "Premier"), base)
    assert conflict.file == "Premier [a](<http://a.example/1_(x>) of them."


def test_links_that_both_sides_change_are_never_woven_into_each_other() -> None:
    base = BASE.replace("Three words alone, and no link at all.", "Three words stand quite alone here.")
    desk = base.replace("Three words stand quite alone here", "[Three words stand quite alone here](http://a.example/7)")
    file = base.replace("stand quite alone", "[stand quite alone](http://a.example/8)")
    for one, other in ((desk, file), (file, desk)):
        _, conflicts = merged(one, other, base)
        assert len(conflicts) == 1


def test_words_of_his_own_hold_instead_of_both() -> None:
    sides = said(BASE.replace("One [a]", "First [a]")), said(BASE.replace("One [a]", "Premier [a]"))
    own = merge(said(BASE), *sides, lambda _: Own("Third, [a](http://a.example/1)."))
    assert own.conflicts == ()
    assert own.said.sections["Pens"][0].shown == "Third, [a](http://a.example/1)."
    intro = merge(said(BASE), said(BASE.replace("Hello", "Hi")), said(BASE.replace("Hello", "Hey")), lambda _: Own("Well."))
    assert intro.said.intro == "Well."
    gone = BASE.replace("* One [a](http://a.example/1) of them.\n", "")
    back = merge(said(BASE), said(gone), said(BASE.replace("One", "First")), lambda _: Own("Back: [a](http://a.example/1)."))
    assert back.said.sections["Pens"][0].text == "Back: [a][1]."


def test_what_he_chose_is_not_woven_after_all() -> None:
    desk, file = said(BASE.replace("Two [b]", "Pair: [b]")), said(BASE.replace("and [c]", "also [c]"))
    assert merge(said(BASE), desk, file, lambda _: "desk").said == desk
    assert merge(said(BASE), desk, file, otherwise="desk").said.sections["Pens"][1].text == (
        "Pair: [b][1] of these, also [c][2]."
    ), "a side's word holds only where both cannot"


def test_a_deletion_against_an_edit_waits_too() -> None:
    gone = BASE.replace("* One [a](http://a.example/1) of them.\n", "")
    edited = BASE.replace("One", "First")
    result, (conflict,) = merged(edited, gone)
    assert (conflict.desk is not None, conflict.file) == (True, None)
    assert len(result.sections["Pens"]) == 3
    result, (conflict,) = merged(gone, edited)
    assert (conflict.desk, conflict.file is not None) == (None, True)
    assert len(result.sections["Pens"]) == 2
    assert len(merge(said(BASE), said(gone), said(edited), lambda _: "file").said.sections["Pens"]) == 3


def test_both_orders_cannot_be_had() -> None:
    pens = BASE.split("## Pens\n\n")[1].split("\n\n## Paper", maxsplit=1)[0].split("\n")
    orders = ["\n".join(pens[at] for at in order) for order in ((2, 0, 1), (1, 0, 2))]
    desk, file = (BASE.replace("\n".join(pens), one) for one in orders)
    result, (conflict,) = merged(desk, file)
    assert conflict.what == "the order of Pens"
    assert list(result.sections["Pens"]) == list(said(desk).sections["Pens"])
    assert list(merge(said(BASE), said(desk), said(file), lambda _: "file").said.sections["Pens"]) == list(
        said(file).sections["Pens"]
    )


def test_a_section_of_the_file_is_in_the_result() -> None:
    result, conflicts = merged(BASE, BASE.replace("## Paper", "## Ink\n\n* New [n](http://a.example/9).\n\n## Paper"))
    assert conflicts == ()
    assert list(result.sections) == ["Pens", "Ink", "Paper"]


parts = st.builds(
    lambda n, words: Part(True, f"{words} [x][1]", (f"k{n}",), (f"http://k.example/{n}",)),
    st.integers(0, 8),
    st.sampled_from(["Fine words", "Other things", "A third one here"]),
)


def unique(found: list[Part]) -> tuple[Part, ...]:
    return tuple({one.links: one for one in found}.values())


@st.composite
def drafts(draw: st.DrawFn) -> Said:
    every = unique(draw(st.lists(parts, max_size=6)))
    cut = draw(st.integers(0, len(every)))
    words = st.sampled_from(["", "Hello.", "Good day."])
    return Said(draw(words), draw(words), draw(words), {"A": every[:cut], "B": every[cut:]})


@given(drafts(), drafts())
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base: Said, other: Said) -> None:
    assert merge(base, other, base).said == other
    assert merge(base, base, other).said == other
    assert merge(base, other, base).conflicts == merge(base, base, other).conflicts == ()
    assert merge(base, other, other).said == other


@given(drafts(), drafts(), drafts())
def test_nothing_that_either_side_wrote_is_lost(base: Said, desk: Said, file: Said) -> None:
    found = merge(base, desk, file)
    kept = {part.shown for part in found.said.parts} | {
        side for one in found.conflicts for side in (one.base, one.desk, one.file) if side
    }
    before = {part.shown for part in base.parts}
    for side in (desk, file):
        for part in side.parts:
            assert part.shown in kept | before
    for one, name in ((desk, "desk"), (file, "file")):
        for words in (one.head, one.intro, one.outro):
            said_too = {found.said.head, found.said.intro, found.said.outro, base.head, base.intro, base.outro, ""}
            assert words in said_too | kept, name


@given(drafts(), drafts(), drafts(), st.sampled_from(["desk", "file"]))
def test_once_he_has_chosen_nothing_waits(base: Said, desk: Said, file: Said, side: Side) -> None:
    found = merge(base, desk, file, lambda _: side)
    assert found.conflicts == ()
    again = merge(file, found.said, file)
    assert again.said == found.said


@given(drafts(), drafts(), drafts())
def test_the_parts_are_unique_and_keep_the_desks_keys(base: Said, desk: Said, file: Said) -> None:
    keyed = replace(
        desk, sections={name: tuple(replace(p, key=p.links[0]) for p in those) for name, those in desk.sections.items()}
    )
    found = merge(base, keyed, file).said
    keys = [part.key for part in found.parts if part.key is not None]
    assert len(keys) == len(set(keys))

"""The author's verbs on bullets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.desk import bullets as desk
from aggregator.desk.decide import decide, undo
from aggregator.edition.bullets import state_of
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.drafts import Bullet, PieceKind
from tests.desk.conftest import NOW, Office


def keep(office: Office, *ids: int, section: str | None = "Storage") -> None:
    for id_ in ids:
        office.clock.advance(timedelta(seconds=30))
        decide(*office.all, [id_], Action.KEEP, section=section)
    office.clock.advance(timedelta(seconds=30))


def candidate(office: Office, id_: int) -> Candidate:
    return office.stores.ledger.candidates(office.roundup.id, [id_])[0]


def keys(office: Office, section: str | None = "Storage") -> list[str]:
    return [one.key for one in desk.shown(*office.all) if one.section == section]


def texts(office: Office) -> list[tuple[str, list[int]]]:
    return [(one.text, [link.candidate.id for link in one.links]) for one in desk.shown(*office.all)]


def labels(office: Office) -> list[str]:
    return [label.section for label in office.stores.learning.labels(office.roundup.id)]


def test_grouping_keeps_what_is_not_kept_and_undoing_it_gives_everything_back(office: Office) -> None:
    one, two, three = office.offer("First", "Second", "Third")
    keep(office, one, two)
    decide(*office.all, [one], Action.KEEP, comment="Read it.")
    office.clock.advance(timedelta(seconds=1))
    before = texts(office)
    made = desk.group(*office.all, [one, two, three])
    assert (made.text, [link.candidate.id for link in made.links], made.section) == ("Read it.", [one, two, three], "Storage")
    assert candidate(office, three).standing.state is State.KEPT
    assert len(desk.shown(*office.all)) == 1
    office.clock.advance(timedelta(seconds=1))
    undo(*office.all)
    assert texts(office) == before
    assert candidate(office, three).standing.state is State.NEW


def test_what_he_said_of_a_held_candidate_comes_into_the_group(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one)
    decide(*office.all, [two], Action.HOLD, comment="For the talk.")
    office.stores.ledger.credit(two, via="Ann", thanks="Bob")
    made = desk.group(*office.all, [one, two])
    assert (made.text, made.via, made.thanks) == ("For the talk.", "Ann", "Bob")


def test_bullets_are_joined_whole_and_their_places_follow_their_links(office: Office) -> None:
    one, two, three = office.offer("First", "Second", "Third")
    keep(office, one, two, three)
    desk.write(*office.all, f"c{one}", "Read [this][1].")
    office.clock.advance(timedelta(seconds=1))
    pair = desk.group(*office.all, [two, three])
    office.clock.advance(timedelta(seconds=1))
    desk.write(*office.all, pair.key, "See [b][2] before [a][1], `[x][1]`.", via="Ann")
    office.clock.advance(timedelta(seconds=1))
    made = desk.group(*office.all, [one, three])
    assert made.text == "Read [this][1].\n\nSee [b][3] before [a][2], `[x][1]`."
    assert ([link.candidate.id for link in made.links], made.via) == ([one, two, three], "Ann")


def test_what_was_filed_elsewhere_moves_to_the_section_of_the_first(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one)
    keep(office, two, section="Security")
    desk.group(*office.all, [one, two])
    assert candidate(office, two).section == "Storage"
    assert labels(office) == ["Storage", "Storage"]
    undo(*office.all)
    assert candidate(office, two).section == "Security"
    assert sorted(labels(office)) == ["Security", "Storage"]


def test_a_group_goes_into_the_bullet_that_he_names(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one)
    words = desk.words(*office.all, "Security", "A word first.")
    made = desk.group(*office.all, [one, two], into=words.key)
    assert (made.key, made.section, made.text) == (words.key, "Security", "A word first.")
    assert len(desk.shown(*office.all)) == 1


def test_one_alone_is_no_group(office: Office) -> None:
    (one,) = office.offer("First")
    with pytest.raises(UsageError, match="two links"):
        desk.group(*office.all, [one])
    with pytest.raises(NotFound):
        desk.group(*office.all, [one, 99])
    assert candidate(office, one).standing.state is State.NEW


def test_a_reference_of_his_own_that_would_change_its_meaning_stands_in_the_way(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one, two)
    desk.write(*office.all, f"c{one}", "See [mine][2].\n\n[2]: https://else.example/page")
    with pytest.raises(Refused, match=r"reference \[2\] of its own"):
        desk.group(*office.all, [one, two])


def test_taking_a_bullet_apart_leaves_the_words_with_its_first_link(office: Office) -> None:
    one, two, three, last = office.offer("First", "Second", "Third", "Last")
    keep(office, one, two, three, last)
    made = desk.group(*office.all, [one, two, three])
    office.clock.advance(timedelta(seconds=1))
    desk.write(*office.all, made.key, "[a][1], [b][2] and [c][3].")
    office.clock.advance(timedelta(seconds=1))
    parts = desk.ungroup(*office.all, made.key, [two])
    assert [(part.text, [link.candidate.id for link in part.links]) for part in parts] == [
        ("[a][1], b and [c][2].", [one, three]),
        ("", [two]),
    ]
    assert texts(office)[2] == ("", [last])
    office.clock.advance(timedelta(seconds=1))
    assert len(desk.ungroup(*office.all, made.key)) == 2
    assert [links for _, links in texts(office)] == [[one], [three], [two], [last]]
    with pytest.raises(UsageError, match="one link only"):
        desk.ungroup(*office.all, made.key)


def test_his_words_are_kept_byte_for_byte(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    words = "  {% raw %} <b>*so*</b> [it][1] \n\n* a list\n\t`code`  "
    made = desk.write(*office.all, f"c{one}", words, via=" Ann ", thanks="Bob")
    assert (made.text, made.via, made.thanks) == (words, "Ann", "Bob")
    again = desk.write(*office.all, made.key, via="")
    assert (again.text, again.via, again.thanks) == (words, None, "Bob")


def test_saving_what_is_there_says_nothing(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    made = desk.write(*office.all, f"c{one}", "Words.")
    assert state_of(desk.write(*office.all, made.key, "Words.")) == state_of(made)


def test_a_draft_that_saves_itself_is_one_gesture(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one, two)
    for words in ("A", "A word", "A word more."):
        desk.write(*office.all, f"c{one}", words, typed=False)
        office.clock.advance(timedelta(minutes=1))
    undo(*office.all)
    assert texts(office) == [("", [one]), ("", [two])]
    desk.write(*office.all, f"c{one}", "Early.")
    office.clock.advance(desk.WRITING + timedelta(minutes=1))
    desk.write(*office.all, f"c{one}", "Early. Late.")
    office.clock.advance(timedelta(minutes=1))
    undo(*office.all)
    assert texts(office)[0] == ("Early.", [one])


def test_words_written_between_are_undone_by_themselves(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one, two)
    for id_, words in ((one, "One."), (two, "Two."), (one, "One, again.")):
        desk.write(*office.all, f"c{id_}", words)
        office.clock.advance(timedelta(seconds=5))
    undo(*office.all)
    assert [text for text, _ in texts(office)] == ["One.", "Two."]


def test_a_save_that_began_from_an_older_state_is_refused(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    desk.write(*office.all, f"c{one}", "From the phone.", based_on=0)
    with pytest.raises(Refused, match="changed elsewhere"):
        desk.write(*office.all, f"c{one}", "From the desk.", based_on=0)
    assert texts(office) == [("From the phone.", [one])]


def test_a_link_that_he_types_becomes_a_place(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one)
    made = desk.write(
        *office.all,
        f"c{one}",
        "[His](http://www.blog.example/first/?utm_source=x), [hers](https://blog.example/second) "
        "and [a find](https://else.example/page), again [his](https://blog.example/first).",
    )
    assert made.text == "[His][1], [hers][2] and [a find][3], again [his][1]."
    assert [link.candidate.id for link in made.links][:2] == [one, two]
    found = made.links[2].candidate
    assert (found.title, found.url, found.added, found.standing.state) == (
        "a find",
        "https://else.example/page",
        True,
        State.KEPT,
    )
    assert candidate(office, two).standing.state is State.KEPT
    office.clock.advance(timedelta(seconds=1))
    undo(*office.all)
    assert texts(office) == [("", [one])]


def test_whoever_pointed_to_a_link_that_he_types_is_thanked_where_it_stands_now(office: Office) -> None:
    one, two = office.offer("First", "Second")
    office.stores.ledger.credit(two, via="Ann", thanks="Bob")
    keep(office, one, two)
    made = desk.write(*office.all, f"c{one}", "See [it](https://blog.example/second).", via="Eve")
    assert ([link.candidate.id for link in made.links], made.via, made.thanks) == ([one, two], "Eve, Ann", "Bob")


def test_while_he_types_his_links_stay_as_they_are(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    words = "[a](https://else.example/pa)"
    assert desk.write(*office.all, f"c{one}", words, typed=False).text == words


def test_a_link_of_another_bullet_with_words_is_not_taken_from_it(office: Office) -> None:
    one, two, three = office.offer("First", "Second", "Third")
    keep(office, one, two, three)
    desk.write(*office.all, f"c{two}", "Told here.")
    office.clock.advance(timedelta(seconds=1))
    made = desk.write(*office.all, f"c{one}", "As [above](https://blog.example/second), and [this](https://blog.example/third).")
    assert made.text == "As [above](https://blog.example/second), and [this][2]."
    assert [links for _, links in texts(office)] == [[one, three], [two]]


def test_links_to_his_own_site_and_references_of_his_own_stay_his(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    past = PastEdition("https://notes.example/6", "hash", "Rack Notes #6", 6, None, (), ())
    office.stores.archive.save(office.roundup.id, [past], NOW)
    words = "[Part 1](https://notes.example/6#a), [it][2], [x](https://else.example/p)\n\n[2]: https://third.example/"
    made = desk.write(*office.all, f"c{one}", words)
    assert made.text == words
    assert len(made.links) == 1


def test_a_bullet_is_placed_before_another(office: Office) -> None:
    ids = office.offer("A", "B", "C")
    keep(office, *ids)
    a, b, c = keys(office)
    desk.place(*office.all, c, before=a)
    assert [one.links[0].candidate.title for one in desk.shown(*office.all)] == ["C", "A", "B"]
    office.clock.advance(timedelta(seconds=1))
    desk.place(*office.all, c)
    (later,) = office.offer("D")
    keep(office, later)
    assert [one.links[0].candidate.title for one in desk.shown(*office.all)] == ["A", "B", "C", "D"]
    office.clock.advance(timedelta(seconds=1))
    undo(*office.all, 3)
    assert keys(office) == [a, b, c]


def test_bullets_that_stand_too_close_are_ranked_anew(office: Office) -> None:
    ids = office.offer("A", "B", "C")
    decide(*office.all, ids, Action.KEEP, section="Storage")
    assert len({one.rank for one in desk.shown(*office.all)}) == 1
    office.clock.advance(timedelta(seconds=1))
    c = keys(office)[2]
    desk.place(*office.all, c, before=keys(office)[1])
    assert [one.links[0].candidate.title for one in desk.shown(*office.all)] == ["A", "C", "B"]
    (later,) = office.offer("D")
    keep(office, later)
    assert desk.shown(*office.all)[-1].links[0].candidate.title == "D"


def test_a_bullet_moves_whole_between_sections_and_teaches(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one, two)
    made = desk.group(*office.all, [one, two])
    office.clock.advance(timedelta(seconds=1))
    moved = desk.place(*office.all, made.key, "sec")
    assert (moved.section, {link.candidate.section for link in moved.links}) == ("Security", {"Security"})
    assert labels(office) == ["Security", "Security"]
    undo(*office.all)
    assert (desk.shown(*office.all)[0].section, set(labels(office))) == ("Storage", {"Storage"})
    with pytest.raises(UsageError, match="not in Networking"):
        desk.place(*office.all, made.key, "Networking", before=made.key)


def test_links_are_numbered_in_the_order_that_he_gives(office: Office) -> None:
    one, two, three = office.offer("First", "Second", "Third")
    made = desk.group(*office.all, [one, two, three])
    office.clock.advance(timedelta(seconds=1))
    desk.write(*office.all, made.key, "[a][1] [b][2] [c][3]")
    office.clock.advance(timedelta(seconds=1))
    again = desk.arrange(*office.all, made.key, [three])
    assert ([link.candidate.id for link in again.links], again.text) == ([three, one, two], "[a][2] [b][3] [c][1]")
    with pytest.raises(UsageError, match="not in that bullet"):
        desk.arrange(*office.all, made.key, [99])


def test_removing_a_bullet_drops_its_links_and_keeps_its_words_for_their_return(office: Office) -> None:
    (one,) = office.offer("First")
    keep(office, one)
    made = desk.write(*office.all, f"c{one}", "Words.")
    office.clock.advance(timedelta(seconds=1))
    desk.remove(*office.all, made.key)
    assert (desk.shown(*office.all), candidate(office, one).standing.state) == ([], State.DROPPED)
    keep(office, one)
    assert texts(office) == [("Words.", [one])]
    alone = desk.words(*office.all, "Storage", "Alone.")
    office.clock.advance(timedelta(seconds=1))
    desk.remove(*office.all, alone.key)
    assert texts(office) == [("Words.", [one])]
    office.clock.advance(timedelta(seconds=1))
    undo(*office.all)
    assert texts(office) == [("Words.", [one]), ("Alone.", [])]


def test_words_around_the_bullets_are_said_anew_and_left_to_habit(office: Office) -> None:
    desk.around(*office.all, PieceKind.INTRO, "Hello.")
    desk.around(*office.all, PieceKind.OUTRO, "Bye.")
    office.clock.advance(timedelta(seconds=1))
    desk.around(*office.all, PieceKind.INTRO, "")

    def around() -> dict[PieceKind, str]:
        return {one.kind: one.text for one in office.stores.ledger.pieces(office.roundup.id)}

    assert around() == {PieceKind.INTRO: "", PieceKind.OUTRO: "Bye."}
    office.clock.advance(timedelta(seconds=1))
    desk.around(*office.all, PieceKind.INTRO, None)
    assert around() == {PieceKind.OUTRO: "Bye."}
    office.clock.advance(timedelta(seconds=1))
    desk.around(*office.all, PieceKind.OUTRO, "Bye.")
    undo(*office.all, 2)
    assert around() == {PieceKind.INTRO: "Hello.", PieceKind.OUTRO: "Bye."}


def test_paragraphs_stand_among_the_bullets_and_are_none(office: Office) -> None:
    one, two = office.offer("First", "Second")
    keep(office, one)
    keep(office, two)
    office.clock.advance(timedelta(seconds=1))
    said = desk.words(*office.all, "Storage", "Between [them](https://else.example/x).", bullet=False)
    assert said.is_remark
    desk.place(*office.all, f"c{one}", "Storage")
    desk.place(*office.all, f"c{two}", "Storage")
    desk.place(*office.all, said.key, before=f"c{two}")
    again = desk.write(*office.all, said.key, "Between [both](https://else.example/x).")
    assert [found.text for found in desk.everything(*office.all) if found.section == "Storage"] == ["", again.text, ""]
    assert again.links == ()
    assert len(desk.shown(*office.all)) == 2
    with pytest.raises(NotFound):
        desk.group(*office.all, [one, two], said.key)
    with pytest.raises(UsageError):
        desk.ungroup(*office.all, said.key)
    desk.remove(*office.all, said.key)
    assert len(desk.everything(*office.all)) == 2
    for bullet in (True, False):
        with pytest.raises(UsageError):
            desk.words(*office.all, "Storage", " ", bullet=bullet)


def test_a_bullet_is_found_by_its_links_number_whatever_it_became(office: Office) -> None:
    one, two = office.offer("First", "Second")
    made = desk.group(*office.all, [one, two])

    def found(key: str) -> Bullet:
        return desk.find(desk.shown(*office.all), key)

    assert found(f"c{two}").key == found(str(one)).key == made.key
    for key in ("b99", "c99", "x", ""):
        with pytest.raises(NotFound):
            found(key)


def test_grouping_what_a_removed_bullet_waits_for_brings_it_back_with_its_words(office: Office) -> None:
    """The bullet that waited took its links back, and the new one stood there without any."""
    one, two, three = office.offer("First", "Second", "Third")
    made = desk.group(*office.all, [one, two])
    office.clock.advance(timedelta(seconds=1))
    desk.write(*office.all, made.key, "Both of them.")
    office.clock.advance(timedelta(seconds=1))
    desk.remove(*office.all, made.key)
    office.clock.advance(timedelta(seconds=1))
    again = desk.group(*office.all, [two, three])
    assert (again.text, [link.candidate.id for link in again.links]) == ("Both of them.", [two, three])
    assert texts(office) == [("Both of them.", [two, three])]

"""The pages of bullets, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.edition.bullets import state_of
from aggregator.records.candidates import Action, State
from aggregator.records.drafts import Bullet, PieceKind
from tests.desk.conftest import Office
from tests.web.visitor import Visitor

HOME = "/r/rack-notes/bullets"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    yield made
    made.stores.close()


@pytest.fixture
def ids(office: Office) -> list[int]:
    """Three kept in Storage, a minute apart, and one that is not."""
    found = office.offer("Alpha", "Beta", "Gamma", "<b>Delta</b> & co")
    for id_ in found[:3]:
        decide(*office.all, [id_], Action.KEEP, section="Storage")
        office.clock.advance(timedelta(minutes=1))
    return found


@pytest.fixture
def visitor(office: Office, ids: list[int]) -> Visitor:
    found = Visitor(office.stores)
    assert found.get(HOME).status_code == 200
    return found


def shown(office: Office) -> list[Bullet]:
    office.clock.advance(timedelta(seconds=1))
    return verbs.shown(*office.all)


def titles(office: Office, section: str = "Storage") -> list[list[str]]:
    return [[link.candidate.title for link in one.links] for one in shown(office) if one.section == section]


def test_the_board_shows_every_section_and_what_has_no_words(visitor: Visitor, office: Office) -> None:
    first = shown(office)[0]
    verbs.write(*office.all, first.key, "Read [this][1], <script>alert(1)</script>")
    verbs.words(*office.all, "Security", "Quiet & calm.", bullet=False)
    page = visitor.get(HOME).text
    assert "3 bullets, 2 without words" in page
    assert 'Read <a href="https://blog.example/alpha" target="_blank" rel="noopener noreferrer">this</a>' in page
    assert "<script>alert" not in page
    assert "Quiet &amp; calm." in page
    assert page.index(">Networking ") < page.index(">Storage ") < page.index(">Security ")


def test_a_composer_is_a_page_or_a_fragment_of_one(visitor: Visitor, ids: list[int]) -> None:
    whole = visitor.get(f"{HOME}/c{ids[0]}").text
    part = visitor.get(f"{HOME}/c{ids[0]}", fragment=True).text
    assert "<html" in whole
    assert part.strip().startswith(f'<li class="bullet composer" id="bullet-c{ids[0]}"')
    assert visitor.get(f"{HOME}/c99").status_code == 404


def test_his_words_come_with_the_line_ends_of_a_form(visitor: Visitor, office: Office, ids: list[int]) -> None:
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": "One.\r\n\r\nTwo.", "via": "Ann", "thanks": "", "do": "save"})
    first = shown(office)[0]
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/{first.key}")
    assert (first.text, first.via, first.thanks) == ("One.\n\nTwo.", "Ann", None)
    assert "<p>Two.</p>" in visitor.get(HOME).text
    assert "</a> (via Ann)</p>" in visitor.get(HOME).text


def test_saving_leads_to_the_next_without_words_and_from_the_last_to_the_board(
    visitor: Visitor, office: Office, ids: list[int]
) -> None:
    verbs.write(*office.all, f"c{ids[1]}", "Said before.")
    verbs.words(*office.all, "Storage", "A paragraph.", bullet=False)
    part = visitor.post(f"{HOME}/c{ids[0]}", {"text": "Words.", "do": "next"}, fragment=True).text
    assert f'id="bullet-c{ids[0]}"' in part
    assert f'data-follows="c{ids[2]}"' in part
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": "Words.", "do": "next"})
    assert answer.headers["location"] == f"{HOME}/c{ids[2]}"
    verbs.write(*office.all, f"c{ids[0]}", "")
    answer = visitor.post(f"{HOME}/c{ids[2]}", {"text": "Last.", "do": "next"})
    assert answer.headers["location"].startswith(f"{HOME}/b")
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "First.", "do": "done"})
    assert visitor.post(f"{HOME}/c{ids[2]}", {"text": "Last.", "do": "next"}).headers["location"] == HOME
    assert [one.text for one in shown(office)] == ["First.", "Said before.", "Last."]


def test_what_saves_itself_leaves_typed_links_alone_and_gives_what_the_next_is_based_on(
    visitor: Visitor, office: Office, ids: list[int]
) -> None:
    words = "[x](https://else.example/page)"
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": words, "based_on": "0", "do": "keep"}, fragment=True)
    first = shown(office)[0]
    assert first.text == words
    assert f'value="{state_of(first)}" id="based-on-c{ids[0]}"' in answer.text
    assert "saved 10:0" in answer.text
    assert "1 word" in answer.text
    assert "textarea" not in answer.text
    assert f'id="placed-c{ids[0]}-1"' in answer.text
    placed = visitor.post(
        f"{HOME}/c{ids[0]}", {"text": "[It][1] holds.", "based_on": str(state_of(first)), "do": "keep"}, fragment=True
    )
    assert "placed at “It”" in placed.text
    visitor.post(f"{HOME}/c{ids[0]}", {"text": words, "do": "save"})
    assert shown(office)[0].text == "[x][2]"


def test_a_save_that_comes_too_late_shows_both_and_loses_neither(visitor: Visitor, office: Office, ids: list[int]) -> None:
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "From the phone.", "based_on": "0", "do": "keep"})
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": "From <the> desk.", "based_on": "0", "do": "keep"}, fragment=True)
    assert answer.status_code == 409
    assert "From the phone." in answer.text
    assert ">\nFrom &lt;the&gt; desk.</textarea>" in answer.text
    (state,) = (state_of(one) for one in shown(office) if one.text == "From the phone.")
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "From <the> desk.", "based_on": str(state), "do": "save"})
    assert shown(office)[0].text == "From <the> desk."


def test_every_button_saves_the_words_too(visitor: Visitor, office: Office, ids: list[int]) -> None:
    a, b, c, _ = ids
    visitor.post(f"{HOME}/c{c}", {"text": "C.", "do": "up"})
    assert titles(office) == [["Alpha"], ["Gamma"], ["Beta"]]
    visitor.post(f"{HOME}/c{c}", {"text": "C!", "do": "down"})
    visitor.post(f"{HOME}/c{c}", {"text": "C!", "do": "down"})
    assert titles(office) == [["Alpha"], ["Beta"], ["Gamma"]]
    visitor.post(f"{HOME}/c{a}", {"text": "A.", "do": "move", "section": "Security"})
    assert titles(office, "Security") == [["Alpha"]]
    visitor.post(f"{HOME}/group", {"id": [str(b), str(c)]})
    made = next(one for one in shown(office) if len(one.links) == 2)
    assert made.text == "C!"
    visitor.post(f"{HOME}/{made.key}", {"text": "[b][1] [c][2]", "do": f"first:{c}"})
    assert (titles(office), shown(office)[0].text) == ([["Gamma", "Beta"]], "[b][2] [c][1]")
    visitor.post(f"{HOME}/{made.key}", {"text": "[b][2] [c][1] more", "do": f"split:{b}"})
    assert (titles(office), shown(office)[0].text) == ([["Gamma"], ["Beta"]], "b [c][1] more")
    assert visitor.post(f"{HOME}/c{b}", {"text": "", "do": f"drop:{b}"}).headers["location"] == HOME
    gone = visitor.post(f"{HOME}/c{c}", {"text": "Late.", "do": "remove"}, fragment=True)
    assert "data-gone" in gone.text
    assert titles(office) == []
    assert "Late." in [one.text for one in office.stores.ledger.pieces(office.roundup.id)]


def test_what_the_form_cannot_mean_is_told(visitor: Visitor, ids: list[int]) -> None:
    for form in ({"do": "split:x"}, {"do": "quote:99999"}, {"based_on": "soon"}):
        assert visitor.post(f"{HOME}/c{ids[0]}", {"text": "Words.", **form}, fragment=True).status_code in (400, 404)


def test_a_dragged_bullet_goes_where_it_was_dropped(visitor: Visitor, office: Office, ids: list[int]) -> None:
    a, _, c, _ = ids
    said = visitor.post(f"{HOME}/place", {"key": f"c{c}", "section": "Storage", "before": f"c{a}"}, fragment=True)
    assert (said.status_code, "Moved to Storage." in said.text) == (200, True)
    assert titles(office) == [["Gamma"], ["Alpha"], ["Beta"]]
    answer = visitor.post(f"{HOME}/place", {"key": f"c{c}", "section": "Networking"})
    assert answer.headers["location"].startswith(f"{HOME}#bullet-b")


def test_words_around_the_bullets(visitor: Visitor, office: Office) -> None:
    visitor.post(f"{HOME}/words", {"section": "Security", "text": "Alone."})
    visitor.post(f"{HOME}/words", {"section": "Networking", "text": "Quiet.", "as": "paragraph"})
    visitor.post(f"{HOME}/around", {"which": "intro", "text": "Hello."})
    assert [one.text for one in shown(office) if one.section == "Security"] == ["Alone."]

    def said() -> dict[PieceKind, str]:
        return {one.kind: one.text for one in office.stores.ledger.pieces(office.roundup.id)}

    assert (said()[PieceKind.INTRO], said()[PieceKind.REMARK]) == ("Hello.", "Quiet.")
    visitor.post(f"{HOME}/around", {"which": "intro", "text": "Hello.", "do": "usual"})
    visitor.post(f"{HOME}/around", {"which": "outro", "text": ""})
    assert PieceKind.INTRO not in said()
    assert PieceKind.OUTRO not in said()
    assert visitor.post(f"{HOME}/around", {"which": "head", "text": "x"}).status_code == 400


def test_a_paragraph_is_written_moved_and_taken_out_like_a_bullet(visitor: Visitor, office: Office, ids: list[int]) -> None:
    made = verbs.words(*office.all, "Storage", "Between.", bullet=False)
    page = visitor.get(HOME).text
    assert "3 bullets, 3 without words" in page
    assert page.index("Gamma") < page.index("Between.")
    visitor.post(f"{HOME}/place", {"key": made.key, "section": "Storage", "before": f"c{ids[1]}"})
    visitor.post(f"{HOME}/{made.key}", {"text": "See [that](https://else.example/x).", "do": "up"})
    page = visitor.get(HOME).text
    assert page.index("See <a") < page.index("Alpha") < page.index("Beta")
    assert "via <input" not in visitor.get(f"{HOME}/{made.key}").text
    office.clock.advance(timedelta(seconds=1))
    gone = visitor.post(f"{HOME}/{made.key}", {"text": "See.", "do": "remove"}, fragment=True).text
    assert "Undo" in gone
    assert "See <a" not in visitor.get(HOME).text
    visitor.post("/r/rack-notes/undo", {"n": "1", "next": HOME})
    assert "See." in visitor.get(HOME).text


def test_two_bullets_become_one_in_the_composer(visitor: Visitor, office: Office, ids: list[int]) -> None:
    a, b, c, _ = ids
    visitor.post(f"{HOME}/c{c}", {"text": "And [that][1].", "do": "save"})
    assert f'<option value="c{b}">Beta</option>' in visitor.get(f"{HOME}/c{a}").text
    visitor.post(f"{HOME}/c{a}", {"text": "See [this][1].", "do": "join", "with": f"c{c}"})
    assert (titles(office), shown(office)[0].text) == ([["Alpha", "Gamma"], ["Beta"]], "See [this][1].\n\nAnd [that][2].")
    visitor.post(f"{HOME}/c{b}", {"text": "Alone.", "do": "join", "with": ""})
    assert titles(office) == [["Alpha", "Gamma"], ["Beta"]]


def test_a_link_that_he_dropped_does_not_come_back_by_joining(visitor: Visitor, office: Office, ids: list[int]) -> None:
    a, b, c, _ = ids
    made = verbs.group(*office.all, [b, c])
    visitor.post(f"{HOME}/{made.key}", {"text": "[b][1] [c][2]", "do": f"drop:{c}"})
    visitor.post(f"{HOME}/c{a}", {"text": "", "do": "join", "with": made.key})
    assert titles(office) == [["Alpha", "Beta"]]
    assert office.stores.ledger.candidates(office.roundup.id, [c])[0].standing.state is State.DROPPED


def test_words_whose_links_are_dropped_are_shown_and_come_back(visitor: Visitor, office: Office, ids: list[int]) -> None:
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "Dear [words][1].", "do": "save"})
    office.clock.advance(timedelta(seconds=1))
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": "Dear [words][1].", "do": "remove"})
    assert answer.headers["location"] == HOME
    page = visitor.get(HOME).text
    assert "Removed, and its link dropped: Alpha" in page
    assert page.index("Words whose links you dropped or hold") < page.index("Dear ") < page.index("Alpha, dropped")
    visitor.post("/r/rack-notes/decide", {"action": "keep", "id": str(ids[0]), "next": HOME})
    assert shown(office)[0].text == "Dear [words][1]."
    assert "Words whose links" not in visitor.get(HOME).text


def test_the_board_takes_back_what_was_done_last(visitor: Visitor, office: Office, ids: list[int]) -> None:
    assert "Undo: kept “Gamma”" in visitor.get(HOME).text
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "", "do": "down"})
    assert "Undo: moved a bullet" in visitor.get(HOME).text
    office.clock.advance(timedelta(seconds=1))
    assert visitor.post("/r/rack-notes/undo", {"n": "1", "next": HOME}).headers["location"].startswith(HOME)
    assert titles(office) == [["Alpha"], ["Beta"], ["Gamma"]]


def test_what_may_go_together_is_named_by_its_titles(visitor: Visitor, office: Office) -> None:
    for id_ in office.offer("Fencing vexillology for beginners", "Vexillology and fencing compared"):
        decide(*office.all, [id_], Action.KEEP, section="Security")
    page = visitor.get(HOME).text
    assert "Both on fencing vexillology:" in page
    assert "Fencing vexillology for beginners · Vexillology and fencing compared" in page


def test_words_are_quoted_without_script(visitor: Visitor, office: Office, ids: list[int]) -> None:
    visitor.post(f"{HOME}/c{ids[0]}", {"text": "Look:", f"exact:{ids[0]}": "Exact words.", "do": f"cite:{ids[0]}"})
    assert shown(office)[0].text == "Look:\n\n> Exact words.\n>\n> [Alpha][1]"


def test_a_selection_is_quoted_in_its_bullet_or_waits_for_it(visitor: Visitor, office: Office, ids: list[int]) -> None:
    a, *_, d = ids
    form: dict[str, str | list[str]] = {"candidate": str(a), "text": "Exact words."}
    assert "2 words quoted in its bullet." in visitor.post("/r/rack-notes/quotes", form, fragment=True).text
    assert shown(office)[0].text == "> Exact words.\n>\n> [Alpha][1]"
    assert "kept for its bullet" in visitor.post("/r/rack-notes/quotes", {**form, "candidate": str(d)}, fragment=True).text
    assert office.stores.ledger.candidates(office.roundup.id, [d])[0].standing.state is State.NEW
    visitor.post(f"{HOME}/c{a}", {"text": "> Exactly words.\n>\n> [Alpha][1]", "do": "save"})
    assert "no longer word for word" in visitor.get(f"{HOME}/c{a}").text


def test_a_title_says_nothing_to_the_browser(visitor: Visitor, office: Office, ids: list[int]) -> None:
    decide(*office.all, [ids[3]], Action.KEEP, section="Storage")
    for page in (HOME, f"{HOME}/c{ids[3]}"):
        text = visitor.get(page).text
        assert "<b>Delta" not in text
        assert "&lt;b&gt;Delta" in text


@pytest.mark.parametrize("do", ["drop", "split", "first", "quote", "cite"])
def test_a_button_that_names_what_no_row_can_be_is_refused(visitor: Visitor, ids: list[int], do: str) -> None:
    """PostgreSQL cannot even be asked for such a number."""
    answer = visitor.post(f"{HOME}/c{ids[0]}", {"text": "Words.", "do": f"{do}:99999999999"})
    assert answer.status_code == 400
    assert "is no number" in answer.text

"""The open edition's page and its forms, with our script and without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response

from aggregator.desk import decide as verbs
from aggregator.desk.add import add
from aggregator.records.candidates import Action, NewCandidate, State
from aggregator.records.learning import Guess
from aggregator.records.links import KeptPage, LinkCheck, LinkState
from aggregator.web.edition_view import LISTED
from tests.desk.conftest import NOW, Office
from tests.web.visitor import Visitor

HOME = "/r/rack-notes/"
TITLES = ("First switch", "Second switch", "A <i>disk</i>", "Keys", "Nowhere")
SECTIONS = ("Networking", "Networking", "Storage", "Security", None)


class Page:
    """A visitor at a desk of five candidates."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ids = office.offer(*TITLES)
        guesses = {
            id_: Guess(section, section or "Storage", "Security", 0.8, ("a word",), interest=1 - n / 10)
            for n, (id_, section) in enumerate(zip(self.ids, SECTIONS, strict=True))
        }
        guesses[self.ids[4]] = Guess(None, None, None, 0.0)
        office.stores.ledger.add_guesses(guesses, None, office.clock.now())
        self._visitor = Visitor(office.stores)
        self.see()

    def see(self, path: str = HOME, *, fragment: bool = False) -> str:
        answer = self._visitor.get(path, fragment=fragment)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, *, fragment: bool = True, **form: str | list[str]) -> Response:
        self.office.clock.advance(timedelta(seconds=1))
        return self._visitor.post(HOME + path, form, fragment=fragment)

    def refused(self, path: str) -> int:
        return self._visitor.get(path).status_code

    def state(self, n: int) -> State:
        return self.office.stores.ledger.candidates(self.office.roundup.id, [self.ids[n]])[0].standing.state


@pytest.fixture
def page(sqlite_url: str, tmp_path: Path) -> Iterator[Page]:
    office = Office(tmp_path, sqlite_url)
    yield Page(office)
    office.stores.close()


def rows(html: str) -> list[str]:
    return re.findall(r'<li id="c(\d+)"', html)


def test_the_page_lists_sections_in_order_with_everything_escaped(page: Page) -> None:
    html = page.see()
    assert [int(one) for one in rows(html)] == page.ids
    assert html.index("Networking</h2>") < html.index("Storage</h2>") < html.index("Unsorted</h2>")
    assert "A &lt;i&gt;disk&lt;/i&gt;" in html
    assert "<i>disk" not in html
    assert "style=" not in html


def test_one_section_can_be_had_alone(page: Page) -> None:
    assert rows(page.see(f"{HOME}?section=Storage")) == [str(page.ids[2])]
    assert rows(page.see(f"{HOME}?section=")) == [str(page.ids[4])]
    assert page.refused(f"{HOME}?section=Nothing") == 404


@pytest.mark.parametrize(("button", "state"), [("keep", State.KEPT), ("drop", State.DROPPED), ("hold", State.HELD)])
def test_a_button_decides_without_script_and_leads_to_the_next(page: Page, button: str, state: State) -> None:
    answer = page.send("decide", fragment=False, **{button: str(page.ids[0])})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}#c{page.ids[1]}")
    assert page.state(0) is state


def test_with_script_a_decision_answers_with_the_row_alone(page: Page) -> None:
    answer = page.send("decide", action="drop", id=str(page.ids[0]))
    assert rows(answer.text) == [str(page.ids[0])]
    assert "settled" in answer.text
    assert "Dropped: First switch" in answer.text
    assert "<html" not in answer.text


def test_a_move_leaves_it_undecided_and_says_where(page: Page) -> None:
    answer = page.send("decide", action="move", id=str(page.ids[0]), section="Storage")
    assert "where you moved it" in answer.text
    assert "settled" not in answer.text
    assert page.state(0) is State.NEW
    assert rows(page.see(f"{HOME}?section=Storage")) == [str(page.ids[0]), str(page.ids[2])]


def test_the_second_choice_is_one_button(page: Page) -> None:
    page.send("decide", second=str(page.ids[0]))
    assert str(page.ids[0]) in rows(page.see(f"{HOME}?section=Security"))
    answer = page.send("decide", second=str(page.ids[4]))
    assert answer.status_code == 409
    assert "no second choice" in answer.text


def test_many_are_decided_at_once_and_undone_at_once(page: Page) -> None:
    page.send("decide", action="drop", id=[str(one) for one in page.ids])
    assert {page.state(n) for n in range(5)} == {State.DROPPED}
    answer = page.send("undo")
    assert {page.state(n) for n in range(5)} == {State.NEW}
    assert "5 back as they were" in answer.text
    assert [int(one) for one in rows(answer.text)] == page.ids


def test_undo_goes_to_what_it_brought_back(page: Page) -> None:
    page.send("decide", action="keep", id=str(page.ids[1]))
    assert page.send("undo", fragment=False).headers["location"] == f"{HOME}#c{page.ids[1]}"
    page.send("decide", action="keep", id=str(page.ids[2]))
    elsewhere = page.send("undo", fragment=False, next=f"{HOME}?section=Security")
    assert elsewhere.headers["location"] == f"{HOME}?section=Security#s2"
    assert "nothing to take back" in page.send("undo").text


def test_letting_the_rest_go_spares_what_came_later(page: Page) -> None:
    page.send("decide", action="keep", id=str(page.ids[0]))
    (late,) = page.office.offer("Late switch")
    page.office.stores.ledger.add_guesses({late: Guess("Networking", "Networking", None, 0.9)}, None, page.office.clock.now())
    answer = page.send("let-go", section="Networking", upto=str(page.ids[-1]))
    assert "Let 1 go" in answer.text
    assert rows(page.see(f"{HOME}?section=Networking")) == [str(late)]
    assert rows(page.see(f"{HOME}?list=let-go")) == [str(page.ids[1])]
    page.send("let-go", whole="1", section="")
    assert rows(page.see()) == []
    assert page.state(0) is State.KEPT


def test_a_decision_without_script_goes_on_in_the_list_that_he_looks_at(page: Page) -> None:
    for n in range(3):
        page.send("decide", action="drop", id=str(page.ids[n]))
    last = page.send("decide", fragment=False, keep=str(page.ids[0]), next=f"{HOME}?list=dropped")
    assert last.headers["location"] == f"{HOME}?list=dropped#c{page.ids[1]}"
    marked = page.send(
        "decide", fragment=False, action="keep", id=[str(page.ids[1]), str(page.ids[2])], next=f"{HOME}?list=dropped"
    )
    assert marked.headers["location"] == f"{HOME}?list=dropped"
    assert page.send("decide", fragment=False, drop=str(page.ids[4]), next=f"{HOME}?list=gone").status_code == 303


def test_letting_a_section_go_without_script_leads_back_to_it(page: Page) -> None:
    answer = page.send("let-go", section="Storage", fragment=False)
    assert answer.headers["location"] == f"{HOME}#s2"
    assert "Let 1 go" in page.see()


def test_a_word_said_elsewhere_meanwhile_is_told_of(page: Page) -> None:
    page.send("decide", action="keep", id=str(page.ids[0]))
    told = page.send("decide", action="drop", id=str(page.ids[0]), was="new").text
    assert "Dropped: First switch; it was kept elsewhere meanwhile" in told
    assert "meanwhile" not in page.send("decide", action="hold", id=str(page.ids[0]), was="dropped").text
    assert "Held for the next edition: First switch" in page.send("decide", action="hold", id=str(page.ids[0]), was="held").text


def test_letting_unsorted_go_leaves_the_sections(page: Page) -> None:
    page.send("let-go", section="", fragment=False)
    assert [int(one) for one in rows(page.see())] == page.ids[:4]


def test_a_group_is_one_bullet(page: Page) -> None:
    answer = page.send("group", id=f"{page.ids[0]} {page.ids[2]}")
    assert "One bullet of 2 links under Networking" in answer.text
    assert page.see().count("kept-bullet") == 1
    assert page.send("group", id=str(page.ids[3])).status_code == 400


def test_counts_tell_what_arrived_since_the_page_was_made(page: Page) -> None:
    assert "to show" not in page.see(f"{HOME}counts?upto={page.ids[-1]}", fragment=True)
    page.office.offer("Late", "Later")
    counts = page.see(f"{HOME}counts?upto={page.ids[-1]}", fragment=True)
    assert "2 new" in counts
    assert f'data-upto="{page.ids[-1]}"' in counts


def test_a_folded_list_is_sent_when_it_is_opened(page: Page) -> None:
    more = page.office.offer(*(f"Port {n}" for n in range(LISTED)))
    guess = Guess("Networking", "Networking", None, 0.9, interest=0.1)
    page.office.stores.ledger.add_guesses(dict.fromkeys(more, guess), None, page.office.clock.now())
    assert "s1.more" in page.see()
    assert len(rows(page.see(f"{HOME}?list=s1.more", fragment=True))) == 2
    assert "<html" in page.see(f"{HOME}?list=s1.more")
    assert page.refused(f"{HOME}?list=s1.nothing") == 404


def test_what_was_dropped_can_be_found_and_kept_again(page: Page) -> None:
    page.send("decide", action="drop", id=str(page.ids[0]))
    dropped = page.see(f"{HOME}?list=dropped")
    assert rows(dropped) == [str(page.ids[0])]
    answer = page.send("decide", fragment=False, keep=str(page.ids[0]), next=f"{HOME}?list=dropped")
    assert answer.headers["location"] == f"{HOME}?list=dropped"
    assert page.state(0) is State.KEPT


def test_one_candidate_has_a_page_that_decides_everything(page: Page) -> None:
    html = page.see(f"{HOME}candidates/{page.ids[2]}")
    assert "Storage 80 %" in html
    assert "a word" in html
    page.send("decide", fragment=False, action="hold", id=str(page.ids[2]), until="theme disks")
    assert "held for an edition on disks" in page.see(f"{HOME}candidates/{page.ids[2]}") or page.state(2) is State.HELD
    assert page.refused(f"{HOME}candidates/9999") == 404


def test_the_pane_is_a_piece_of_that_page(page: Page) -> None:
    pane = page.see(f"{HOME}candidates/{page.ids[0]}", fragment=True)
    assert pane.strip().startswith(f'<div class="pane" id="pane-{page.ids[0]}">')
    assert "prose" not in page.see(f"{HOME}candidates/{page.ids[0]}?only=why", fragment=True)


def test_the_pane_shows_the_page_that_was_saved_where_the_feed_gave_less(page: Page) -> None:
    id_ = page.ids[0]
    text = "First of the page.\n\n" + "Word. " * 400
    at = page.office.clock.now()
    page.office.stores.links.save_page(KeptPage(id_, "https://a.example/", "A page", None, None, text, at))
    pane = page.see(f"{HOME}candidates/{id_}", fragment=True)
    assert '<p dir="auto">First of the page.</p>' in pane
    assert "saved for you alone" in pane
    assert "word for word" in pane


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "keep"},
        {"action": "undo", "id": "1"},
        {"keep": "one"},
        {"action": "move", "id": "1"},
        {"action": "hold", "id": "1", "until": "yesterday-ish"},
        {"keep": "9" * 30},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_says_so(page: Page, form: dict[str, str]) -> None:
    answer = page.send("decide", fragment=True, **form)
    assert answer.status_code == 400
    assert 'id="said"' in answer.text
    assert page.state(0) is State.NEW


def test_a_bar_pressed_with_nothing_marked_says_so(page: Page) -> None:
    assert "Nothing is marked" in page.send("decide", fragment=False, action="keep").text


def test_a_form_leads_to_pages_of_ours_only(page: Page) -> None:
    answer = page.send("decide", fragment=False, keep=str(page.ids[4]), next="https://elsewhere.example/")
    assert answer.headers["location"].startswith(HOME)


def test_undo_says_in_the_page_what_it_would_take_back(page: Page) -> None:
    verbs.decide(*page.office.all, [page.ids[0]], Action.DROP)
    assert "dropped “First switch”" in page.see()


def test_an_address_that_runs_script_is_no_link_anywhere(page: Page) -> None:
    """Cleaned when it came in, and once more where it is shown (R5)."""
    bad = NewCandidate("javascript:alert(1)", None, "Bad", "", None, (), None, page.office.clock.now())
    id_ = page.office.stores.ledger.offer(page.office.roundup.id, [bad], [])[0]
    for path in (HOME, f"{HOME}candidates/{id_}"):
        assert "Bad" in page.see(path)
        assert "javascript:" not in page.see(path)
        assert "javascript:" not in page.see(path, fragment=True)


def test_the_rail_leads_to_his_finds_and_to_links_that_are_dead(page: Page) -> None:
    office, shown = page.office, page.see()
    assert "Finds" not in shown
    assert "Dead links" not in shown
    one = add(*office.all, None, "https://find.example/page", title="A find of his").candidate
    gone = LinkCheck(str(one.url), str(one.url), LinkState.DEAD, "gone", 404, None, None, "it is gone", NOW, NOW)
    office.stores.links.save_check(gone)
    shown = page.see()
    assert 'list=finds">Finds <span class="left">1</span>' in shown
    assert 'links">Dead links <span class="left">1</span>' in shown
    assert "A find of his" in page.see(f"{HOME}?list=finds")
    verbs.decide(*office.all, [one.id], Action.DROP)
    shown = page.see()
    assert ">Finds <" not in shown
    assert ">Dead links <" not in shown


@pytest.mark.parametrize("asked", ["?section=Security", "?list=dropped", ""])
def test_every_form_of_a_part_leads_back_to_that_part_without_script(page: Page, asked: str) -> None:
    forms = re.findall(r'<form [^>]*method="post" action="/r/.*?</form>', page.see(HOME + asked), re.DOTALL)
    assert len(forms) >= 3
    assert [one[:80] for one in forms if f'name="next" value="{HOME}{asked}"' not in one] == []


def test_what_is_taken_back_on_a_part_is_shown_there(page: Page) -> None:
    page.send("decide", drop=str(page.ids[3]))
    answer = page.send("undo", fragment=False, next=f"{HOME}?section=Security")
    assert answer.headers["location"] == f"{HOME}?section=Security#c{page.ids[3]}"
    answer = page.send("let-go", fragment=False, section="Security", next=f"{HOME}?section=Security")
    assert answer.headers["location"] == f"{HOME}?section=Security#s3"

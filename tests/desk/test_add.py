from __future__ import annotations

import threading
from typing import ClassVar

import pytest

from aggregator.archive.read import read_post
from aggregator.desk.add import add, addresses_in, fetched
from aggregator.desk.close import close
from aggregator.desk.decide import decide
from aggregator.errors import Refused, UsageError
from aggregator.jobs import offer
from aggregator.records.candidates import Action, NewCandidate, State
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ListedFeed, NewEntry, PolledFeed
from tests.desk.conftest import FakePage, FakePages, Office

PAGE = """<html><head><title>A fine switch &amp; more</title><meta name="author" content="Ann Onymous">
<meta property="article:published_time" content="2026-02-01T10:00:00Z">
<link rel="canonical" href="/posts/switch"></head><body><article><p>It switches.</p></article></body></html>"""


def test_an_added_page_is_kept_with_what_it_says_of_itself(office: Office) -> None:
    pages = FakePages({"https://ann.example/posts/switch?utm_source=x": PAGE})
    added = add(
        *office.all, pages, "https://ann.example/posts/switch?utm_source=x", section="Networking", note="Nice.", via="Bob"
    )
    one = added.candidate
    assert (one.title, one.author, one.url) == ("A fine switch & more", "Ann Onymous", "https://ann.example/posts/switch")
    assert (one.standing.state, one.section, one.standing.comment) == (State.KEPT, "Networking", "Nice.")
    assert (one.added, one.via) == (True, "Bob")
    assert one.text == "It switches."


def test_a_page_that_cannot_be_fetched_stays_under_the_title_typed_by_hand(office: Office) -> None:
    added = add(*office.all, FakePages({}), "gone.example/post", title="A lost post")
    assert added.trouble is not None
    assert added.candidate.title == "A lost post"
    assert added.candidate.url == "https://gone.example/post"
    assert added.candidate.standing.state is State.KEPT


def test_without_a_title_it_stays_under_its_address(office: Office) -> None:
    added = add(*office.all, FakePages({}), "https://gone.example/post", keep=False)
    assert added.candidate.title == "https://gone.example/post"
    assert added.candidate.standing.state is State.NEW


def test_what_is_a_candidate_already_is_not_added_twice(office: Office) -> None:
    (first,) = office.offer("A switch")
    added = add(*office.all, FakePages({}), "http://www.blog.example/a-switch/")
    assert added.known
    assert added.candidate.id == first
    assert added.candidate.standing.state is State.KEPT


def test_what_was_dropped_for_good_comes_back_under_a_new_number_when_it_is_added(office: Office) -> None:
    """It was kept under its old number, and stood nowhere."""
    (first,) = office.offer("A switch")
    decide(*office.all, [first], Action.DROP)
    close(*office.all, read_post("## Storage\n\n* [this](https://mine.example/x)\n", "posts/seven.md"))
    added = add(*office.all, FakePages({}), "https://blog.example/a-switch")
    assert not added.known
    assert added.candidate.id != first
    again = add(*office.all, FakePages({}), "https://blog.example/a-switch")
    assert (again.known, again.candidate.id) == (True, added.candidate.id)
    assert [one.id for one in office.stores.ledger.candidates(office.roundup.id)] == [added.candidate.id]


def test_a_site_is_added_even_if_an_entry_without_a_page_points_there(office: Office) -> None:
    new = NewCandidate("https://site.example/", "https://site.example/", "Note 1", "", None, (), None, office.clock.now())
    (entry,) = office.stores.ledger.offer(office.roundup.id, [new], [])
    first = add(*office.all, FakePages({}), "https://site.example")
    assert first.candidate.id != entry
    assert add(*office.all, FakePages({}), "https://site.example").candidate.id == first.candidate.id


def test_a_picture_has_no_title_and_stays_under_its_address(office: Office) -> None:
    url = "https://ann.example/switch.png"
    added = add(*office.all, FakePages({url: FakePage(url, b"\x89PNG", content_type="image/png")}), url)
    assert added.candidate.title == url
    assert added.trouble == "it is image/png, not a page with a title"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.example/", "https://", "not an address"])
def test_what_is_no_web_address_is_refused(office: Office, address: str) -> None:
    with pytest.raises(UsageError, match="no web address"):
        add(*office.all, FakePages({}), address)


def test_an_unknown_section_adds_nothing(office: Office) -> None:
    with pytest.raises(UsageError):
        add(*office.all, FakePages({}), "https://ann.example/", section="Gardening")
    assert office.stores.ledger.candidates(office.roundup.id) == []


@pytest.mark.parametrize("typed", ["", "notaurl", "https://notaurl/x", "not a url", "javascript:alert(1)"])
def test_a_word_is_no_address(office: Office, typed: str) -> None:
    """`notaurl` became a candidate at https://notaurl."""
    with pytest.raises(UsageError, match="no web address"):
        add(*office.all, FakePages({}), typed)
    assert office.stores.ledger.candidates(office.roundup.id) == []


@pytest.mark.parametrize("typed", ["localhost:8000/x", "192.0.2.1/x", "http://[2001:db8::1]/x", "a.example"])
def test_a_machine_next_door_has_an_address_too(office: Office, typed: str) -> None:
    assert add(*office.all, FakePages({}), typed).candidate.url


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<?xml version="1.0"?>\n<!-- made -->\n<rss version="2.0"><channel><title>A blog</title></channel></rss>', "text/xml"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><title>A blog</title></feed>', "application/atom+xml"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><title>x</title></rdf:RDF>', "text/html"),
        ("{}", "application/feed+json"),
    ],
)
def test_a_feed_is_followed_not_added(office: Office, body: str, kind: str) -> None:
    """Its raw XML became a candidate."""
    url = "https://ann.example/feed"
    with pytest.raises(Refused, match=f"feeds add {url}"):
        add(*office.all, FakePages({url: FakePage(url, body.encode(), 200, kind)}), url)
    assert office.stores.ledger.candidates(office.roundup.id) == []


def test_a_typed_address_that_leads_elsewhere_is_known_when_a_feed_brings_it(office: Office) -> None:
    """The feed's own link went through a carrier, so the page that he had added came a second time."""
    page = FakePage("https://ann.example/posts/switch", PAGE.encode())
    added = add(*office.all, FakePages({"https://carrier.example/~r/ann/1": page}), "https://carrier.example/~r/ann/1")
    found = office.stores.ledger.candidates_at(office.roundup.id, ["https://carrier.example/~r/ann/1"])
    assert found == {"https://carrier.example/~r/ann/1": added.candidate.id}


def test_a_page_that_a_feed_brought_through_a_carrier_is_not_added_twice(office: Office) -> None:
    text = "A switch on the bench does what the data sheet says, as long as nobody asks it for more than that. " * 5
    edition = office.stores.ledger.open_edition(office.roundup.id, 7, office.clock.now())
    carried = "https://carrier.example/~r/ann/1"
    new = NewCandidate(carried, carried, "A fine switch & more", text[:300], None, (), None, office.clock.now())
    (first,) = office.stores.ledger.offer(office.roundup.id, [new], [])
    page = PAGE.replace("<p>It switches.</p>", f"<h1>A fine switch</h1><p>By Ann, 3 March</p><p>{text}</p>")
    added = add(*office.all, FakePages({"https://ann.example/posts/switch": page}), "https://ann.example/posts/switch")
    assert (added.known, added.candidate.id, added.candidate.standing.held_in) == (True, first, None)
    assert added.candidate.standing.state is State.KEPT
    assert edition.number == 7


def test_another_page_of_the_same_title_is_added(office: Office) -> None:
    text = "A switch on the bench does what the data sheet says, as long as nobody asks it for more than that. " * 5
    office.stores.ledger.open_edition(office.roundup.id, 7, office.clock.now())
    new = NewCandidate(
        "https://b.example/1", "https://b.example/1", "A fine switch & more", text, None, (), None, office.clock.now()
    )
    office.stores.ledger.offer(office.roundup.id, [new], [])
    other = PAGE.replace("It switches.", "Nothing of what others say about this is true, and here are the figures. " * 5)
    added = add(*office.all, FakePages({"https://ann.example/posts/switch": other}), "https://ann.example/posts/switch")
    assert not added.known


def test_it_can_be_held_with_an_intent_instead_of_kept(office: Office) -> None:
    added = add(*office.all, FakePages({}), "a.example/post", until="theme home labs", note="For the lab number.")
    standing = added.candidate.standing
    assert (standing.state, standing.comment) == (State.HELD, "For the lab number.")
    assert standing.hold is not None
    assert standing.hold.theme == "home labs"


def test_a_wrong_time_is_refused_before_anything_is_added(office: Office) -> None:
    with pytest.raises(UsageError):
        add(*office.all, FakePages({}), "a.example/post", until="3/4")
    assert office.stores.ledger.candidates(office.roundup.id) == []


def test_whom_he_thanks_and_the_words_that_he_selected_stay_with_it(office: Office) -> None:
    first = add(*office.all, FakePages({}), "a.example/post", via="Planet", quote="Exactly *this*.\x00")
    again = add(*office.all, FakePages({}), "a.example/post", thanks="Ann <b>Onymous</b>")
    assert again.known
    assert (again.candidate.via, again.candidate.thanks) == ("Planet", "Ann Onymous")
    assert [one.text for one in office.stores.drafts.quotes([first.candidate.id])] == ["Exactly *this*."]


def test_without_pages_nothing_is_fetched(office: Office) -> None:
    added = add(*office.all, None, "https://a.example/post", title="Its title")
    assert (added.candidate.title, added.trouble) == ("Its title", None)


def test_several_addresses_are_read_at_once_and_each_once() -> None:
    assert addresses_in(" https://a.example/1\nb.example/2  https://a.example/1\r\n") == ["https://a.example/1", "b.example/2"]
    with pytest.raises(UsageError, match="no address"):
        addresses_in(" \n ")
    with pytest.raises(UsageError, match="21 addresses"):
        addresses_in(" ".join(f"a.example/{n}" for n in range(21)))


def test_pages_fetched_together_are_those_that_would_have_been_fetched_one_by_one(office: Office) -> None:
    class Counting(FakePages):
        asked: ClassVar[list[str]] = []

        def get(self, url: str) -> FakePage:
            self.asked.append(url)
            return super().get(url)

    addresses = ["a.example/1", "b.example/none", "nonsense"]
    pages = fetched(Counting({"https://a.example/1": "<title>One</title>"}), addresses)
    assert add(*office.all, pages, addresses[0]).candidate.title == "One"
    assert add(*office.all, pages, addresses[1]).trouble is not None
    with pytest.raises(UsageError):
        add(*office.all, pages, addresses[2])
    assert sorted(Counting.asked) == ["https://a.example/1", "https://b.example/none"]


def test_pages_that_do_not_answer_do_not_hold_up_the_end_of_the_process() -> None:
    class Watching(FakePages):
        held: ClassVar[list[bool]] = []

        def get(self, url: str) -> FakePage:
            self.held.append(not threading.current_thread().daemon)
            return super().get(url)

    fetched(Watching({}), ["a.example/1", "b.example/2"])
    assert Watching.held == [False, False]


def test_a_feed_that_brings_the_page_later_says_what_the_page_could_not(office: Office) -> None:
    """A page behind a bot wall was added under its bare address, and stayed so when its feed brought title, author and date."""
    stores, roundup, _ = office.all
    added = add(*office.all, FakePages({}), "https://a.example/post?utm_source=x")
    now = office.clock.now()
    stores.feeds.sync(roundup.id, [ListedFeed("https://a.example/f", "https://a.example/f", "A")], now, 30, 7)
    (feed,) = stores.feeds.claim(now, 5, 600)
    url = "https://a.example/post"
    entry = ParsedEntry("k", url, url, "A post", "Ann", (), "All of it.", now, None, "h")
    stores.feeds.save([PolledFeed(feed.id, "changed", now, now, new=(NewEntry(entry, offered=True),))])
    offer.run_once(stores, roundup)
    (one,) = stores.ledger.candidates(roundup.id)
    assert one.id == added.candidate.id
    assert (one.title, one.author, one.published_at, one.text) == ("A post", "Ann", now, "All of it.")
    assert [source.feed for source in one.sources] == ["A"]
    assert one.standing.state is State.KEPT


def test_what_the_page_said_of_itself_stands_when_a_feed_brings_it_later(office: Office) -> None:
    stores, roundup, _ = office.all
    add(*office.all, FakePages({"https://ann.example/posts/switch": PAGE}), "https://ann.example/posts/switch")
    now = office.clock.now()
    stores.feeds.sync(roundup.id, [ListedFeed("https://ann.example/f", "https://ann.example/f", "A")], now, 30, 7)
    (feed,) = stores.feeds.claim(now, 5, 600)
    url = "https://ann.example/posts/switch"
    entry = ParsedEntry("k", url, url, "BUY NOW", "Spam", (), "Other words.", now, None, "h")
    stores.feeds.save([PolledFeed(feed.id, "changed", now, now, new=(NewEntry(entry, offered=True),))])
    offer.run_once(stores, roundup)
    (one,) = stores.ledger.candidates(roundup.id)
    assert (one.title, one.author, one.text) == ("A fine switch & more", "Ann Onymous", "It switches.")

"""What there is to read of a candidate."""

from __future__ import annotations

from datetime import date

from aggregator.desk.decide import decide
from aggregator.desk.reading import reading, readings
from aggregator.records.candidates import Action
from aggregator.records.links import KeptPage
from tests.desk.conftest import NOW, Office
from tests.web.visitor import Visitor


def test_the_saved_page_is_read_where_it_says_more_than_the_feed(office: Office) -> None:
    one, two = office.offer("One", "Two")
    decide(*office.all, [one, two], Action.KEEP, section="Storage")
    page = KeptPage(
        one, "https://blog.example/one", "One", "Ann", date(2026, 3, 1), "Its <b>own</b> words.\n\n\n\nAnd more.", NOW
    )
    office.stores.links.save_page(page)
    found = readings(office.stores, office.stores.ledger.candidates(office.roundup.id))
    assert (found[one].paragraphs, found[one].kept) == (("Its <b>own</b> words.", "And more."), page)
    assert (found[two].paragraphs, found[two].kept) == ((), None)
    office.stores.links.save_page(KeptPage(two, "https://blog.example/two", None, None, None, "", NOW))
    assert reading(office.stores, office.stores.ledger.candidates(office.roundup.id, [two])[0]).kept is None
    visitor = Visitor(office.stores)
    for path in (f"bullets/{one}", f"candidates/{one}"):
        shown = visitor.get(f"/r/rack-notes/{path}").text
        assert "saved for you alone" in shown
        assert "Its &lt;b&gt;own&lt;/b&gt; words." in shown

"""Looking at links: what is kept, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.desk.decide import decide
from aggregator.desk.links import standing_of
from aggregator.errors import NotFound, PageError
from aggregator.jobs.links import LinksReport, check_archive, look_at_draft, run_once
from aggregator.records.candidates import Action, NewCandidate
from aggregator.records.links import LinkState, Looked
from aggregator.settings.links import LinkSettings
from aggregator.text.canonical import canonical_url
from tests.jobs.conftest import Shop
from tests.storage.world import bullet, past

LINKS = LinkSettings(archive=None)
WORDS = "<article><h1>One</h1><p>" + "Words of the page itself. " * 20 + "</article>"


@dataclass
class Answer:
    url: str
    body: bytes
    status: int = 200
    content_type: str | None = "application/json"


@dataclass
class Web:
    """Answers by address; what is not named is there, with a page of its own."""

    said: dict[str, Looked] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    copies: dict[str, bytes] = field(default_factory=dict)

    def look(self, urls: Sequence[str], each: Callable[[Looked], None], *, seconds: float | None = None) -> None:
        for url in urls[: None if seconds is None else int(seconds)]:  # a second each
            self.asked.append(url)
            each(self.said.get(url) or Looked(url, 200, url, body=WORDS.encode(), content_type="text/html"))

    def get(self, url: str) -> Answer:
        self.questions.append(url)
        for part, body in self.copies.items():
            if part in url:
                return Answer(url, body)
        raise PageError("the server answers with HTTP 503", resource=url)


def offer(shop: Shop, *names: str) -> list[int]:
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    new = []
    for name in names:
        url = f"https://{name}.example/page"
        new.append(NewCandidate(url, canonical_url(url), name, f"The feed on {name}.", None, (), None, shop.clock.now()))
    return shop.stores.ledger.offer(shop.roundup.id, new, [])


def keep(shop: Shop, *ids: int) -> None:
    decide(*shop.all, list(ids), Action.KEEP, section="Storage")


def gone(name: str) -> dict[str, Looked]:
    url = f"https://{name}.example/page"
    return {url: Looked(url, 404, url)}


def test_only_what_he_kept_is_ever_looked_at(shop: Shop) -> None:
    one, two, three = offer(shop, "one", "two", "three")
    keep(shop, one)
    decide(*shop.all, [three], Action.DROP)
    web = Web()
    report = run_once(shop.stores, web, shop.roundup, shop.plan, LINKS)
    assert web.asked == ["https://one.example/page"]
    assert (report.looked, report.saved, report.left) == (1, 1, 0)
    assert shop.stores.links.saved([one, two, three]) == {one}


def test_a_kept_page_is_saved_as_text_and_stays_as_it_was(shop: Shop) -> None:
    (one,) = offer(shop, "one")
    keep(shop, one)
    run_once(shop.stores, Web(), shop.roundup, shop.plan, LINKS)
    page = shop.stores.links.page(one)
    assert page is not None
    assert page.text.startswith("One")
    assert "<" not in page.text
    shop.clock.advance(timedelta(days=8))
    web = Web(gone("one"))
    report = run_once(shop.stores, web, shop.roundup, shop.plan, LINKS)
    assert [one.state for one in report.found] == [LinkState.DEAD]
    assert shop.stores.links.page(one) == page


def test_what_the_feed_said_is_saved_where_the_page_says_less_or_nothing(shop: Shop) -> None:
    one, two, three = offer(shop, "one", "two", "three")
    keep(shop, one, two, three)
    short = Looked("https://two.example/page", 200, "https://two.example/page", body=b"<p>Hi", content_type="text/html")
    wall = Looked("https://three.example/page", 503)
    run_once(shop.stores, Web({**gone("one"), short.url: short, wall.url: wall}), shop.roundup, shop.plan, LINKS)
    texts = [page.text if (page := shop.stores.links.page(number)) else None for number in (one, two, three)]
    assert texts == ["The feed on one.", "The feed on two.", None]


def test_kept_links_are_looked_at_once_a_week_and_after_a_day_where_it_could_not_tell(shop: Shop) -> None:
    one, two = offer(shop, "one", "two")
    keep(shop, one, two)
    slow = Looked("https://two.example/page", fault="timeout", words="slow")
    asked = []
    for _ in range(16):
        web = Web({slow.url: slow})
        run_once(shop.stores, web, shop.roundup, shop.plan, LINKS)
        asked.append([url.split("/")[2].split(".")[0] for url in web.asked])
        shop.clock.advance(timedelta(hours=12))
    assert asked[0] == ["one", "two"]
    assert [at for at, names in enumerate(asked) if "one" in names] == [0, 14]
    assert [at for at, names in enumerate(asked) if "two" in names] == [0, 2, 4, 6, 8, 10, 12, 14]


def test_a_held_link_is_looked_at_when_it_is_due(shop: Shop) -> None:
    (one,) = offer(shop, "one")
    decide(*shop.all, [one], Action.HOLD, until=f"{shop.clock.now() + timedelta(days=3):%Y-%m-%d}")
    days = []
    for day in range(5):
        web = Web()
        run_once(shop.stores, web, shop.roundup, shop.plan, LINKS)
        days += [day] if web.asked else []
        shop.clock.advance(timedelta(days=1))
    assert days == [0, 3, 4]
    assert shop.stores.links.saved([one]) == frozenset()


def test_where_nothing_answers_nobody_is_blamed(shop: Shop) -> None:
    ids = offer(shop, "one", "two", "three")
    keep(shop, *ids)
    urls = [f"https://{name}.example/page" for name in ("one", "two", "three")]
    report = run_once(shop.stores, Web({url: Looked(url, fault="dns") for url in urls}), shop.roundup, shop.plan, LINKS)
    assert (report.offline, report.left) == (True, 3)
    assert shop.stores.links.checks(urls) == {}
    some = {url: Looked(url, fault="dns") for url in urls[:2]}
    report = run_once(shop.stores, Web(some), shop.roundup, shop.plan, LINKS)
    assert (report.looked, report.offline) == (3, False)


def test_a_dead_link_comes_with_an_archived_copy_where_there_is_one(shop: Shop) -> None:
    one, two = offer(shop, "one", "two")
    keep(shop, one, two)
    body = b'{"archived_snapshots": {"closest": {"available": true, "status": "200", "url": "https://copies.example/1"}}}'
    web = Web({**gone("one"), **gone("two")}, copies={"one.example": body})
    run_once(shop.stores, web, shop.roundup, shop.plan, LinkSettings(archive="https://archive.example/available"))
    checks = shop.stores.links.checks(["https://one.example/page", "https://two.example/page"])
    assert [check.copy for check in checks.values()] == ["https://copies.example/1", None]
    assert all(question.startswith("https://archive.example/available?url=https") for question in web.questions)


def test_where_a_page_moved_is_remembered_so_that_both_addresses_are_one_page(shop: Shop) -> None:
    (one,) = offer(shop, "one")
    keep(shop, one)
    new = "https://loft.example/page"
    old = "https://one.example/page"
    run_once(shop.stores, Web({old: Looked(old, 200, new, new)}), shop.roundup, shop.plan, LINKS)
    assert shop.stores.ledger.candidates_at(shop.roundup.id, [new]) == {new: one}


def test_a_switched_off_check_looks_only_to_save(shop: Shop) -> None:
    one, two = offer(shop, "one", "two")
    keep(shop, one)
    decide(*shop.all, [two], Action.HOLD, until="next")
    settings = LinkSettings(archive=None, check=False)
    asked = []
    for _ in range(3):
        web = Web()
        run_once(shop.stores, web, shop.roundup, shop.plan, settings)
        asked.append(len(web.asked))
        shop.clock.advance(timedelta(days=8))
    assert asked == [1, 0, 0]
    web = Web()
    run_once(shop.stores, web, shop.roundup, shop.plan, LinkSettings(archive=None, check=False, save=False))
    assert web.asked == []


def test_a_round_is_short_and_the_next_one_goes_on(shop: Shop) -> None:
    keep(shop, *offer(shop, "one", "two", "three"))
    web = Web()
    lefts = [run_once(shop.stores, web, shop.roundup, shop.plan, LINKS, limit=2).left for _ in range(3)]
    assert (lefts, len(web.asked)) == ([1, 0, 0], 3)


def test_past_editions_are_gone_through_slowly_and_from_where_it_stopped(shop: Shop) -> None:
    editions = [past(n, bullet(f"On {n}", f"https://past.example/{n}", f"https://past.example/{n}b")) for n in (1, 2, 3)]
    shop.stores.archive.save(shop.roundup.id, editions, shop.clock.now())
    url = "https://past.example/3?utm_source=x"
    web = Web({url: Looked(url, 404, url)})
    first = check_archive(shop.stores, web, shop.roundup, limit=3, since=None)
    assert ([one.state for one in first.found], first.left) == ([LinkState.DEAD, LinkState.SOUND, LinkState.SOUND], 3)
    assert web.asked[0] == url
    rest = check_archive(shop.stores, web, shop.roundup, limit=None, since=None)
    assert (rest.looked, rest.left, len(set(web.asked))) == (3, 0, 6)
    assert check_archive(shop.stores, web, shop.roundup, limit=None, since=None).looked == 0
    shop.clock.advance(timedelta(days=31))
    assert check_archive(shop.stores, web, shop.roundup, limit=None, since="2").looked == 4
    with pytest.raises(NotFound, match="'9'"):
        check_archive(shop.stores, web, shop.roundup, limit=None, since="9")


def test_the_clock_is_the_installations(shop: Shop) -> None:
    keep(shop, *offer(shop, "one"))
    shop.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    (found,) = run_once(shop.stores, Web(), shop.roundup, shop.plan, LINKS).found
    assert found.at == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_draft_that_leaves_waits_for_some_links_and_says_which_were_not_looked_at(shop: Shop) -> None:
    ids = offer(shop, "one", "two", "three", "four", "five")
    keep(shop, *ids[:4])
    run_once(shop.stores, Web(), shop.roundup, shop.plan, LINKS, only=[ids[0]])
    web = Web(said=gone("two"))
    report = look_at_draft(shop.stores, web, shop.roundup, LINKS, seconds=2)
    assert web.asked == ["https://two.example/page", "https://three.example/page"]
    assert (report.looked, report.left, report.saved) == (2, 1, 0)
    stands = standing_of(shop.stores, shop.roundup)
    assert stands.words == "1 dead, 1 not checked yet"
    assert look_at_draft(shop.stores, Web(), shop.roundup, LINKS, seconds=9).left == 0
    shop.clock.advance(timedelta(days=1))
    again = Web()
    assert look_at_draft(shop.stores, again, shop.roundup, LINKS).looked == 4
    assert look_at_draft(shop.stores, again, shop.roundup, LinkSettings(check=False)) == LinksReport(0)


def test_on_a_machine_without_network_a_draft_leaves_all_the_same(shop: Shop) -> None:
    ids = offer(shop, "one", "two", "three")
    keep(shop, *ids)
    dark = {
        f"https://{name}.example/page": Looked(f"https://{name}.example/page", fault="dns") for name in ("one", "two", "three")
    }
    report = look_at_draft(shop.stores, Web(said=dark), shop.roundup, LINKS)
    assert (report.offline, report.left) == (True, 3)
    assert standing_of(shop.stores, shop.roundup).words == "3 not checked yet"

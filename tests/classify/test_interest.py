"""How likely he is to use it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.classify.interest import Interest
from aggregator.classify.taste import FEATURES
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.learning import Example, PastOffer
from tests.classify.conftest import SITES, MakeEditions

STRANGE = [Example(title=f"celebrity gossip number {word}", url=f"https://tabloid.example/{word}") for word in "abcdefghij"]


def score(interest: Interest, *examples: Example, sources: int = 1, before: bool = False, confidence: float = 0.6) -> list[float]:
    n = len(examples)
    return interest.score(examples, [sources] * n, [before] * n, [confidence] * n)


def edition(number: int, *links: tuple[str, str], text: str = "", named: bool = True) -> PastEdition:
    bullets = tuple(PastBullet("Links", text or anchor, (PastLink(url, url, anchor),)) for anchor, url in links)
    when = date(2020, 1, 1) + timedelta(weeks=number)
    return PastEdition(f"{number}.md", str(number), f"Notes {number}", number if named else None, when, ("Links",), bullets)


def offer(title: str, url: str, number: int, *, used: bool = False, noticed: bool = True, dropped: bool = False) -> PastOffer:
    return PastOffer(Example(title=title, url=url), 1, number, used, noticed, dropped, linked_before=False)


def weeks(numbers: Sequence[int]) -> list[PastOffer]:
    """He uses what is of brass, and never what is of tin, of the same site."""
    return [
        offer(f"{metal} {detail}", f"https://shop.example/{metal}{detail}{number}", number, used=metal == "brass")
        for number in numbers
        for metal in ("brass", "tin")
        for detail in ("pot", "pan", "lid", "cup")
    ]


def test_a_site_he_keeps_linking_counts_more_than_a_stranger(make_editions: MakeEditions) -> None:
    interest = Interest.fit(make_editions())
    known, stranger = score(
        interest,
        Example(title="", url=f"https://{SITES['Gardens']}/x"),
        Example(title="", url="https://stranger.example/x"),
    )
    assert known > 3 * stranger


def test_what_he_linked_long_ago_counts_less() -> None:
    others = [edition(number, ("x", "https://other.example/x")) for number in range(2, 40)]
    old = Interest.fit([edition(1, ("y", "https://site.example/y")), *others])
    new = Interest.fit([*others, edition(41, ("y", "https://site.example/y"))])
    example = Example(title="", url="https://site.example/z")
    assert score(old, example) < score(new, example)


def test_on_a_shared_site_it_counts_whose_part_of_it_he_links() -> None:
    interest = Interest.fit([edition(n, ("x", f"https://hub.example/ada/{n}")) for n in range(1, 9)])
    hers, his = score(
        interest, Example(title="", url="https://hub.example/ada/z"), Example(title="", url="https://hub.example/bob/z")
    )
    assert hers > his


def test_his_subjects_count_on_sites_he_does_not_know(make_editions: MakeEditions) -> None:
    interest = Interest.fit(make_editions(30), background=STRANGE)
    his, other = score(
        interest,
        Example(title="Compost and mulch under an orchard", url="https://new.example/1"),
        Example(title="More celebrity gossip", url="https://new.example/2"),
    )
    assert his > 3 * other


def test_a_handful_of_entries_tells_little_of_what_is_common(make_editions: MakeEditions) -> None:
    """The words of few entries are rare among them, and rarer still among many links: all were unlikely on the first day."""
    example = Example(title="Some news of the day", url="https://new.example/1")
    [alone] = score(Interest.fit(make_editions(60)), example)
    [few] = score(Interest.fit(make_editions(60), background=[example, *STRANGE[:3]]), example)
    assert few == pytest.approx(alone, rel=0.4)


def test_an_author_whom_he_names_in_his_bullets_counts() -> None:
    interest = Interest.fit([edition(n, ("x", f"https://s{n}.example/"), text="Ada Byron's piece on x") for n in range(1, 5)])
    named, unnamed = score(interest, Example(title="z", author="Ada Byron"), Example(title="z", author="Bob Cole"))
    assert named > unnamed


def test_a_further_part_of_what_he_linked_counts() -> None:
    past = edition(1, ("Building a boat, part 1: keel", "https://yard.example/boat-1"))
    interest = Interest.fit([past])
    part, other = score(
        interest,
        Example(title="Building a boat, part 2: mast", url="https://yard.example/boat-2"),
        Example(title="A boat building, part 2: mast", url="https://yard.example/boat-2"),
    )
    assert part > other


def test_several_sources_and_confidence_raise_it_and_an_earlier_use_lowers_it() -> None:
    interest, example = Interest.fit([]), Example(title="x")
    [plain] = score(interest, example)
    assert score(interest, example, sources=3)[0] > plain
    assert score(interest, example, confidence=0.9)[0] > plain
    assert score(interest, example, before=True)[0] < plain / 5


def test_advertising_is_of_little_interest() -> None:
    plain, sponsored = score(Interest.fit([]), Example(title="Disks"), Example(title="Disks (sponsored)"))
    assert sponsored < plain / 2


def test_without_any_knowledge_all_are_equal_and_none_is_unlikely() -> None:
    interests = score(Interest.fit([], background=STRANGE), *STRANGE)
    assert len(set(interests)) == 1
    assert interests[0] > 0.05


def test_what_he_saw_and_left_out_teaches() -> None:
    interest = Interest.fit([], weeks(range(1, 8)))
    brass, tin = score(interest, *(Example(title=f"{m} kettle", url=f"https://shop.example/{m}") for m in ("brass", "tin")))
    assert brass > 3 * tin


def test_a_few_outcomes_move_it_less_than_many() -> None:
    odds = [
        tin / brass
        for n in (0, 1, 5, 20)
        for interest in [Interest.fit([], weeks(range(n)))]
        for brass, tin in [score(interest, Example(title="brass kettle"), Example(title="tin kettle"))]
    ]
    assert odds[0] == 1
    assert sorted(odds, reverse=True) == odds


def test_interest_is_a_share_of_what_he_uses_of_such() -> None:
    # One in four of a feed, whatever its words.
    offers = [offer(f"entry number {n}", f"https://mixed.example/{n}", 1 + n // 20, used=n % 4 == 0) for n in range(400)]
    [found] = score(Interest.fit([], offers), Example(title="entry number x", url="https://mixed.example/x"))
    assert 0.2 < found < 0.3


def test_what_he_never_saw_teaches_nothing() -> None:
    unseen = [offer(f"tin pot {n}", f"https://shop.example/{n}", n, noticed=False) for n in range(40)]
    assert not Interest.fit([], unseen).columns


def test_a_drop_teaches_even_if_no_digest_showed_it() -> None:
    dropped = [offer(f"tin pot {n}", f"https://shop.example/{n}", n, noticed=False, dropped=True) for n in range(20)]
    kept = [offer(f"brass pot {n}", f"https://mill.example/{n}", n, noticed=False, used=True) for n in range(20)]
    brass, tin = score(Interest.fit([], dropped + kept), *(one.example for one in (kept[0], dropped[0])))
    assert brass > 2 * tin


@pytest.mark.parametrize("named", [True, False])
def test_a_post_s_own_links_are_no_evidence_of_a_habit(named: bool) -> None:
    # He links a site of his own choice once and never again; nothing else that he is offered was linked either.
    editions = [edition(n, (f"new {n}", f"https://s{n}.example/"), named=named) for n in range(1, 31)]
    offers = [
        one
        for n in range(11, 31)
        for one in (
            offer(f"new {n}", f"https://s{n}.example/", n, used=True),
            *(offer(f"other {n}", f"https://t{n}.example/{k}", n) for k in range(2)),
        )
    ]
    interest = Interest.fit(editions, offers)
    # Read with hindsight, what he used would be told by the site alone.
    assert interest.weights[FEATURES.index("site")] == pytest.approx(Interest.fit([]).weights[FEATURES.index("site")])


def test_the_same_facts_give_the_same_interest(make_editions: MakeEditions) -> None:
    example = Example(title="brass kettle", url="https://shop.example/x")
    one, other = (Interest.fit(make_editions(), weeks(range(9)), STRANGE) for _ in range(2))
    assert score(one, example) == score(other, example)


def test_an_address_that_cannot_be_read_is_no_obstacle() -> None:
    interest = Interest.fit([edition(1, ("x", "http://[::1"))])
    assert 0 < score(interest, Example(title="x", url="http://[::1"))[0] < 1


@given(st.text(), st.text(), st.text(), st.integers(0, 1000), st.booleans(), st.floats(0, 1))
def test_it_stays_between_nothing_and_one(title: str, url: str, author: str, sources: int, before: bool, sure: float) -> None:
    interest = Interest.fit([edition(1, (title, url))], background=[Example(title=title)])
    [found] = interest.score([Example(title=title, url=url, author=author)], [sources], [before], [sure])
    assert 0 <= found <= 1

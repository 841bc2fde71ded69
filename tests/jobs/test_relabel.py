from __future__ import annotations

from collections import Counter
from datetime import timedelta

from aggregator.jobs import classify, learn, relabel
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Action, NewCandidate, NewVerdict
from aggregator.records.learning import Example, LabelSource, NewLabel
from aggregator.settings import SectionSettings
from tests.jobs.conftest import Shop

NETWORKING, STORAGE, WIRES = (SectionSettings(name=name) for name in ("Networking", "Storage", "Wires"))


def past(number: int, *sections: str) -> PastEdition:
    """An edition with two links under each heading."""
    bullets = tuple(
        PastBullet(
            name, f"The {name} of {n}", (PastLink(f"https://{name}.example/{number}/{n}", f"{name}.example/{number}/{n}", "x"),)
        )
        for name in sections
        for n in range(2)
    )
    return PastEdition(f"{number}.md", f"hash {number}", f"Notes #{number}", number, None, sections, bullets)


def sections(shop: Shop) -> Counter[str]:
    return Counter(one.section for one in shop.stores.learning.labels(shop.roundup.id))


def relabelled(shop: Shop) -> Counter[str]:
    assert relabel.is_due(*shop.all)
    assert learn.is_due(*shop.all, rest=timedelta(days=1)), "a change of sections waits for nothing"
    learn.run_once(*shop.all)
    assert not relabel.is_due(*shop.all)
    return sections(shop)


def test_the_stored_archive_is_labelled_for_todays_sections_though_no_file_changed(shop: Shop) -> None:
    shop.stores.archive.save(shop.roundup.id, [past(1, "Networking", "Cables"), past(2, "Cables")], shop.clock.now())
    assert relabelled(shop) == {"Networking": 2}
    shop.configure(aliases={"Cables": "Networking"})
    assert relabelled(shop) == {"Networking": 6}
    shop.configure(aliases={}, sections=(STORAGE, SectionSettings(name="Cables")))
    assert relabelled(shop) == {"Cables": 4}
    shop.configure(sections=(STORAGE, NETWORKING))
    assert relabelled(shop) == {"Networking": 2}


def test_what_the_author_said_himself_follows_an_alias_and_waits_where_there_is_none(shop: Shop) -> None:
    said = [
        NewLabel(Example(f"Word {n}"), "Networking", source, shop.clock.now(), f"candidate:{n}", 7)
        for n, source in enumerate((LabelSource.VERDICT, LabelSource.PUBLISHED))
    ]
    shop.stores.learning.add_labels(shop.roundup.id, said)
    relabelled(shop)
    shop.configure(sections=(WIRES, STORAGE), aliases={"Networking": "Wires"})
    assert relabelled(shop) == {"Wires": 2}
    kept = shop.stores.learning.labels(shop.roundup.id)
    assert [(one.source, one.at, one.origin, one.edition) for one in kept] == [
        (one.source, one.at, one.origin, one.edition) for one in said
    ]
    shop.configure(sections=(STORAGE,), aliases={})
    assert relabelled(shop) == {"Wires": 2}, "it teaches nothing, and is not lost"


def test_order_and_keywords_of_sections_change_no_label(shop: Shop) -> None:
    before = relabel.fingerprint(shop.plan)
    shuffled = tuple(one.model_copy(update={"keywords": ("new",)}) for one in reversed(shop.plan.sections))
    assert relabel.fingerprint(shop.configure(sections=shuffled)) == before
    assert relabel.fingerprint(shop.configure(aliases={"Wires": "Storage"})) != before


def test_without_sections_or_anything_learnt_there_is_nothing_to_do(shop: Shop) -> None:
    assert not relabel.is_due(*shop.all)
    shop.teach(2)
    shop.configure(sections=())
    assert not relabel.is_due(*shop.all)


def offer(shop: Shop, title: str) -> int:
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    new = NewCandidate(f"https://x.example/{title}", f"x.example/{title}", title, "", None, (), None, shop.clock.now())
    return shop.stores.ledger.offer(shop.roundup.id, [new], [])[0]


def test_candidates_stand_under_todays_name_of_the_section_they_were_put_in(shop: Shop) -> None:
    shop.teach(30)
    learn.run_once(*shop.all)
    moved, guessed = offer(shop, "The disk"), offer(shop, "The raid")
    classify.run_once(*shop.all, classify.Files.empty())
    edition = shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    shop.stores.ledger.say(edition.id, [NewVerdict(moved, Action.MOVE, shop.clock.now(), "one", "Storage")])
    shop.configure(sections=(NETWORKING, SectionSettings(name="Disks")), aliases={"Storage": "Disks"})
    one, other = shop.stores.ledger.candidates(shop.roundup.id, [moved, guessed])
    assert (one.section, one.standing.section) == ("Disks", "Disks")
    assert other.guess is not None
    assert other.guess.first == "Disks"
    shop.configure(sections=(NETWORKING, WIRES), aliases={})
    one, other = shop.stores.ledger.candidates(shop.roundup.id, [moved, guessed])
    assert one.section is None, "a section that is no more is as if nobody had named it"
    assert other.guess is not None
    assert other.guess.first in ("Networking", None)
    assert other.guess.section is None


def test_keywords_of_a_section_that_is_not_learnt_yet_file_what_waits_though_others_are_learnt(shop: Shop) -> None:
    shop.teach(30)
    learn.run_once(*shop.all)
    lid, other = offer(shop, "The switch of a beehive"), offer(shop, "The raid disk")
    classify.run_once(*shop.all, classify.Files.empty())
    shop.configure(sections=(*shop.plan.sections, SectionSettings(name="Bees", keywords=("beehive",))))
    files = classify.Files.empty()
    assert classify.run_once(*shop.all, files) == 1
    one, _ = shop.stores.ledger.candidates(shop.roundup.id, [lid, other])
    assert one.guess is not None
    assert "Bees" in (one.guess.first, one.guess.second)
    assert classify.run_once(*shop.all, classify.Files.empty()) == 0

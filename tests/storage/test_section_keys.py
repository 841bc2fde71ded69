"""Digits belong to sections: they do not shift."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.storage.ledger import SqlLedger
from aggregator.storage.section_keys import DIGITS, complete
from tests.storage.world import NOW, World

NAMES = ["Networking", "Storage", "Security"]


def test_unassigned_ones_are_shown_in_order_and_nothing_is_written(world: World) -> None:
    ledger: SqlLedger = world.ledger
    assert ledger.section_keys(world.roundup, NAMES) == {"Networking": 1, "Storage": 2, "Security": 3}
    assert ledger.section_keys(world.roundup, NAMES[::-1]) == {"Security": 1, "Storage": 2, "Networking": 3}


def test_a_new_order_moves_no_digit(world: World) -> None:
    world.ledger.assign_section_keys(world.roundup, NAMES)
    world.ledger.assign_section_keys(world.roundup, NAMES[::-1])
    assert world.ledger.section_keys(world.roundup, NAMES[::-1]) == {"Security": 3, "Storage": 2, "Networking": 1}


def test_a_renamed_section_keeps_its_digit_for_good(world: World) -> None:
    world.ledger.assign_section_keys(world.roundup, NAMES)
    today = ["Networking", "Disks", "Security"]
    world.ledger.assign_section_keys(world.roundup, today, {"storage": "Disks"})
    assert world.ledger.section_keys(world.roundup, today) == {"Networking": 1, "Disks": 2, "Security": 3}


def test_a_section_that_comes_back_finds_its_digit_again(world: World) -> None:
    world.ledger.assign_section_keys(world.roundup, NAMES)
    world.ledger.assign_section_keys(world.roundup, ["Networking", "Security", "Cloud"])
    assert world.ledger.section_keys(world.roundup, ["Cloud", *NAMES]) == {
        "Cloud": 4,
        "Networking": 1,
        "Storage": 2,
        "Security": 3,
    }


def test_sections_of_another_roundup_have_digits_of_their_own(world: World) -> None:
    world.ledger.assign_section_keys(world.roundup, NAMES)
    other = world.ledger.roundup("Other Notes", "other-notes", NOW)
    assert world.ledger.section_keys(other.id, ["Storage"]) == {"Storage": 1}


names = st.lists(st.sampled_from("ABCDEFGHIJKLMNOP"), unique=True, max_size=14)


@given(stored=st.dictionaries(st.sampled_from("ABCDEFGHIJKLMNOP"), st.sampled_from(DIGITS)), today=names, more=names)
def test_each_digit_is_one_sections_and_no_section_ever_loses_its_own(
    stored: dict[str, int], today: list[str], more: list[str]
) -> None:
    unique = {name: key for key, name in {key: name for name, key in stored.items()}.items()}
    keys = complete(unique, today, {})
    assert len(set(keys.values())) == len(keys) == min(len(today), len(DIGITS))
    assert all(keys[name] == unique[name] for name in today if name in unique)
    later = complete({**unique, **keys}, [*today, *(name for name in more if name not in today)], {})
    assert keys.items() <= later.items()


def test_given_out_afresh_they_count_from_one(world: World) -> None:
    world.ledger.assign_section_keys(world.roundup, NAMES)
    world.ledger.assign_section_keys(world.roundup, ["Clay", "Oak"], afresh=True)
    assert world.ledger.section_keys(world.roundup, ["Clay", "Oak", "Storage"]) == {"Clay": 1, "Oak": 2, "Storage": 3}

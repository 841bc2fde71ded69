"""What a look at a link means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.links import DAY, WEEK, is_trouble, judge, next_look
from aggregator.records.links import Bearing, LinkCheck, LinkState, Looked

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
URL = "https://attic.example/one"
PAGE = Looked(URL, 200, URL)
PLAIN, PAID, PARKED, MISSING = Bearing(), Bearing(paywalled=True), Bearing(parked=True), Bearing(missing=True)


def answered(status: int, **said: object) -> Looked:
    return replace(PAGE, status=status, **said)  # type: ignore[arg-type]  # fields by name


def failed(fault: str) -> Looked:
    return Looked(URL, fault=fault, words="so it is")


@pytest.mark.parametrize(
    ("looked", "bearing", "state"),
    [
        (PAGE, PLAIN, "sound"),
        (answered(200, final="https://attic.example/one?lang=en"), PLAIN, "sound"),
        (answered(404), PLAIN, "dead"),
        (answered(410), PLAIN, "dead"),
        (answered(404, challenge=True), PLAIN, "unclear"),
        (PAGE, PAID, "paywalled"),
        (answered(402), PLAIN, "paywalled"),
        (answered(401), PLAIN, "paywalled"),
        (answered(403), PAID, "paywalled"),
        (answered(403), PLAIN, "unclear"),
        (answered(429), PLAIN, "unclear"),
        (answered(500), PLAIN, "unclear"),
        (answered(503, challenge=True), PLAIN, "unclear"),
        (failed("timeout"), PLAIN, "unclear"),
        (failed("tls"), PLAIN, "unclear"),
        (failed("internal"), PLAIN, "unclear"),
        (failed("too_large"), PLAIN, "sound"),
        (failed("dns"), PLAIN, "unclear"),
        (PAGE, PARKED, "unclear"),
        (PAGE, MISSING, "unclear"),
        (answered(200, final="https://attic.example/", permanent="https://attic.example/"), PLAIN, "unclear"),
        (answered(200, final="https://loft.example/1", permanent="https://loft.example/1"), PLAIN, "moved"),
        (answered(200, final="http://www.attic.example/one/", permanent="http://www.attic.example/one/"), PLAIN, "sound"),
        (answered(404, final="https://loft.example/1", permanent="https://loft.example/1"), PLAIN, "dead"),
        (answered(503, final="https://loft.example/1", permanent="https://loft.example/1"), PLAIN, "unclear"),
    ],
)
def test_a_first_look_says(looked: Looked, bearing: Bearing, state: str) -> None:
    check = judge(looked, bearing, None, NOW)
    assert check.state == state
    assert (check.address, check.since, check.at) == (URL, NOW, NOW)
    assert check.words


def test_a_moved_page_names_its_new_address_without_what_tracks() -> None:
    new = "https://loft.example/1?utm_source=x&p=2"
    assert judge(answered(200, final=new, permanent=new), PLAIN, None, NOW).target == "https://loft.example/1?p=2"


@pytest.mark.parametrize("looked", [(failed("dns"), PLAIN), (PAGE, PARKED), (PAGE, MISSING)])
def test_what_may_be_a_bad_day_is_dead_only_on_the_second_one(looked: tuple[Looked, Bearing]) -> None:
    first = judge(*looked, None, NOW)
    later = judge(*looked, first, NOW + timedelta(hours=9))
    next_day = judge(*looked, later, NOW + timedelta(hours=20))
    assert (first.state, later.state, next_day.state) == (LinkState.UNCLEAR, LinkState.UNCLEAR, LinkState.DEAD)
    assert later.since == NOW
    assert judge(PAGE, PLAIN, next_day, NOW + WEEK).state is LinkState.SOUND


def test_a_good_look_between_two_bad_days_begins_the_count_anew() -> None:
    first = judge(failed("dns"), PLAIN, None, NOW)
    good = judge(PAGE, PLAIN, first, NOW + DAY)
    assert judge(failed("dns"), PLAIN, good, NOW + 2 * DAY).state is LinkState.UNCLEAR


def test_a_look_that_could_not_tell_takes_nothing_back() -> None:
    dead = replace(judge(answered(404), PLAIN, None, NOW), copy="https://copies.example/1")
    assert judge(failed("timeout"), PLAIN, dead, NOW + WEEK) == replace(dead, at=NOW + WEEK)
    again = judge(answered(410), PLAIN, dead, NOW + WEEK)
    assert (again.since, again.copy) == (NOW, "https://copies.example/1")


def test_what_could_not_be_told_is_looked_at_the_next_day_and_is_trouble_then() -> None:
    unclear = judge(failed("timeout"), PLAIN, None, NOW)
    assert (next_look(unclear), is_trouble(unclear)) == (NOW + DAY, False)
    assert is_trouble(judge(failed("timeout"), PLAIN, unclear, NOW + DAY))
    sound = judge(PAGE, PLAIN, unclear, NOW + DAY)
    assert (next_look(sound), is_trouble(sound)) == (NOW + DAY + WEEK, False)
    assert is_trouble(judge(answered(404), PLAIN, sound, NOW + WEEK))


LOOKS = st.builds(
    Looked,
    st.just(URL),
    status=st.none() | st.integers(200, 599),
    final=st.sampled_from([None, URL, "https://attic.example/", "https://loft.example/1"]),
    permanent=st.sampled_from([None, URL, "https://loft.example/1"]),
    challenge=st.booleans(),
    fault=st.sampled_from([None, "dns", "timeout", "network", "tls", "blocked"]),
)


@given(looks=st.lists(st.tuples(LOOKS, st.builds(Bearing), st.integers(1, 200)), min_size=1, max_size=6))
def test_only_404_and_410_kill_at_once_and_every_word_is_complete(looks: list[tuple[Looked, Bearing, int]]) -> None:
    previous: LinkCheck | None = None
    now = NOW
    for looked, bearing, hours in looks:
        check = judge(looked, bearing, previous, now)
        if check.state is LinkState.DEAD and (previous is None or previous.state is not LinkState.DEAD):
            doubted = previous is not None and previous.since.date() < now.date()
            assert looked.status in (404, 410) or doubted
        assert (check.target is not None) == (check.state is LinkState.MOVED)
        assert check.since <= check.at == now
        assert (check.fault is None) == (check.state is LinkState.SOUND) or check.state is LinkState.UNCLEAR
        previous, now = check, now + timedelta(hours=hours)

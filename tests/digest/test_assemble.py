from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.digest.assemble import PER_FEED
from aggregator.records.candidates import Candidate, State
from aggregator.records.digests import Digest, SectionPart
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.settings import RoundupSettings, SectionSettings

MakeCandidate = Callable[..., Candidate]
MakeFeed = Callable[..., FeedStatus]
MakeDigest = Callable[..., Digest]


def part(digest: Digest, name: str) -> SectionPart:
    return next(one for one in digest.sections if one.name == name)


def ids(candidates: tuple[Candidate, ...]) -> list[int]:
    return [one.id for one in candidates]


def test_sections_stand_in_the_authors_order_empty_ones_too(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage"), candidate(2, section="Networking"))
    assert [one.name for one in made.sections] == ["Networking", "Servers/Hardware", "Security", "Storage"]


def test_new_ones_come_by_interest_the_doubtful_after_the_sure_ties_newer_first(
    digest: MakeDigest, candidate: MakeCandidate, now: datetime
) -> None:
    made = digest(
        candidate(1, section="Security", interest=0.2),
        candidate(2, section=None, likely="Security", interest=0.9),
        candidate(3, section="Security", interest=0.8),
        candidate(4, section="Security", interest=0.2, published_at=now - timedelta(hours=1)),
        candidate(5, section="Security", interest=0.2),
    )
    assert ids(part(made, "Security").new) == [3, 4, 1, 5, 2]


def test_what_an_earlier_digest_showed_is_older_and_not_new(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage", shown=1), candidate(2, section="Storage"))
    storage = part(made, "Storage")
    assert (ids(storage.new), ids(storage.older), storage.waiting) == ([2], [1], 1)


def test_a_repeat_leads_with_what_the_first_mail_of_its_slot_led_with(digest: MakeDigest, candidate: MakeCandidate) -> None:
    candidates = [candidate(id_, section="Storage", shown=shown) for id_, shown in ((1, 2), (2, 1), (3, 0))]
    storage = part(digest(*candidates, repeat=1, sent_in_slot=1), "Storage")
    assert (ids(storage.new), ids(storage.older)) == ([2, 3], [1])


def test_an_old_section_name_files_under_todays_and_a_strange_one_under_unsorted(
    digest: MakeDigest, candidate: MakeCandidate
) -> None:
    made = digest(candidate(1, section="disks"), candidate(2, section="Gardening"), candidate(3))
    assert ids(part(made, "Storage").new) == [1]
    assert ids(made.unsorted) == [2, 3]


def test_a_due_hold_leads_with_its_reason_and_one_that_waits_is_only_counted(
    digest: MakeDigest, candidate: MakeCandidate
) -> None:
    held = [candidate(id_, section="Security", state=State.HELD) for id_ in (1, 2)]
    made = digest(*held, due=lambda one: "held until 9 Jan" if one.id == 2 else None)
    assert ids(made.due) == [2]
    assert made.due_reasons == {2: "held until 9 Jan"}
    assert part(made, "Security").held == 2
    assert ids(made.listed) == [2]


def test_kept_ones_follow_the_sections_and_dropped_ones_are_gone(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(
        candidate(1, section="Storage", state=State.KEPT),
        candidate(2, section="Networking", state=State.KEPT),
        candidate(3, section="Networking", state=State.DROPPED),
    )
    assert ids(made.kept) == [2, 1]
    assert part(made, "Networking").kept == 1


def test_undecided_in_as_many_editions_as_carry_says_it_folds_into_a_count(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage", carried=3, shown=9), candidate(2, section="Storage", carried=2, shown=9))
    assert ids(part(made, "Storage").older) == [2]
    assert [(one.count, one.reason) for one in made.withheld] == [(1, "folded: offered in earlier editions and never used")]


def test_carry_zero_still_offers_everything_once(digest: MakeDigest, candidate: MakeCandidate, roundup: RoundupSettings) -> None:
    at_once = roundup.model_copy(update={"carry": 0})
    made = digest(candidate(1, section="Storage"), candidate(2, section="Storage", carried=1, shown=1), settings=at_once)
    assert ids(part(made, "Storage").new) == [1]
    assert part(made, "Storage").waiting == 0


def test_one_feed_turned_to_spam_cannot_drown_the_others(digest: MakeDigest, candidate: MakeCandidate) -> None:
    spam = [candidate(id_, section="Storage", feeds=(7,), interest=0.9) for id_ in range(1, PER_FEED + 471)]
    made = digest(*spam, candidate(5000, section="Storage", interest=0.1))
    storage = part(made, "Storage")
    assert (len(storage.new), storage.more) == (PER_FEED + 1, 470)
    assert 5000 in ids(storage.new)
    assert (470, "more from A blog") in [(one.count, one.reason) for one in made.withheld]


def test_merged_copies_and_history_are_counted(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage", feeds=(1, 2, 3)), history={"older than 30 days": 9, "no date": 12})
    assert [(one.count, one.reason) for one in made.withheld] == [
        (2, "copies merged"),
        (12, "no date"),
        (9, "older than 30 days"),
    ]


def test_thin_is_below_the_usual_or_empty_with_something_held(
    digest: MakeDigest, candidate: MakeCandidate, roundup: RoundupSettings
) -> None:
    usual = roundup.model_copy(
        update={"sections": (SectionSettings(name="Storage", usual=(2, 4)), SectionSettings(name="Security"))}
    )
    made = digest(
        candidate(1, section="Storage", state=State.KEPT), candidate(2, section="Security", state=State.HELD), settings=usual
    )
    assert made.thin == (("Storage", 1, 0), ("Security", 0, 1))


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ([FeedState.OK] * 7, "Nothing new; all 7 feeds answered. It is quiet."),
        ([FeedState.OK], "Nothing new; its one feed answered. It is quiet."),
        ([FeedState.OK, FeedState.FAILING, FeedState.GONE], "Nothing new, and 2 of its 3 feeds are failing."),
        ([FeedState.FAILING], "Nothing new, and its one feed is failing."),
        ([FeedState.OK, FeedState.NEW], "Nothing new; 1 of its 2 feeds has not been polled yet."),
    ],
)
def test_an_empty_section_says_whether_it_is_quiet_or_broken(
    digest: MakeDigest, feed: MakeFeed, states: list[FeedState], says: str
) -> None:
    feeds = [feed(99), *(feed(id_, state, folders=("tech", "storage")) for id_, state in enumerate(states))]
    made = digest(feeds=feeds)
    assert part(made, "Storage").quiet == says


def test_a_feed_belongs_to_a_section_by_what_it_brought_too(digest: MakeDigest, feed: MakeFeed, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage", feeds=(4,), shown=1), feeds=[feed(4, FeedState.FAILING), feed(5)])
    assert part(made, "Storage").quiet == "Nothing new, and its one feed is failing."


def test_a_section_without_feeds_of_its_own_speaks_of_all(digest: MakeDigest, feed: MakeFeed) -> None:
    made = digest(feeds=[feed(1), feed(2)])
    assert part(made, "Storage").quiet == "Nothing new; all 2 feeds answered, with nothing for it lately."
    assert part(digest(feeds=[]), "Storage").quiet == "Nothing new: no feeds are followed yet."


def test_a_section_whose_news_were_all_decided_is_not_called_quiet(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(candidate(1, section="Storage", state=State.DROPPED))
    assert part(made, "Storage").quiet == "You have decided on everything new."


def test_what_was_dropped_weeks_ago_is_no_news_decided_on(digest: MakeDigest, candidate: MakeCandidate, now: datetime) -> None:
    old = candidate(1, section="Storage", state=State.DROPPED, first_seen=now - timedelta(days=10))
    made = digest(old, previous_slot=now - timedelta(days=7))
    assert part(made, "Storage").quiet != "You have decided on everything new."


def test_only_new_trouble_with_feeds_is_told(digest: MakeDigest, feed: MakeFeed, now: datetime) -> None:
    days = [timedelta(days=n) for n in range(41)]
    made = digest(
        feeds=[
            feed(1, FeedState.FAILING, error="it answers 403", error_since=now - days[4]),
            feed(2, FeedState.FAILING, error_since=now - days[40]),  # told a week ago
            feed(3, FeedState.FAILING, error_since=now - days[2]),  # told a week ago, recovered, failing again
            feed(4, FeedState.FAILING, error_since=now - timedelta(hours=3)),  # may pass by itself
            feed(5, FeedState.GONE, error_since=now - timedelta(hours=3)),
            feed(6),
        ],
        told={2: now - days[7], 3: now - days[7]},
    )
    assert [(one.feed_id, one.words) for one in made.troubles] == [
        (1, "it answers 403"),
        (3, "it does not answer"),
        (5, "it is gone"),
    ]
    assert (made.known_troubles, made.feeds) == (1, 6)


def test_the_header_counts_days_in_the_authors_zone(digest: MakeDigest, now: datetime) -> None:
    made = digest()
    assert (made.days_open, made.week, made.gap_days, made.number) == (19, 3, 7, 28)
    assert digest(previous_slot=None).gap_days is None
    assert digest(previous_slot=made.slot, repeat=1).gap_days is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "Networking", "Storage", "Gardening"]),
            st.sampled_from(list(State)),
            st.integers(0, 3),
            st.integers(0, 4),
            st.integers(1, 3),
        ),
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_candidate_is_lost_or_told_twice(
    digest: MakeDigest, candidate: MakeCandidate, rows: list[tuple[str | None, State, int, int, int]]
) -> None:
    candidates = [
        candidate(id_, section=section, state=state, shown=shown, carried=carried, feeds=(feed,))
        for id_, (section, state, shown, carried, feed) in enumerate(rows, 1)
    ]
    made = digest(*candidates)
    undecided = [one for one in candidates if one.standing.state is State.NEW]
    folded = sum(one.carried >= 3 for one in undecided)
    new = [one.id for few in (*(one.new for one in made.sections), made.unsorted) for one in few]
    older = [one.id for few in (*(one.older for one in made.sections), made.unsorted_older) for one in few]
    overflow = sum(one.more for one in made.sections) + made.unsorted_more
    assert len(new) == len(set(new))
    assert not set(new) & set(older)
    assert len(new) + len(older) + overflow + folded == len(undecided)
    assert all(not one.shown for one in undecided if one.id in new)

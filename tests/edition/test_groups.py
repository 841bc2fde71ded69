"""What may go into one bullet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aggregator.edition.groups import MOST, suggestions
from aggregator.records.candidates import Candidate, Relative, RelativeKind, Standing, State

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)


def candidate(id_: int, title: str = "", *others: tuple[RelativeKind, int], state: State = State.NEW) -> Candidate:
    relatives = tuple(Relative(kind, "", other_id=other) for kind, other in others)
    return Candidate(id_, None, None, title, "", None, (), None, NOW, Standing(state, "Storage"), relatives=relatives)


def test_what_hangs_together_is_suggested_once_with_its_reasons() -> None:
    found = suggestions(
        [
            candidate(1, "", (RelativeKind.SERIES, 2)),
            candidate(2, "", (RelativeKind.SERIES, 1), (RelativeKind.STORY, 3)),
            candidate(3, "", (RelativeKind.STORY, 2)),
            candidate(4, "", (RelativeKind.LINKED, 1)),
        ]
    )
    assert found == [((1, 2, 3), "parts of a series, the same story")]


def test_titles_of_a_section_with_rare_words_in_common_are_on_one_subject() -> None:
    titles = ["Ceph erasure coding explained", "Erasure coding in Ceph", "Tapes again"]
    assert suggestions([candidate(id_, title) for id_, title in enumerate(titles, 1)]) == [
        ((1, 2), "both on ceph coding erasure")
    ]
    elsewhere = replace(candidate(2, titles[1]), standing=Standing(section="Security"))
    assert suggestions([candidate(1, titles[0]), elsewhere]) == []


def test_what_is_one_bullet_or_no_longer_offered_or_too_much_is_not_suggested() -> None:
    pair = [candidate(1, "", (RelativeKind.REPLY, 2)), candidate(2)]
    assert suggestions([replace(one, group=5) for one in pair]) == []
    assert suggestions([replace(pair[0], group=5), pair[1]]) == [((1, 2), "one answers the other")]
    assert suggestions([pair[0], replace(pair[1], standing=Standing(State.DROPPED))]) == []
    assert suggestions([pair[0], replace(pair[1], standing=Standing(let_go=True))]) == []
    many = [candidate(id_, "", (RelativeKind.STORY, id_ + 1)) for id_ in range(1, MOST + 2)]
    assert suggestions(many) == []

"""What a bullet may point back to, and whom it may name."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.edition.references import earlier, names
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Candidate, Relative, RelativeKind, Source, Standing, State
from aggregator.records.drafts import Bullet, BulletLink

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)


def use(number: int) -> PastUse:
    return PastUse(f"Rack Notes #{number}", number, None, "Storage", "https://a.example/1", "He said so.")


def bullet(*those: Candidate) -> Bullet:
    links = tuple(BulletLink(number, one) for number, one in enumerate(those, 1))
    return Bullet("b1", None, None, 0.0, "", links)


def candidate(
    author: str | None = None, past: tuple[PastUse, ...] = (), relatives: tuple[Relative, ...] = (), feed: str = "A feed"
) -> Candidate:
    source = Source(1, 1, feed, "https://a.example/feed", (), None, None, None, NOW)
    return Candidate(
        1, None, None, "T", "", author, (), None, NOW, Standing(State.KEPT), (source,), linked_before=past, relatives=relatives
    )


def test_an_earlier_part_comes_first_and_links_to_its_edition_where_that_is_known() -> None:
    part = Relative(RelativeKind.SERIES, "part 1: you linked it in #71", address="https://a.example/1", use=use(71))
    found = earlier(bullet(candidate(past=(use(9), use(4)), relatives=(part,))), {"#71": "https://notes.example/71"})
    assert [one.words for one in found] == ["part 1 was in #71", "linked in #9", "linked in #4"]
    assert found[0].markdown == "part 1 was in [#71](https://notes.example/71)"
    assert found[1].markdown == "linked in #9"
    assert found[0].bullet == "He said so."


def test_people_are_named_and_feeds_are_not() -> None:
    found = names(
        bullet(
            candidate("Ida Berg and Otto Falk"),
            candidate("Otto Falk, Eva Lind"),
            candidate("admin"),
            candidate("The blog", feed="The blog"),
        )
    )
    assert found == ["Ida Berg", "Otto Falk", "Eva Lind"]
    assert names(bullet(candidate(None))) == []

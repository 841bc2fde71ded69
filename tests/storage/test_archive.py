"""Past editions: saved by content, read back whole, found by address and by words."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records.archive import PastBullet, PastUse
from tests.storage.world import NOW, World, bullet, past

A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"


def test_editions_come_back_as_they_were_saved_oldest_first(world: World) -> None:
    first = past(1, bullet("Two at once", A, B), bullet("Below", C, section="Storage"), style="reference")
    second = past(2, PastBullet(None, "", ()), draft=True)
    assert world.archive.save(world.roundup, [second, first], NOW) == 2
    assert world.archive.editions(world.roundup) == [first, second]


def test_an_unchanged_edition_is_not_written_again(world: World) -> None:
    edition = past(1, bullet("x", A))
    world.archive.save(world.roundup, [edition], NOW)
    assert world.archive.save(world.roundup, [edition, edition], NOW) == 0


def test_a_changed_edition_replaces_its_links(world: World) -> None:
    world.archive.save(world.roundup, [past(1, bullet("old", A), bullet("older", B)), past(2, bullet("other", C))], NOW)
    edited = past(1, bullet("new", B), content_hash="another", title="Rack Notes #1, corrected")
    assert world.archive.save(world.roundup, [edited], NOW) == 1
    assert world.archive.editions(world.roundup)[0] == edited
    uses = world.archive.uses(world.roundup, [A, B, C])
    assert sorted(uses) == [B, C]
    assert [use.bullet for use in uses[B]] == ["new"]


def test_the_same_bytes_read_in_another_way_are_written_again(world: World) -> None:
    world.archive.save(world.roundup, [past(1, bullet("x", A, section="Storage"))], NOW)
    other = past(1, bullet("x", A, section="Disks"))
    assert world.archive.save(world.roundup, [other], NOW) == 1
    assert world.archive.editions(world.roundup) == [other]
    aside = replace(other, asides=(bullet("y", B),))
    assert world.archive.save(world.roundup, [aside], NOW) == 0


def test_editions_without_a_date_follow_by_number(world: World) -> None:
    undated = [past(n, published=None) for n in (3, 2)]
    nameless = past(9, path="z.md", number=None, published=None)
    world.archive.save(world.roundup, [nameless, *undated, past(50)], NOW)
    assert [one.number for one in world.archive.editions(world.roundup)] == [50, 2, 3, None]


def test_uses_are_newest_first_and_leave_drafts_out(world: World) -> None:
    editions = [past(n, bullet(f"in {n}", A, B)) for n in (4, 7, 5)]
    world.archive.save(world.roundup, [*editions, past(8, bullet("draft", A), draft=True)], NOW)
    uses = world.archive.uses(world.roundup, [A])
    assert [use.number for use in uses[A]] == [7, 5, 4]
    assert uses[A][0] == PastUse("Rack Notes #7", 7, editions[1].published, "Networking", f"{A}?utm_source=x", "in 7")


def test_search_wants_every_word_anywhere_in_any_letter_case(world: World) -> None:
    world.archive.save(
        world.roundup,
        [
            past(1, bullet("Über das STRASSE-Protokoll", A), bullet("100% of _all_ racks", B)),
            past(2, bullet("Racks again", A), bullet("draft racks", C)),
            past(3, bullet("racks", A), draft=True),
        ],
        NOW,
    )

    def found(words: str, limit: int = 10) -> list[tuple[int | None, str]]:
        return [(use.number, use.url[8:9]) for use in world.archive.search(world.roundup, words, limit)]

    assert found("racks") == [(2, "a"), (2, "c"), (1, "b")]
    assert found("RACKS a.example") == [(2, "a")]
    assert found("über straße") == [(1, "a")]
    assert found("100% _all_") == [(1, "b")]
    assert found("%") == [(1, "b")]
    assert found("racks", limit=1) == [(2, "a")]
    assert found("nothing like it") == found("  ") == []


def test_roundups_keep_their_own_archives(world: World) -> None:
    other = world.ledger.roundup("Other", "other", NOW).id
    world.archive.save(world.roundup, [past(1, bullet("x", A))], NOW)
    world.archive.save(other, [replace(past(1, bullet("y", B)), title="Other")], NOW)
    assert [one.title for one in world.archive.editions(other)] == ["Other"]
    assert world.archive.uses(other, [A]) == {}
    assert world.archive.search(other, "a.example", 5) == []

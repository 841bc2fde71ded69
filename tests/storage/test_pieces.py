"""Pieces of the draft: appended, undone with the gesture that made them, and carried with their candidates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.edition.ledger import undo
from aggregator.errors import NotFound
from aggregator.records.drafts import NewPiece, PieceKind
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from tests.storage.world import NOW, World, verdict


def bullet(links: tuple[int, ...], text: str = "", batch: str = "a", at: datetime = NOW, piece: int | None = None) -> NewPiece:
    return NewPiece(piece, PieceKind.BULLET, at, batch, "Storage", 1.0, text, links)


def test_a_piece_says_what_was_written_last(world: World) -> None:
    one, two = world.offer("one", "two")
    edition = world.edition()
    (made,) = world.ledger.say(edition.id, [verdict(one)], [bullet((one, two))])
    world.ledger.say(edition.id, [], [bullet((one, two), "Both.", "b", piece=made)])
    (piece,) = world.ledger.pieces(world.roundup)
    assert (piece.piece_id, piece.text, piece.links) == (made, "Both.", (one, two))
    assert {c.group for c in world.ledger.candidates(world.roundup)} == {made}


def test_taking_a_gesture_back_gives_the_words_before_it(world: World) -> None:
    (one,) = world.offer("one")
    edition = world.edition()
    (made,) = world.ledger.say(edition.id, [verdict(one, batch="a")], [bullet((one,), "First.")])
    later = NOW + timedelta(minutes=1)
    world.ledger.say(edition.id, [], [bullet((one,), "Second.", "b", later, made)])
    newest, first = world.ledger.last_gestures(edition.id, 9)
    assert ([one.text for one in newest.pieces], newest.verdicts) == (["Second."], ())
    world.ledger.say(edition.id, *undo([newest], later, "u"))
    assert [one.text for one in world.ledger.pieces(world.roundup)] == ["First."]
    assert [one.batch for one in world.ledger.last_gestures(edition.id, 9)] == ["a"]
    world.ledger.say(edition.id, *undo([first], later, "v"))
    assert world.ledger.pieces(world.roundup) == []
    assert world.ledger.last_gestures(edition.id, 9) == []


def test_a_piece_that_is_gone_is_not_shown(world: World) -> None:
    edition = world.edition()
    (made,) = world.ledger.say(edition.id, [], [bullet((), "Words alone.")])
    (piece,) = world.ledger.pieces(world.roundup)
    world.ledger.say(edition.id, [], [replace(piece.again(NOW, "b"), gone=True)])
    assert world.ledger.pieces(world.roundup) == []
    assert made == piece.piece_id


def test_a_bullet_lives_on_with_the_candidate_that_no_edition_used(world: World) -> None:
    one, two = world.offer("one", "two")
    edition = world.edition()
    world.ledger.say(edition.id, [verdict(one), verdict(two)], [bullet((one,), "Used."), bullet((two,), "Waits.")])
    world.ledger.say(edition.id, [], [bullet((), "Words alone.", "b")])
    outcomes = (CandidateOutcome(one, Outcome.USED), CandidateOutcome(two, Outcome.CARRIED))
    world.ledger.close(edition, Closing(outcomes, ()), NOW, None, "post.md", 29)
    assert [piece.text for piece in world.ledger.pieces(world.roundup)] == ["Waits."]
    world.ledger.reopen(world.ledger.editions(world.roundup)[0])
    assert [piece.text for piece in world.ledger.pieces(world.roundup)] == ["Used.", "Waits.", "Words alone."]


def test_a_bullet_that_does_not_exist_is_refused_with_the_whole_gesture(world: World) -> None:
    (one,) = world.offer("one")
    edition = world.edition()
    with pytest.raises(NotFound, match="no bullet 77"):
        world.ledger.say(edition.id, [verdict(one)], [bullet((one,), piece=77)])
    assert world.ledger.last_gestures(edition.id, 9) == []

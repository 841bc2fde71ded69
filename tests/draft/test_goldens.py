"""Whole drafts, kept as folders: past posts and a desk in, the draft out. `UPDATE_GOLDENS=1` rewrites the drafts and still fails.

Each folder of `golden` holds `past/`, whose habits the draft follows, `desk.yaml`, what was kept and written, and the draft.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.archive.read import read_archive
from aggregator.draft.compose import Outline, compose
from aggregator.draft.habits import habits
from aggregator.draft.said import said_of
from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.drafts import Bullet, BulletLink, Piece, PieceKind
from aggregator.text.post import parse, write

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())
NOW = datetime(2026, 2, 6, tzinfo=UTC)


def candidate(number: int, said: dict[str, Any]) -> Candidate:
    return Candidate(
        id=number,
        url=said["url"],
        canonical_url=None,
        title=said["title"],
        text="",
        author=said.get("author"),
        tags=tuple(said.get("tags", ())),
        published_at=None,
        first_seen=NOW,
        standing=Standing(State.KEPT),
    )


def bullet(at: int, said: dict[str, Any]) -> Bullet:
    links = tuple(BulletLink(n, candidate(at * 10 + n, one)) for n, one in enumerate(said["links"], 1))
    section, text = said.get("section"), said["text"]
    ids = tuple(one.candidate.id for one in links)
    piece = Piece(at, at, 1, PieceKind.BULLET, NOW, "b", section, at, text, ids, None, None, False, None)
    return Bullet(f"b{at}", piece, section, at, text, links, said.get("via"), said.get("thanks"))


def composed(case: str) -> tuple[str, str]:
    """The name of the draft's file and its text."""
    folder = GOLDEN / case
    desk = yaml.safe_load((folder / "desk.yaml").read_text())
    past = read_archive([folder / "past"], home=folder).editions if (folder / "past").exists() else ()
    bullets = [bullet(at, said) for at, said in enumerate(desk["bullets"], 1)]
    titles = {one.candidate.title: one.candidate.id for those in bullets for one in those.links}
    outline = Outline(
        title=desk["title"],
        number=desk["number"],
        today=desk["today"],
        sections=desk["sections"],
        habits=habits(past),
        kept={titles[title]: at for at, title in enumerate(desk.get("kept", ()))},
    )
    pieces = [
        Piece(90 + at, 90 + at, 1, PieceKind.REMARK, NOW, "b", one["section"], 99.0, one["text"], (), None, None, False, None)
        for at, one in enumerate(desk.get("remarks", ()))
    ]
    name = "draft.html" if desk["format"] == "html" else "draft.md"
    return name, compose(outline, bullets, pieces, desk["format"]).text


@pytest.mark.parametrize("case", CASES)
def test_a_draft_is_as_the_author_writes_his_posts(case: str) -> None:
    name, text = composed(case)
    path = GOLDEN / case / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(text)
        pytest.fail("goldens were rewritten: read the difference, then run again without UPDATE_GOLDENS")
    assert text == path.read_text()


@pytest.mark.parametrize("case", [one for one in CASES if one != "html_to_paste"])
def test_it_is_read_again_as_it_was_written(case: str) -> None:
    _, text = composed(case)
    assert write(parse(text)) == text
    said = said_of(text, lambda name: name)
    desk = yaml.safe_load((GOLDEN / case / "desk.yaml").read_text())
    bullets = [part for part in said.parts if part.bullet]
    assert len(bullets) == len(desk["bullets"])
    safe = [[one for one in said["links"] if one["url"].startswith("http")] for said in desk["bullets"]]
    assert sorted(len(part.links) for part in bullets) == sorted(map(len, safe))

"""Whole mails as they go out, kept as folders. `UPDATE_GOLDENS=1` rewrites them and still fails: nobody does it unseen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.digest.answering import links
from aggregator.digest.render import render
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Action, Candidate, Relative, RelativeKind, State
from aggregator.records.digests import Answering, Digest
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.settings import RoundupSettings, SectionSettings

GOLDENS = Path(__file__).parents[1] / "data" / "digest"

MakeCandidate = Callable[..., Candidate]
MakeFeed = Callable[..., FeedStatus]


def usual_week(candidate: MakeCandidate, feed: MakeFeed, roundup: RoundupSettings, now: datetime) -> dict[str, Any]:
    lab = "We put two switches on the bench and counted what the tunnel costs. Full frames cost nothing; small ones hurt."
    linked = PastUse(
        "Technology Short Take #12", 12, None, "Security", "https://a.example", "A short list of what to check first."
    )
    kept = [candidate(300 + n, f"Kept piece {n}", ["Networking", "Storage"][n % 2], state=State.KEPT, shown=1) for n in range(4)]
    older = [candidate(400 + n, f"Seen before, piece {n}", ["Networking", None][n % 2], shown=1) for n in range(3)]
    sections = [SectionSettings(name=section.name, usual=(2, 4)) for section in roundup.sections]
    return {
        "settings": roundup.model_copy(update={"sections": tuple(sections)}),
        "candidates": [
            candidate(41, "Gateways, part 2", "Networking", state=State.HELD, author="B. Someone", text=lab),
            candidate(203, "The price of a tunnel", "Networking", interest=0.9, author="B. Someone", text=lab, feeds=(1, 2)),
            candidate(
                204,
                "A virtual switch is released",
                "Networking",
                interest=0.8,
                group=1,
                relatives=(
                    Relative(RelativeKind.STORY, "the same story: Blog 2 has it too", 205),
                    Relative(RelativeKind.SERIES, "part 1: you linked it in #26", address="https://blog204.example.net/1"),
                    Relative(RelativeKind.REPLY, "answers 203", 203),
                    Relative(RelativeKind.REPLY, "999 answers it", 999),
                ),
            ),
            candidate(205, "Notes on the release", "Networking", interest=0.3, group=1),
            candidate(
                211, "Rules from logs", None, likely="Networking", second="Security", why=("words: rule, firewall",), text=lab
            ),
            candidate(
                220,
                "Is your server bleeding?",
                "Security",
                linked_before=(linked,),
                text=lab,
                relatives=(
                    Relative(RelativeKind.RELINK, "you linked it in #12, at a.example", address="https://a.example/", use=linked),
                ),
            ),
            candidate(230, "Blocks on a cloud"),
            candidate(240, "A page of your own", "Security", added=True, via="a friend", note="For the next one?", sources=()),
            *kept,
            *older,
            candidate(500, "Folded", "Storage", carried=3, shown=4),
        ],
        "due": lambda one: "held for this edition" if one.id == 41 else None,
        "feeds": [
            *(feed(id_, folders=("Servers/Hardware",)) for id_ in range(1, 8)),
            feed(
                8,
                FeedState.FAILING,
                folders=("Storage",),
                error="it answers 403 from behind a bot wall",
                error_since=now - timedelta(days=4),
            ),
            feed(9, folders=("Storage",)),
            feed(10, FeedState.FAILING, error_since=now - timedelta(days=60)),
        ],
        "told": {10: now - timedelta(days=7)},
        "history": {"older than 30 days": 9},
    }


def first_run(candidate: MakeCandidate, feed: MakeFeed, roundup: RoundupSettings, now: datetime) -> dict[str, Any]:
    return {
        "candidates": [],
        "feeds": [feed(1, FeedState.NEW)],
        "classifier": "",
        "usual_days": None,
        "sent_in_edition": 0,
        "previous_slot": None,
    }


def hostile_week(candidate: MakeCandidate, feed: MakeFeed, roundup: RoundupSettings, now: datetime) -> dict[str, Any]:
    titles = [
        "</td></table><script>alert(1)</script>",
        "{{ config }} {% raw %} a < b && c",
        "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
        "line one\r\n.\r\nBcc: x@y.example",
        "\u202egnihtemos\u2066",
        "W" * 300,
        "系統管理 الحوسبة 👩‍👩‍👧",
    ]
    return {
        "candidates": [
            *(
                candidate(id_, title, "Networking", author=title, text=title, interest=1 / id_)
                for id_, title in enumerate(titles, 1)
            ),
            candidate(9, "Your session expired", "Security", url="https://bank.example@evil.example/login"),
            candidate(10, "A link that is none", "Security", url="javascript:alert(1)"),
        ],
        "repeat": 1,
        "previous_slot": now - timedelta(days=15),
    }


def answered_from_anywhere(candidate: MakeCandidate, feed: MakeFeed, roundup: RoundupSettings, now: datetime) -> dict[str, Any]:
    """A desk that a phone reaches, and a mailbox that is read."""
    base = "https://desk.example.org"

    def address(id_: int, action: Action, section: str | None) -> str:
        return f"{base}/a/{id_}-{action}{f'-{len(section)}' if section else ''}"

    def answering(plain: Digest) -> Answering:
        return Answering(f"{base}/r/tst/", True, links(plain.listed, roundup.section_names, address))

    flood = [candidate(600 + n, f"Too many of it, {n}", "Storage", interest=0.001, author="A. Flood") for n in range(40)]
    week = usual_week(candidate, feed, roundup, now)
    return week | {"candidates": [*week["candidates"], *flood], "usual_links": 30, "answering": answering}


@pytest.mark.parametrize("case", [usual_week, first_run, hostile_week, answered_from_anywhere], ids=lambda case: case.__name__)
def test_a_mail_is_as_its_golden_says(
    case: Callable[..., dict[str, Any]],
    digest: Callable[..., Digest],
    candidate: MakeCandidate,
    feed: MakeFeed,
    roundup: RoundupSettings,
    now: datetime,
) -> None:
    said = case(candidate, feed, roundup, now)
    answering = said.pop("answering", None)
    plain = digest(**said)
    rendered = render(replace(plain, answering=answering(plain)) if answering else plain)
    folder = GOLDENS / case.__name__
    made = {"subject.txt": rendered.subject + "\n", "mail.txt": rendered.text, "mail.html": rendered.html}
    if os.environ.get("UPDATE_GOLDENS") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        pytest.fail("goldens were rewritten: read the difference, then run again without UPDATE_GOLDENS")
    for name, text in made.items():
        assert text == (folder / name).read_text(encoding="utf-8"), f"{name} changed"

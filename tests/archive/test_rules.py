"""What the author overruled."""

from __future__ import annotations

import pytest

from aggregator.archive.rules import ReadingRules
from aggregator.settings import RoundupSettings


def rules(**reading: object) -> ReadingRules:
    plan = RoundupSettings.model_validate(
        {"name": "Desk Drawer", "sections": [{"name": "Pens"}, {"name": "Jobs"}], "aliases": {"Nibs": "Pens"}, "reading": reading}
    )
    return ReadingRules.of(plan)


def test_his_own_sections_are_always_his_picks_unless_he_says_otherwise() -> None:
    assert rules(content=["📅 Events"]).content == {"pens", "jobs", "nibs", "events"}
    assert rules(boilerplate=["Jobs"]).content == {"pens", "nibs"}
    assert rules(boilerplate=["Jobs"]).knowing(["Jobs", "Ink"]).content == {"pens", "nibs", "ink"}


def test_his_site_and_level_are_taken_over() -> None:
    assert rules(site="https://www.blog.example/notes/", level=3).sites == {"blog.example"}
    assert rules(level=3).level == 3


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("posts/drawer-3.md", True),
        ("posts/2021/drawer-4.md", True),
        ("posts/best-of-drawer.md", False),
        ("posts/other.md", False),
        ("old/drawer-1.md", False),
        ("https://blog.example/special/", True),
    ],
)
def test_patterns_name_editions_by_path_folder_or_address(path: str, said: bool) -> None:
    ruled = rules(editions=["*drawer-*", "*/special/"], not_editions=["*best-of*", "old"])
    assert ruled.verdict(path) is said


def test_without_patterns_he_said_nothing() -> None:
    assert rules().verdict("x.md") is None
    assert rules(not_editions="y.md").verdict("x.md") is None

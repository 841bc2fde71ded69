from __future__ import annotations

import json
from datetime import date

import pytest

from aggregator.intake.snapshots import copy_in, question


def test_the_archive_is_asked_for_the_copy_nearest_to_a_day() -> None:
    archive = "https://archive.org/wayback/available"
    assert question(archive, "https://a.example/x?b=1&c", date(2026, 3, 6)) == (
        f"{archive}?url=https%3A%2F%2Fa.example%2Fx%3Fb%3D1%26c&timestamp=20260306"
    )
    assert question(archive, "https://a.example/", None).endswith("?url=https%3A%2F%2Fa.example%2F")


def answer(**said: object) -> bytes:
    closest = {"available": True, "status": "200", "url": "http://web.archive.org/web/2026/https://a.example/x", **said}
    return json.dumps({"archived_snapshots": {"closest": closest}}).encode()


def test_a_copy_is_found_in_the_answer() -> None:
    assert copy_in(answer()) == "https://web.archive.org/web/2026/https://a.example/x"
    assert copy_in(answer(url="http://copies.example/1")) == "http://copies.example/1"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'{"archived_snapshots": {}}', answer(available=False), answer(status="404"),
     answer(url="javascript:alert(1)"), answer(url=7)],
)  # fmt: skip
def test_an_answer_without_a_copy_names_none(body: bytes) -> None:
    assert copy_in(body) is None

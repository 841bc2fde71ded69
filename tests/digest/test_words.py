from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aggregator.digest.words import WIDTH, count, day, line, listed, long_day, place, wrap

DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("two\r\nlines\u2028and\ttabs", "two lines and tabs"),
        ("a\x00b\x08c\ud800d\x85", "abcd"),
        ("\u202eRTL\u200b", "RTL"),
        ("a < b && c", "a < b && c"),
        ("👩‍👩‍👧 系統", "👩‍👩‍👧 系統"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_a_line_is_one_printable_line(given: str, shown: str) -> None:
    assert line(given) == shown


def test_a_day_is_the_authors_and_names_its_year_only_if_it_is_another() -> None:
    now = datetime(2019, 1, 11, 14, tzinfo=UTC)
    assert day(datetime(2019, 1, 9, 3, tzinfo=UTC), now, DENVER) == "8 Jan"
    assert day(datetime(2018, 12, 9, 12, tzinfo=UTC), now, DENVER) == "9 Dec 2018"
    assert long_day(now, DENVER) == "Friday 11 January 2019"


def test_numbers_and_lists_read_as_a_person_writes_them() -> None:
    assert [count(1, "day"), count(1900, "day"), count(2, "copy", "copies")] == ["1 day", "1,900 days", "2 copies"]
    assert [listed([1]), listed([1, 2]), listed([1, 2, 3])] == ["1", "1 and 2", "1, 2 and 3"]
    assert place(ZoneInfo("America/Argentina/Buenos_Aires")) == "Buenos Aires time"
    assert [place(ZoneInfo(key)) for key in ("UTC", "Etc/GMT+5")] == ["UTC", "GMT+5"]


def test_wrapping_keeps_words_and_addresses_whole() -> None:
    address = "https://example.net/" + "a-b" * 40
    folded = wrap(f"words {'and more ' * 20}{address}", 5, " 203 ")
    lines = folded.splitlines()
    assert lines[0].startswith(" 203 words")
    assert all(one.startswith("     ") for one in lines[1:])
    assert lines[-1].strip() == address
    assert all(len(one) <= WIDTH for one in lines[:-1])

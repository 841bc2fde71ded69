from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.net.response import http_date, is_challenge, kept_header, validator


@pytest.mark.parametrize(
    "value", ['"abc"', 'W/"weak"', "unquoted", '"x-gzip"', "0", "Mon, 99 Foo 1970", "é", '"' + "a" * 1000 + '"']
)
def test_a_validator_is_kept_exactly_as_it_came(value: str) -> None:
    assert validator({"ETag": value}, "ETag") == value


@pytest.mark.parametrize("value", ["", '"' + "a" * 8000, '"a\tb"', '"a\x7fb"', '"\udce9"'])
def test_a_validator_that_cannot_be_echoed_is_not_kept(value: str) -> None:
    assert validator({"ETag": value}, "ETag") is None


def test_a_header_for_our_own_use_is_bounded() -> None:
    assert kept_header({"Content-Type": "text/xml"}, "Content-Type") == "text/xml"
    assert kept_header({"Content-Type": "x" * 513}, "Content-Type") is None
    assert kept_header({}, "Content-Type") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 21 Oct 2015 07:28:00 GMT", datetime(2015, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wed, 21 Oct 2015 07:28:00 -0000", datetime(2015, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wednesday, 21-Oct-15 07:28:00 GMT", datetime(2015, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wed, 21 Oct 2015 09:28:00 +0200", datetime(2015, 10, 21, 7, 28, tzinfo=UTC)),
        ("Wed, 31 Feb 2015 07:28:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("soon", None),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_http_dates(text: str | None, expected: datetime | None) -> None:
    assert http_date(text) == expected


def test_an_anti_robot_page_is_told_from_a_plain_refusal() -> None:
    assert is_challenge(403, {"Server": "cloudflare", "Content-Type": "text/html; charset=UTF-8"})
    assert is_challenge(503, {"cf-mitigated": "challenge"})
    assert not is_challenge(403, {"Server": "nginx", "Content-Type": "text/html"})
    assert not is_challenge(503, {"Server": "cloudflare", "Content-Type": "text/html"})

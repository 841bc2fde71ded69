from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.delivery import message
from aggregator.delivery.message import build, list_id, message_id, plain_address
from aggregator.errors import DeliveryError
from aggregator.records.digests import MailKind, RenderedDigest

SLOT = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
HEADERS = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Type", "MIME-Version"]


def make(rendered: RenderedDigest, **said: Any) -> bytes:
    plain: dict[str, Any] = {
        "sender": "digest@example.org",
        "recipients": ["author@example.org"],
        "message_id": message_id("tst", SLOT, 0, "example.org"),
        "date": SLOT,
        "list_id": list_id("tst", "example.org"),
        "sender_name": "Technology Short Take",
    }
    return build(rendered, **plain | said)


def test_both_parts_arrive_text_first(rendered: RenderedDigest) -> None:
    read = message_from_bytes(make(rendered), policy=policy.default)
    assert read.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in read.iter_parts()]
    assert parts == [("text/plain", rendered.text), ("text/html", rendered.html)]


def test_the_headers_are_these_and_no_others(rendered: RenderedDigest) -> None:
    read = message_from_bytes(make(rendered), policy=policy.default)
    assert sorted(read.keys()) == sorted(HEADERS)
    assert read["From"] == "Technology Short Take <digest@example.org>"
    assert read["Reply-To"] == read["To"] == "author@example.org"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["List-Id"] == "<tst.digest.example.org>"
    assert read["Date"] == "Fri, 11 Jan 2019 14:00:00 +0000"


def test_several_recipients_may_unsubscribe_with_the_author(rendered: RenderedDigest) -> None:
    read = message_from_bytes(make(rendered, recipients=["author@example.org", "friend@example.net"]), policy=policy.default)
    assert read["To"] == "author@example.org, friend@example.net"
    assert read["List-Unsubscribe"] == "<mailto:author@example.org?subject=unsubscribe>"


def test_the_message_id_is_the_slots_in_every_zone_and_new_for_a_repeat() -> None:
    elsewhere = SLOT.astimezone(timezone(timedelta(hours=-7)))
    assert message_id("tst", elsewhere, 0, "Example.ORG") == "<tst.20190111T140000Z.0.digest@example.org>"
    assert message_id("tst", SLOT, 1, "example.org") == "<tst.20190111T140000Z.1.digest@example.org>"
    report = message_id("tst", SLOT, 0, "example.org", MailKind.REPORT)
    assert report == "<tst.20190111T140000Z.0.report@example.org>"
    assert (
        message_id("Ünfit slug\r\n", SLOT, 0, "bücher.example") == "<nfit-slug.20190111T140000Z.0.digest@xn--bcher-kva.example>"
    )


def test_the_same_digest_gives_the_same_bytes(rendered: RenderedDigest) -> None:
    assert make(rendered) == make(rendered)


def test_every_line_is_seven_bit_and_short_whatever_the_text(rendered: RenderedDigest) -> None:
    for text in ("ä" * 5000, "系統" * 5000, "x" * 5000, "=" * 500, ".\n..\nFrom \n" * 9, "trailing \n\t\n"):
        data = make(replace(rendered, text=text, html=f"<p>{text}</p>"))
        assert data.isascii()
        assert max(map(len, data.split(b"\r\n"))) <= 78
        assert b"\n" not in data.replace(b"\r\n", b"")


def test_a_text_cannot_end_its_part_early(rendered: RenderedDigest) -> None:
    boundary = message_from_bytes(make(rendered), policy=policy.default).get_boundary()
    evil = f"--{boundary}--\nBcc: x@y.example\n\n--{boundary}\nContent-Type: text/html\n\n<script>"
    read = message_from_bytes(make(replace(rendered, text=evil)), policy=policy.default)
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "words",
    ["a\r\nBcc: evil@x.example", "a\nb", "=?utf-8?q?a=0D=0ABcc:_evil@x.example?=", "a\x00b", "a\x85b", "a\u2028b", "\x7f"],
)
@pytest.mark.parametrize("where", ["subject", "sender", "recipients", "message_id", "list_id", "sender_name"])
def test_nothing_that_could_make_a_header_gets_into_one(rendered: RenderedDigest, words: str, where: str) -> None:
    if where == "subject":
        rendered, said = replace(rendered, subject=words), {}
    else:
        said = {where: [words] if where == "recipients" else words}
    with pytest.raises(DeliveryError) as raised:
        make(rendered, **said)
    assert (raised.value.stage, raised.value.permanent) == ("message", True)


@pytest.mark.parametrize(
    ("smuggled", "found"),
    [
        ("x\r\nBcc: evil@x.example", "its headers came out as"),
        ("something else", "came out as 'something else'"),
        ("x\r\n\r\nbody", "its headers came out as"),
    ],
)
def test_what_an_interpreter_lets_through_is_found_by_reading_the_bytes_back(
    rendered: RenderedDigest, monkeypatch: pytest.MonkeyPatch, smuggled: str, found: str
) -> None:
    monkeypatch.setattr(message, "_encoded", lambda header, value: smuggled if header == "Subject" else value)
    with pytest.raises(DeliveryError, match=found):
        make(rendered)


def test_a_changed_part_is_found_too(rendered: RenderedDigest, monkeypatch: pytest.MonkeyPatch) -> None:
    body = message._body
    monkeypatch.setattr(message, "_body", lambda digest, identity: body(replace(digest, html="<p>other</p>"), identity))
    with pytest.raises(DeliveryError, match="its parts came out changed"):
        make(rendered)


@pytest.mark.parametrize(
    "name",
    [
        "Brèves du réseau",
        "系統管理週報",
        'Tech; notes, (weekly) <best>: "quoted" \\ back @home',
        "Технический обзор недели и всего остального, что накопилось за долгое время наблюдений",
        "Žluťoučký kůň úpěl ďábelské ódy " * 3,
        "x " * 90 + "é",
        "a" * 200,
        "👩‍👩‍👧 and 🇨🇿",
    ],
)
def test_a_roundup_of_any_name_gets_its_mail(rendered: RenderedDigest, name: str) -> None:
    subject = f"{name} #28, week 3: 31 new worth a look, 3 due (17 kept)"
    data = make(replace(rendered, subject=subject), sender_name=name)
    head = data.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= (78 if not name.isascii() else 998)
    read = message_from_bytes(data, policy=policy.default)
    assert read["Subject"] == " ".join(subject.split())
    assert read["From"].addresses[0].display_name.replace(" ", "") == name.replace(" ", "")


@given(st.text(max_size=200), st.text(max_size=60))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_make_a_mail_of_the_same_headers_or_none(rendered: RenderedDigest, subject: str, name: str) -> None:
    try:
        data = make(replace(rendered, subject=subject), sender_name=name)
    except DeliveryError as error:
        assert error.stage == "message"  # noqa: PT017 - both outcomes are right
        return
    read = message_from_bytes(data, policy=policy.default)
    assert sorted(read.keys()) == sorted(HEADERS)
    assert [address.addr_spec for address in read["From"].addresses] == ["digest@example.org"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_arrives_as_it_was(rendered: RenderedDigest, text: str) -> None:
    read = message_from_bytes(make(replace(rendered, text=text, html=text)), policy=policy.default)
    assert [part.get_content().rstrip("\r\n") for part in read.iter_parts()] == [text, text]


def test_without_recipients_there_is_no_mail(rendered: RenderedDigest) -> None:
    with pytest.raises(DeliveryError, match=r"digest\.to"):
        make(rendered, recipients=[])


@pytest.mark.parametrize(
    "address", ["", "a", "@b.example", "a@", "ä@b.example", "a b@c.example", "a@b..example", "a@-", "<a@b.example>"]
)
def test_an_address_no_server_takes_is_refused_in_words(address: str) -> None:
    with pytest.raises(DeliveryError) as raised:
        plain_address(address)
    assert raised.value.advice is not None

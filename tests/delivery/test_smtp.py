from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from aggregator.delivery.smtp import SmtpSender
from aggregator.errors import DeliveryError
from aggregator.settings import MailSettings

Start = Callable[..., Any]
MESSAGE = b"Subject: x\r\n\r\n.\r\n..two\r\nend\r\n"
TIMEOUT = 0.3


def sender_for(server: Any, **said: Any) -> SmtpSender:
    password, context = said.pop("password", None), said.pop("context", None)
    settings = {"from": "digest@example.org", "host": "127.0.0.1", "port": server.port, "security": "none"} | said
    return SmtpSender(MailSettings.model_validate(settings), password, timeout=TIMEOUT, context=context)


def send(server: Any, *recipients: str, **said: Any) -> dict[str, str]:
    to = recipients or ("author@example.org",)
    return dict(sender_for(server, **said).send("digest@example.org", to, MESSAGE))


def test_the_bytes_arrive_as_they_are(smtp_server: Start) -> None:
    server = smtp_server()
    assert send(server) == {}
    assert server.accepted == [MESSAGE]
    assert server.seen[0] == "ehlo [127.0.0.1]"
    assert server.seen[1:] == ["MAIL FROM:<digest@example.org>", "RCPT TO:<author@example.org>", "DATA", "quit"]


def test_a_missing_last_line_end_is_added(smtp_server: Start) -> None:
    server = smtp_server()
    sender_for(server).send("a@example.org", ["b@example.org"], b"\r\nx")
    assert server.accepted == [b"\r\nx\r\n"]


def test_an_old_server_that_knows_helo_only_will_do(smtp_server: Start) -> None:
    server = smtp_server(script={"EHLO": "502 what?", "HELO": "250 hello"})
    send(server)
    assert server.accepted == [MESSAGE]


def test_check_sends_nothing(smtp_server: Start) -> None:
    server = smtp_server()
    sender_for(server, username="u", password="p").check()
    assert [command.split()[0].upper() for command in server.seen] == ["EHLO", "AUTH", "QUIT"]
    assert server.accepted == []


# (command, answer) -> (stage, code, permanent).
MATRIX = [
    *(("connect", answer, "connect", code, final) for answer, code, final in [
        ("421 busy", 421, False), ("554 no", 554, True), ("drop", None, False), ("hang", None, False), ("garbage", None, False)]),
    *(("EHLO", answer, "connect", code, final) for answer, code, final in [
        ("421 busy", 421, False), ("554 no", 554, True), ("drop", None, False), ("hang", None, False)]),
    *(("AUTH", answer, "auth", code, final) for answer, code, final in [
        ("454 later", 454, False), ("535 wrong", 535, True), ("drop", None, False), ("hang", None, False)]),
    *(("MAIL", answer, "mail", code, final) for answer, code, final in [
        ("451 later", 451, False), ("553 not you", 553, True), ("drop", None, False), ("hang", None, False)]),
    *(("RCPT", answer, "rcpt", code, final) for answer, code, final in [
        ("450 later", 450, False), ("550 none", 550, True), ("421 x", 421, False), ("drop", None, False), ("hang", None, False)]),
    *(("DATA", answer, "data", code, final) for answer, code, final in [
        ("451 later", 451, False), ("554 no", 554, True), ("drop", None, False), ("hang", None, False)]),
    *(("message", answer, "data", code, final) for answer, code, final in [
        ("452 full", 452, False), ("554 spam", 554, True), ("421 bye", 421, False)]),
    ("message", "drop", "after_data", None, False),
    ("message", "hang", "after_data", None, False),
    ("message", "garbage", "after_data", None, False),
    ("message", "250-" + "x" * 9000, "after_data", None, False),
    ("body", "drop", "after_data", None, False),
]  # fmt: skip


@pytest.mark.parametrize(("command", "answer", "stage", "code", "permanent"), MATRIX, ids=lambda one: str(one)[:12])
def test_a_failure_says_at_which_stage_and_whether_it_is_final(
    smtp_server: Start, command: str, answer: str, stage: str, code: int | None, permanent: bool
) -> None:
    server = smtp_server(script={command: answer} | ({"HELO": answer} if command == "EHLO" else {}))
    with pytest.raises(DeliveryError) as raised:
        send(server, username="u", password="p")
    error = raised.value
    assert (error.stage, error.code, error.permanent) == (stage, code, permanent)
    assert error.resource == f"127.0.0.1:{server.port}"
    assert str(error).isprintable() or "\n" in str(error)
    if stage != "after_data":
        assert server.accepted == []


def test_nobody_at_the_port_is_a_connection_error(smtp_server: Start) -> None:
    server = smtp_server()
    server.close()
    with pytest.raises(DeliveryError) as raised:
        send(server)
    assert (raised.value.stage, raised.value.permanent) == ("connect", False)


def test_a_host_that_does_not_exist_is_a_connection_error(smtp_server: Start) -> None:
    with pytest.raises(DeliveryError) as raised:
        send(smtp_server(), host="no-such-host.invalid")
    assert raised.value.stage == "connect"


def test_a_bad_goodbye_changes_nothing(smtp_server: Start) -> None:
    for answer in ("drop", "hang", "500 what"):
        server = smtp_server(script={"QUIT": answer})
        assert send(server) == {}
        assert len(server.accepted) == 1


def test_some_recipients_refused_is_a_success_that_names_them(smtp_server: Start) -> None:
    server = smtp_server(script={"RCPT TO:<b@example.org>": "550 5.1.1 nobody here"})
    refused = send(server, "a@example.org", "b@example.org")
    assert refused == {"b@example.org": "the server answered 550 5.1.1 nobody here"}
    assert len(server.accepted) == 1


def test_all_refused_may_pass_if_one_refusal_may(smtp_server: Start) -> None:
    server = smtp_server(script={"RCPT": "550 no", "RCPT TO:<b@example.org>": "450 greylisted"})
    with pytest.raises(DeliveryError, match="greylisted") as raised:
        send(server, "a@example.org", "b@example.org")
    assert (raised.value.stage, raised.value.permanent) == ("rcpt", False)


def test_without_a_password_nothing_is_tried(smtp_server: Start) -> None:
    with pytest.raises(DeliveryError, match="AGGREGATOR_SMTP_PASSWORD is not set") as raised:
        send(smtp_server(), username="u")
    assert (raised.value.stage, raised.value.permanent) == ("auth", True)


def test_a_server_that_knows_no_login_is_final(smtp_server: Start) -> None:
    with pytest.raises(DeliveryError) as raised:
        send(smtp_server(script={"EHLO": "250 mail.example"}), username="u", password="p")
    assert (raised.value.stage, raised.value.permanent) == ("auth", True)


def test_an_address_that_could_speak_smtp_never_leaves(smtp_server: Start) -> None:
    server = smtp_server()
    for address in ("a@b.example>\r\nDATA", "a b@c.example", "<a@b.example>", "nobody"):
        with pytest.raises(DeliveryError) as raised:
            send(server, address)
        assert raised.value.stage == "message"
    assert server.seen == []


def test_an_international_domain_is_written_in_ascii(smtp_server: Start) -> None:
    server = smtp_server()
    send(server, "author@bücher.example")
    assert "RCPT TO:<author@xn--bcher-kva.example>" in server.seen


# TLS


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


STARTTLS = {"EHLO": "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_trusted_certificate_lets_the_mail_through(smtp_server: Start, authority: trustme.CA, security: str) -> None:
    server = smtp_server(script=dict(STARTTLS), tls=server_context(authority, "localhost"), implicit=security == "tls")
    send(server, host="localhost", security=security, username="u", password="p", context=trusting(authority))
    assert server.accepted == [MESSAGE]
    assert any(command.startswith("AUTH") for command in server.seen)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["stranger", "wrong name"])
def test_a_certificate_that_is_not_trusted_gets_neither_password_nor_mail(
    smtp_server: Start, authority: trustme.CA, security: str, fault: str
) -> None:
    name = "other.example" if fault == "wrong name" else "localhost"
    server = smtp_server(script=dict(STARTTLS), tls=server_context(authority, name), implicit=security == "tls")
    context = trusting(authority) if fault == "wrong name" else None
    with pytest.raises(DeliveryError, match="no trusted TLS connection") as raised:
        send(server, host="localhost", security=security, username="u", password="p", context=context)
    assert (raised.value.stage, raised.value.permanent) == ("tls", False)
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.seen)
    assert server.accepted == []


@pytest.mark.parametrize(
    ("script", "permanent"),
    [
        ({}, False),  # not offered
        ({"EHLO": STARTTLS["EHLO"], "STARTTLS": "454 not now"}, False),
        ({"EHLO": STARTTLS["EHLO"], "STARTTLS": "501 no"}, True),
        ({"EHLO": STARTTLS["EHLO"], "STARTTLS": "drop"}, False),
        ({"EHLO": STARTTLS["EHLO"], "STARTTLS": "hang"}, False),
    ],
)
def test_there_is_no_downgrade(smtp_server: Start, script: dict[str, str], permanent: bool) -> None:
    server = smtp_server(script=script)
    with pytest.raises(DeliveryError) as raised:
        send(server, security="starttls", username="u", password="p")
    assert (raised.value.stage, raised.value.permanent) == ("tls", permanent)
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.seen)


def test_a_plain_server_where_tls_is_expected_is_a_tls_error(smtp_server: Start) -> None:
    with pytest.raises(DeliveryError) as raised:
        send(smtp_server(), security="tls")
    assert raised.value.stage == "tls"

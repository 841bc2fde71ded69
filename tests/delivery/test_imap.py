"""The mailbox for answers, over real sockets: what is read, what is left alone, what is told when it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.delivery import imap
from aggregator.delivery.imap import ImapMailbox
from aggregator.errors import MailboxError
from aggregator.settings.replies import RepliesSettings
from tests.lab.imap import ImapServer, imap_server

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
ME = {"me@example.org"}


def mail(sender: str, body: str = "3 keep") -> bytes:
    return f"From: {sender}\r\nMessage-ID: <1@here>\r\n\r\n{body}\r\n".encode()


def mailbox(
    server: ImapServer, password: str | None = "secret", said: dict[str, object] | None = None, timeout: float = 5
) -> ImapMailbox:
    settings = RepliesSettings.model_validate(
        {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "u"} | (said or {})
    )
    return ImapMailbox(settings, password, timeout=timeout)


def read(box: ImapMailbox) -> list[bytes]:
    with box.mails(SINCE, ME) as found:
        return list(found)


def test_mails_of_the_author_are_read_once_and_nothing_is_changed() -> None:
    with imap_server(mail("A <me@example.org>"), mail("stranger@example.net"), mail("Me@Example.org", "7 drop")) as server:
        box = mailbox(server)
        assert [one.rstrip().splitlines()[-1] for one in read(box)] == [b"3 keep", b"7 drop"]
        assert read(box) == []
        server.mails.append(mail("me@example.org", "9 hold"))
        assert len(read(box)) == 1
        assert set(server.commands) == {"CAPABILITY", "LOGIN", "SELECT", "STATUS", "SEARCH", "FETCH", "LOGOUT"}


def test_what_could_not_be_dealt_with_is_met_again() -> None:
    with imap_server(mail("me@example.org")) as server:
        box = mailbox(server)
        with box.mails(SINCE, ME) as found:
            next(found)
        assert len(read(box)) == 1


def test_of_a_mail_of_any_size_the_beginning_is_read() -> None:
    """One with a film attached was passed over without a word."""
    with imap_server(mail("me@example.org", "7 keep\r\n" + "x" * 10_000_000), mail("me@example.org")) as server:
        large, small = read(mailbox(server))
    assert (len(large), b"7 keep" in large) == (3_000_000, True)
    assert small == mail("me@example.org"), "as the server has it, octet for octet"


def test_five_thousand_mails_of_others_are_looked_at_once() -> None:
    with imap_server(*[mail("list@example.net")] * 5_000, mail("me@example.org")) as server:
        box = mailbox(server)
        assert [len(read(box)) for _ in range(6)] == [1, 0, 0, 0, 0, 0]
        looked = server.commands.count("FETCH")
        read(box)
        assert server.commands.count("FETCH") == looked


def test_numbers_that_are_given_out_anew_mean_other_mails() -> None:
    with imap_server(mail("me@example.org")) as server:
        box = mailbox(server)
        assert (len(read(box)), len(read(box))) == (1, 0)
        server.validity += 1
        assert len(read(box)) == 1


def test_a_mail_that_is_deleted_meanwhile_is_passed_over_and_one_that_is_refused_is_met_again() -> None:
    with imap_server(mail("me@example.org"), mail("me@example.org", "7 drop")) as server:
        box = mailbox(server)
        server.gone.add(1)
        server.refuses = True
        with pytest.raises(MailboxError, match="does not hand out"):
            read(box)
        server.refuses = False
        assert [one.rstrip().splitlines()[-1] for one in read(box)] == [b"7 drop"]


def test_a_server_that_went_away_is_asked_anew_the_next_time() -> None:
    with imap_server(mail("me@example.org")) as server:
        box = mailbox(server)
        server.silent = True
        with pytest.raises(MailboxError, match="in time"):
            read(mailbox(server, timeout=0.2))
        server.silent = False
        assert len(read(box)) == 1


def test_a_check_says_what_is_there() -> None:
    with imap_server(mail("me@example.org")) as server:
        assert mailbox(server).check() == f"127.0.0.1:{server.port} opens INBOX, with 1 mails"


# The library lets go of a socket whose STARTTLS was refused without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("password", "said", "words"),
    [
        (None, {}, "there is no password for u"),
        ("wrong", {}, "refuses user name or password"),
        ("secret", {"folder": "Nowhere"}, "there is no folder 'Nowhere'"),
        ("secret", {"security": "tls"}, "no trusted TLS connection"),
        ("secret", {"security": "starttls"}, "TLS"),
    ],
)
def test_what_is_wrong_is_told(password: str | None, said: dict[str, object], words: str) -> None:
    with imap_server() as server, pytest.raises(MailboxError, match=words):
        mailbox(server, password, said).check()


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with imap_server(silent=True) as server, pytest.raises(MailboxError, match="in time"):
        mailbox(server, timeout=0.2).check()


def test_a_server_that_answers_without_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_WHOLE", 0.1)
    with imap_server() as server:
        server.drips = True
        with pytest.raises(MailboxError, match="in time"):
            mailbox(server).check()


def test_a_server_that_is_not_there_is_told() -> None:
    with imap_server() as server:
        box = mailbox(server)
    with pytest.raises(MailboxError, match="refused"):
        box.check()

"""What `doctor` finds of how mails can be answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.desk.answering import checks
from aggregator.digest.answering import public_desk
from aggregator.errors import MailboxError
from aggregator.settings import Settings, parse_settings


def settings(mail: str = "{}", web: str = "{}", to: str = "me@example.org") -> Settings:
    return parse_settings(f"roundups: [{{name: L, digest: {{to: [{to}]}}}}]\nmail: {mail}\nweb: {web}", Path("config.yaml"), {})


@pytest.mark.parametrize(
    ("base", "public"),
    [
        (None, None),
        ("http://127.0.0.1:8765", None),
        ("http://localhost:8765/", None),
        ("http://[::1]:8765", None),
        ("http://desk.localhost", None),
        ("https://desk.example.org/", "https://desk.example.org"),
        ("http://192.168.1.4:8765", "http://192.168.1.4:8765"),
    ],
)
def test_a_desk_that_only_its_own_machine_reaches_is_in_no_mail(base: str | None, public: str | None) -> None:
    assert public_desk(base) == public


def test_without_links_and_mailbox_it_says_what_mails_say_instead() -> None:
    (found,) = checks(settings(), None)
    assert found.ok
    assert "what to type" in found.words


def test_a_public_desk_and_a_mailbox_that_opens_are_well() -> None:
    one = settings(
        "{from: d@example.org, host: smtp.example.org, replies: {host: imap.example.org, username: d}}",
        "{base_url: 'https://d.example.org'}",
    )
    assert [(check.name, check.ok) for check in checks(one, lambda: "it opens")] == [("answers by mail", True)]


def test_what_keeps_answers_from_working_is_told() -> None:
    def closed() -> str:
        raise MailboxError("there is no folder 'X'", resource="imap.example.org:143")

    one = settings("{replies: {host: imap.example.org, username: d, security: none}}", to="")
    words = " ".join(check.words for check in checks(one, closed) if not check.ok)
    assert "no mail server" in words
    assert "no folder 'X'" in words
    assert "for everyone on the way to read" in words
    assert "nobody's mails" in words

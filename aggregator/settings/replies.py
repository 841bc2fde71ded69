"""Settings of the mailbox that the author's answers to our mails are read from."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from aggregator.settings.part import Part
from aggregator.settings.values import AnyCase, Count, Duration, MailAddress, MailAddresses


class RepliesSettings(Part):
    """The mailbox that answers to our mails go to, read over IMAP.

    address: where answers are sent, None = `mail.from`. senders: `from` in the file, whose mails are listened to; without any,
    those that the digest goes to. folder: of the mailbox. every: how often it is looked into. authserv_id: the name under which
    his mail server says in `Authentication-Results` whether a sender is who he says (RFC 8601); given, only mails that it found
    to be his are taken.
    """

    host: str
    port: Count = Field(default=993, ge=1, le=65535)
    security: Annotated[Literal["none", "starttls", "tls"], AnyCase] = "tls"
    username: str
    password_env: str = "AGGREGATOR_IMAP_PASSWORD"  # noqa: S105 - the name of a variable
    password_file: Path | None = None
    folder: str = "INBOX"
    every: Duration = timedelta(minutes=2)
    address: MailAddress | None = None
    senders: MailAddresses = Field(default=(), alias="from")
    authserv_id: str | None = Field(default=None, min_length=1, max_length=250)

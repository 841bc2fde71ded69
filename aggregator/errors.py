"""The whole exception tree. Each error says what failed, on what, whether trying again helps, and what the author can do.

AggregatorError
├── UsageError                 wrong command line or configuration; exit status 2
│   ├── ConfigError            config.yaml: file, line, key, value, nearest right one
│   └── OpmlError              an OPML file that cannot be read: file, line, reason
├── BusyError                  another daemon holds this database; exit status 75
├── StorageError               the database cannot be used
│   ├── DatabaseUnreadable     missing folder, no permission, not a database, damaged
│   ├── DatabaseTooNew         written by a newer version of the product
│   └── DiskFull               no room left, or a read-only disk
├── FeedError                  one feed could not be polled; never stops the others
├── PageError                  a page the author asked for could not be fetched or understood
├── ArchiveError               a past edition could not be read
├── NotFound                   the named feed, candidate, mail or backup does not exist
├── Refused                    the request makes no sense in the present state
├── NotEnoughLabels            nothing to learn from yet
├── TemplateError              a template of the author's own cannot be rendered
├── OutletError                a draft was not accepted by the place that it was sent to
├── DeliveryError              a mail was not accepted
└── MailboxError               the mailbox for answers could not be read
"""

from __future__ import annotations

import re
from typing import ClassVar

_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")


def shown(address: str) -> str:
    """An address, or whatever names a thing, as screens, logs and mails may have it: without user, password and token."""
    return _CREDENTIALS.sub("", address)


class AggregatorError(Exception):
    """Base of everything the product raises on purpose.

    message: what failed, one sentence. resource: on what (an address, a path, a key).
    permanent: True if trying again without a change cannot help. advice: one line on what the author can do.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, resource: str | None = None, permanent: bool = True, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.resource = resource
        self.permanent = permanent
        self.advice = advice

    def __str__(self) -> str:
        parts = [self.message if self.resource is None else f"{shown(self.resource)}: {self.message}"]
        if self.advice:
            parts.append(self.advice)
        return "\n".join(parts)


class UsageError(AggregatorError):
    """Wrong command line or configuration."""

    exit_status = 2


class ConfigError(UsageError):
    """config.yaml says something the product does not understand. The message names line, key and value."""


class OpmlError(UsageError):
    """An OPML file that cannot be read. The message names the line and the reason."""


class BusyError(AggregatorError):
    """Another `run` holds this database."""

    exit_status = 75


class StorageError(AggregatorError):
    """The database cannot be used."""


class DatabaseUnreadable(StorageError):
    """The database's file or server cannot be opened, or is not a database of ours."""


class DatabaseTooNew(StorageError):
    """The database was written by a newer version."""


class DiskFull(StorageError):
    """No room is left where the database or the outbox lives, or the disk is read-only."""


class FeedError(AggregatorError):
    """One feed could not be polled.

    kind: a short stable word that scripts may rely on: timeout, too_large, encoding, protocol, truncated, network, tls,
    dns, blocked, redirect, redirect_scheme, http_status, forbidden, challenge, not_found, gone, rate_limited, unavailable,
    empty, not_a_feed, unsupported, parse, parse_timeout, charset, offline, internal (a fault of ours).
    status: the HTTP status that said so, None if there was none.
    retry_after: seconds the server asked us to wait, None if it did not say.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        resource: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        permanent: bool = False,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, resource=resource, permanent=permanent, advice=advice)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class PageError(AggregatorError):
    """A page the author asked for could not be fetched or understood."""


class ArchiveError(AggregatorError):
    """A past or published edition could not be read."""


class NotFound(AggregatorError):
    """The named feed, candidate, mail or backup does not exist."""


class Refused(AggregatorError):
    """The request makes no sense in the present state."""


class NotEnoughLabels(AggregatorError):
    """There is nothing to learn from yet."""


class TemplateError(AggregatorError):
    """A template cannot be rendered."""


class OutletError(AggregatorError):
    """A place did not take the draft: his WordPress, his Ghost, a branch of his repository."""


class DeliveryError(AggregatorError):
    """A mail was not accepted.

    stage: message (no safe bytes can be made), connect, tls, auth, mail, rcpt, data or after_data. Only at `after_data` may
    the bytes have left.
    code: the server's reply code, None if it said nothing.
    """

    def __init__(
        self,
        message: str,
        *,
        stage: str,
        code: int | None = None,
        resource: str | None = None,
        permanent: bool = False,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, resource=resource, permanent=permanent, advice=advice)
        self.stage = stage
        self.code = code


class MailboxError(AggregatorError):
    """The mailbox that answers are read from cannot be opened or read."""

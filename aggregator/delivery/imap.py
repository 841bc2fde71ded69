"""The mailbox that answers are found in, over IMAP. Nothing in it is changed: no mail is marked, moved or deleted."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from typing import TypeVar

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from aggregator.errors import MailboxError
from aggregator.settings.replies import RepliesSettings

T = TypeVar("T")
_LARGEST = 3_000_000
"""Octets of a mail that are read: what he wrote stands before the pictures and films that he attached."""
_MOST = 1_000
"""Mails looked at in one go, the newest of those that came."""
_AT_ONCE = 50
_WHOLE = 10
"""So many times the wait for its next octet a server may take for a whole answer: one that drips says nothing either."""


@contextmanager
def _cut_after(seconds: float, box: BaseMailBox) -> Iterator[None]:
    """Raises TimeoutError in the place of what comes of a line that was cut in the middle of a question."""
    late = Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            # Under the encryption: what reads meanwhile holds on to that.
            socket.shutdown(box.client.sock, SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


class ImapMailbox:
    """`ports.Mailbox` on a mail server.

    settings: `mail.replies`. password: as found in the environment. timeout: seconds that the server may be silent; an answer may
    take ten times as long. context: what a certificate is checked against; the system's authorities without one.
    """

    def __init__(
        self, settings: RepliesSettings, password: str | None, timeout: float = 30, context: ssl.SSLContext | None = None
    ) -> None:
        self._settings, self._password = settings, password
        self._timeout, self._context = timeout, context
        self._seen: set[tuple[int, str]] = set()

    def check(self) -> str:
        """Connects, signs in, opens the folder and says how many mails it holds. Raises MailboxError."""
        with self._open() as box:
            status = self._asked(lambda: box.folder.status(self._settings.folder, ["MESSAGES"]), box)
        return f"{self._where} opens {self._settings.folder}, with {status['MESSAGES']:,} mails"

    @contextmanager
    def mails(self, since: datetime, senders: Collection[str]) -> Iterator[Iterator[bytes]]:
        """Mails from one of these addresses (in small letters) that came since that day and that were not taken from here before,
        oldest first, each as far as it is read. Raises MailboxError."""
        with self._open() as box:
            yield self._mails(box, since, senders)

    def _mails(self, box: BaseMailBox, since: datetime, senders: Collection[str]) -> Iterator[bytes]:
        status = self._asked(lambda: box.folder.status(self._settings.folder, ["UIDVALIDITY"]), box)
        validity = status["UIDVALIDITY"]
        found = self._asked(lambda: box.uids(AND(date_gte=since.date())), box)
        self._seen &= {(validity, uid) for uid in found}
        fresh = [uid for uid in found if (validity, uid) not in self._seen][-_MOST:]
        for start in range(0, len(fresh), _AT_ONCE):
            part = fresh[start : start + _AT_ONCE]
            for head in self._heads(box, part):
                author = str(head.obj.get("From", "")).casefold()
                if head.uid and any(one in author for one in senders) and (mail := self._beginning(box, head.uid)):
                    yield mail
                # After it was dealt with: one that could not be is met again.
                self._seen.add((validity, head.uid or ""))

    def _heads(self, box: BaseMailBox, uids: Sequence[str]) -> list[MailMessage]:
        fetch = partial(box.fetch, uid_list=uids, headers_only=True, mark_seen=False, bulk=_AT_ONCE)
        return self._asked(lambda: list(fetch()), box)

    def _beginning(self, box: BaseMailBox, uid: str) -> bytes | None:
        """A mail's first `_LARGEST` octets, as the server has them; None if it is gone by now."""
        status, answer = self._asked(lambda: box.client.uid("fetch", uid, f"(BODY.PEEK[]<0.{_LARGEST}>)"), box)
        if status != "OK":
            raise self._failed("the server does not hand out a mail that it names", None)
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    @contextmanager
    def _open(self) -> Iterator[BaseMailBox]:
        settings = self._settings
        if self._password is None:
            raise MailboxError(
                f"there is no password for {settings.username}",
                resource=self._where,
                permanent=True,
                advice=f"Set the environment variable {settings.password_env}, or `password_file` under `mail: replies:`.",
            )
        password = self._password
        box = self._asked(self._connect)
        try:
            self._asked(lambda: box.login(settings.username, password, initial_folder=settings.folder), box)
            yield box
        finally:
            # However the goodbye goes, what was read was read.
            try:
                self._asked(box.logout, box)
            except MailboxError:
                with suppress(OSError):
                    box.client.shutdown()

    def _connect(self) -> BaseMailBox:
        settings = self._settings
        if settings.security == "none":
            return MailBoxUnencrypted(settings.host, settings.port, timeout=self._timeout)
        context = self._context or ssl.create_default_context()
        kind = MailBox if settings.security == "tls" else MailBoxStartTls
        return kind(settings.host, settings.port, timeout=self._timeout, ssl_context=context)

    def _asked(self, question: Callable[[], T], box: BaseMailBox | None = None) -> T:
        """What the server answers. box: whose line is cut when the whole takes too long; None before there is one. Raises
        MailboxError for whatever goes wrong on the way."""
        try:
            with _cut_after(self._timeout * _WHOLE, box) if box else nullcontext():
                return question()
        except MailboxLoginError as error:
            raise self._failed("the server refuses user name or password", "Correct them under `mail: replies:`.") from error
        except MailboxFolderSelectError as error:
            raise self._failed(f"there is no folder {self._settings.folder!r}", "Correct `folder`.") from error
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", None) or error.reason or str(error)
            raise self._failed(f"no trusted TLS connection: {reason}", "993 goes with tls, 143 with starttls.") from error
        except TimeoutError as error:
            raise self._failed("the server did not answer in time", None) from error
        except OSError as error:
            raise self._failed(error.strerror or str(error), "Check host and port under `mail: replies:`.") from error
        except (ImapToolsError, imaplib.IMAP4.error, ValueError) as error:
            words = "".join(char for char in " ".join(str(error).split()) if char.isprintable())[:200]
            raise self._failed(words or "the server's answer made no sense", None) from error

    def _failed(self, message: str, advice: str | None) -> MailboxError:
        return MailboxError(message, resource=self._where, advice=advice)

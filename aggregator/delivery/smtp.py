"""Hands exact bytes to a mail server, stage by stage, so that a failure says whether they may have left (R6, R24).

One exception class of smtplib covers a drop before anything left and a drop after the server stored the mail; here every
command names its stage, and only what happens between the first byte of the mail and the server's answer is `after_data`.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from aggregator.delivery.message import plain_address
from aggregator.errors import DeliveryError
from aggregator.settings import MailSettings

_NAME = "localhost"
_ADVICE = {
    "connect": "Check mail.host and mail.port.",
    "tls": "Check mail.security and mail.port: 587 goes with starttls, 465 with tls.",
    "auth": "Check mail.username and the password.",
    "mail": "Check mail.from: the server may take mail from certain addresses only.",
    "rcpt": "Check digest.to.",
}


class SmtpSender:
    """Sends over one fresh connection a mail.

    settings: `mail` of the configuration, with a host. password: None if the server wants none. timeout: seconds that any
    one answer may take. context: what a certificate is checked against; the system's authorities without one.
    """

    def __init__(
        self, settings: MailSettings, password: str | None, timeout: float = 30, context: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._password = password
        self._timeout = timeout
        self._context = context

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        """Hands `message` over, byte for byte. Returns recipients that were refused while others were accepted -> why.

        Raises DeliveryError: `permanent` for a refusal that trying again cannot change, `stage` "after_data" if the server
        may have the mail.
        """
        envelope = [plain_address(one) for one in recipients]
        with self._session() as session:
            session.command("mail", f"MAIL FROM:<{plain_address(sender)}>")
            refused: dict[str, DeliveryError] = {}
            for address in envelope:
                try:
                    session.command("rcpt", f"RCPT TO:<{address}>")
                except DeliveryError as error:
                    if error.code is None or error.code == 421:
                        raise
                    refused[address] = error
            if len(refused) == len(envelope):
                raise _all_refused(self._where, refused)
            session.data(message)
            return {address: error.message for address, error in refused.items()}

    def check(self) -> None:
        """Connects and authenticates, sends nothing. Raises DeliveryError."""
        with self._session():
            pass

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        session = _Session(self._connect(), self._where)
        try:
            with session.stage("connect"):
                session.smtp.ehlo_or_helo_if_needed()
            if self._settings.security == "starttls":
                self._start_tls(session)
            if self._settings.username is not None:
                self._authenticate(session, self._settings.username)
            yield session
            # The mail is taken; how the goodbye goes changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                session.smtp.quit()
        finally:
            session.smtp.close()

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.host or "", self._settings.port
        # Without a name of ours smtplib asks the DNS for one, which may hang longer than any timeout of ours.
        with _stage("connect", self._where):
            if self._settings.security == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, _NAME, timeout=self._timeout, context=self._verifying())
            else:
                smtp = smtplib.SMTP(host, port, _NAME, timeout=self._timeout)
        if smtp.sock is not None:
            smtp.local_hostname = _literal(smtp.sock.getsockname()[0])
        return smtp

    def _start_tls(self, session: _Session) -> None:
        """No downgrade: a line that will not be encrypted gets neither password nor mail."""
        with session.stage("tls"):
            if not session.smtp.has_extn("starttls"):
                raise _failed("the server does not offer STARTTLS, and mail is not sent in the clear", "tls", self._where)
            session.smtp.starttls(context=self._verifying())
            session.smtp.ehlo_or_helo_if_needed()

    def _authenticate(self, session: _Session, username: str) -> None:
        if self._password is None:
            variable = self._settings.password_env
            raise _failed(f"there is no password for {username}: {variable} is not set", "auth", self._where, permanent=True)
        with session.stage("auth"):
            session.smtp.login(username, self._password)

    def _verifying(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()


class _Session:
    """A greeted connection. Every failure in here is a DeliveryError that names its stage."""

    def __init__(self, smtp: smtplib.SMTP, where: str) -> None:
        self.smtp = smtp
        self._where = where

    def stage(self, name: str) -> AbstractContextManager[None]:
        return _stage(name, self._where)

    def command(self, stage: str, line: str) -> None:
        """One command that must be answered with 2xx."""
        with self.stage(stage):
            code, reply = self.smtp.docmd(line)
        if code // 100 != 2:
            raise _answered(code, reply, stage, self._where)

    def data(self, message: bytes) -> None:
        """The mail itself. From its first byte to the answer nobody can know whether the server has it (RFC 1047)."""
        with self.stage("data"):
            code, reply = self.smtp.docmd("DATA")
        if code != 354:
            raise _answered(code, reply, "data", self._where)
        ending = b"" if message.endswith(b"\r\n") else b"\r\n"
        with self.stage("after_data"):
            self.smtp.send(re.sub(rb"(?m)^\.", b"..", message) + ending + b".\r\n")
            code, reply = self.smtp.getreply()
        if code // 100 not in (2, 4, 5):
            raise _failed(f"the server's answer to the mail made no sense: {_words(reply)}", "after_data", self._where)
        if code // 100 != 2:
            raise _answered(code, reply, "data", self._where)


@contextmanager
def _stage(name: str, where: str) -> Iterator[None]:
    """What smtplib and the network raise, as a DeliveryError of this stage."""
    try:
        yield
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", None) or error.reason or str(error)
        raise _failed(f"no trusted TLS connection: {reason}", "tls" if name == "connect" else name, where) from error
    except smtplib.SMTPResponseException as error:
        if name == "after_data":
            raise _failed(f"the server's answer to the mail was lost: {_words(error.smtp_error)}", name, where) from error
        raise _answered(error.smtp_code, error.smtp_error, name, where) from error
    except smtplib.SMTPServerDisconnected as error:
        raise _failed("the server closed the connection", name, where) from error
    except smtplib.SMTPException as error:
        raise _failed(_words(str(error)), name, where, permanent=name == "auth") from error
    except TimeoutError as error:
        raise _failed("the server did not answer in time", name, where) from error
    except (OSError, UnicodeError) as error:
        raise _failed(getattr(error, "strerror", None) or str(error), name, where) from error


def _answered(code: int, reply: bytes | str, stage: str, where: str) -> DeliveryError:
    """A refusal: 5xx is final, anything else may pass."""
    words = f"the server answered {code} {_words(reply)}".rstrip() if code > 0 else f"the server made no sense: {_words(reply)}"
    return DeliveryError(
        words, stage=stage, code=code if code > 0 else None, resource=where, permanent=code // 100 == 5, advice=_ADVICE.get(stage)
    )


def _failed(message: str, stage: str, where: str, permanent: bool = False) -> DeliveryError:
    return DeliveryError(message, stage=stage, resource=where, permanent=permanent, advice=_ADVICE.get(stage))


def _all_refused(where: str, refused: Mapping[str, DeliveryError]) -> DeliveryError:
    """Nobody was accepted. It may pass unless every refusal is final."""
    words = "; ".join(f"{address}: {error.message}" for address, error in refused.items())
    first = next(iter(refused.values()))
    permanent = all(error.permanent for error in refused.values())
    return DeliveryError(
        f"every recipient was refused: {words}",
        stage="rcpt",
        code=first.code,
        resource=where,
        permanent=permanent,
        advice=_ADVICE["rcpt"],
    )


def _words(reply: bytes | str) -> str:
    """A server's words, fit for a log line."""
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else reply
    return "".join(char for char in " ".join(text.split()) if char.isprintable())[:200]


def _literal(address: str) -> str:
    """What to greet with: a machine at home has no name that a mail server could look up (RFC 5321, 4.1.4)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

"""A rendered digest -> the exact bytes of one mail, checked by reading them back: nothing of a feed may reach a header (R10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from aggregator.errors import DeliveryError
from aggregator.records.digests import MailKind, RenderedDigest

_POLICY = policy.SMTP.clone(cte_type="7bit")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|=\?")
_BY_MIME = ["MIME-Version", "Content-Type"]


def message_id(
    slug: str,
    slot: datetime,
    repeat: int,
    domain: str,
    kind: MailKind = MailKind.DIGEST,
    mark: Callable[[str], str] | None = None,
) -> str:
    """The Message-ID of a roundup's mail: the same for the same slot and repeat, whenever it is made.

    slug: of the roundup. domain: of the sender's address. mark: what to add to the words before it, so that nobody can guess the
    whole; None adds nothing.
    """
    stamp = slot.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    words = f"{_plain(slug)}.{stamp}.{repeat}.{kind}"
    return f"<{words}{f'.{mark(words)}' if mark else ''}@{_domain(domain)}>"


def list_id(slug: str, domain: str) -> str:
    """The List-Id by which mail programs file a roundup's digests."""
    return f"<{_plain(slug)}.digest.{_domain(domain)}>"


def plain_address(address: str) -> str:
    """An address as every mail server takes it: the domain in ASCII. Raises DeliveryError(stage="message") if it cannot be."""
    local, at, domain = address.rpartition("@")
    if (
        not (local and at and domain)
        or not local.isascii()
        or _FORBIDDEN.search(address)
        or re.search(r"[\s<>,;:\"()\[\]\\]", address)
    ):
        raise _surprise(f"{address[:80]!r} is no address that every mail server takes", "Give a plain one in config.yaml.")
    return f"{local}@{_domain(domain)}"


def build(
    rendered: RenderedDigest,
    *,
    sender: str,
    recipients: Sequence[str],
    message_id: str,
    date: datetime,
    list_id: str,
    sender_name: str | None = None,
    reply_to: str | None = None,
    in_reply_to: str | None = None,
    submitted: str = "auto-generated",
) -> bytes:
    """The mail as multipart/alternative, text first, in seven-bit lines that every server takes as they are.

    sender, recipients: bare addresses; sender_name: the roundup's, shown beside the sender. date: aware. reply_to: where replies
    are read; else they go to the first recipient, since nobody reads the sender's box. in_reply_to: the Message-ID of the mail
    that this one answers. submitted: how far a program wrote it (RFC 3834). The same arguments give the same bytes. Raises
    DeliveryError(stage="message") for a value that may not stand in a header, and whenever the bytes, read back, are not
    exactly what was meant.
    """
    if not recipients:
        raise _surprise("nobody is to receive it", "Set digest.to in config.yaml.")
    to = [plain_address(one) for one in recipients]
    name = " ".join((sender_name or "").split())
    values = {
        "From": plain_address(sender),
        "To": ", ".join(to),
        "Reply-To": plain_address(reply_to) if reply_to else to[0],
        "Subject": " ".join(rendered.subject.split()),
        "Date": format_datetime(date.astimezone(UTC)),
        "Message-ID": message_id,
        "List-Id": list_id,
        "Auto-Submitted": submitted,
    }
    if in_reply_to:
        values |= {"In-Reply-To": in_reply_to, "References": in_reply_to}
    if len(to) > 1:
        values["List-Unsubscribe"] = f"<mailto:{to[0]}?subject=unsubscribe>"
    # Before white space was folded: a line end in a subject is a fault, not a blank.
    for value in (rendered.subject, sender_name or "", *values.values()):
        if _FORBIDDEN.search(value):
            raise _surprise(f"no header may say {value[:80]!r}")
    lines = {header: _encoded(header, value) for header, value in values.items()}
    if name:
        lines["From"] = _with_name(name, values["From"])
        values["From"] = str(Address(name, addr_spec=values["From"]))
    try:
        data = "".join(f"{header}: {line}\r\n" for header, line in lines.items()).encode("ascii") + _body(rendered, message_id)
    except (ValueError, MessageError) as error:
        raise _surprise(f"it cannot be written as a mail: {error}") from error
    _check(data, rendered, values)
    return data


def _encoded(header: str, value: str) -> str:
    """A header's value in ASCII. `EmailMessage` folds a long one in the wrong places and so changes it."""
    return value if value.isascii() else Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _with_name(name: str, address: str) -> str:
    return str(Address(name, addr_spec=address)) if name.isascii() else f"{_encoded('From', name)}\r\n <{address}>"


def _body(rendered: RenderedDigest, message_id: str) -> bytes:
    """Content-Type and both parts."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(rendered.text, cte=_encoding(rendered.text))
    message.add_alternative(rendered.html, subtype="html", cte=_encoding(rendered.html))
    # Neither encoding can produce "=_", so no text can end its part early; the library's own boundary would be random.
    message.set_boundary(f"=_{sha256(message_id.encode()).hexdigest()[:32]}")
    for part in message.iter_parts():
        del part["MIME-Version"]
    return message.as_bytes()


def _encoding(text: str) -> str:
    """Whichever is shorter: quoted-printable triples what is not ASCII, base64 adds a third to everything."""
    data = text.encode()
    odd = sum(byte > 126 or byte == ord("=") for byte in data)
    return "base64" if odd * 6 > len(data) else "quoted-printable"


def _check(data: bytes, rendered: RenderedDigest, values: Mapping[str, str]) -> None:
    """Reads the bytes as a mail program would. The interpreter's own guard is uneven: 3.11.7 lets a Bcc through."""
    message = message_from_bytes(data, policy=policy.default)
    if sorted(message.keys()) != sorted([*values, *_BY_MIME]):
        raise _surprise(f"its headers came out as {', '.join(message.keys())}")
    for name, value in values.items():
        # Reading back, the library puts blanks between the pieces of a long encoded name.
        if "".join(str(message[name]).split()) != "".join(value.split()):
            raise _surprise(f"its {name} came out as {str(message[name])[:80]!r}")
    parts = list(message.iter_parts())
    found = [(part.get_content_type(), _unfolded(part.get_content())) for part in parts]
    if found != [("text/plain", _unfolded(rendered.text)), ("text/html", _unfolded(rendered.html))]:
        raise _surprise("its parts came out changed")
    if message.defects or any(part.defects for part in parts) or not data.isascii() or max(map(len, data.split(b"\r\n"))) > 998:
        raise _surprise("it came out malformed")


def _unfolded(text: str) -> str:
    """Line ends are all that a mail may change: whether they come back as CRLF depends on the encoding."""
    return text.replace("\r\n", "\n").rstrip("\n")


def _surprise(message: str, advice: str | None = None) -> DeliveryError:
    return DeliveryError(f"the mail was not made: {message}", stage="message", permanent=True, advice=advice)


def _plain(slug: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", slug.lower()).strip("-") or "roundup"


def _domain(domain: str) -> str:
    try:
        name = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name):
        raise _surprise(f"{domain[:80]!r} is no domain of a mail address", "Correct mail.from or digest.to in config.yaml.")
    return name

"""The bytes of a mail -> what it says, in words. Whatever came, it reads what it can and never raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.records.received import IncomingMail
from aggregator.text.hygiene import clean_line, html_to_text
from aggregator.text.markup import shallow

_OPENLY = ("To", "Cc")
_ADDRESSED = (*_OPENLY, "Delivered-To", "X-Original-To", "X-Delivered-To", "Envelope-To")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+")
_QUOTING = frozenset(("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote"))
"""Classes by which mail programs mark what is another's."""
_LONGEST = 200_000
"""Characters of a text; what he writes is short, and what he forwards says what it is about at its beginning."""
_MOST_REFERENCES = 50


def read_mail(data: bytes, authserv_id: str | None = None) -> IncomingMail:
    """data: as the mail server gave it. authserv_id: of the server whose word on the sender is asked for, None for nobody's."""
    message = message_from_bytes(data, policy=policy.default)
    addresses = _addresses(message, "From")
    references = " ".join(_header(message, name) for name in ("In-Reply-To", "References"))
    identity = _MESSAGE_ID.search(_header(message, "Message-ID"))
    return IncomingMail(
        message_id=identity[0] if identity else f"<{hashlib.sha256(data).hexdigest()}@without.invalid>",
        sender=addresses[0] if len(addresses) == 1 else None,
        openly=tuple(dict.fromkeys(one for name in _OPENLY for one in _addresses(message, name))),
        recipients=tuple(dict.fromkeys(one for name in _ADDRESSED for one in _addresses(message, name))),
        subject=clean_line(_header(message, "Subject"), 300),
        references=tuple(dict.fromkeys(_MESSAGE_ID.findall(references)))[:_MOST_REFERENCES],
        text=_text(message)[:_LONGEST],
        forwarded=tuple(_forwarded(message)),
        automatic=_automatic(message),
        doubt=_doubt(message) or _unverified(message, authserv_id, addresses),
    )


def _header(message: EmailMessage, name: str) -> str:
    """All headers of this name in a row."""
    return " ".join(_headers(message, name))


def _headers(message: EmailMessage, name: str) -> list[str]:
    """Each header of this name, the uppermost first; what the library cannot decode it gives as it is, or not at all."""
    try:
        return [str(one) for one in message.get_all(name, [])]
    except (ValueError, IndexError, AttributeError, TypeError, UnicodeError):  # faults of the library's header parser
        return []


def _addresses(message: EmailMessage, name: str) -> list[str]:
    found = (address.strip().casefold() for _, address in getaddresses([_header(message, name)]))
    return [one for one in found if _ADDRESS.fullmatch(one)]


def _automatic(message: EmailMessage) -> str | None:
    """Why no person wrote it (RFC 3834, and what programs did before that)."""
    submitted = _header(message, "Auto-Submitted").strip().casefold()
    if submitted and not submitted.startswith("no"):
        return "Auto-Submitted"
    if re.search(r"\b(?:bulk|junk|list|auto_reply)\b", _header(message, "Precedence").casefold()):
        return "Precedence"
    for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id"):
        # Outlook puts X-Auto-Response-Suppress on what persons write as well, as "None" then.
        if name in message and _header(message, name).strip().casefold() not in ("", "none"):
            return name
    if _header(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report":
        return "Return-Path"
    return None


def _doubt(message: EmailMessage) -> str | None:
    """What a mail server on the way found of its sender (RFC 8601). Anybody can write "pass"; nobody forges a "fail"."""
    said = _header(message, "Authentication-Results").casefold()
    if re.search(r"\bdmarc\s*=\s*fail\b", said):
        return "dmarc=fail"
    if re.search(r"\bspf\s*=\s*fail\b", said) and not re.search(r"\bdkim\s*=\s*pass\b", said):
        return "spf=fail"
    return None


def _unverified(message: EmailMessage, authserv_id: str | None, addresses: list[str]) -> str | None:
    """Why the author's own server does not vouch for the sender. Only its uppermost word counts: it put that above whatever a
    forger may have written in its name."""
    if authserv_id is None:
        return None
    for header in _headers(message, "Authentication-Results"):
        name, *results = re.sub(r"\([^()]*\)", " ", header).casefold().split(";")
        if name.split()[:1] == [authserv_id.casefold()]:
            domain = addresses[0].rpartition("@")[2] if len(addresses) == 1 else ""
            return None if any(_vouches(result.split(), domain) for result in results) else f"not found genuine by {authserv_id}"
    return f"not looked at by {authserv_id}"


def _vouches(result: list[str], domain: str) -> bool:
    """Whether one result, in words, shows that a mail is of this domain: DMARC, or a signature of the domain's own (RFC 7489)."""
    if not domain:
        return False
    if result[:1] == ["dmarc=pass"]:
        return f"header.from={domain}" in result
    return result[:1] == ["dkim=pass"] and (f"header.d={domain}" in result or f"header.i=@{domain}" in result)


def _text(message: EmailMessage) -> str:
    plain = "\n".join(_flowed(part, _content(part)) for part in _parts(message, "text/plain"))
    if plain.strip():
        return plain
    return "\n".join(html_words(_content(part)) for part in _parts(message, "text/html"))


def _parts(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    """Those of the mail itself: not of mails attached to it, and no files."""
    waiting: list[EmailMessage] = [message]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            yield part
        elif part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting += [one for one in part.iter_parts() if isinstance(one, EmailMessage)]


def _forwarded(message: EmailMessage) -> Iterator[str]:
    """Mails attached to this one, the line of their sender first."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, EmailMessage):
                yield f"From: {_header(inner, 'From')}\n\n{_text(inner)}"[:_LONGEST]


def _content(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except (LookupError, ValueError, AttributeError, TypeError):  # a charset or an encoding that there is not
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _flowed(part: EmailMessage, text: str) -> str:
    """Lines that a mail program broke softly, whole again (RFC 3676)."""
    if part.get_param("format") != "flowed":
        return text
    joint = "" if str(part.get_param("delsp", "")).casefold() == "yes" else " "
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        said = bare.removeprefix(" ")
        soft = said.endswith(" ") and said != "-- "
        kept = said.rstrip(" ") + (joint if soft else "") if said != "-- " else said
        if is_open and not said.startswith(">"):
            lines[-1] += kept
        else:
            lines.append(kept)
        is_open = soft and not said.startswith(">")
    return "\n".join(lines)


def html_words(html: str) -> str:
    """A mail's HTML in words: quoted parts with > before each line, at the end; addresses of links behind their words."""
    tree = LexborHTMLParser(shallow(html[: 4 * _LONGEST]))
    for anchor in tree.css("a[href]"):
        url = (anchor.attributes.get("href") or "").strip()
        if url.lower().startswith(("http://", "https://")) and url not in anchor.text():
            anchor.insert_after(f" <{url}>")
    quoted = [node for node in tree.css("blockquote, div") if _is_quote(node) and not _is_within_quote(node)]
    theirs = [html_to_text(node.html or "") for node in quoted]
    for node in quoted:
        node.decompose()
    own = html_to_text(tree.body.html or "" if tree.body else html)
    return "\n".join([own, *(f"> {line}" for text in theirs for line in text.splitlines())])


def _is_quote(node: LexborNode) -> bool:
    return node.tag == "blockquote" or not _QUOTING.isdisjoint((node.attributes.get("class") or "").split())


def _is_within_quote(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if _is_quote(above):
            return True
        above = above.parent
    return False

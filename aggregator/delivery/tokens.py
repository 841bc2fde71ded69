"""What a mail carries so that an answer to it can be trusted: signed tokens, short enough for four hundred in one mail (R27).

Made and read here only. What a token allows, and whether it still does, is the caller's to decide.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from aggregator.records.candidates import Action

_ACTIONS = (Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE)
"""By place in the token; a new one goes to the end."""
_SECTION = 4
"""Octets by which a token names a section: names are long, and no author has four thousand million."""
_LONGEST = 60
"""Characters of a token; ours have about forty."""


@dataclass(frozen=True, slots=True)
class LinkToken:
    """The one thing that a link allows. section: the mark of the section to move to, empty for the other actions."""

    roundup_id: int
    edition_id: int
    candidate_id: int
    action: Action
    section: bytes = b""


def section_mark(name: str) -> bytes:
    """What stands for a section in a token."""
    return hashlib.sha256(name.casefold().encode()).digest()[:_SECTION]


class _Short(SigningAlgorithm):
    """HMAC-SHA256 cut to 128 bits, which nobody can guess either (RFC 2104, 5)."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.new(key, value, hashlib.sha256).digest()[:16]


class LinkSigner:
    """Makes and reads the tokens of links. keys: newest first; what an older one signed stays good."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._signer = Signer(
            list(reversed(keys)),
            salt=b"mail-link",
            sep=".",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_Short(),
        )

    def sign(self, link: LinkToken) -> str:
        """The token, of characters that an address takes as they are."""
        numbers = (link.roundup_id, link.edition_id, link.candidate_id, _ACTIONS.index(link.action))
        packed = b"".join(map(_packed, numbers)) + link.section
        return self._signer.sign(base64.urlsafe_b64encode(packed).rstrip(b"=")).decode("ascii")

    def read(self, token: str) -> LinkToken | None:
        """What it allows; None for one that was not signed with our keys, or is no token at all."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            packed = self._signer.unsign(token)
            rest = base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))
            (roundup_id, edition_id, candidate_id, place), section = _unpacked(rest, 4)
            return LinkToken(roundup_id, edition_id, candidate_id, _ACTIONS[place], section)
        except (BadSignature, ValueError, IndexError):
            return None


class MailSigner:
    """Marks by which answers to our mails, and mails to the author's own secret address, are known (From can be forged).

    keys: as of `LinkSigner`. The same words give the same mark, so that a mail made twice stays the same mail.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def mark(self, purpose: str, words: str) -> str:
        """20 small letters and digits: what stands for `words` where only the author sees it."""
        return _mark(self._keys[0], purpose, words)

    def is_mark(self, mark: str, purpose: str, words: str) -> bool:
        """Whether one of our keys made the mark."""
        given = mark.casefold().encode("utf-8", "replace")
        return any(hmac.compare_digest(given, _mark(key, purpose, words).encode()) for key in self._keys)


def _mark(key: bytes, purpose: str, words: str) -> str:
    digest = hmac.new(key, f"mail-answer\0{purpose}\0{words}".encode(), hashlib.sha256).digest()
    # 100 bits; base32, since some servers lower the case of an address and some keep it.
    return base64.b32encode(digest).decode("ascii").lower()[:20]


def _packed(number: int) -> bytes:
    """Seven bits an octet, the low ones first; the eighth says that more follow."""
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*octets, number))


def _unpacked(data: bytes, count: int) -> tuple[list[int], bytes]:
    """So many numbers, and the octets after them. Raises IndexError if they end early."""
    numbers, at = [], 0
    for _ in range(count):
        number = shift = 0
        while True:
            octet = data[at]
            at += 1
            number |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                break
        numbers.append(number)
    return numbers, data[at:]

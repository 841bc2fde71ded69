"""What a browser keeps of the desk: a token once it is signed in, and before that a mark that its forms are bound to.

Both are signed, so that a stranger's cookie costs no look into the database. How long a browser was idle stands in the cookie:
reading must write nothing (R9). Only the sha256 of a token is stored (R16).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer, TimestampSigner

from aggregator.ports import Stores
from aggregator.records.access import SignIn
from aggregator.web.cookies import Cookie

IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)
RENEW = timedelta(hours=6)
"""A token's cookie is signed anew when it is this old."""
TOKEN, MARK = "desk", "desk-form"
_AGENT = 200
"""Characters of how a browser names itself: for telling sign-ins apart."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. csrf: what forms shown to him carry. accepted: what it may stand for in those that he sends. cookies: to be
    set."""

    found: SignIn | None
    csrf: str
    accepted: tuple[str, ...]
    cookies: tuple[Cookie, ...] = ()

    def sent(self, csrf: str) -> bool:
        """Whether a form with this token was shown to this browser."""
        secret = _unmasked(csrf)
        return any(hmac.compare_digest(secret, one.encode()) for one in self.accepted)


class Sessions:
    """Knows browsers again. keys: newest first."""

    def __init__(self, stores: Stores, keys: Sequence[bytes]) -> None:
        self._stores = stores
        oldest_first = list(reversed(keys))
        self._tokens = _Stamped(stores, oldest_first)
        self._marks = Signer(oldest_first, salt="desk.form", digest_method=hashlib.sha256)
        self._keys = keys

    def visitor(self, cookies: Mapping[str, str]) -> Visitor:
        """Who sent these cookies. Reads at most one row, and writes none."""
        now = self._stores.clock.now()
        read = self._tokens.read(cookies.get(TOKEN, ""))
        if read is not None:
            token, at = read
            found = self._stores.access.signed_in(_hashed(token), now)
            if found is not None:
                again = (self._cookie(token, found, now),) if now - at > RENEW else ()
                return Visitor(found, _masked(found.csrf), (found.csrf,), again)
        mark = self._mark(cookies.get(MARK, ""))
        if mark is not None:
            return self._stranger(mark)
        mark = secrets.token_urlsafe(16)
        return self._stranger(mark, Cookie(MARK, self._marks.sign(mark).decode(), _seconds(LONGEST)))

    def sign_in(self, who: str, agent: str, cookies: Mapping[str, str]) -> Cookie:
        """A new token for this browser, whatever it had before. who, agent: for the record."""
        now, token = self._stores.clock.now(), secrets.token_urlsafe(32)
        found = SignIn(_hashed(token), secrets.token_urlsafe(24), now, now + LONGEST, who, agent[:_AGENT] or None)
        before = self._tokens.read(cookies.get(TOKEN, ""))
        self._stores.access.sign_in(found, _hashed(before[0]) if before else None)
        return self._cookie(token, found, now)

    def sign_out(self, found: SignIn) -> Cookie:
        """Ends a sign-in; the cookie removes its token from the browser."""
        self._stores.access.sign_out(found.token_hash)
        return Cookie(TOKEN, None, 0)

    def _stranger(self, mark: str, *cookies: Cookie) -> Visitor:
        accepted = tuple(_bound(mark, key) for key in self._keys)
        return Visitor(None, _masked(accepted[0]), accepted, cookies)

    def _cookie(self, token: str, found: SignIn, now: datetime) -> Cookie:
        return Cookie(TOKEN, self._tokens.sign(token).decode(), min(_seconds(IDLE), _seconds(found.ends_at - now)))

    def _mark(self, value: str) -> str | None:
        try:
            return self._marks.unsign(value).decode()
        except (BadSignature, UnicodeDecodeError):
            return None


class _Stamped(TimestampSigner):
    """Signs with the installation's own time."""

    def __init__(self, stores: Stores, keys: Sequence[bytes]) -> None:
        super().__init__(list(keys), salt="desk.token", digest_method=hashlib.sha256)
        self._stores = stores

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._stores.clock.now().timestamp())

    def read(self, value: str) -> tuple[str, datetime] | None:
        """The token and when it was signed; None if it was forged or idle for too long."""
        try:
            token, at = self.unsign(value, max_age=_seconds(IDLE), return_timestamp=True)
            return token.decode(), at
        except (BadSignature, UnicodeDecodeError):
            return None


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _masked(secret: str) -> str:
    """The same in other words each time: pages are compressed, and how short one gets must tell nothing of what is in it."""
    mask = secrets.token_bytes(len(secret))
    return mask.hex() + _together(secret.encode(), mask).hex()


def _unmasked(sent: str) -> bytes:
    try:
        both = bytes.fromhex(sent)
    except ValueError:
        return b""
    half = len(both) // 2
    return _together(both[half : 2 * half], both[:half])


def _together(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _bound(mark: str, key: bytes) -> str:
    return hmac.new(key, f"desk.csrf:{mark}".encode(), hashlib.sha256).hexdigest()


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())

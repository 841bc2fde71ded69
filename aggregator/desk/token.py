"""The token by which programs of the author's own reach the desk: made at the command line, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from aggregator.ports import Stores

_NAME = "api"
_START = "agg_"


def new_token(stores: Stores) -> str:
    """Makes a token in the place of the one before, which ends. It is shown this once: only its hash is kept."""
    token = _START + secrets.token_urlsafe(32)
    stores.access.set_secret(_NAME, _hash(token), stores.clock.now())
    return token


def remove_token(stores: Stores) -> None:
    """No program gets in from now on."""
    stores.access.set_secret(_NAME, None, stores.clock.now())


def has_token(stores: Stores) -> bool:
    """Whether there is one."""
    return stores.access.secret(_NAME) is not None


def is_token(stores: Stores, given: str) -> bool:
    """Whether this is the token. 256 random bits need no slow hash."""
    kept = stores.access.secret(_NAME)
    return kept is not None and hmac.compare_digest(kept, _hash(given))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

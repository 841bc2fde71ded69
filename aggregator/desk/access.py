"""The desk's password: set and removed at the command line, asked for at the desk (R16, R29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aggregator.errors import UsageError
from aggregator.ports import Stores
from aggregator.records.access import SignIn
from aggregator.settings import WebSettings

PASSWORD = "password"  # noqa: S105 - what its hash is kept under
LEAST = 10
LONGEST = 1_000
"""In characters; what is longer only costs time to hash."""
WINDOW = timedelta(minutes=15)
FREE = 5
"""Failures within `WINDOW` before the next attempt from there has to wait."""
FIRST_WAIT = timedelta(seconds=30)
CROWD = 30
"""Failures from anywhere within `WINDOW` after which every attempt is slowed down, the right one too."""
CROWD_DELAY = timedelta(seconds=2)


def asks_who(stores: Stores, web: WebSettings) -> bool:
    """Whether one has to sign in, with a password or through a sign-on service."""
    return web.oidc is not None or has_password(stores)


def is_welcome(found: SignIn, web: WebSettings) -> bool:
    """Whether who signed in may still come in: a name of the sign-on service's may have been taken off `allow` since. What the
    password opened ends with the password."""
    allowed = web.oidc.allow if web.oidc else ()
    return found.who == PASSWORD or found.who.casefold() in {one.casefold() for one in allowed}


def has_password(stores: Stores) -> bool:
    """Whether one is set."""
    return stores.access.secret(PASSWORD) is not None


def set_password(stores: Stores, password: str) -> None:
    """Takes the place of the one before; whoever is signed in has to sign in anew. Raises UsageError for one that is too short
    or too long."""
    if len(password) < LEAST:
        raise UsageError(f"a password has at least {LEAST} characters; this has {len(password)}", advice="Take a few words.")
    if len(password) > LONGEST:
        raise UsageError(f"a password has at most {LONGEST:,} characters")
    stores.access.set_secret(PASSWORD, _hasher().hash(password), stores.clock.now())


def remove_password(stores: Stores) -> None:
    """The desk asks for none from now on, and answers on this machine only."""
    stores.access.set_secret(PASSWORD, None, stores.clock.now())


def is_right(stores: Stores, password: str) -> bool:
    """Whether this is the password. Takes as long where there is none."""
    kept = stores.access.secret(PASSWORD)
    try:
        _hasher().verify(kept or _of_nothing(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def wait(failures: Sequence[tuple[str, datetime]], source: str, now: datetime) -> timedelta:
    """How long an attempt from `source` has to wait yet: nothing before `FREE` failures within `WINDOW`, then `FIRST_WAIT`
    after the last, twice as long with each further one, never longer than `WINDOW`. failures: (source, when), oldest first."""
    own = [at for one, at in failures if one == source and at > now - WINDOW]
    if len(own) < FREE:
        return timedelta()
    pause: timedelta = min(FIRST_WAIT * (1 << min(len(own) - FREE, 16)), WINDOW)
    return max(own[-1] + pause - now, timedelta())


def delay(failures: Sequence[tuple[str, datetime]], now: datetime) -> timedelta:
    """What every attempt is held up by while many fail, from however many places they come."""
    recent = sum(at > now - WINDOW for _, at in failures)
    return CROWD_DELAY if recent >= CROWD else timedelta()


def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _of_nothing() -> str:
    return _hasher().hash("no password is this long or this short")

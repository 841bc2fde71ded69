"""The store of who may use the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aggregator.records.access import SignIn


class AccessStore(Protocol):
    """Secrets (as hashes), browsers that are signed in, and attempts that failed (R16, R29)."""

    def secret(self, name: str) -> str | None:
        """The hash kept under a name ("password", "api"); None without one."""
        ...

    def set_secret(self, name: str, hashed: str | None, at: datetime) -> None:
        """Keeps a hash in place of the one before, None removes it. A new password, or none, ends every sign-in."""
        ...

    def sign_in(self, found: SignIn, ends: str | None = None) -> None:
        """Remembers a browser, and forgets those whose time is over. ends: the token hash of the sign-in that it replaces."""
        ...

    def signed_in(self, token_hash: str, now: datetime) -> SignIn | None:
        """The sign-in with this token, None if there is none or its time is over. One read."""
        ...

    def sign_out(self, token_hash: str) -> None:
        """Forgets one browser."""
        ...

    def failed(self, source: str, at: datetime) -> None:
        """Remembers an attempt that failed; those older than a day are forgotten. source: where it came from."""
        ...

    def failures(self, since: datetime) -> Sequence[tuple[str, datetime]]:
        """(source, when) of the attempts that failed after `since`, oldest first, at most the last 1,000."""
        ...

    def forget_failures(self, source: str) -> None:
        """The right password was given from there."""
        ...

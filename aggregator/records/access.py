"""Who is signed in at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser that is signed in.

    token_hash: sha256, in hex, of what the browser keeps; the token itself is nowhere. csrf: what its forms carry. ends_at: when
    it ends whatever happens. who: "password", or the name that the sign-on service gave. agent: how the browser names itself.
    """

    token_hash: str
    csrf: str
    made_at: datetime
    ends_at: datetime
    who: str
    agent: str | None = None

"""Whether a call comes from who knows the secret: as GitHub, Gitea, Forgejo and GitLab sign theirs, or as a bearer's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

_SIGNATURES = ("x-hub-signature-256", "x-forgejo-signature", "x-gitea-signature", "x-gogs-signature")
"""sha256 HMACs of the body in hex, the first with `sha256=` before it."""
_TOKENS = ("x-gitlab-token",)


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """headers: by lower-case names. One right proof is enough; comparing one takes the same time whatever is wrong with it."""
    key = secret.encode()
    digest = hmac.new(key, body, hashlib.sha256).hexdigest()
    proofs = [(headers.get(name, "").removeprefix("sha256="), digest) for name in _SIGNATURES]
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    tokens = [headers.get(name, "") for name in _TOKENS] + ([bearer.strip()] if scheme.lower() == "bearer" else [])
    proofs += [(token, secret) for token in tokens]
    return any(hmac.compare_digest(given.encode(), right.encode()) for given, right in proofs if given)

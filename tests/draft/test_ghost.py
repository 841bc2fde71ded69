"""The token that Ghost wants."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from aggregator.draft.ghost import token
from aggregator.errors import UsageError

KEY = "64f1c2a09be3d47182c5f036:" + "0f" * 32


def test_the_token_is_one_that_a_library_reads() -> None:
    now = datetime(2026, 3, 6, 7, 0, 0, 900_000, tzinfo=UTC)
    read = jwt.decode(token(f" {KEY}\n", now), OctKey.import_key(bytes.fromhex("0f" * 32)))
    assert read.header == {"alg": "HS256", "typ": "JWT", "kid": KEY.partition(":")[0]}
    assert read.claims == {"iat": int(now.timestamp()), "exp": int(now.timestamp()) + 300, "aud": "/admin/"}


@pytest.mark.parametrize("key", ["", "abc", "64f1c2a09be3d471:xyz", "64f1c2a09be3d471:0f", KEY.replace(":", "")])
def test_what_is_no_key_is_told(key: str) -> None:
    with pytest.raises(UsageError, match="Admin API key"):
        token(key, datetime(2026, 3, 6, tzinfo=UTC))

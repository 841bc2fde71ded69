"""Who may call the hook."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from aggregator.web.signature import is_signed

BODY = b'{"ref": "refs/heads/main"}'
SECRET = "correct horse"
DIGEST = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "headers",
    [
        {"x-hub-signature-256": f"sha256={DIGEST}"},
        {"x-gitea-signature": DIGEST},
        {"x-forgejo-signature": DIGEST},
        {"x-gitlab-token": SECRET},
        {"authorization": f"Bearer {SECRET}"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_each_service_proves_the_secret_in_its_way(headers: dict[str, str]) -> None:
    assert is_signed(headers, BODY, SECRET)
    assert not is_signed(headers, BODY, "another")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": f"sha1={DIGEST}"},
        {"x-gitlab-token": ""},
        {"authorization": f"Basic {SECRET}"},
        {"authorization": "Bearer"},
        {"x-gitlab-token": "caf\xe9"},
    ],
)
def test_what_proves_nothing_is_refused(headers: dict[str, str]) -> None:
    assert not is_signed(headers, BODY, SECRET)


def test_a_signature_of_another_body_is_refused() -> None:
    assert not is_signed({"x-hub-signature-256": f"sha256={DIGEST}"}, BODY + b" ", SECRET)

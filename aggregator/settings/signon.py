"""Who else may say that it is the author: a sign-on service (OpenID Connect)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from aggregator.settings.part import Part
from aggregator.settings.values import Name, WebAddress, Words


class OidcSettings(Part):
    """A sign-on service that speaks OpenID Connect. issuer: its address, below which `/.well-known/openid-configuration` is.
    client_secret_env, client_secret_file: where the client's secret is found. allow: the mail addresses, or subjects, that may
    come in; nobody else may."""

    issuer: WebAddress
    client_id: Name
    client_secret_env: str = "AGGREGATOR_OIDC_SECRET"  # noqa: S105 - the name of a variable
    client_secret_file: Path | None = None
    allow: Words = Field(min_length=1)

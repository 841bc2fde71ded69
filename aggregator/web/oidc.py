"""Signing in through the author's own sign-on service: OpenID Connect, authorization code with PKCE.

The protocol is Authlib's. Ours is what it goes by: addresses are made from `web.base_url` (R16), what is under way is kept in a
signed cookie of ten minutes, no proxy of the environment is asked (R34), and only those named in `allow` come in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import ConfigError, Refused
from aggregator.settings import Settings
from aggregator.settings.signon import OidcSettings
from aggregator.web.cookies import Cookie

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

BACK = "/login/service/back"
UNDER_WAY = "desk-signon"
SECONDS = 600
TIMEOUT = 15.0
_KNOWN = frozenset(
    {
        "authorization_endpoint",
        "id_token_signing_alg_values_supported",
        "issuer",
        "jwks_uri",
        "token_endpoint",
        "token_endpoint_auth_methods_supported",
    }
)
"""Of what a service says of itself. Authlib would pass all of it on to its HTTP client, as settings."""
_SIGNS = ("RS256", "ES256", "EdDSA", "PS256", "RS384", "ES384", "PS384", "RS512", "ES512", "PS512")
"""How a service may sign: with a key that it alone has. Authlib takes whatever the service lists, "none" as well; where it lists
none of these, the first is asked for."""


class SignOn:
    """One sign-on service. settings: those in force, asked for each time: the desk's own address may change while it runs. keys:
    newest first. Raises ConfigError where the extra is not installed."""

    def __init__(self, settings: Callable[[], Settings], oidc: OidcSettings, keys: list[bytes]) -> None:
        self._oidc = oidc
        self._settings = settings
        self._seal = URLSafeTimedSerializer(
            list(reversed(keys)), salt="desk.signon", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._service = _service(oidc, settings().oidc_secret())

    @property
    def _back(self) -> str:
        web = self._settings().web
        return (web.base_url or f"http://{web.host}:{web.port}") + BACK

    async def begin(self, request: Request, wanted: str) -> tuple[Response, Cookie]:
        """Leads to the service; the cookie holds what is under way. wanted: the page to go to afterwards. Raises Refused."""
        under_way: dict[str, Any] = {}
        request.scope["session"] = under_way
        answer: Response = await self._asked(self._service.authorize_redirect(request, self._back))
        kept = str(self._seal.dumps({"session": under_way, "next": wanted}))
        return answer, Cookie(UNDER_WAY, kept, SECONDS)

    async def end(self, request: Request, cookies: Mapping[str, str]) -> tuple[str, str]:
        """Who came back from the service, and the page that he wanted. Raises Refused for whoever is not allowed in, and for an
        answer that this browser did not ask for."""
        try:
            kept = self._seal.loads(cookies.get(UNDER_WAY, ""), max_age=SECONDS)
        except BadData:
            raise Refused("this sign-in was not begun in this browser, or too long ago", advice="Begin anew.") from None
        request.scope["session"] = kept["session"]
        token = await self._asked(self._service.authorize_access_token(request))
        return self._allowed(token.get("userinfo") or {}), str(kept["next"])

    def _allowed(self, claims: Mapping[str, Any]) -> str:
        """The name by which he is allowed in. An address counts if the service vouches for it, and never as a subject: some
        services let everybody choose his own."""
        allowed = {one.casefold() for one in self._oidc.allow}
        subject, mail = str(claims.get("sub") or ""), str(claims.get("email") or "")
        if subject in self._oidc.allow and "@" not in subject:
            return subject
        if mail and mail.casefold() in allowed and claims.get("email_verified") is True:
            return mail
        if mail.casefold() in allowed:
            why = f"the service does not say that {mail} is verified"
            raise Refused(why, advice=f"Put {subject!r} under `web: oidc: allow:` if that is you.")
        raise Refused("the service knows you, but you are not allowed in here", advice="`web: oidc: allow:` names who is.")

    async def _asked(self, doing: Any) -> Any:
        """What Authlib comes to; whatever goes wrong at the service or on the way is one kind of trouble here."""
        import httpx2  # noqa: PLC0415 - with the extra only
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        try:
            return await doing
        except AuthlibBaseError as error:
            why = f"the sign-on did not work ({error.error})"
        except JoseError as error:
            why = f"the sign-on service's answer cannot be trusted ({error.error})"
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError, KeyError, RuntimeError):
            why = f"the sign-on service at {self._oidc.issuer} cannot be reached, or answers what it should not"
        raise Refused(why, permanent=False, advice="Try again; sign in with the password if there is one.")


def _service(oidc: OidcSettings, secret: str | None) -> StarletteOAuth2App:
    try:
        from authlib.integrations.starlette_client import StarletteIntegration, StarletteOAuth2App  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ConfigError(
            "signing in through a service needs a library that is not installed",
            resource="web.oidc",
            advice="pip install 'aggregator[oidc]'",
        ) from None

    class Service(StarletteOAuth2App):  # type: ignore[misc] # the library has no types
        server_metadata: dict[str, Any]

        async def load_server_metadata(self) -> dict[str, Any]:
            """What the service says of itself: the part that is known, of the issuer that was configured."""
            if "_loaded_at" not in self.server_metadata:
                told = dict(await super().load_server_metadata())
                right = all(isinstance(told.get(one), str) for one in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
                if not right or str(told.get("issuer", "")).rstrip("/") != oidc.issuer:
                    self.server_metadata = {}
                    raise ValueError("this describes no service, or another one")
                signs = told.get("id_token_signing_alg_values_supported")
                told["id_token_signing_alg_values_supported"] = [
                    one for one in _SIGNS if isinstance(signs, list) and one in signs
                ]
                self.server_metadata = {key: told[key] for key in (_KNOWN | {"_loaded_at"}) & told.keys()}
            return self.server_metadata

    return Service(
        StarletteIntegration("desk"),
        "desk",
        client_id=oidc.client_id,
        client_secret=secret,
        server_metadata_url=f"{oidc.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            "trust_env": False,
            "follow_redirects": False,
            "timeout": TIMEOUT,
        },
    )

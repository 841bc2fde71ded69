"""Whether the desk is shut to everyone but the author."""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.desk.doctor import Check
from aggregator.digest.answering import public_desk
from aggregator.errors import ConfigError
from aggregator.settings import Settings


def checks(settings: Settings, *, password: bool, key_file: Path) -> Iterator[Check]:
    """Findings for `doctor`. password: one is set. key_file: of the keys that sign cookies and links in mails, there or not."""
    web = settings.web
    address = public_desk(web.base_url)
    outside = address or (None if is_loopback(web.host) else f"http://{web.host}:{web.port}")
    if outside is None:
        asks = "asks who you are" if password or web.oidc else "asks nobody for a password"
        yield Check("desk", ok=True, words=f"it answers on this machine only, and {asks}")
    elif not password and web.oidc is None:
        yield Check("desk", ok=False, words=f"others reach {outside}, and there is no password", advice="aggregator password")
    elif not outside.lower().startswith("https:"):
        yield Check(
            "desk",
            ok=False,
            words=f"the password goes to {outside} for everyone on the way to read",
            advice="Let a web server with a certificate stand in front of it, and begin `base_url` under `web` with https.",
        )
    else:
        yield Check(
            "desk",
            ok=True,
            words=f"{outside}, with {'a password' if password else 'a sign-on service'}",
            advice=_proxies(settings),
        )
    if below := urlsplit(web.base_url or "").path.strip("/"):
        yield Check(
            "desk",
            ok=False,
            words=f"`base_url` under `web` ends with /{below}, and every link of the desk leads to / at that name",
            advice="Give the desk a name of its own, such as desk.example.org.",
        )
    if web.oidc is not None:
        try:
            settings.oidc_secret()
        except ConfigError as error:
            yield Check("sign-on service", ok=False, words=str(error), advice="Correct `client_secret_file` under `web: oidc:`.")
    if os.name == "posix" and key_file.exists() and key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Check(
            "key file", ok=False, words=f"{key_file} signs your links, and others can read it", advice=f"chmod 600 {key_file}"
        )


def _proxies(settings: Settings) -> str | None:
    if settings.web.trusted_proxies or not is_loopback(settings.web.host):
        return None
    return "Name the server in front of it under `web: trusted_proxies:`; until then everybody's wrong passwords slow you down."


def is_loopback(host: str) -> bool:
    """Whether a name or an address, as configured or as in a Host header without its port, means this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"

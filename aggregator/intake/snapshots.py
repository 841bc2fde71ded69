"""Asking for an archived copy of a page, and the answer, as the Wayback Machine's availability interface has them. Pure."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlencode

from aggregator.text.canonical import safe_url


def question(archive: str, url: str, near: date | None) -> str:
    """Where to ask for a copy of `url`, the one nearest to a day if that is known."""
    asked = {"url": url} | ({"timestamp": f"{near:%Y%m%d}"} if near is not None else {})
    return f"{archive}?{urlencode(asked)}"


def copy_in(body: bytes) -> str | None:
    """The address of the copy that an answer names, None if it has none or cannot be read."""
    try:
        closest = json.loads(body)["archived_snapshots"]["closest"]
        if not closest["available"] or not str(closest["status"]).startswith("2"):
            return None
        address = safe_url(str(closest["url"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    # The archive itself still answers with plain addresses.
    plain = "http://web.archive.org/"
    return f"https://{address.removeprefix('http://')}" if address and address.startswith(plain) else address

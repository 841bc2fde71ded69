"""What the author types for a web address."""

from __future__ import annotations

from aggregator.errors import UsageError
from aggregator.text.canonical import host_of, safe_url


def web_address(typed: str) -> str:
    """`example.org/page` or a whole http(s) address -> the address, https where no scheme was typed.

    Raises UsageError for what is none: a single word is a slip of the hand rather than a machine next door.
    """
    typed = typed.strip()
    url = safe_url(typed if "://" in typed else f"https://{typed}")
    host = host_of(url) if url else ""
    if url is None or not ("." in host or ":" in host or host == "localhost"):
        raise UsageError(
            "this is no web address", resource=typed or "''", advice="One is written https://example.org/page, or example.org."
        )
    return url

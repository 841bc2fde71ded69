"""Where a request goes: an address without its password, what to authenticate with, and where a redirect leads (R19). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import encode_basic_auth
from yarl import URL

from aggregator.errors import FeedError

_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Target:
    """One hop.

    url: without credentials and fragment. authorization: header that the address's own credentials make, None without any
    or once a redirect left their server. home: the first hop's address, credentials included. permanent: every redirect so
    far was a 301 or 308. hops: how many there were.
    """

    url: URL
    home: URL
    authorization: str | None = None
    permanent: bool = True
    hops: int = 0
    notes: tuple[str, ...] = ()

    @property
    def permanent_url(self) -> str | None:
        """Where an unbroken chain of permanent redirects led so far; None if there was none."""
        if not (self.hops and self.permanent):
            return None
        if self.authorization is None:
            return str(self.url)
        return str(self.url.with_user(self.home.user).with_password(self.home.password))


def first_target(url: str) -> Target:
    """The hop that an author's address asks for. Raises FeedError unsupported."""
    try:
        home = URL(url)
    except ValueError as error:
        raise FeedError("unsupported", f"this is no address: {error}", resource=url, permanent=True) from error
    if home.scheme not in ("http", "https") or not home.raw_host:
        raise FeedError("unsupported", "only http and https addresses can be fetched", resource=url, permanent=True)
    authorization = encode_basic_auth(home.user, home.password or "") if home.user else None
    return Target(_bare(home), home, authorization)


def redirected(target: Target, status: int, location: str | None) -> Target:
    """The next hop. Credentials stay behind when the server changes; http to https on the same host is no change.

    Raises FeedError redirect, redirect_scheme.
    """
    where = str(target.url)
    if not location:
        raise FeedError("redirect", f"it redirects (HTTP {status}) without saying where to", resource=where, status=status)
    try:
        url = target.url.join(URL(location))
        explicit_port = url.port  # reading it checks it
    except ValueError as error:
        raise FeedError("redirect", f"it redirects to what is no address: {error}", resource=where, status=status) from error
    if url.scheme not in ("http", "https") or not url.raw_host or explicit_port is None:
        raise FeedError(
            "redirect_scheme", f"it redirects to a {url.scheme or 'nameless'}: address", resource=where, status=status
        )
    url = _bare(url)
    notes = target.notes
    if (target.url.scheme, url.scheme) == ("https", "http"):
        notes += ("a redirect leads from https to plain http",)
    return replace(
        target,
        url=url,
        authorization=target.authorization if _same_server(target.url, url) else None,
        permanent=target.permanent and status in _PERMANENT,
        hops=target.hops + 1,
        notes=notes,
    )


def _bare(url: URL) -> URL:
    return url.with_user(None).with_fragment(None)


def _same_server(old: URL, new: URL) -> bool:
    if old.origin() == new.origin():
        return True
    return old.raw_host == new.raw_host and (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443)

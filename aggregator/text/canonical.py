"""Addresses: which are safe to keep, when two are the same page, and which words they hold."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from aggregator.text.tracking import tracks

LONGEST_URL = 2048

_AROUND = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that break out of the places an address is written into (attributes, <...> in Markdown, plain mail), or that
# make it read as another one. Browsers percent-encode them as well.
_ODD = re.compile(
    r'[\s"<>`{}|^\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffd]'
)
_ASCII_HOST = re.compile(r"[a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})*")
# Most addresses have nothing to fold but these; every link of every body is one.
_PLAIN_LENGTH = 253
_PLAIN = re.compile(r"https?://(?:www\.(?=[^/]+\.))?((?:[a-z0-9_\-]{1,63}\.)+[a-z0-9_\-]{1,63})((?:/[A-Za-z0-9_~.\-]*)*)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")

_WORD = re.compile(r"[^\W\d_]+(?:\d+[^\W\d_]*)?")
_SUFFIXES = frozenset(("html", "htm", "php", "asp", "aspx", "jsp", "shtml", "xhtml", "md", "cgi", "index"))


def safe_url(value: str, base: str | None = None) -> str | None:
    """`value` as an absolute http(s) address, resolved against `base`, or None if it is no address we would ever show.

    Refused (R5): other schemes, no host, more than 2,048 characters, control characters, a port or host that cannot be.
    Characters that would break out of an attribute or a Markdown link, or turn the reading direction, are percent-encoded;
    the rest stays as published.
    """
    value = value.strip(_AROUND)
    if not value or len(value) > LONGEST_URL or _FORBIDDEN.search(value):
        return None
    absolute = _absolute(value, base)
    if absolute is None:
        return None
    try:
        parts = urlsplit(absolute)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    if _host(parts) is None:
        return None
    if _ODD.search(absolute):
        absolute = _ODD.sub(lambda odd: quote(odd[0], safe=""), absolute)
    return absolute if len(absolute) <= LONGEST_URL else None


def canonical_url(url: str) -> str | None:
    """The key under which two addresses of the same page are equal, or None if `safe_url` refuses it.

    Folded: http and https, `www.`, letter case and IDNA of the host, default ports, user information, dot segments, case and
    needlessness of percent escapes, a trailing slash, the order of parameters. Dropped: tracking and session parameters, and
    a fragment unless it selects content (`#!`, `#/`). A query that selects content stays: `?p=595`.
    """
    plain = _PLAIN.fullmatch(url) if len(url) <= _PLAIN_LENGTH and "/." not in url else None
    return f"https://{plain[1]}{plain[2].rstrip('/') or '/'}" if plain else _canonical(url)


def _canonical(url: str) -> str | None:
    safe = safe_url(url)
    if safe is None:
        return None
    parts = urlsplit(safe)
    host = _host(parts)
    if host is None:
        return None
    port = parts.port
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = _path(parts.path)
    query = _query(parts.query) if parts.query else ""
    fragment = f"#{_escapes(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""
    return _bounded(f"https://{host}{path}{query}{fragment}")


def _bounded(key: str) -> str:
    """Escaped, an address may be nine times as long, and an index of PostgreSQL takes 2,704 octets: the rest goes by its hash."""
    if len(key) <= LONGEST_URL:
        return key
    mark = f"~{hashlib.sha256(key.encode()).hexdigest()}"
    return re.sub(r"%[0-9A-F]?$", "", key[: LONGEST_URL - len(mark)]) + mark


def is_front_page(canonical: str) -> bool:
    """Whether a canonical address names a site and no page of it."""
    # Asked for every link of every body, so it is not taken apart for it.
    rest = canonical.partition("://")[2]
    slash = rest.find("/")
    return slash == len(rest) - 1 if slash >= 0 else "?" not in rest and "#" not in rest


def host_of(url: str) -> str:
    """The host of an address, lower case, in ASCII, without `www.`; empty if it has none."""
    try:
        parts = urlsplit(url.strip(_AROUND))
    except ValueError:
        return ""
    return _host(parts) or ""


def address_words(url: str) -> list[str]:
    """Words of an address's path, lower case, in order, for the classifier. Numbers, dates and file endings are left out."""
    try:
        path = urlsplit(url.strip(_AROUND)).path
    except ValueError:
        return []
    if "%" in path:
        path = unquote(path)
    words = [word.lower() for word in _WORD.findall(path.replace("_", " "))]
    return [word for word in words if len(word) > 1 and word not in _SUFFIXES]


def page_name(canonical: str) -> str:
    """What a canonical address calls its page: the last part of the path that has letters, as words; empty if none has."""
    path = canonical[8:].partition("?")[0].partition("/")[2]
    for segment in reversed(path.split("/")):
        stem, dot, suffix = segment.rpartition(".")
        stem = stem if dot and len(suffix) <= 5 and suffix.isalpha() else segment
        if stem and not stem.isdigit():
            return re.sub(r"[-_+]+", " ", unquote(stem) if "%" in stem else stem).strip()
    return ""


def _absolute(value: str, base: str | None) -> str | None:
    scheme = _SCHEME.match(value)
    if "\\" in value:
        value = _slashes(value)
    if scheme is not None:
        return value if scheme[1].lower() in ("http", "https") else None
    base = None if base is None else safe_url(base)
    if base is None:
        return None
    try:
        return urljoin(base, value)
    except ValueError:
        return None


def _slashes(value: str) -> str:
    """Backslashes before the query mean slashes, as in every browser: what we check must be what is opened."""
    end = min((at for at in (value.find("?"), value.find("#")) if at >= 0), default=len(value))
    return value[:end].replace("\\", "/") + value[end:]


def _host(parts: SplitResult) -> str | None:
    netloc = parts.netloc
    if not netloc:
        return None
    if "@" in netloc:
        netloc = netloc.rpartition("@")[2]
    return _normal_host(netloc)


@lru_cache(maxsize=4096)
def _normal_host(netloc: str) -> str | None:
    """Host and maybe port -> the host as a key; None if it is not one."""
    if netloc.startswith("["):
        return netloc[: netloc.find("]") + 1].lower() if "]" in netloc else None
    host = netloc.partition(":")[0].rstrip(".").lower()
    if not host.isascii():
        # Seldom needed and slow to import: only here.
        from yarl import URL  # noqa: PLC0415

        try:
            host = (URL.build(scheme="https", host=host).raw_host or "").rstrip(".")
        except (ValueError, UnicodeError):
            return None
    if len(host) > 253 or _ASCII_HOST.fullmatch(host) is None:
        return None
    if host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _path(path: str) -> str:
    if "%" in path or not path.isascii():
        path = _escapes(path)
    if ";" in path:
        path = _SESSION_PATH.sub("", path)
    if "/." in path:
        path = _without_dots(path)
    return path.rstrip("/") or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not tracks(pair)]
    if not kept:
        return ""
    if len(kept) > 1:
        kept.sort(key=lambda pair: pair.partition("=")[0])
    joined = "&".join(kept)
    return "?" + (_escapes(joined) if "%" in joined or not joined.isascii() else joined)


def _escapes(text: str) -> str:
    """Percent escapes in one spelling (RFC 3986, 6.2.2): upper case, unreserved characters plain, other alphabets escaped."""
    text = _ESCAPE.sub(_escape, text)
    return text if text.isascii() else _NON_ASCII.sub(lambda run: quote(run[0]), text)


def _escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()

"""Whether a page is there for readers, by what it says of itself: paid for, parked, or missing under a good status. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from aggregator.records.links import Bearing
from aggregator.text.canonical import host_of
from aggregator.text.markup import shallow

_LD_LIMIT = 200_000
_LITTLE = 3_000
"""Characters of text; who sells a domain writes less, and an article that names the sale of one writes more."""

_SOLD = re.compile(
    r"(?:this |the )?domain(?: name)? (?:\S+ )?(?:is|may be|might be) (?:available )?for sale|buy this domain|domain is parked|"
    r"parked (?:free|domain)|inquire about this domain|this domain has expired|domain name has expired",
    re.IGNORECASE,
)
_DEALERS = (
    "above.com",
    "afternic.com",
    "bodis.com",
    "dan.com",
    "domainmarket.com",
    "hugedomains.com",
    "parkingcrew.net",
    "parklogic.com",
    "sedo.com",
    "sedoparking.com",
    "undeveloped.com",
    "uniregistry.com",
)
# A title that says so from the start; an article about missing pages has more to say.
_MISSING = re.compile(
    r"(?:(?:error\W*)?404(?:\W*(?:error|(?:page )?not found))?|(?:(?:the |this )?(?:page|post|file) )?not found)"
    r"\W*(?:$|[|:\u2013-])",
    re.IGNORECASE,
)


def read_bearing(html: str, url: str) -> Bearing:
    """Reads a page that answered at `url`. Never raises for what the page contains."""
    tree = LexborHTMLParser(shallow(html))
    return Bearing(paywalled=_is_paid_for(tree), parked=is_dealer(url) or _is_sold(tree), missing=_is_missing(tree))


def is_dealer(url: str) -> bool:
    """Whether an address is one of those who deal in domains."""
    host = host_of(url)
    return any(host == one or host.endswith("." + one) for one in _DEALERS)


def _is_paid_for(tree: LexborHTMLParser) -> bool:
    for node in tree.css("meta[content]"):
        name = (node.attributes.get("property") or node.attributes.get("name") or "").strip().lower()
        if name == "article:content_tier" and (node.attributes.get("content") or "").strip().lower() == "locked":
            return True
    return any(_says_no(one.get("isAccessibleForFree")) for one in _objects(tree))


def _says_no(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().rpartition("/")[2].lower() == "false")


def _objects(tree: LexborHTMLParser) -> Iterator[dict[str, object]]:
    """Objects of the page's JSON-LD that are about the page itself; parts of it, such as an aside for subscribers, are not."""
    for node in tree.css('script[type="application/ld+json"]'):
        text = node.text()
        if len(text) > _LD_LIMIT:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        graph = document.get("@graph", [document]) if isinstance(document, dict) else document
        yield from (one for one in graph if isinstance(one, dict)) if isinstance(graph, list) else ()


def _is_sold(tree: LexborHTMLParser) -> bool:
    text = tree.body.text(separator=" ") if tree.body is not None else ""
    return len(text) < _LITTLE and _SOLD.search(f"{_title(tree)} {text}") is not None


def _is_missing(tree: LexborHTMLParser) -> bool:
    return _MISSING.match(_title(tree)) is not None


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return " ".join(node.text().split()) if node is not None else ""

"""Adds one page that the author found himself: a candidate like any other, kept unless he says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool

from aggregator.desk.address import web_address
from aggregator.desk.decide import decide, known_section, today
from aggregator.desk.edition import open_edition
from aggregator.desk.typed import known_at
from aggregator.edition.duplicates import LOOK_BACK, find_copy
from aggregator.edition.holds import parse_until
from aggregator.errors import PageError, Refused, UsageError
from aggregator.intake.charset import decode_document
from aggregator.intake.page import PageFacts, is_feed, read_page
from aggregator.ports import Page, PageFetcher, Stores
from aggregator.records.candidates import Action, Candidate, NewCandidate
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import canonical_url
from aggregator.text.hygiene import clean_line, clean_text

MOST_AT_ONCE = 20
AT_ONCE = 5
"""Pages that are fetched at the same time."""


@dataclass(frozen=True, slots=True)
class Added:
    """known: it was a candidate before. trouble: why the page could not be read, None if it could."""

    candidate: Candidate
    known: bool
    trouble: str | None


def add(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    pages: PageFetcher | None,
    address: str,
    *,
    keep: bool = True,
    until: str | None = None,
    section: str | None = None,
    note: str | None = None,
    via: str | None = None,
    thanks: str | None = None,
    title: str | None = None,
    quote: str | None = None,
) -> Added:
    """Adds the page at `address`. A page that cannot be fetched, or that is not looked at (pages: None), is added all the same,
    under `title` or its address; a feed that brings it later says what it could not.

    until: held until then instead of kept (`desk.decide`). via: who pointed to it. thanks: whom he thanks for it. quote:
    exact words of the page, for its bullet. A candidate of the same page is taken instead of a second one, unless an earlier
    edition used or dropped it: he wants it again. Raises UsageError for an address that is none, for no such section or time;
    Refused for a feed's.
    """
    url = web_address(address)
    where = known_section(plan, section) if section is not None else None
    if until is not None:
        parse_until(until, today(plan, stores.clock.now()))
    note, via, thanks = _text(note), _line(via), _line(thanks)
    facts, trouble = _fetch(pages, url) if pages is not None else (PageFacts(None, None, None, url, ""), None)
    keys = [key for key in dict.fromkeys((canonical_url(url), canonical_url(facts.url))) if key]
    known = _known(stores, roundup, keys) or _copy(stores, roundup, facts)
    now = stores.clock.now()
    if len(keys) > 1:
        # A feed may deliver it under the address that he typed.
        stores.archive.remember({keys[0]: keys[1]}, now)
    open_edition(stores, roundup, plan)
    if known is not None:
        candidate_id = known.id
        stores.ledger.credit(candidate_id, via=via, thanks=thanks)
    else:
        new = NewCandidate(
            url=facts.url,
            canonical_url=canonical_url(facts.url),
            title=facts.title or clean_line(title or "") or facts.url,
            text=facts.text,
            author=facts.author,
            tags=(),
            published_at=facts.published,
            first_seen=now,
            added=True,
            note=note,
            via=via,
            thanks=thanks,
        )
        candidate_id = stores.ledger.offer(roundup.id, [new], [])[0]
    if until is not None:
        decide(stores, roundup, plan, [candidate_id], Action.HOLD, section=where, until=until, comment=note)
    elif keep:
        decide(stores, roundup, plan, [candidate_id], Action.KEEP, section=where, comment=note)
    elif where is not None:
        decide(stores, roundup, plan, [candidate_id], Action.MOVE, section=where)
    if words := _text(quote):
        stores.drafts.add_quote(candidate_id, words, None, now)
    candidate = stores.ledger.candidates(roundup.id, [candidate_id])[0]
    return Added(candidate, known is not None, trouble)


def added_words(done: Added) -> str:
    """In a sentence or two, for where there is room for no more, such as a phone's notice."""
    one = done.candidate
    where = f" under {one.section}" if one.section is not None else ""
    before = "; it was here before" if done.known else ""
    trouble = f" The page could not be read: {done.trouble}." if done.trouble else ""
    return f"{one.id}: {one.title}, {one.standing.state}{where}{before}.{trouble}"


def addresses_in(text: str) -> list[str]:
    """What he typed or pasted, several addresses apart by white space, each once, in order. Raises UsageError for none, and for
    more than can be looked at in one go."""
    found = list(dict.fromkeys(text.split()))
    if not found:
        raise UsageError("there is no address", advice="Paste the address of a page, or several, one a line.")
    if len(found) > MOST_AT_ONCE:
        raise UsageError(f"these are {len(found)} addresses", advice=f"Add at most {MOST_AT_ONCE} in one go.")
    return found


def fetched(pages: PageFetcher, addresses: Sequence[str]) -> PageFetcher:
    """The same pages, those at `addresses` fetched together beforehand: one that does not answer keeps no other waiting."""
    urls = []
    for address in addresses:
        with suppress(UsageError):  # told when it is added
            urls.append(web_address(address))
    found: dict[str, Page | PageError] = {}

    def get(url: str) -> None:
        try:
            found[url] = pages.get(url)
        except PageError as error:
            found[url] = error

    # Daemon threads, unlike those of concurrent.futures: a page that does not answer must not hold up the end of the process.
    with ThreadPool(AT_ONCE) as pool:
        pool.map(get, dict.fromkeys(urls))
    return _Fetched(found, pages)


class _Fetched:
    """`ports.PageFetcher` over what was asked for already."""

    def __init__(self, found: Mapping[str, Page | PageError], others: PageFetcher) -> None:
        self._found = found
        self._others = others

    def get(self, url: str) -> Page:
        page = self._found.get(url)
        if isinstance(page, PageError):
            raise page
        return page or self._others.get(url)


def _text(words: str | None) -> str | None:
    return clean_text(words) or None if words else None


def _line(words: str | None) -> str | None:
    return clean_line(words, 200) or None if words else None


def _known(stores: Stores, roundup: Roundup, keys: Sequence[str]) -> Candidate | None:
    """The open edition's candidate for a page."""
    found = known_at(stores, roundup, keys)
    return next((found[key] for key in keys if key in found), None)


def _copy(stores: Stores, roundup: Roundup, facts: PageFacts) -> Candidate | None:
    """The open edition's candidate for the same article under another address, such as that of a feed's carrier."""
    recent = stores.ledger.fingerprints(roundup.id, stores.clock.now() - LOOK_BACK) if facts.title and facts.text else []
    copy = find_copy(facts.title or "", facts.text, canonical_url(facts.url), recent)
    those = stores.ledger.candidates(roundup.id, [copy]) if copy is not None else []
    return next((one for one in those if one.ended is None), None)


def _fetch(pages: PageFetcher, url: str) -> tuple[PageFacts, str | None]:
    try:
        page = pages.get(url)
    except PageError as error:
        return PageFacts(None, None, None, url, ""), error.message
    if page.content_type and "feed+json" in page.content_type:
        raise _no_page(url)
    if page.content_type and "html" not in page.content_type and "xml" not in page.content_type:
        return PageFacts(None, None, None, page.url, ""), f"it is {page.content_type}, not a page with a title"
    html, _ = decode_document(page.body, page.content_type)
    if is_feed(html):
        raise _no_page(url)
    return read_page(html, page.url), None


def _no_page(url: str) -> Refused:
    return Refused("this is a feed, not a page", resource=url, advice=f"`aggregator feeds add {url}` follows it.")

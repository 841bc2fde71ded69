"""Quotations: exact words of a page, kept with where they stand, and put into its bullet."""

from __future__ import annotations

from aggregator.desk.anew import anew
from aggregator.desk.bullets import find, shown, write
from aggregator.desk.edition import chosen, open_edition
from aggregator.edition.bullets import members, state_of
from aggregator.edition.quotes import quotation
from aggregator.errors import NotFound, UsageError
from aggregator.ports import Stores
from aggregator.records.drafts import Bullet, Quote
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import host_of, safe_url
from aggregator.text.markdown import escape, link

LONGEST = 5_000


def quote(stores: Stores, roundup: Roundup, plan: RoundupSettings, candidate_id: int, text: str, url: str | None = None) -> Quote:
    """Keeps exact words of a candidate's page, for its bullet. url: where they stand, if elsewhere. Raises UsageError,
    NotFound, Refused."""
    exact = text.replace("\r\n", "\n").strip()
    if not exact:
        raise UsageError("there are no words to quote", advice="Select some first.")
    if len(exact) > LONGEST:
        raise UsageError(f"a quotation has {LONGEST} characters at most, and this has {len(exact)}")
    open_edition(stores, roundup, plan)
    (candidate,) = chosen(stores, roundup, [candidate_id])
    address = safe_url(url) if url else None
    elsewhere = address if address != candidate.url else None
    return stores.drafts.add_quote(candidate.id, exact, elsewhere, stores.clock.now())


@anew
def insert_quote(stores: Stores, roundup: Roundup, plan: RoundupSettings, key: str, quote_id: int) -> Bullet:
    """Puts a kept quotation below a bullet's words, with a link to where it stands. Raises NotFound."""
    bullet = find(shown(stores, roundup, plan), key)
    said = with_quote(bullet, _quote(stores, bullet, quote_id))
    return write(stores, roundup, plan, bullet.key, said, based_on=state_of(bullet), typed=False)


def with_quote(bullet: Bullet, taken: Quote) -> str:
    """A bullet's words with a quotation below them."""
    source = next((one.candidate for one in bullet.links if one.candidate.id == taken.candidate_id), None)
    if taken.url is not None or source is None:
        where = link(host_of(taken.url or ""), taken.url or "")
    else:
        where = f"[{escape(source.title)}][{members(bullet).index(source.id) + 1}]"
    return "\n\n".join(part for part in (bullet.text, quotation(taken.text, where)) if part.strip())


def _quote(stores: Stores, bullet: Bullet, quote_id: int) -> Quote:
    for one in stores.drafts.quotes([each.candidate.id for each in bullet.links]):
        if one.id == quote_id:
            return one
    raise NotFound(f"there is no quotation {quote_id} of what that bullet links to")

"""What relatives are found by: a candidate with the addresses and links of everything that carried it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from aggregator.records.candidates import Profile
from aggregator.storage.candidates import of_open_edition
from aggregator.storage.database import chunks
from aggregator.storage.redirects import targets_of
from aggregator.storage.schema import candidate_sources, candidates, entries, feeds, subscriptions
from aggregator.text.canonical import host_of

#: Characters of a candidate's text that its profile holds.
BEGINNING = 2500


def profiles(connection: Connection, roundup_id: int, since: datetime, after: int) -> list[Profile]:
    """Of what the open edition holds, by id: first seen since then, or numbered above `after`."""
    columns = (
        candidates.c.id,
        candidates.c.url,
        candidates.c.canonical_url,
        candidates.c.title,
        func.substr(candidates.c.text, 1, BEGINNING).label("text"),
        candidates.c.published_at,
        candidates.c.first_seen,
    )
    is_wanted = or_(candidates.c.first_seen >= since, candidates.c.id > after)
    query = select(*columns).where(*of_open_edition(roundup_id), is_wanted).order_by(candidates.c.id)
    rows = connection.execute(query).all()
    facts = _SourceFacts(connection, roundup_id, [row.id for row in rows])
    addresses = {row.id: dict.fromkeys([row.canonical_url] if row.canonical_url else []) for row in rows}
    for row in rows:
        addresses[row.id].update(dict.fromkeys(facts.addresses[row.id]))
    led = targets_of(connection, {address for those in addresses.values() for address in those})
    return [
        Profile(
            candidate_id=row.id,
            url=row.url,
            addresses=tuple(addresses[row.id]),
            title=row.title,
            text=row.text,
            links=tuple(facts.links[row.id]),
            feed=facts.feeds.get(row.id),
            at=min(row.published_at or row.first_seen, row.first_seen),
            targets=tuple(dict.fromkeys(led[one] for one in addresses[row.id] if one in led)),
        )
        for row in rows
    ]


class _SourceFacts:
    """What the sources of some candidates say, by candidate id."""

    def __init__(self, connection: Connection, roundup_id: int, ids: Sequence[int]) -> None:
        self.addresses: dict[int, list[str]] = defaultdict(list)
        self.links: dict[int, dict[str, None]] = defaultdict(dict)
        self.feeds: dict[int, str] = {}
        following = and_(subscriptions.c.feed_id == feeds.c.id, subscriptions.c.roundup_id == roundup_id)
        query = (
            select(
                candidate_sources.c.candidate_id,
                entries.c.canonical_url,
                entries.c.links,
                feeds.c.url,
                func.coalesce(subscriptions.c.title, feeds.c.title).label("title"),
            )
            .join(entries, entries.c.id == candidate_sources.c.entry_id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .outerjoin(subscriptions, following)
            .order_by(candidate_sources.c.candidate_id, candidate_sources.c.position)
        )
        for part in chunks(ids):
            for row in connection.execute(query.where(candidate_sources.c.candidate_id.in_(part))):
                self.feeds.setdefault(row.candidate_id, row.title or host_of(row.url))
                self.links[row.candidate_id].update(dict.fromkeys(row.links))
                if row.canonical_url:
                    self.addresses[row.candidate_id].append(row.canonical_url)

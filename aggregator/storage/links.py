"""Linked pages: what they said when they were kept, the last word on each address, and a candidate's new address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, exists, select, update

from aggregator.errors import NotFound, Refused
from aggregator.records.candidates import Action
from aggregator.records.editions import Outcome
from aggregator.records.links import KeptPage, LinkCheck, LinkState
from aggregator.storage.candidates import of_open_edition
from aggregator.storage.database import Database, chunks, insert
from aggregator.storage.schema import candidates, kept_pages, link_checks, outcomes, verdicts


class SqlLinks:
    """`ports.LinkStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spoken_of(self, roundup_id: int) -> list[int]:
        """Candidates of the open edition that he kept or held at some time, by id."""
        said = exists().where(verdicts.c.candidate_id == candidates.c.id, verdicts.c.action.in_((Action.KEEP, Action.HOLD)))
        query = select(candidates.c.id).where(*of_open_edition(roundup_id), said).order_by(candidates.c.id)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def page(self, candidate_id: int) -> KeptPage | None:
        """The page as it was when the candidate was kept, None if it was not saved."""
        with self._database.read() as connection:
            row = connection.execute(select(kept_pages).where(kept_pages.c.candidate_id == candidate_id)).first()
        return None if row is None else KeptPage(*row)

    def saved(self, candidate_ids: Collection[int]) -> frozenset[int]:
        """Those of these candidates whose page was saved."""
        found: set[int] = set()
        with self._database.read() as connection:
            for part in chunks(candidate_ids):
                query = select(kept_pages.c.candidate_id).where(kept_pages.c.candidate_id.in_(part))
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def save_page(self, page: KeptPage) -> None:
        """In the place of what was saved before."""
        row = asdict(page)
        with self._database.write() as connection:
            upsert = insert(connection, kept_pages).values(row)
            connection.execute(upsert.on_conflict_do_update(index_elements=["candidate_id"], set_=row))

    def forget_dropped(self) -> int:
        """Deletes the pages of candidates that an edition closed with dropped; returns how many."""
        dropped = exists().where(outcomes.c.candidate_id == kept_pages.c.candidate_id, outcomes.c.outcome == Outcome.DROPPED)
        with self._database.write() as connection:
            return connection.execute(delete(kept_pages).where(dropped)).rowcount

    def checks(self, addresses: Collection[str]) -> dict[str, LinkCheck]:
        """Canonical address -> the last word on it, for those that were looked at."""
        found: dict[str, LinkCheck] = {}
        with self._database.read() as connection:
            for part in chunks(set(addresses)):
                for row in connection.execute(select(link_checks).where(link_checks.c.address.in_(part))):
                    found[row.address] = _check(row)
        return found

    def save_check(self, check: LinkCheck) -> None:
        """In the place of what was known of the address."""
        row = asdict(check)
        with self._database.write() as connection:
            upsert = insert(connection, link_checks).values(row)
            connection.execute(upsert.on_conflict_do_update(index_elements=["address"], set_=row))

    def readdress(self, roundup_id: int, candidate_id: int, url: str, canonical_url: str) -> None:
        """The candidate is at this address from now on; number and history stay. Raises NotFound, and Refused where another
        candidate of the open edition is that page."""
        with self._database.write() as connection:
            same = candidates.c.canonical_url == canonical_url, candidates.c.id != candidate_id
            other = select(candidates.c.id).where(*of_open_edition(roundup_id), *same)
            if (taken := connection.execute(other).scalar()) is not None:
                raise Refused(
                    f"number {taken} is that page already",
                    resource=url,
                    advice=f"Keep one of {candidate_id} and {taken}, and drop the other.",
                )
            mine = update(candidates).where(candidates.c.roundup_id == roundup_id, candidates.c.id == candidate_id)
            if not connection.execute(mine.values(url=url, canonical_url=canonical_url)).rowcount:
                raise NotFound(f"no candidate has the number {candidate_id}", advice="`aggregator candidates` lists them.")


def _check(row: Row[Any]) -> LinkCheck:
    facts: dict[str, Any] = {**row._mapping, "state": LinkState(row.state)}  # noqa: SLF001 - a row's public view of itself
    return LinkCheck(**facts)

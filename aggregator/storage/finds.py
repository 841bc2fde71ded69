"""What the author starred elsewhere comes in kept: a verdict in his name, in the same transaction as the candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.records.candidates import Action, NewVerdict, State, Verdict
from aggregator.storage.candidates import Fold, ended
from aggregator.storage.database import chunks
from aggregator.storage.offers import candidates_of
from aggregator.storage.schema import editions, verdicts
from aggregator.storage.verdicts import OF_FINDS, append, verdict_of


def keep(connection: Connection, roundup_id: int, notes: Mapping[int, str | None], at: datetime, fold: Fold) -> None:
    """Keeps the candidates of these entries in the open edition, as one gesture. notes: entry -> his note, None if none.

    What he dropped, and what an edition used, stays so; what he kept or wrote himself stands. The roundup has an open edition.
    """
    said: dict[int, str | None] = {}
    for entry, candidate in sorted(candidates_of(connection, roundup_id, notes).items()):
        said[candidate] = said.get(candidate) or notes[entry]
    over = ended(connection, said)
    before: dict[int, list[Verdict]] = defaultdict(list)
    for part in chunks(said):
        for row in connection.execute(select(verdicts).where(verdicts.c.candidate_id.in_(part)).order_by(verdicts.c.id)):
            before[row.candidate_id].append(verdict_of(row))
    batch = f"{at.isoformat(timespec='microseconds')}{OF_FINDS}"
    kept = []
    for candidate, note in said.items():
        standing = fold(before[candidate])
        if (
            candidate in over
            or standing.state is State.DROPPED
            or (standing.state is State.KEPT and (standing.comment or not note))
        ):
            continue
        kept.append(NewVerdict(candidate, Action.KEEP, at, batch, comment=None if standing.comment else note))
    if kept:
        still_open = select(editions.c.id).where(editions.c.roundup_id == roundup_id, editions.c.closed_at.is_(None))
        append(connection, connection.execute(still_open).scalar_one(), kept)

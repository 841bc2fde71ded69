"""Labels and classifiers: append-only, so that what a classifier was fitted on can be told for ever (R14)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from aggregator.records.learning import Classifier, Example, Label, LabelSource, NewLabel, Score
from aggregator.storage.database import Database, chunks
from aggregator.storage.schema import classifiers, roundups
from aggregator.storage.schema import labels as told


class SqlLearning:
    """`ports.LearningStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_labels(self, roundup_id: int, labels: Sequence[NewLabel]) -> int:
        """Makes these all that their origins say: appends what is new, retracts what an origin does not say any more.
        Returns how many it appended."""
        wanted = {(label.origin, _hash(label.example)): label for label in labels}
        with self._database.write() as connection:
            standing = _standing(connection, roundup_id, {origin for origin, _ in wanted})
            fresh = {key: label for key, label in wanted.items() if not _says(standing.get(key), label)}
            past = [row.id for key, row in standing.items() if key in fresh or key not in wanted]
            number = _watermark(connection, roundup_id)
            if past:
                number += 1
                _retract(connection, past, number)
            rows = [
                {
                    "roundup_id": roundup_id,
                    "number": number + place,
                    "source": label.source.value,
                    "at": label.at,
                    "edition": label.edition,
                    "section": label.section,
                    "origin": label.origin,
                    "example_hash": digest,
                    "example": asdict(label.example),
                }
                for place, ((_, digest), label) in enumerate(fresh.items(), start=1)
            ]
            if rows:
                connection.execute(insert(told), rows)
        return len(rows)

    def retract(self, roundup_id: int, origins: Collection[str]) -> int:
        """Takes back what these origins said; returns how many labels that were. Earlier watermarks still see them."""
        with self._database.write() as connection:
            ids = [row.id for row in _standing(connection, roundup_id, origins).values()]
            if ids:
                _retract(connection, ids, _watermark(connection, roundup_id) + 1)
        return len(ids)

    def revive(self, roundup_id: int, said: Mapping[str, str]) -> int:
        """Origin -> section: where an origin says nothing any more, and its last word was this section, it says that again.
        Returns how many labels that were."""
        copied = [one for one in told.c.keys() if one not in ("id", "number", "retracted")]  # noqa: SIM118 - columns, no dict
        with self._database.write() as connection:
            silent = set(said) - {origin for origin, _ in _standing(connection, roundup_id, said)}
            last: dict[str, Row[Any]] = {}
            for part in chunks(sorted(silent)):
                mine = select(told).where(told.c.roundup_id == roundup_id, told.c.origin.in_(part))
                last.update({row.origin: row for row in connection.execute(mine.order_by(told.c.retracted, told.c.number))})
            number = _watermark(connection, roundup_id)
            rows = [
                {**{name: getattr(row, name) for name in copied}, "number": number + place}
                for place, row in enumerate((row for row in last.values() if row.section == said[row.origin]), start=1)
            ]
            if rows:
                connection.execute(insert(told), rows)
        return len(rows)

    def labels(self, roundup_id: int, watermark: int | None = None) -> list[Label]:
        """Those standing at the watermark (None = now), by id. An id is the label's number in its roundup's sequence."""
        query = select(told).where(told.c.roundup_id == roundup_id).order_by(told.c.number)
        if watermark is None:
            query = query.where(told.c.retracted.is_(None))
        else:
            query = query.where(told.c.number <= watermark, told.c.retracted.is_(None) | (told.c.retracted > watermark))
        with self._database.read() as connection:
            return [_label(row) for row in connection.execute(query)]

    def counts(self, roundup_id: int) -> dict[str, int]:
        """Section -> labels that stand under it."""
        mine = (told.c.roundup_id == roundup_id, told.c.retracted.is_(None))
        query = select(told.c.section, func.count().label("labels")).where(*mine).group_by(told.c.section)
        with self._database.read() as connection:
            return {row.section: row.labels for row in connection.execute(query)}

    def watermark(self, roundup_id: int) -> int:
        """Number of the newest change to the labels, retractions included; 0 without any."""
        with self._database.read() as connection:
            return _watermark(connection, roundup_id)

    def labelled_for(self, roundup_id: int) -> str | None:
        """Fingerprint of the section names and aliases that the labels were made for, None before any."""
        with self._database.read() as connection:
            return connection.execute(select(roundups.c.labelled_for).where(roundups.c.id == roundup_id)).scalar_one_or_none()

    def set_labelled_for(self, roundup_id: int, fingerprint: str) -> None:
        """The labels now are as these sections and aliases have them."""
        with self._database.write() as connection:
            connection.execute(update(roundups).where(roundups.c.id == roundup_id).values(labelled_for=fingerprint))

    def current(self, roundup_id: int) -> Classifier | None:
        """The classifier adopted last."""
        query = select(classifiers).where(classifiers.c.roundup_id == roundup_id, classifiers.c.adopted_at.is_not(None))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(classifiers.c.id.desc()).limit(1)).first()
        return None if row is None else _classifier(row)

    def add_classifier(
        self,
        roundup_id: int,
        *,
        recipe: str,
        seed: int,
        watermark: int,
        labels: int,
        sections: Sequence[str],
        score: Score | None,
        thresholds: Mapping[str, float],
        adopted: bool,
        reason: str,
        at: datetime,
    ) -> Classifier:
        """Stores a fitted classifier's row. An adopted one is the current one from now on."""
        row = {
            "roundup_id": roundup_id,
            "recipe": recipe,
            "seed": seed,
            "watermark": watermark,
            "labels": labels,
            "sections": tuple(sections),
            "score_links": score.links if score else None,
            "score_top1": score.top1 if score else None,
            "score_top2": score.top2 if score else None,
            "thresholds": dict(thresholds),
            "adopted_at": at if adopted else None,
            "made_at": at,
            "reason": reason,
        }
        with self._database.write() as connection:
            return _classifier(connection.execute(insert(classifiers).values(row).returning(*classifiers.c)).one())

    def classifiers(self, roundup_id: int) -> list[Classifier]:
        """All, newest first, those not adopted included."""
        query = select(classifiers).where(classifiers.c.roundup_id == roundup_id).order_by(classifiers.c.id.desc())
        with self._database.read() as connection:
            return [_classifier(row) for row in connection.execute(query)]


def _standing(connection: Connection, roundup_id: int, origins: Collection[str]) -> dict[tuple[str, str], Row[Any]]:
    """(origin, hash of the example) -> the label that stands."""
    columns = [told.c[name] for name in ("id", "origin", "example_hash", "section", "source", "edition")]
    mine = select(*columns).where(told.c.roundup_id == roundup_id, told.c.retracted.is_(None))
    found: dict[tuple[str, str], Row[Any]] = {}
    for part in chunks(origins):
        for row in connection.execute(mine.where(told.c.origin.in_(part))):
            found[row.origin, row.example_hash] = row
    return found


def _says(standing: Row[Any] | None, label: NewLabel) -> bool:
    return standing is not None and (standing.section, standing.source, standing.edition) == (
        label.section,
        label.source.value,
        label.edition,
    )


def _watermark(connection: Connection, roundup_id: int) -> int:
    mine = told.c.roundup_id == roundup_id
    row = connection.execute(select(func.max(told.c.number), func.max(told.c.retracted)).where(mine)).one()
    return max(row[0] or 0, row[1] or 0)


def _retract(connection: Connection, ids: Sequence[int], number: int) -> None:
    """One number for all: they are one change."""
    connection.execute(
        update(told).where(told.c.id == bindparam("label")).values(retracted=number), [{"label": one} for one in ids]
    )


def _hash(example: Example) -> str:
    return hashlib.sha256(json.dumps(asdict(example), sort_keys=True).encode()).hexdigest()


def _label(row: Row[Any]) -> Label:
    said = row.example
    example = Example(**{**said, "tags": tuple(said["tags"]), "folders": tuple(said["folders"])})
    return Label(row.number, example, row.section, LabelSource(row.source), row.at, row.origin, row.edition)


def _classifier(row: Row[Any]) -> Classifier:
    return Classifier(
        id=row.id,
        recipe=row.recipe,
        seed=row.seed,
        watermark=row.watermark,
        labels=row.labels,
        sections=row.sections,
        score=None if row.score_links is None else Score(row.score_links, row.score_top1, row.score_top2),
        thresholds=row.thresholds,
        adopted_at=row.adopted_at,
        made_at=row.made_at,
        reason=row.reason,
    )

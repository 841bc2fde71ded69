"""Closes the open edition from the post that the author published, learns from it, opens the next."""

from __future__ import annotations

from datetime import UTC, datetime, time

from aggregator.archive.labels import labels_of
from aggregator.archive.match import match_post
from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.edition.examples import example_of
from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate
from aggregator.records.editions import Closing, Outcome
from aggregator.records.learning import LabelSource, NewLabel
from aggregator.records.reports import CloseReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import canonical_url


def close(stores: Stores, roundup: Roundup, plan: RoundupSettings, post: PastEdition) -> CloseReport:
    """Matches the post's links to candidates, writes each one's outcome, archives the post, adds its labels.

    Raises Refused for a draft, for a post with another number than the open edition's, and for a post without links.
    Training again is `jobs.learn`'s; the caller runs it after this.
    """
    now = stores.clock.now()
    edition = open_edition(stores, roundup, plan)
    _check(post, edition.number, plan, now)
    candidates = stores.ledger.candidates(roundup.id)
    elsewhere = _candidates_elsewhere(stores, roundup, post, candidates)
    closing = match_post(post, [*candidates, *elsewhere], plan.canonical_section)
    stores.archive.save(roundup.id, [post], now)
    at = datetime.combine(post.published, time(12), UTC) if post.published else now
    stores.learning.add_labels(roundup.id, labels_of(post, plan.canonical_section, at))
    stores.learning.add_labels(roundup.id, _labels(post, [*candidates, *elsewhere], closing, plan, at, edition.number))
    following = (post.number or edition.number) + 1
    opened = stores.ledger.close(edition, closing, now, post.published, post.path, following)
    closed = next(one for one in stores.ledger.editions(roundup.id) if one.id == edition.id)
    return CloseReport(closed, opened, closing, len(post.links))


def _check(post: PastEdition, number: int, plan: RoundupSettings, now: datetime) -> None:
    if post.draft:
        raise Refused("its front matter says that it is a draft", resource=post.path, advice="Publish it first.")
    if post.published and post.published > today(plan, now):
        raise Refused(f"it is dated {post.published}, which is still to come", resource=post.path)
    if post.number is not None and post.number != number:
        raise Refused(
            f"it is number {post.number}, but the open edition is number {number}",
            resource=post.path,
            advice=f"`aggregator archive import` takes older ones. To count on from {post.number}, close that one first.",
        )
    if not post.links:
        raise Refused("it links to nothing, so there is nothing to learn from it", resource=post.path)


def _candidates_elsewhere(stores: Stores, roundup: Roundup, post: PastEdition, known: list[Candidate]) -> list[Candidate]:
    """Linked candidates that the open edition no longer holds: dropped or used in an earlier one, and linked after all."""
    here = {candidate.id for candidate in known}
    addresses = {key for link in post.links if (key := canonical_url(link.url))}
    ids = {one for one in stores.ledger.candidates_at(roundup.id, addresses).values() if one not in here}
    return stores.ledger.candidates(roundup.id, sorted(ids)) if ids else []


def _labels(
    post: PastEdition, candidates: list[Candidate], closing: Closing, plan: RoundupSettings, at: datetime, number: int
) -> list[NewLabel]:
    """What the post teaches about its candidates: their own title and text under the section he published them in."""
    by_id = {candidate.id: candidate for candidate in candidates}
    comments = {link.canonical_url: bullet.text for bullet in post.bullets for link in bullet.links}
    labels = []
    for outcome in closing.outcomes:
        section = plan.canonical_section(outcome.section) if outcome.section else None
        if outcome.outcome not in (Outcome.USED, Outcome.MOVED) or section is None:
            continue
        candidate = by_id[outcome.candidate_id]
        comment = comments.get(candidate.canonical_url or "", "")
        origin = f"edition:{number}:candidate:{candidate.id}"
        labels.append(NewLabel(example_of(candidate, comment), section, LabelSource.PUBLISHED, at, origin, number))
    return labels

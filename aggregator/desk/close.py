"""Closes the open edition from the post that the author published, learns from it, opens the next."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from aggregator.archive.labels import labels_of
from aggregator.archive.match import addresses_of, match_post
from aggregator.archive.renamed import forget_renamed
from aggregator.desk.decide import origin_of, today
from aggregator.desk.edition import open_edition
from aggregator.edition.examples import example_of
from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate
from aggregator.records.editions import Closing
from aggregator.records.learning import LabelSource, NewLabel
from aggregator.records.reports import CloseReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def close(stores: Stores, roundup: Roundup, plan: RoundupSettings, post: PastEdition) -> CloseReport:
    """Matches the post's links to candidates, writes each one's outcome, archives the post, adds its labels.

    Raises Refused for a draft, for a post with another number than the open edition's, and for a post without links.
    Training again is `jobs.learn`'s; the caller runs it after this.
    """
    now = stores.clock.now()
    edition = open_edition(stores, roundup, plan)
    _check(post, edition.number, plan, now)
    candidates = stores.ledger.candidates(roundup.id)
    offered = [*candidates, *_candidates_elsewhere(stores, roundup, post, candidates)]
    closing = match_post(post, offered, plan.canonical_section)
    forget_renamed(stores, roundup.id, [post])
    stores.archive.save(roundup.id, [post], now)
    at = datetime.combine(post.published, time(12), UTC) if post.published else now
    published = _labels(post, offered, closing, plan, at, edition.number)
    stores.learning.add_labels(roundup.id, [*labels_of(post, plan.canonical_section, at), *published.values()])
    # The post is his last word on these; where it differs from what he said before, both would teach.
    stores.learning.retract(roundup.id, [origin_of(one) for one in published])
    opened = stores.ledger.close(edition, closing, now, post.published, post.path, edition.number + 1)
    closed = next(one for one in stores.ledger.editions(roundup.id) if one.id == edition.id)
    return CloseReport(closed, opened, closing, len(post.links))


def _check(post: PastEdition, number: int, plan: RoundupSettings, now: datetime) -> None:
    if post.draft:
        raise Refused("its front matter says that it is a draft", resource=post.path, advice="Publish it first.")
    # A post may be dated by another clock than his, a day ahead at most.
    if post.published and post.published > today(plan, now) + timedelta(days=1):
        raise Refused(
            f"it is dated {post.published}, which is still to come",
            resource=post.path,
            advice="Close the edition once the post is out; if it is, correct the date in the post.",
        )
    if post.number is not None and post.number != number:
        raise Refused(
            f"it is number {post.number}, but the open edition is number {number}",
            resource=post.path,
            advice=f"`aggregator archive import` takes older ones. To count on from {post.number}, close that one first.",
        )
    if not post.links:
        raise Refused(
            "it links to nothing, so there is nothing to learn from it",
            resource=post.path,
            advice="Name the post as published, with its links: its Markdown file, or the address of its page.",
        )


def _candidates_elsewhere(stores: Stores, roundup: Roundup, post: PastEdition, known: list[Candidate]) -> list[Candidate]:
    """Linked candidates that the open edition no longer holds: dropped or used in an earlier one, and linked after all."""
    here = frozenset[str]().union(*(addresses_of(candidate) for candidate in known))
    ids = stores.ledger.candidates_at(roundup.id, {link.canonical_url for link in post.links} - here).values()
    return stores.ledger.candidates(roundup.id, set(ids)) if ids else []


def _labels(
    post: PastEdition, candidates: list[Candidate], closing: Closing, plan: RoundupSettings, at: datetime, number: int
) -> dict[int, NewLabel]:
    """What the post teaches about its candidates: their own title and text under the section he published them in."""
    comments = {link.canonical_url: bullet.text for bullet in post.bullets for link in bullet.links}
    labels = {}
    for candidate, outcome in zip(candidates, closing.outcomes, strict=True):
        section = plan.canonical_section(outcome.section) if outcome.section else None
        if section is not None:
            comment = next((comments[one] for one in sorted(addresses_of(candidate)) if one in comments), "")
            origin = f"edition:{number}:candidate:{candidate.id}"
            example = example_of(candidate, comment)
            labels[candidate.id] = NewLabel(example, section, LabelSource.PUBLISHED, at, origin, number)
    return labels

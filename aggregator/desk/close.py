"""Closes the open edition from the post that the author names."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.closing import close as closing
from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.errors import Refused
from aggregator.ports import Follower, Stores
from aggregator.records.archive import PastEdition
from aggregator.records.reports import CloseReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def close(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    post: PastEdition,
    *,
    follower: Follower | None = None,
    renumber: bool = False,
) -> CloseReport:
    """Matches the post's links to candidates, writes each one's outcome, archives the post, adds its labels, opens the next.

    follower: asks where links lead that no candidate has. renumber: the edition takes the post's number if that is a later one.
    Raises Refused for a draft, for a post with another number than the open edition's, and for a post without links.
    Training again is `jobs.learn`'s; the caller runs it after this.
    """
    edition = open_edition(stores, roundup, plan)
    number = post.number if renumber and post.number is not None and post.number > edition.number else edition.number
    _check(post, number, plan, stores.clock.now())
    return closing.close(stores, roundup, plan, post, follower=follower, number=number if number != edition.number else None)


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
        later = post.number > number
        raise Refused(
            f"it is number {post.number}, but the open edition is number {number}",
            resource=post.path,
            advice=f"If you skipped a number, --renumber makes the open edition number {post.number}."
            if later
            else "`aggregator archive import` takes older ones.",
        )
    if not post.links:
        raise Refused(
            "it links to nothing, so there is nothing to learn from it",
            resource=post.path,
            advice="Name the post as published, with its links: its Markdown file, or the address of its page.",
        )

"""What the author should know of his published posts: sources that cannot be read, posts that close nothing, and why."""

from __future__ import annotations

from aggregator.closing.judge import already_there, skipped_number
from aggregator.ports import Stores
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def publishing_troubles(stores: Stores, roundup: Roundup, plan: RoundupSettings, edition: Edition) -> list[tuple[str, str]]:
    """Each as what is wrong, and what he can do."""
    names = {one.address: one.name for one in plan.archive}
    found = [
        (f"Your past editions at {names[one.address]} cannot be read: {one.error}", "It is tried again by itself.")
        for one in stores.archive.sources(roundup.id)
        if one.error is not None and one.address in names
    ]
    documents = stores.archive.documents(roundup.id)
    if (post := skipped_number(documents, edition)) is not None:
        found.append(
            (
                f"{post.path} is number {post.number}, but edition {edition.number} is open; it closes nothing.",
                f"If you skipped a number: aggregator edition close --published {post.path} --renumber",
            )
        )
    if (post := already_there(documents, edition)) is not None:
        found.append(
            (
                f"Number {edition.number} is in your archive, but edition {edition.number} is open.",
                f"If it is published: aggregator edition close --published {post.path}",
            )
        )
    return found

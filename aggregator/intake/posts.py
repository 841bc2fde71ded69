"""The entries of the author's own feed as posts: what he wrote, with its markup."""

from __future__ import annotations

from datetime import tzinfo

from aggregator.records.archive import RawPost
from aggregator.records.feeds import ParsedFeed


def posts_of(feed: ParsedFeed, zone: tzinfo) -> list[RawPost]:
    """In document order. A post is known by its address, else by its key; its day is the author's. feed: parsed with bodies."""
    return [
        RawPost(
            path=one.url or one.key,
            title=one.title,
            html=one.html,
            url=one.url,
            published=one.published_at.astimezone(zone).date() if one.published_at else None,
            tags=one.tags,
        )
        for one in feed.entries
    ]

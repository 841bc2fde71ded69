"""A candidate as the classifier reads it."""

from __future__ import annotations

from aggregator.records.candidates import Candidate
from aggregator.records.learning import Example


def example_of(candidate: Candidate, comment: str = "") -> Example:
    """Everything that a candidate gives to tell its section by; its original source speaks for the feed. comment: the
    author's own words around the link, once he has published it."""
    original = candidate.sources[0] if candidate.sources else None
    return Example(
        title=candidate.title,
        url=candidate.url or "",
        text=candidate.text,
        feed=original.feed if original else "",
        author=candidate.author or "",
        tags=candidate.tags,
        folders=original.folders if original else (),
        comment=comment,
    )

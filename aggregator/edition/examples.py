"""A candidate as the classifier reads it, and what the author's section for it teaches."""

from __future__ import annotations

from datetime import datetime

from aggregator.records.candidates import Candidate
from aggregator.records.learning import Example, LabelSource, NewLabel


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


def verdict_label(candidate: Candidate, section: str, at: datetime, edition: int) -> NewLabel:
    """What the author's section for a candidate teaches."""
    return NewLabel(example_of(candidate), section, LabelSource.VERDICT, at, verdict_origin(candidate.id), edition)


def verdict_origin(candidate_id: int) -> str:
    """What a later correction retracts the label by."""
    return f"candidate:{candidate_id}"

"""How good the classifier is for this author, in one honest sentence."""

from __future__ import annotations

from aggregator.records.learning import Classifier


def describe(classifier: Classifier | None) -> str:
    """For the mail's foot and for `status`."""
    if classifier is None:
        return "Filed by section keywords, feed folders and sources only: too little has been learnt yet from past editions."
    if classifier.score is None:
        return f"Filed by what {classifier.labels:,} of your links taught; they are too few or too new to say how well."
    score = classifier.score
    return (
        f"Filed by what {classifier.labels:,} of your links taught. On the newest {score.links:,}, unseen: "
        f"right at first {score.top1:.0%}, within two {score.top2:.0%}."
    )

"""From scores to honest numbers: the temperature of confidence, and the confidence a section must reach to be filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TARGET = 0.80  # the share of links filed without asking that must be right
MARGIN = 0.05  # nearer than this, the first two are a toss-up and the author is asked
NEVER = 1.01  # a threshold that no confidence reaches
_FEWEST = 30  # links to measure on; below, confidence is taken at its word
_TEMPERATURES = np.geomspace(0.5, 20.0, 60)
# A section with few links to measure on is judged as if it had this many more that behave like all sections together.
_BORROWED = 15.0


def softmax(scores: Floats) -> Floats:
    """Rows of scores to rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def best_temperature(scores: Floats, truth: Ints) -> float:
    """The factor on scores under which unseen answers are likeliest (temperature scaling, Guo et al. 2017).

    Of n answers the right ones count as (n+1)/(n+2) sure, the rest spread evenly (Platt 1999): a few links all got right must
    not make it certain of everything. truth: the right column of each row, -1 where none is; such rows are left out, for no
    factor can make them likelier.
    """
    known = np.flatnonzero(truth >= 0)
    if not len(known):
        return 1.0
    sure = (len(known) + 1) / (len(known) + 2)
    losses = []
    for factor in _TEMPERATURES:
        logs = np.log(softmax(scores[known] * factor) + 1e-12)
        losses.append(float(-(sure * logs[np.arange(len(known)), truth[known]] + (1 - sure) * logs.mean(axis=1)).mean()))
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 4)


def find_thresholds(probabilities: Floats, truth: Ints, sections: Sequence[str]) -> Mapping[str, float]:
    """For each section the least confidence from which on those filed under it were right in at least `TARGET` of unseen
    links; `NEVER` where there is none. Sections with few links borrow from all together. truth: as in `best_temperature`."""
    if len(truth) < _FEWEST:
        return dict.fromkeys(sections, TARGET)
    first, confidence = likeliest(probabilities)
    right = first == truth
    steps = np.arange(0.20, 1.0, 0.01)
    overall = [float(right[confidence >= step].mean()) if (confidence >= step).any() else 0.0 for step in steps]
    thresholds = {}
    for column, name in enumerate(sections):
        mine = first == column
        thresholds[name] = NEVER
        for step, common in zip(steps, overall, strict=True):
            above = right[mine & (confidence >= step)]
            if (above.sum() + _BORROWED * common) / (len(above) + _BORROWED) >= TARGET:
                thresholds[name] = round(float(step), 2)
                break
    return thresholds


def likeliest(probabilities: Floats) -> tuple[Ints, Floats]:
    """The likeliest column of each row and its probability; -1 instead where the second comes within `MARGIN`."""
    first = np.argmax(probabilities, axis=1)
    ordered = np.sort(probabilities, axis=1)
    close = ordered[:, -1] - ordered[:, -2] < MARGIN if probabilities.shape[1] > 1 else np.zeros(len(ordered), dtype=bool)
    return first, np.where(close, -1.0, ordered[:, -1])

"""Logistic regression that starts from weights believed beforehand and leaves them as far as the facts demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from aggregator.classify.features import Matrix
from aggregator.classify.threads import one_thread

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """mean: weights believed before any fact. spread: how far each may be off (a standard deviation)."""

    mean: Floats
    spread: Floats


def fit(features: Matrix, truth: Floats, weights: Floats, prior: Prior) -> Floats:
    """The likeliest weights: most of sum(weights * log likelihood) - sum(((w - mean) / spread)**2) / 2.

    features: facts x features, sparse or not. truth: 1 or 0 a fact. A Gaussian prior is partial pooling: without facts the
    answer is `mean`; with n of them a weight lies between `mean` and what they alone say, nearer to them by about
    n p (1 - p) x**2 spread**2. Deterministic: convex, from one starting point.
    """
    if not len(truth):
        return prior.mean
    sign = 2 * truth - 1
    scaled = features.multiply(prior.spread).tocsr()
    offset = np.asarray(features @ prior.mean)

    def loss(moved: Floats) -> tuple[float, Floats]:
        margin = sign * (offset + scaled @ moved)
        lost = float(weights @ np.logaddexp(0, -margin)) + float(moved @ moved) / 2
        return lost, moved - scaled.T @ (weights * sign * expit(-margin))

    with one_thread():
        found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200, "gtol": 1e-3})
    return np.asarray(prior.mean + prior.spread * found.x)

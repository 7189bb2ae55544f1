"""Seconds for efficient mixes and scenario discovery, beside the whole programme given to the same solver."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from capexlib.models.decisions import cvar_frontier, discover

Payoffs = NDArray[np.float64]


def vendors(paths: int, columns: int) -> Payoffs:
    """Draw payoffs that fail now and then, together and alone."""
    rng = np.random.default_rng(1)
    works = rng.random((paths, columns)) > np.linspace(0.02, 0.3, columns)
    noise = rng.normal(size=(paths, 1)) + rng.normal(size=(paths, columns))
    return np.exp(0.35 * noise) * works * np.linspace(0.8, 1.2, columns)


def whole_programme(payoffs: Payoffs, level: float) -> float:
    """Return the least CVaR by the textbook's programme, one row a path."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack, identity

    n, columns = payoffs.shape
    cost = np.concatenate([np.zeros(columns), [1.0], np.full(n, 1 / (n * (1 - level)))])
    rows = hstack([csr_matrix(-payoffs), csr_matrix(-np.ones((n, 1))), -identity(n)])
    total = csr_matrix((np.ones(columns), (np.zeros(columns, int), np.arange(columns))), shape=(1, len(cost)))
    bounds = [(0, 1)] * columns + [(None, None)] + [(0, None)] * n
    found = linprog(cost, A_ub=rows, b_ub=np.zeros(n), A_eq=total, b_eq=[1.0], bounds=bounds, method="highs")
    return float(found.fun)


def best(action: Callable[[], object], times: int) -> float:
    """Return the fastest of some runs, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return min(taken)


def timings() -> list[tuple[str, float, float | None]]:
    """Return name, seconds and seconds allowed of each action."""
    payoffs, many = vendors(10_000, 5), vendors(10_000, 15)
    inputs = {f"input {place}": column for place, column in enumerate(many.T)}
    breaks = (many[:, 0] < 0.5) & (many[:, 3] > 1.0)
    whole_programme(payoffs[:100], 0.95)
    return [
        ("frontier, 20 points, 5 vendors", best(lambda: cvar_frontier(payoffs, 1.0, 0.95, 20), 3), 1.5),
        ("frontier, 20 points, 15 segments", best(lambda: cvar_frontier(many, 0.25, 0.95, 20), 3), 1.5),
        ("one point of it, a row a path", best(lambda: whole_programme(payoffs, 0.95), 1), None),
        ("discovery, 10⁴ runs, 15 inputs", best(lambda: discover(inputs, breaks), 3), None),
    ]

"""Long-run laws, hitting probabilities and hitting times, without a single subtraction.

A continuous chain's rates and a discrete chain's probabilities obey the same
equations off the diagonal, so one kernel serves both: `moves` is either, and
its diagonal is never read. States are eliminated one by one and every pivot is
a sum of positive numbers (Grassmann, Taksar and Heyman), so that rates of 1e-6
and 1e6 in one chain keep every digit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capexlib.models.markov.structure import Truths, closed_classes, reachable
from capexlib.models.uncertainty.families import Floats


def stationary_laws(moves: Floats) -> Floats:
    """Return the stationary law of each closed class.

    Parameters
    ----------
    moves : ndarray, shape (n, n)
        Rates per year or probabilities per step.

    Returns
    -------
    ndarray, shape (closed classes, n)
        Each row solves π Q = 0 (or π P = π) and sums to one; zero outside its class. Rows are in
        order of the first state of their class.

    References
    ----------
    Grassmann, Taksar and Heyman (1985), Regenerative analysis and steady state
    distributions for Markov chains, Operations Research 33, 1107-1116.

    Examples
    --------
    >>> stationary_laws(np.array([[-1.0, 1.0], [3.0, -3.0]])).tolist()
    [[0.75, 0.25]]
    """
    groups = closed_classes(moves)
    laws = np.zeros((len(groups), len(moves)))
    for law, group in zip(laws, groups, strict=True):
        inner = moves[np.ix_(group, group)].astype(np.float64)
        outflow = np.zeros(len(group))
        for last in range(len(group) - 1, 0, -1):
            outflow[last] = inner[last, :last].sum()
            inner[:last, :last] += np.outer(inner[:last, last] / outflow[last], inner[last, :last])
        weights = np.ones(len(group))
        for state in range(1, len(group)):
            weights[state] = weights[:state] @ inner[:state, state] / outflow[state]
        law[list(group)] = weights / weights.sum()
    return laws


def _solve(inner: Floats, exits: Floats, gains: Floats) -> Floats:
    """Solve Σⱼ aᵢⱼ (xᵢ − xⱼ) + eᵢ xᵢ = gᵢ for x, shape of `gains`, all numbers non-negative."""
    inner, exits, gains = inner.copy(), exits.copy(), gains.copy()
    pivots = np.zeros(len(inner))
    for last in range(len(inner) - 1, -1, -1):
        pivots[last] = inner[last, :last].sum() + exits[last]
        share = inner[:last, last] / pivots[last]
        inner[:last, :last] += np.outer(share, inner[last, :last])
        exits[:last] += share * exits[last]
        gains[:last] += share[:, None] * gains[last]
    solution = np.zeros_like(gains)
    for state in range(len(inner)):
        solution[state] = (gains[state] + inner[state, :state] @ solution[:state]) / pivots[state]
    return solution


def hitting_probabilities(moves: Floats, targets: Sequence[int]) -> Floats:
    """Return how likely each state is ever to reach a set of states.

    Parameters
    ----------
    moves : ndarray, shape (n, n)
        Rates per year or probabilities per step.
    targets : sequence of int

    Returns
    -------
    ndarray, shape (n,)
        One in the set, and exactly one or zero where the possible moves decide it.

    Notes
    -----
    The smallest solution of Σⱼ qᵢⱼ hⱼ = 0 outside the set with h = 1 in it.

    References
    ----------
    Norris (1997), Markov Chains, Cambridge, theorems 1.3.2 and 3.3.1.

    Examples
    --------
    >>> gambler = np.array([[1.0, 0.0, 0.0], [0.75, 0.0, 0.25], [0.0, 0.0, 1.0]])
    >>> hitting_probabilities(gambler, [2]).tolist()
    [0.0, 0.25, 1.0]
    """
    aims = list(targets)
    outside = np.ones(len(moves), dtype=bool)
    outside[aims] = False
    hit, surely = _fates(moves, aims)
    unsure = np.flatnonzero(outside & hit & ~surely)
    chance = np.where(surely, 1.0, 0.0)
    if unsure.size:
        others = np.setdiff1d(np.arange(len(moves)), unsure)
        leaving = moves[np.ix_(unsure, others)]
        gains = leaving @ chance[others]
        inner = moves[np.ix_(unsure, unsure)]
        chance[unsure] = _solve(inner, leaving.sum(axis=1), gains[:, None])[:, 0]
    return chance


def hitting_times(moves: Floats, targets: Sequence[int]) -> Floats:
    """Return the expected time until a set of states is first entered.

    Parameters
    ----------
    moves : ndarray, shape (n, n)
        Rates per year or probabilities per step.
    targets : sequence of int

    Returns
    -------
    ndarray, shape (n,)
        Years or steps. Zero in the set; infinite where the set may never be reached.

    Notes
    -----
    The smallest solution of Σⱼ qᵢⱼ (kᵢ − kⱼ) = 1 outside the set with k = 0 in it.

    References
    ----------
    Norris (1997), Markov Chains, Cambridge, theorems 1.3.5 and 3.3.3.

    Examples
    --------
    >>> hitting_times(np.array([[-0.5, 0.5], [0.0, 0.0]]), [1]).tolist()
    [2.0, 0.0]
    """
    aims = list(targets)
    _, surely = _fates(moves, aims)
    times = np.where(surely, 0.0, np.inf)
    times[aims] = 0.0
    waiting = np.setdiff1d(np.flatnonzero(surely), aims)
    if waiting.size:
        exits = moves[waiting][:, aims].sum(axis=1)
        inner = moves[np.ix_(waiting, waiting)]
        times[waiting] = _solve(inner, exits, np.ones((waiting.size, 1)))[:, 0]
    return times


def _fates(moves: Floats, aims: list[int]) -> tuple[Truths, Truths]:
    """Tell for each state whether it can reach the set, and whether it surely does."""
    stopped = moves.copy()
    stopped[aims] = 0.0
    reach = reachable(stopped)
    hit: Truths = np.logical_or.reduce(reach[:, aims], axis=1)
    return hit, np.logical_not(np.logical_or.reduce(reach[:, ~hit], axis=1))

"""The matrix exponential of a generator and its integral, by sums of positive numbers.

A general-purpose exponential may return a probability of −1e-17 or a row that
sums to 1 + 1e-10. Uniformisation adds and multiplies non-negative numbers only,
and after each doubling of the time the rows are made to sum to one again.
"""

from __future__ import annotations

import math

import numpy as np

from capexlib.models.uncertainty.families import Floats

_TERMS = 26


def exponential_and_integral(matrix: Floats, years: float) -> tuple[Floats, Floats]:
    """Return P(t) = exp(Qt) and the integral of P(s) over s from 0 to t.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A generator Q, rates per year.
    years : float
        t, finite and not negative.

    Returns
    -------
    transitions : ndarray, shape (n, n)
        Row i, column j: probability of state j after t, from i.
    occupancy : ndarray, shape (n, n)
        Row i, column j: expected years in state j within t, from i.

    Notes
    -----
    With L twice the largest exit rate and U = I + Q/L, over a step h with L h <= 1
    P(h) = Σ Poisson(k; L h) Uᵏ and G(h) = Σ P(N > k) Uᵏ / L; then G(2h) = G(h) + P(h) G(h) and
    P(2h) = P(h)².

    References
    ----------
    Jensen (1953), Markoff chains as an aid in the study of Markoff processes, Skandinavisk
    Aktuarietidskrift 36, 87-91.

    Examples
    --------
    >>> transitions, occupancy = exponential_and_integral(np.array([[-1.0, 1.0], [0.0, 0.0]]), np.log(2.0))
    >>> transitions.round(12).tolist(), occupancy.round(12)[0, 0].item()
    ([[0.5, 0.5], [0.0, 1.0]], 0.5)
    """
    moves = np.array(matrix, dtype=np.float64)
    np.fill_diagonal(moves, 0.0)
    pace = 2.0 * float(moves.sum(axis=1).max())
    identity = np.eye(len(moves))
    if pace * years == 0.0:
        return identity, years * identity
    doublings = max(0, math.ceil(math.log2(pace) + math.log2(years)))
    step = math.ldexp(years, -doublings)
    jump = moves / pace
    np.fill_diagonal(jump, 1.0 - jump.sum(axis=1))
    weights = _poisson(pace * step)
    beyond = np.cumsum(weights[::-1])[::-1][1:] / pace
    power = identity
    transitions, occupancy = np.zeros_like(jump), np.zeros_like(jump)
    for weight, later in zip(weights[:-1], beyond, strict=True):
        transitions += weight * power
        occupancy += later * power
        power = power @ jump
    transitions = _settled(transitions)
    for _ in range(doublings):
        occupancy = occupancy + transitions @ occupancy
        transitions = _settled(transitions @ transitions)
    return transitions, occupancy


def _poisson(mean: float) -> Floats:
    """Return the Poisson law of a mean of at most one, up to where it vanishes."""
    return np.array([math.exp(-mean) * mean**count / math.factorial(count) for count in range(_TERMS)])


def _settled(transitions: Floats) -> Floats:
    """Make rows sum to one."""
    return transitions / transitions.sum(axis=1, keepdims=True)

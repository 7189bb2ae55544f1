"""Transition matrices of many chains at once: one set of states, each path its own rates.

As in `exponential`, only non-negative numbers are added and multiplied, and what
comes out for a path does not depend on which paths are worked on beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.families import Floats

_PIECES, _WIDTH = 4, 4
_ROWS = 1024


def transition_laws(rates: ArrayLike, moves: Sequence[tuple[int, int]], count: int, years: float) -> Floats:
    """Return each path's P(t) = exp(Qt).

    Parameters
    ----------
    rates : array_like, shape (n, moves)
        Per year, finite and not negative, in the order of `moves`.
    moves : sequence of (int, int)
        From which state to which; a move not named has rate zero.
    count : int
        Number of states.
    years : float
        t, finite and not negative.

    Returns
    -------
    ndarray, shape (count, count, n)
        Probability of the second state after t, from the first; sums over the second are one.

    Raises
    ------
    ValueError
        If a move, a rate or the time is unusable.

    Notes
    -----
    With L the exit rate, h = t/2^s and L h <= 1/2, exp(Qh) = exp(−Lh) exp(M) for the non-negative
    M = h (Q + L I), its series to the 15th power by Paterson and Stockmeyer's grouping (the rest is
    below 1e-17 of the sum); then s squarings.

    References
    ----------
    Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91; Paterson and Stockmeyer (1973), SIAM
    Journal on Computing 2, 60-66.

    Examples
    --------
    >>> laws = transition_laws([[0.0], [np.log(2.0)]], [(0, 1)], 2, 1.0)
    >>> laws[0].round(12).T.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    given = _checked(rates, moves, count, years)
    laws = np.empty((count, count, len(given)))
    for low in range(0, len(given), _ROWS):
        part = _laws(given[low : low + _ROWS] * years, moves, count)
        laws[:, :, low : low + _ROWS] = part.transpose(1, 2, 0)
    return laws


def _laws(expected: Floats, moves: Sequence[tuple[int, int]], count: int) -> Floats:
    """Return exp(Qt), shape (n, count, count), from the moves expected in the time, rates × t."""
    chains = np.zeros((len(expected), count, count))
    for column, (start, end) in zip(expected.T, moves, strict=True):
        chains[:, start, end] = column
    pace = chains.sum(axis=2).max(axis=1)
    halvings = np.maximum(np.frexp(2.0 * pace)[1], 0)
    chains *= np.ldexp(1.0, -halvings)[:, None, None]
    states = np.arange(count)
    chains[:, states, states] = np.ldexp(pace, -halvings)[:, None] - chains.sum(axis=2)
    laws = _settled(_exponential(chains))
    for done in range(int(halvings.max(initial=0))):
        fast = np.flatnonzero(halvings > done)
        once = laws[fast]
        laws[fast] = _settled(once @ once)
    return laws


def _checked(rates: ArrayLike, moves: Sequence[tuple[int, int]], count: int, years: float) -> Floats:
    given = np.asarray(rates, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != len(moves) or not len(given):
        msg = f"give each path {len(moves)} rates, one a move, not an array of shape {given.shape}"
        raise ValueError(msg)
    if not (np.isfinite(given).all() and (given >= 0.0).all()):
        msg = "rates are finite numbers a year, not negative"
        raise ValueError(msg)
    if len(set(moves)) != len(moves) or any(i == j or not (0 <= i < count and 0 <= j < count) for i, j in moves):
        msg = f"each move leads once from one of {count} states to another, unlike {list(moves)}"
        raise ValueError(msg)
    if not 0.0 <= years < math.inf:
        msg = f"the time is a finite number of years, not negative, not {years}"
        raise ValueError(msg)
    return given


def _exponential(chains: Floats) -> Floats:
    """Return exp(M) of small non-negative M."""
    powers = [chains]
    for _ in range(_WIDTH - 1):
        powers.append(powers[-1] @ chains)
    total = _piece(powers, _PIECES - 1)
    for piece in reversed(range(_PIECES - 1)):
        total = powers[-1] @ total
        total += _piece(powers, piece)
    return total


def _piece(powers: list[Floats], piece: int) -> Floats:
    """Return Σ Mʲ/(4 piece + j)! over j from 0 to 3."""
    order = piece * _WIDTH
    total = powers[0] * (1.0 / math.factorial(order + 1))
    for step in range(2, _WIDTH):
        total += powers[step - 1] * (1.0 / math.factorial(order + step))
    states = np.arange(total.shape[1])
    total[:, states, states] += 1.0 / math.factorial(order)
    return total


def _settled(laws: Floats) -> Floats:
    """Make rows sum to one, in place."""
    laws *= 1.0 / laws.sum(axis=2, keepdims=True)
    return laws

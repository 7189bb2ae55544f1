"""Continuous-time chains with named states: what the rates imply, in closed form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capexlib.errors import did_you_mean
from capexlib.models.markov import passage
from capexlib.models.markov.exponential import exponential_and_integral
from capexlib.models.markov.structure import closed_classes
from capexlib.models.uncertainty.families import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A continuous-time Markov chain.

    Parameters
    ----------
    states : sequence of str
        All different; their order is the order of rows and columns everywhere.
    rates : mapping of (str, str) to float
        Rate of each move from one state to another, per year, finite and not negative. A move
        that is not named has rate zero.

    Attributes
    ----------
    states : tuple of str
    matrix : ndarray, shape (n, n)
        Q: rates per year off the diagonal, rows summing to zero. Read-only.

    Raises
    ------
    ValueError
        If a state is unknown or stands twice, a move leads nowhere, or a rate is unusable.

    Examples
    --------
    >>> gate = Generator(["closed", "open"], {("closed", "open"): 0.5, ("open", "closed"): 1.5})
    >>> gate.matrix.tolist()
    [[-0.5, 0.5], [1.5, -1.5]]
    """

    states: tuple[str, ...]
    matrix: Floats

    def __init__(self, states: Sequence[str], rates: Mapping[tuple[str, str], float]) -> None:
        if isinstance(states, str) or not states or len(set(states)) != len(states):
            msg = f"a chain needs a list of different states, not {states!r}"
            raise ValueError(msg)
        object.__setattr__(self, "states", tuple(states))
        matrix = np.zeros((len(states), len(states)))
        for (start, end), rate in rates.items():
            if start == end:
                msg = f"a move leads to another state; drop the rate of {start!r} to itself"
                raise ValueError(msg)
            if not (np.isfinite(rate) and rate >= 0.0):
                msg = f"the rate {start!r} to {end!r} must be a finite number a year, not negative, not {rate}"
                raise ValueError(msg)
            matrix[self.index(start), self.index(end)] = rate
        np.fill_diagonal(matrix, -matrix.sum(axis=1))
        matrix.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)

    def index(self, state: str) -> int:
        """Return the row of a state, or say which are known."""
        if state not in self.states:
            msg = f"no state {state!r}. {did_you_mean(state, self.states)}"
            raise ValueError(msg)
        return self.states.index(state)

    def indices(self, states: Iterable[str]) -> list[int]:
        """Return the rows of several states, at least one."""
        rows = [self.index(state) for state in ([states] if isinstance(states, str) else states)]
        if not rows:
            msg = "name at least one state to reach"
            raise ValueError(msg)
        return rows


def _times(years: ArrayLike) -> Floats:
    times = np.asarray(years, dtype=np.float64)
    if not (np.isfinite(times).all() and (times >= 0.0).all()):
        msg = f"times are finite years from now, not negative, unlike {times.tolist()}"
        raise ValueError(msg)
    return times


def transition_matrix(chain: Generator, years: ArrayLike) -> Floats:
    """Return P(t) = exp(Qt).

    Parameters
    ----------
    chain : Generator
    years : array_like
        t, of any shape; one month is 1/12.

    Returns
    -------
    ndarray, shape of `years` + (n, n)
        Probability of column's state after t, from row's state; rows sum to one.

    Raises
    ------
    ValueError
        If a time is negative or not finite.

    References
    ----------
    Norris (1997), Markov Chains, Cambridge, theorem 2.1.1.

    Examples
    --------
    >>> gate = Generator(["closed", "open"], {("closed", "open"): 1.0, ("open", "closed"): 1.0})
    >>> transition_matrix(gate, np.log(2.0) / 2).round(12).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    times = _times(years)
    flat = [exponential_and_integral(chain.matrix, time)[0] for time in times.ravel().tolist()]
    return np.array(flat).reshape((*times.shape, *chain.matrix.shape))


def occupancy_years(chain: Generator, years: ArrayLike) -> Floats:
    """Return the expected time spent in each state, ∫₀ᵀ P(s) ds.

    Parameters
    ----------
    chain : Generator
    years : array_like
        T, of any shape.

    Returns
    -------
    ndarray, shape of `years` + (n, n)
        Expected years in column's state within T, from row's state; rows sum to T.

    Raises
    ------
    ValueError
        If a time is negative or not finite.

    Examples
    --------
    >>> gate = Generator(["closed", "open"], {("closed", "open"): 1.0})
    >>> occupancy_years(gate, np.log(2.0)).round(6).tolist()
    [[0.5, 0.193147], [0.0, 0.693147]]
    """
    times = _times(years)
    flat = [exponential_and_integral(chain.matrix, time)[1] for time in times.ravel().tolist()]
    return np.array(flat).reshape((*times.shape, *chain.matrix.shape))


def stationary_law(chain: Generator) -> Floats:
    """Return the law π with π Q = 0, the long-run share of time in each state.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If the long run depends on the start, because two or more sets of states are never left.

    Examples
    --------
    >>> gate = Generator(["closed", "open"], {("closed", "open"): 1.0, ("open", "closed"): 3.0})
    >>> stationary_law(gate).tolist()
    [0.75, 0.25]
    """
    laws = passage.stationary_laws(chain.matrix)
    if len(laws) > 1:
        traps = [[chain.states[place] for place in group] for group in closed_classes(chain.matrix)]
        msg = f"the long run depends on the start: each of {traps} is never left; use absorption_probabilities"
        raise ValueError(msg)
    return laws[0]


def holding_years(chain: Generator) -> Floats:
    """Return the mean time before each state is left, 1/qᵢ; infinite if never.

    Returns
    -------
    ndarray, shape (n,)
        Years.

    Examples
    --------
    >>> holding_years(Generator(["closed", "open"], {("closed", "open"): 0.5})).tolist()
    [2.0, inf]
    """
    exits = -np.diagonal(chain.matrix)
    return np.divide(1.0, exits, out=np.full(exits.shape, np.inf), where=exits > 0)

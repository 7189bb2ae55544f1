"""Discrete-time chains, states by number: laws after n steps, rewards, the long run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.markov import passage
from capexlib.models.uncertainty.families import Floats

_ROUNDING = 1e-6


def checked_transitions(transitions: ArrayLike) -> Floats:
    """Return a transition matrix, or say what is wrong with it.

    Parameters
    ----------
    transitions : array_like, shape (n, n)
        P: row i, column j is the probability of j one step after i.

    Returns
    -------
    ndarray, shape (n, n)
        Rows sum to one; printed roundings up to 1e-6 a row are scaled away.

    Raises
    ------
    ValueError
        If it is not square, a number is negative or missing, or a row does not sum to one.

    Examples
    --------
    >>> checked_transitions([[1, 0], [0.25, 0.75]]).tolist()
    [[1.0, 0.0], [0.25, 0.75]]
    """
    matrix = np.asarray(transitions, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        msg = f"a transition matrix is square, this one has shape {matrix.shape}"
        raise ValueError(msg)
    sums = matrix.sum(axis=1)
    wrong = np.flatnonzero(~((np.abs(sums - 1.0) <= _ROUNDING) & (matrix >= 0.0).all(axis=1)))
    if wrong.size:
        row = int(wrong[0])
        msg = f"row {row} must hold probabilities that sum to one, not {matrix[row].tolist()}"
        raise ValueError(msg)
    return matrix / sums[:, None]


def checked_law(law: ArrayLike, count: int) -> Floats:
    """Return a probability vector of `count` states, or say what is wrong with it."""
    vector = np.asarray(law, dtype=np.float64)
    if vector.shape != (count,) or not (vector >= 0.0).all() or abs(vector.sum() - 1.0) > _ROUNDING:
        msg = f"a law is {count} probabilities that sum to one, not {vector.tolist()}"
        raise ValueError(msg)
    return vector / vector.sum()


def checked_states(states: Sequence[int], count: int) -> list[int]:
    """Return states by number, ascending and without repeats, or say which exist."""
    places = sorted(set(states))
    if not places or places[0] < 0 or places[-1] >= count:
        msg = f"name states from 0 to {count - 1}, at least one, not {list(states)}"
        raise ValueError(msg)
    return places


def check_steps(steps: int) -> None:
    """Refuse a negative number of steps."""
    if steps < 0:
        msg = f"steps are counted from 0, not {steps}"
        raise ValueError(msg)


def n_step_laws(transitions: ArrayLike, initial: ArrayLike, steps: int) -> Floats:
    """Return the law after 0, 1, … `steps` steps.

    Parameters
    ----------
    transitions : array_like, shape (n, n)
    initial : array_like, shape (n,)
    steps : int

    Returns
    -------
    ndarray, shape (steps + 1, n)
        Row s is π₀ Pˢ.

    Raises
    ------
    ValueError
        If the matrix or the law is no such thing, or `steps` is negative.

    Examples
    --------
    >>> n_step_laws([[0.5, 0.5], [0, 1]], [1, 0], 2).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.25, 0.75]]
    """
    check_steps(steps)
    matrix = checked_transitions(transitions)
    laws = np.empty((steps + 1, len(matrix)))
    laws[0] = checked_law(initial, len(matrix))
    for step in range(steps):
        laws[step + 1] = laws[step] @ matrix
    return laws


def expected_transitions(transitions: ArrayLike, initial: ArrayLike, steps: int) -> Floats:
    """Return how often each move is made within `steps` steps.

    Returns
    -------
    ndarray, shape (n, n)
        Row i, column j: expected number of moves i → j, Σₛ (π₀ Pˢ)ᵢ pᵢⱼ; all sum to `steps`.

    Examples
    --------
    >>> expected_transitions([[0.5, 0.5], [0, 1]], [1, 0], 2).tolist()
    [[0.75, 0.75], [0.0, 0.5]]
    """
    visits = n_step_laws(transitions, initial, steps)[:-1].sum(axis=0)
    return visits[:, None] * checked_transitions(transitions)


def expected_rewards(transitions: ArrayLike, rewards: ArrayLike, steps: int) -> Floats:
    """Return what a chain earns now and in the next `steps` steps.

    Parameters
    ----------
    transitions : array_like, shape (n, n)
    rewards : array_like, shape (n,)
        Earned at each step by the state the chain is in, in any unit.
    steps : int

    Returns
    -------
    ndarray, shape (n,)
        By starting state, Σₛ Pˢ r over s from 0 to `steps`, both included.

    Examples
    --------
    >>> expected_rewards([[0.5, 0.5], [0, 1]], [8, 0], 2).tolist()
    [14.0, 0.0]
    """
    check_steps(steps)
    matrix = checked_transitions(transitions)
    now = np.asarray(rewards, dtype=np.float64)
    if now.shape != (len(matrix),):
        msg = f"give one reward a state, {len(matrix)}, not {now.tolist()}"
        raise ValueError(msg)
    total = now
    for _ in range(steps):
        total = now + matrix @ total
    return total


def sequence_probability(transitions: ArrayLike, sequence: Sequence[int]) -> float:
    """Return the likelihood of a sequence of states, given the first of them.

    Examples
    --------
    >>> sequence_probability([[0.5, 0.5], [0.25, 0.75]], [0, 1, 1])
    0.375
    """
    matrix = checked_transitions(transitions)
    places = np.asarray(sequence)
    checked_states(places.tolist(), len(matrix))
    return float(np.prod(matrix[places[:-1], places[1:]]))


def stationary_laws(transitions: ArrayLike) -> Floats:
    """Return the stationary law of each class that is never left, shape (classes, n).

    Examples
    --------
    >>> stationary_laws([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    return passage.stationary_laws(checked_transitions(transitions))

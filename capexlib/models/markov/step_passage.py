"""When a discrete-time chain first gets somewhere, and where it ends; states by number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.markov import passage
from capexlib.models.markov.chains import check_steps, checked_states, checked_transitions, stationary_laws
from capexlib.models.markov.structure import closed_classes
from capexlib.models.uncertainty.families import Floats


def hitting_probabilities(transitions: ArrayLike, targets: Sequence[int]) -> Floats:
    """Return how likely each state is ever to reach a set, shape (n,); one in the set.

    Examples
    --------
    >>> hitting_probabilities([[1, 0, 0], [0.75, 0, 0.25], [0, 0, 1]], [2]).tolist()
    [0.0, 0.25, 1.0]
    """
    matrix = checked_transitions(transitions)
    return passage.hitting_probabilities(matrix, checked_states(targets, len(matrix)))


def mean_hitting_steps(transitions: ArrayLike, targets: Sequence[int]) -> Floats:
    """Return the expected steps until a set is first entered, shape (n,).

    Zero in the set, infinite where it may never be reached.

    Examples
    --------
    >>> mean_hitting_steps([[0.75, 0.25], [0, 1]], [1]).tolist()
    [4.0, 0.0]
    """
    matrix = checked_transitions(transitions)
    return passage.hitting_times(matrix, checked_states(targets, len(matrix)))


def mean_recurrence_steps(transitions: ArrayLike) -> Floats:
    """Return the expected steps until each state is seen again, shape (n,).

    Notes
    -----
    1/πᵢ in a class that is never left; infinite in any other state.

    Examples
    --------
    >>> mean_recurrence_steps([[0.5, 0.5], [0.25, 0.75]]).round(12).tolist()
    [3.0, 1.5]
    """
    shares = stationary_laws(transitions).sum(axis=0)
    return np.divide(1.0, shares, out=np.full(shares.shape, np.inf), where=shares > 0)


def first_passage_probabilities(transitions: ArrayLike, start: int, targets: Sequence[int], steps: int) -> Floats:
    """Return the law of the step at which a set is first entered.

    Parameters
    ----------
    transitions : array_like, shape (n, n)
    start : int
        A start inside the set counts when it comes back.
    targets : sequence of int
    steps : int

    Returns
    -------
    ndarray, shape (steps,)
        Entry s: probability that step s + 1 is the first in the set.

    Examples
    --------
    >>> first_passage_probabilities([[0.5, 0.5], [0, 1]], 0, [1], 3).tolist()
    [0.5, 0.25, 0.125]
    """
    check_steps(steps)
    matrix = checked_transitions(transitions)
    aims = checked_states(targets, len(matrix))
    checked_states([start], len(matrix))
    arrivals = np.empty(steps)
    law = np.eye(len(matrix))[start]
    for step in range(steps):
        law = law @ matrix
        arrivals[step] = law[aims].sum()
        law[aims] = 0.0
    return arrivals


def absorption_probabilities(transitions: ArrayLike) -> Floats:
    """Return where a chain ends: row's state to each closed class, shape (n, classes).

    Classes are in the order of `structure.closed_classes`; rows sum to one.

    Examples
    --------
    >>> absorption_probabilities([[1, 0, 0], [0.75, 0, 0.25], [0, 0, 1]])[1].tolist()
    [0.75, 0.25]
    """
    matrix = checked_transitions(transitions)
    return np.stack([passage.hitting_probabilities(matrix, group) for group in closed_classes(matrix)], axis=1)


def mean_absorption_steps(transitions: ArrayLike) -> Floats:
    """Return the expected steps until a class is entered that is never left, shape (n,).

    Examples
    --------
    >>> mean_absorption_steps([[1, 0, 0], [0.25, 0.5, 0.25], [0, 0, 1]]).tolist()
    [0.0, 2.0, 0.0]
    """
    matrix = checked_transitions(transitions)
    return passage.hitting_times(matrix, [place for group in closed_classes(matrix) for place in group])

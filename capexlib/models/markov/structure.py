"""Which states lead where: reachability, communicating classes, periods.

Everything here looks only at which moves are possible, never at how likely they
are, so that a rate of 1e-9 and a rate of 1e9 give the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capexlib.models.uncertainty.families import Floats

Truths = NDArray[np.bool_]


def reachable(moves: Floats) -> Truths:
    """Tell which states can be reached from which.

    Parameters
    ----------
    moves : ndarray, shape (n, n)
        Rates or probabilities; what counts is whether an entry off the diagonal is positive.

    Returns
    -------
    ndarray of bool, shape (n, n)
        Row i, column j: whether j can be reached from i. Each state reaches itself.

    Examples
    --------
    >>> reachable(np.array([[0.5, 0.5], [0.0, 1.0]])).tolist()
    [[True, True], [False, True]]
    """
    reach = (moves > 0) | np.eye(len(moves), dtype=bool)
    for middle in range(len(moves)):
        reach |= reach[:, middle, None] & reach[middle]
    return reach


def communicating_classes(moves: Floats) -> tuple[tuple[int, ...], ...]:
    """Split the states into sets that lead to each other.

    Parameters
    ----------
    moves : ndarray, shape (n, n)

    Returns
    -------
    tuple of tuple of int
        Each class ascending, the classes in order of their first state.

    Examples
    --------
    >>> communicating_classes(np.array([[0.5, 0.5, 0.0], [0.5, 0.4, 0.1], [0.0, 0.0, 1.0]]))
    ((0, 1), (2,))
    """
    reach = reachable(moves)
    mutual = reach & reach.T
    return tuple(dict.fromkeys(tuple(np.flatnonzero(row).tolist()) for row in mutual))


def closed_classes(moves: Floats) -> tuple[tuple[int, ...], ...]:
    """Return the communicating classes that are never left.

    Examples
    --------
    >>> closed_classes(np.array([[0.5, 0.5, 0.0], [0.5, 0.4, 0.1], [0.0, 0.0, 1.0]]))
    ((2,),)
    """
    reach = reachable(moves)
    return tuple(group for group in communicating_classes(moves) if np.count_nonzero(reach[group[0]]) == len(group))


def period(transitions: Floats, group: Sequence[int]) -> int:
    """Return the period of one communicating class of a discrete chain.

    Parameters
    ----------
    transitions : ndarray, shape (n, n)
    group : sequence of int
        One of `communicating_classes`.

    Returns
    -------
    int
        The greatest common divisor of the lengths of all ways back; 0 where there is none.

    Notes
    -----
    With d(i) the steps from the first state to i, each move i → j inside the class adds
    d(i) + 1 − d(j) to the divisor.

    Examples
    --------
    >>> period(np.array([[0.0, 1.0], [1.0, 0.0]]), (0, 1))
    2
    """
    depth = {group[0]: 0}
    queue = [group[0]]
    divisor = 0
    for state in queue:
        for follower in group:
            if transitions[state, follower] <= 0:
                continue
            if follower not in depth:
                depth[follower] = depth[state] + 1
                queue.append(follower)
            divisor = math.gcd(divisor, depth[state] + 1 - depth[follower])
    return divisor

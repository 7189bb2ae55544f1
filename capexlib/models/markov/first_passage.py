"""When a continuous-time chain first gets somewhere, and where it ends."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.markov import passage
from capexlib.models.markov.exponential import exponential_and_integral
from capexlib.models.markov.generators import Generator
from capexlib.models.markov.structure import closed_classes
from capexlib.models.uncertainty.families import Floats


def passage_probabilities(chain: Generator, targets: Iterable[str], years: ArrayLike = np.inf) -> Floats:
    """Return how likely each state is to have entered a set of states by a time.

    Parameters
    ----------
    chain : Generator
    targets : iterable of str
        At least one state.
    years : array_like
        T, of any shape; infinite for "ever".

    Returns
    -------
    ndarray, shape of `years` + (n,)
        One in the set.

    Raises
    ------
    ValueError
        If a state is unknown or a time is negative or missing.

    Notes
    -----
    With the set made absorbing, the mass of exp(QT) on it; at infinity the hitting probability.

    Examples
    --------
    >>> gate = Generator(["closed", "open"], {("closed", "open"): 1.0, ("open", "closed"): 5.0})
    >>> passage_probabilities(gate, ["open"], np.log(2.0)).round(12).tolist()
    [0.5, 1.0]
    """
    aims = chain.indices(targets)
    times = np.asarray(years, dtype=np.float64)
    if not (times >= 0.0).all():
        msg = f"times are years from now, not negative, unlike {times.tolist()}"
        raise ValueError(msg)
    stopped = chain.matrix.copy()
    stopped[aims] = 0.0
    places = sorted(set(aims))
    rows = [
        passage.hitting_probabilities(chain.matrix, aims)
        if np.isinf(time)
        else exponential_and_integral(stopped, time)[0][:, places].sum(axis=1)
        for time in times.ravel().tolist()
    ]
    return np.array(rows).reshape((*times.shape, len(chain.states)))


def passage_years(chain: Generator, targets: Iterable[str]) -> Floats:
    """Return the expected time until a set of states is first entered.

    Parameters
    ----------
    chain : Generator
    targets : iterable of str
        At least one state.

    Returns
    -------
    ndarray, shape (n,)
        Years; zero in the set, infinite where the set may never be reached.

    Raises
    ------
    ValueError
        If a state is unknown.

    References
    ----------
    Norris (1997), Markov Chains, Cambridge, theorem 3.3.3.

    Examples
    --------
    >>> gate = Generator(["a", "b", "c"], {("a", "b"): 1.0, ("b", "c"): 0.5})
    >>> passage_years(gate, ["c"]).tolist()
    [3.0, 2.0, 0.0]
    """
    return passage.hitting_times(chain.matrix, chain.indices(targets))


def absorption_probabilities(chain: Generator) -> tuple[tuple[tuple[str, ...], ...], Floats]:
    """Return where the chain ends: each set of states that is never left, and how likely.

    Returns
    -------
    ends : tuple of tuple of str
        The closed classes.
    chance : ndarray, shape (n, closed classes)
        Rows sum to one.

    References
    ----------
    Norris (1997), Markov Chains, Cambridge, theorem 3.3.1.

    Examples
    --------
    >>> fork = Generator(["start", "left", "right"], {("start", "left"): 1.0, ("start", "right"): 3.0})
    >>> ends, chance = absorption_probabilities(fork)
    >>> ends, chance[0].tolist()
    ((('left',), ('right',)), [0.25, 0.75])
    """
    groups = closed_classes(chain.matrix)
    chance = np.stack([passage.hitting_probabilities(chain.matrix, group) for group in groups], axis=1)
    return tuple(tuple(chain.states[place] for place in group) for group in groups), chance


def absorption_years(chain: Generator) -> Floats:
    """Return the expected time until the chain is in a set of states it never leaves.

    Returns
    -------
    ndarray, shape (n,)
        Years, always finite; zero in a closed class.

    Examples
    --------
    >>> fork = Generator(["start", "left", "right"], {("start", "left"): 1.0, ("start", "right"): 3.0})
    >>> absorption_years(fork).tolist()
    [0.25, 0.0, 0.0]
    """
    ends = [place for group in closed_classes(chain.matrix) for place in group]
    return passage.hitting_times(chain.matrix, ends)

"""What breaks the plan: the few conditions under which it does, found among many runs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import get_args

from numpy.typing import ArrayLike

from capexlib.models.decisions.boxes import Box, QuasiP, Restriction, Runs
from capexlib.models.decisions.peeling import Objective, Peeler, paste
from capexlib.models.uncertainty.refusals import refuse


@dataclass(frozen=True, slots=True)
class Discovery:
    """A peeling trajectory and the box chosen from it.

    Attributes
    ----------
    trajectory : tuple of Box
        From all runs to the smallest box.
    step : int
        Where on the trajectory the choice was made.
    chosen : Box
        That box, without the sides that chance explains, pasted where asked.
    tests : tuple of QuasiP
        Of each side of `chosen`.
    """

    trajectory: tuple[Box, ...]
    step: int
    chosen: Box
    tests: tuple[QuasiP, ...]


def peel(
    inputs: Mapping[str, ArrayLike],
    of_interest: ArrayLike,
    *,
    outcome: ArrayLike | None = None,
    unordered: Collection[str] = (),
    share: float = 0.05,
    smallest: float = 0.05,
    objective: Objective = "gain",
) -> tuple[Box, ...]:
    """Cut slices off the box of all runs, and return every box on the way.

    Parameters
    ----------
    inputs : mapping of str to array_like, shape (n,)
        What differed between the runs. Words and truth values have no order; numbers have, whole
        ones end on a whole number, and runs that tie are cut together.
    of_interest : array_like of bool, shape (n,)
        For instance: less than half of the plan arrived.
    outcome : array_like, shape (n,), optional
        What `Box.mean` averages.
    unordered : collection of str
        Inputs coded as numbers that have no order.
    share : float
        Of the runs inside, in one slice: patience.
    smallest : float
        Least share of all runs in a box.
    objective : str
        "gain": the slice that raises density most for each run removed, which does not favour
        inputs with few values; "mean": most in all.

    Returns
    -------
    tuple of Box
        From all runs to the smallest box; density ascending, coverage and mass descending.

    Raises
    ------
    ValueError
        If nothing is of interest, lengths differ, a number is not finite, or a share is out of range.

    References
    ----------
    Friedman & Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9.

    Examples
    --------
    >>> fee = list(range(100))
    >>> boxes = peel({"fee": fee}, [number >= 81 for number in fee], share=0.1)
    >>> boxes[-1].restrictions[0].low, boxes[-1].coverage, boxes[-1].density
    (81.0, 1.0, 1.0)
    """
    runs = Runs.of(inputs, of_interest, outcome)
    if not 0.0 < share < 1.0 or not 0.0 <= smallest <= 1.0:
        refuse(f"share is between 0 and 1 and smallest from 0 to 1, not {share} and {smallest}")
    if objective not in get_args(Objective):
        refuse(f"objective is {' or '.join(get_args(Objective))}, not {objective}")
    if not runs.interest.any():
        refuse("no run is of interest: there is nothing to find a box for")
    strangers = [name for name in unordered if name not in runs.inputs]
    if strangers:
        refuse(f"no input is called {', '.join(strangers)}; there are {', '.join(runs.inputs)}")
    wordy = {name for name, values in runs.inputs.items() if values.dtype.kind not in "fiu"}
    fewest = max(math.ceil(smallest * len(runs.interest) - 1e-9), 1)
    return tuple(Peeler(runs, wordy | set(unordered), share, objective).peel(fewest))


def choose_box(trajectory: Sequence[Box], coverage: float | None = None) -> int:
    """Pick a box from a trajectory, by rule.

    Parameters
    ----------
    trajectory : sequence of Box
    coverage : float, optional
        With it: the densest box that still covers this share of the runs of interest. Without:
        the box with the largest harmonic mean of coverage and density, so that neither is bought
        with the other; among equals the larger.

    Returns
    -------
    int
        Its place on the trajectory.

    Raises
    ------
    ValueError
        If the trajectory is empty, or coverage is out of range.
    """
    if not trajectory or not 0.0 <= (coverage or 0.0) <= 1.0:
        refuse(f"choose from at least one box, with coverage from 0 to 1, not {len(trajectory)} and {coverage}")
    places = range(len(trajectory))
    if coverage is not None:
        return max(
            (place for place in places if trajectory[place].coverage >= coverage),
            key=lambda p: _score(trajectory[p])[1],
        )
    return max(places, key=lambda place: _score(trajectory[place])[0])


def _score(box: Box) -> tuple[float, float]:
    """Return the harmonic mean of coverage and density, and the density."""
    return 2.0 * box.interesting_inside / (box.inside + box.interesting), box.density


def discover(
    inputs: Mapping[str, ArrayLike],
    of_interest: ArrayLike,
    *,
    outcome: ArrayLike | None = None,
    unordered: Collection[str] = (),
    share: float = 0.05,
    smallest: float = 0.05,
    objective: Objective = "gain",
    coverage: float | None = None,
    at_most: float = 0.05,
    paste_share: float | None = None,
) -> Discovery:
    """Peel, choose a box, paste where asked, and drop the sides that chance explains.

    Parameters
    ----------
    inputs, of_interest, outcome, unordered, share, smallest, objective
        See `peel`.
    coverage : float, optional
        See `choose_box`.
    at_most : float
        Largest quasi-p value a side may have; sides above it are dropped, the worst first.
    paste_share : float, optional
        Share of the runs inside that is laid on again at once; no pasting where not given.

    Raises
    ------
    ValueError
        As `peel` and `choose_box`.

    References
    ----------
    Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social
    Change 77.

    Examples
    --------
    >>> fee, other = list(range(100)), [7 * number % 100 for number in range(100)]
    >>> found = discover({"fee": fee, "other": other}, [number >= 80 for number in fee], share=0.1)
    >>> [one.name for one in found.chosen.restrictions], found.tests[0].value < 1e-6
    (['fee'], True)
    """
    trajectory = peel(
        inputs, of_interest, outcome=outcome, unordered=unordered, share=share, smallest=smallest, objective=objective
    )
    step = choose_box(trajectory, coverage)
    runs = Runs.of(inputs, of_interest, outcome)
    chosen = trajectory[step] if paste_share is None else paste(trajectory[step], runs, paste_share)
    kept = chosen.restrictions
    while (worst := max(runs.quasi_p(kept), key=lambda test: test.value, default=None)) and worst.value > at_most:
        kept = _without(kept, worst)
    return Discovery(trajectory, step, runs.box(kept), runs.quasi_p(kept))


def _without(restrictions: Iterable[Restriction], test: QuasiP) -> tuple[Restriction, ...]:
    """Give up the side a test is about."""
    left = (one.sides()[test.side] if one.name == test.name else (one,) for one in restrictions)
    return tuple(chain.from_iterable(left))

"""Conditions on a few inputs, and how well they tell the runs of interest from the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.decisions.tail import finite
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Restriction:
    """What one input must be.

    Attributes
    ----------
    name : str
    low, high : float
        Both ends belong; infinite where there is none.
    kept : frozenset, optional
        For an input without order: the values that belong.
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    kept: frozenset[Any] | None = None

    def holds(self, values: NDArray[Any]) -> Truths:
        """Tell which runs satisfy it."""
        if self.kept is not None:
            return np.isin(values, list(self.kept))
        return (values >= self.low) & (values <= self.high)

    def sides(self) -> dict[str, tuple[Restriction, ...]]:
        """Return what is left when one side is given up: by "low", "high" or "kept"."""
        if self.kept is not None:
            return {"kept": ()}
        low, high = math.isfinite(self.low), math.isfinite(self.high)
        without_low = (Restriction(self.name, high=self.high),) if high else ()
        without_high = (Restriction(self.name, low=self.low),) if low else ()
        return ({"low": without_low} if low else {}) | ({"high": without_high} if high else {})


@dataclass(frozen=True, slots=True)
class Box:
    """A few restrictions, and what is inside.

    Attributes
    ----------
    restrictions : tuple of Restriction
        One an input; inputs without one are free.
    n, interesting : int
        Runs in all, and those of interest.
    inside, interesting_inside : int
        The same in the box.
    mean : float
        Mean outcome in the box; the density where no outcome was given; NaN in an empty box.
    """

    restrictions: tuple[Restriction, ...]
    n: int
    interesting: int
    inside: int
    interesting_inside: int
    mean: float

    @property
    def coverage(self) -> float:
        """Share of the runs of interest that are in the box; NaN where there are none."""
        return self.interesting_inside / self.interesting if self.interesting else math.nan

    @property
    def density(self) -> float:
        """Share of the runs in the box that are of interest; NaN in an empty box."""
        return self.interesting_inside / self.inside if self.inside else math.nan

    @property
    def mass(self) -> float:
        """Share of all runs that are in the box."""
        return self.inside / self.n

    @property
    def restricted(self) -> int:
        """How many inputs are restricted."""
        return len(self.restrictions)


@dataclass(frozen=True, slots=True)
class QuasiP:
    """How easily chance alone would make one side of a restriction look as good as it does.

    Attributes
    ----------
    name, side : str
        The input, and "low", "high" or "kept".
    value : float
        Probability of at least as many runs of interest among those in the box, were each of
        interest with the density of the box without this side. Not a test of a hypothesis made
        beforehand, since the same runs suggested the box; hence quasi.
    """

    name: str
    side: str
    value: float


@dataclass(frozen=True, slots=True)
class Runs:
    """Inputs and what became of them, checked."""

    inputs: dict[str, NDArray[Any]]
    interest: Truths
    outcome: Floats

    @classmethod
    def of(cls, inputs: Mapping[str, ArrayLike], of_interest: ArrayLike, outcome: ArrayLike | None = None) -> Runs:
        """Check that all have one value a run."""
        interest = np.asarray(of_interest)
        if interest.dtype != np.bool_ or interest.ndim != 1 or not interest.size:
            refuse(f"of_interest is one truth value a run, not {interest.dtype} of shape {interest.shape}")
        columns = {name: np.asarray(values) for name, values in inputs.items()}
        result = interest.astype(float) if outcome is None else finite(outcome, "outcomes")
        odd = [name for name, values in {**columns, "outcome": result}.items() if values.shape != interest.shape]
        if odd or not columns:
            refuse(f"give inputs with one value for each of the {interest.size} runs; see {', '.join(odd) or 'inputs'}")
        for name, values in columns.items():
            if values.dtype.kind in "fiu":
                finite(values, f"values of {name}")
        return cls(columns, interest, result)

    def within(self, restrictions: Iterable[Restriction]) -> Truths:
        """Tell which runs satisfy all restrictions."""
        inside = np.ones(len(self.interest), dtype=np.bool_)
        for restriction in restrictions:
            if restriction.name not in self.inputs:
                refuse(f"no input is called {restriction.name}; there are {', '.join(self.inputs)}")
            inside &= restriction.holds(self.inputs[restriction.name])
        return inside

    def box(self, restrictions: Iterable[Restriction]) -> Box:
        """Count what is inside."""
        kept = tuple(restrictions)
        inside = self.within(kept)
        count = int(np.count_nonzero(inside))
        mean = float(self.outcome[inside].mean()) if count else math.nan
        hits = int(np.count_nonzero(self.interest & inside))
        return Box(kept, len(inside), int(np.count_nonzero(self.interest)), count, hits, mean)

    def quasi_p(self, restrictions: Iterable[Restriction]) -> tuple[QuasiP, ...]:
        """Test each side of each restriction against the box without it."""
        from scipy.special import betainc

        kept = tuple(restrictions)
        box = self.box(kept)
        found = []
        for place, restriction in enumerate(kept):
            for side, rest in restriction.sides().items():
                wider = self.box((*kept[:place], *rest, *kept[place + 1 :]))
                hits, misses = box.interesting_inside, box.inside - box.interesting_inside
                value = float(betainc(hits, misses + 1.0, wider.density)) if hits else 1.0
                found.append(QuasiP(restriction.name, side, value))
        return tuple(found)


def measure_box(
    restrictions: Iterable[Restriction],
    inputs: Mapping[str, ArrayLike],
    of_interest: ArrayLike,
    *,
    outcome: ArrayLike | None = None,
) -> Box:
    """Count what satisfies some restrictions.

    Parameters
    ----------
    restrictions : iterable of Restriction
    inputs : mapping of str to array_like, shape (n,)
    of_interest : array_like of bool, shape (n,)
    outcome : array_like, shape (n,), optional
        What `Box.mean` averages.

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, or a restriction names no input.

    Examples
    --------
    >>> found = measure_box([Restriction("fee", low=2)], {"fee": [1, 2, 3]}, [False, False, True])
    >>> found.coverage, found.density
    (1.0, 0.5)
    """
    return Runs.of(inputs, of_interest, outcome).box(restrictions)


def quasi_p_values(box: Box, inputs: Mapping[str, ArrayLike], of_interest: ArrayLike) -> tuple[QuasiP, ...]:
    """Test each side of a box against the box without it.

    Parameters
    ----------
    box : Box
    inputs : mapping of str to array_like, shape (n,)
    of_interest : array_like of bool, shape (n,)

    Raises
    ------
    ValueError
        If lengths differ, or a restriction names no input.

    References
    ----------
    Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social
    Change 77.

    Examples
    --------
    Two of two in the box, one of two in what was peeled away: (3/4)² = 9/16.

    >>> runs = {"fee": [1, 2, 3, 4]}, [False, True, True, True]
    >>> quasi_p_values(measure_box([Restriction("fee", low=3)], *runs), *runs)[0].value
    0.5625
    """
    return Runs.of(inputs, of_interest).quasi_p(box.restrictions)

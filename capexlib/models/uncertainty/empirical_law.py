"""The law of observed values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.families import Distribution, Floats
from capexlib.models.uncertainty.refusals import refuse, shares_of


@dataclass(frozen=True, slots=True)
class Empirical(Distribution):
    """Observed values, each with its probability (ascending, summing to one)."""

    family: ClassVar[str] = "empirical"
    values: tuple[float, ...]
    masses: tuple[float, ...]

    def _quantile(self, u: Floats) -> Floats:
        steps = np.cumsum(self.masses)[:-1]
        return np.asarray(self.values)[np.searchsorted(steps, u, side="left")]

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the step function through the cumulated probabilities."""
        heights = np.concatenate([[0.0], np.cumsum(self.masses)[:-1], [1.0]])
        return heights[np.searchsorted(self.values, np.asarray(x, dtype=np.float64), side="right")]

    @property
    def mean(self) -> float:
        """Weighted average."""
        return float(np.dot(self.values, self.masses))

    @property
    def variance(self) -> float:
        """Weighted average of squared deviations."""
        return float(np.dot((np.asarray(self.values) - self.mean) ** 2, self.masses))

    @property
    def support(self) -> tuple[float, float]:
        """First and last value."""
        return self.values[0], self.values[-1]

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        """Every value with its probability."""
        return tuple(zip(self.values, self.masses, strict=True))


def empirical(values: Sequence[float], weights: Sequence[float] | None = None) -> Empirical:
    """Make the law of observed values.

    Parameters
    ----------
    values : sequence of float
    weights : sequence of float, optional
        Relative frequencies, any scale; equal when left out.

    Examples
    --------
    >>> empirical([10, 20], [3, 1]).mean
    12.5
    """
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 1 or not points.size or not np.isfinite(points).all():
        refuse("an empirical law needs at least one value, all of them finite numbers")
    shares = shares_of(np.ones(points.size) if weights is None else weights, points.size)
    distinct, place = np.unique(points, return_inverse=True)
    masses = np.bincount(place, weights=shares)
    kept = masses > 0
    return Empirical(tuple(distinct[kept].tolist()), tuple(masses[kept].tolist()))

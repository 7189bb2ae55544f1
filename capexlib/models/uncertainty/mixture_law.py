"""Rival claims pooled: a mixture of distributions with stated weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.uncertainty.families import Distribution, Floats
from capexlib.models.uncertainty.inversion import invert_increasing
from capexlib.models.uncertainty.refusals import refuse, shares_of

_KNOTS = np.linspace(0.0, 1.0, 258)[1:-1]


@dataclass(frozen=True, slots=True)
class Mixture(Distribution):
    """One of several laws holds, each with its weight.

    Parameters
    ----------
    components : tuple of Distribution
    weights : tuple of float
        Positive, summing to one.
    labels : tuple of str
        What each component stands for, for instance a claim's id.
    """

    family: ClassVar[str] = "mixture"
    components: tuple[Distribution, ...]
    weights: tuple[float, ...]
    labels: tuple[str, ...]

    def _quantile(self, u: Floats) -> Floats:
        pending = np.ones(u.shape, dtype=bool)
        quantile = np.empty(u.shape)
        if self.atoms:
            values, masses = np.array(self.atoms).T
            reached = self.cdf(values)
            index = np.minimum(np.searchsorted(reached, u, side="left"), values.size - 1)
            on_atom = (u > reached[index] - masses[index]) & (u <= reached[index])
            quantile, pending = values[index], ~on_atom
        if pending.any():
            quantile[pending] = self._between_atoms(u[pending])
        return quantile

    def _between_atoms(self, u: Floats) -> Floats:
        """Invert the mixture's distribution function where it is continuous."""
        ends = np.stack([component.ppf(u) for component in self.components])
        low, high = ends.min(axis=0), ends.max(axis=0)
        knots, heights = _skeleton(self)
        after = np.searchsorted(heights, u, side="left")
        left = np.where(after > 0, knots[np.maximum(after - 1, 0)], low)
        right = np.where(after < knots.size, knots[np.minimum(after, knots.size - 1)], high)
        return invert_increasing(self.cdf, u, np.maximum(low, left), np.minimum(high, right))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the weighted average of the components' probabilities."""
        at = np.asarray(x, dtype=np.float64)
        total = np.zeros(at.shape)
        for component, weight in zip(self.components, self.weights, strict=True):
            total += weight * component.cdf(at)
        return np.minimum(total, 1.0)

    def choose(self, u: ArrayLike) -> tuple[NDArray[np.intp], Floats]:
        """Draw by composition: which component, and its value.

        Parameters
        ----------
        u : array_like
            Uniform draws in (0, 1).

        Returns
        -------
        component : ndarray of int
            Index into `components`.
        value : ndarray
            Same law as ``ppf(u)``, but not increasing in `u`.
        """
        draws = np.asarray(u, dtype=np.float64)
        starts = np.concatenate([[0.0], np.cumsum(self.weights)[:-1]])
        chosen = np.searchsorted(starts, draws, side="right") - 1
        value = np.empty(draws.shape)
        for index, component in enumerate(self.components):
            mine = chosen == index
            inner = (draws[mine] - starts[index]) / self.weights[index]
            value[mine] = component.ppf(np.minimum(inner, 1.0))
        return chosen, value

    @property
    def mean(self) -> float:
        """Weighted average of the means."""
        return sum(w * c.mean for c, w in zip(self.components, self.weights, strict=True))

    @property
    def variance(self) -> float:
        """Variance within the components plus variance between their means."""
        centre = self.mean
        pairs = zip(self.components, self.weights, strict=True)
        return sum(w * (c.variance + (c.mean - centre) ** 2) for c, w in pairs)

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value of any component."""
        ends = [component.support for component in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        """The components' points, with the mass they have in the mixture."""
        masses: dict[float, float] = {}
        for component, weight in zip(self.components, self.weights, strict=True):
            for value, mass in component.atoms:
                masses[value] = masses.get(value, 0.0) + weight * mass
        return tuple(sorted(masses.items()))


@lru_cache(maxsize=64)
def _skeleton(mixture: Mixture) -> tuple[Floats, Floats]:
    """Return ascending points of the mixture and their probabilities: narrow brackets."""
    points = np.unique(np.concatenate([component.ppf(_KNOTS) for component in mixture.components]))
    return points, mixture.cdf(points)


def mixture(components: Sequence[Distribution], weights: Sequence[float], labels: Sequence[str] = ()) -> Mixture:
    """Pool rival laws with stated weights.

    Parameters
    ----------
    components : sequence of Distribution
    weights : sequence of float
        Relative, any scale; a component of weight zero is left out.
    labels : sequence of str, optional
        What each component stands for, for instance a claim's id; "1", "2", … when left out.

    Examples
    --------
    >>> from capexlib.models.uncertainty import fixed
    >>> pooled = mixture([fixed(160), fixed(200)], [3, 1], ["december", "may"])
    >>> pooled.mean, pooled.ppf([0.7, 0.8]).tolist()
    (170.0, [160.0, 200.0])
    """
    if not components:
        refuse("a mixture needs at least one component")
    names = tuple(labels) or tuple(str(place + 1) for place in range(len(components)))
    if len(names) != len(components) or len(set(names)) != len(names):
        refuse(f"give {len(components)} different labels, not {list(names)}")
    shares = shares_of(weights, len(components))
    kept = [place for place, share in enumerate(shares) if share > 0]
    return Mixture(
        tuple(components[place] for place in kept),
        tuple(float(shares[place]) for place in kept),
        tuple(names[place] for place in kept),
    )

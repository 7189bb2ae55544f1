"""The closed-form families: what a distribution is, and the ones with a formula.

Every distribution is frozen, hashable, and knows its exact quantile function,
distribution function, mean and variance, so that nothing downstream has to
simulate what algebra gives.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Distribution(ABC):
    """What an uncertain quantity may be, with its exact law.

    Attributes
    ----------
    family : str
        The declared family, for instance ``"pert"``.
    mean, variance : float
        Exact; infinite where the moment does not exist.
    support : tuple of float
        Smallest and largest possible value.
    """

    __slots__ = ()
    family: ClassVar[str]

    def ppf(self, u: ArrayLike) -> Floats:
        """Return the quantiles at `u`.

        Parameters
        ----------
        u : array_like
            Probabilities in [0, 1], any shape.

        Returns
        -------
        ndarray
            The smallest x with cdf(x) >= u, same shape as `u`.

        Raises
        ------
        ValueError
            If a probability lies outside [0, 1] or is not a number.
        """
        probabilities = np.asarray(u, dtype=np.float64)
        if probabilities.size and not (probabilities.min() >= 0.0 and probabilities.max() <= 1.0):
            msg = "ppf takes probabilities between 0 and 1, none missing"
            raise ValueError(msg)
        return self._quantile(np.atleast_1d(probabilities)).reshape(probabilities.shape)

    @abstractmethod
    def _quantile(self, u: Floats) -> Floats:
        """Return the quantiles at checked probabilities, at least one-dimensional."""

    @abstractmethod
    def cdf(self, x: ArrayLike) -> Floats:
        """Return P(X <= x), same shape as `x`."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """Exact expectation."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """Exact variance."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Smallest and largest possible value."""

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        """The points that carry probability of their own, as (value, mass)."""
        return ()


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """A value known, or held, without spread."""

    family: ClassVar[str] = "fixed"
    value: float

    def _quantile(self, u: Floats) -> Floats:
        return np.full(u.shape, self.value)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return a step from 0 to 1 at the value."""
        return np.where(np.asarray(x) >= self.value, 1.0, 0.0)

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def variance(self) -> float:
        """Zero."""
        return 0.0

    @property
    def support(self) -> tuple[float, float]:
        """The value twice."""
        return self.value, self.value

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        """The value with mass one."""
        return ((self.value, 1.0),)


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Equal density between two ends."""

    family: ClassVar[str] = "uniform"
    low: float
    high: float

    def _quantile(self, u: Floats) -> Floats:
        return self.low + u * (self.high - self.low)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the linear ramp between the ends."""
        return np.clip((np.asarray(x, dtype=np.float64) - self.low) / (self.high - self.low), 0.0, 1.0)

    @property
    def mean(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> float:
        """Width squared over twelve."""
        return (self.high - self.low) ** 2 / 12

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    """Density rising in a straight line to the mode and falling from it."""

    family: ClassVar[str] = "triangular"
    low: float
    mode: float
    high: float

    def _quantile(self, u: Floats) -> Floats:
        width, left = self.high - self.low, self.mode - self.low
        rising = self.low + np.sqrt(u * width * left)
        falling = self.high - np.sqrt((1.0 - u) * width * (width - left))
        return np.where(u * width < left, rising, falling)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the two parabolic arcs that meet at the mode."""
        at = np.clip(np.asarray(x, dtype=np.float64), self.low, self.high)
        width, left = self.high - self.low, self.mode - self.low
        rising = (at - self.low) ** 2 / (width * left) if left else np.zeros_like(at)
        right = width - left
        falling = 1.0 - (self.high - at) ** 2 / (width * right) if right else np.ones_like(at)
        return np.where(at < self.mode, rising, falling)

    @property
    def mean(self) -> float:
        """Average of the three corners."""
        return (self.low + self.mode + self.high) / 3

    @property
    def variance(self) -> float:
        """Width squared less left times right, over eighteen."""
        width = self.high - self.low
        return (width**2 - (self.mode - self.low) * (self.high - self.mode)) / 18

    @property
    def support(self) -> tuple[float, float]:
        """The outer corners."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """The bell curve by its mean and standard deviation."""

    family: ClassVar[str] = "normal"
    mu: float
    sigma: float

    def _quantile(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        return self.mu + self.sigma * ndtri(u)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return Φ((x − μ)/σ)."""
        from scipy.special import ndtr

        return ndtr((np.asarray(x, dtype=np.float64) - self.mu) / self.sigma)

    @property
    def mean(self) -> float:
        """The parameter μ."""
        return self.mu

    @property
    def variance(self) -> float:
        """The parameter σ squared."""
        return self.sigma**2

    @property
    def support(self) -> tuple[float, float]:
        """The whole line."""
        return -math.inf, math.inf


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """A positive quantity whose logarithm is normal."""

    family: ClassVar[str] = "lognormal"
    mu: float
    sigma: float

    def _quantile(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        return np.exp(self.mu + self.sigma * ndtri(u))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return Φ((ln x − μ)/σ), zero where x is not positive."""
        from scipy.special import ndtr

        at = np.asarray(x, dtype=np.float64)
        with np.errstate(divide="ignore"):
            return ndtr((np.log(np.maximum(at, 0.0)) - self.mu) / self.sigma)

    @property
    def mean(self) -> float:
        """``exp(μ + σ²/2)``."""
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def variance(self) -> float:
        """``(exp(σ²) − 1) exp(2μ + σ²)``."""
        return math.expm1(self.sigma**2) * math.exp(2 * self.mu + self.sigma**2)

    @property
    def support(self) -> tuple[float, float]:
        """The positive half line."""
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """A positive rate or waiting time, by shape and scale."""

    family: ClassVar[str] = "gamma"
    shape: float
    scale: float

    def _quantile(self, u: Floats) -> Floats:
        from scipy.special import gammaincinv

        return self.scale * gammaincinv(self.shape, u)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the regularised lower incomplete gamma function."""
        from scipy.special import gammainc

        return gammainc(self.shape, np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.scale)

    @property
    def mean(self) -> float:
        """Shape times scale."""
        return self.shape * self.scale

    @property
    def variance(self) -> float:
        """Shape times scale squared."""
        return self.shape * self.scale**2

    @property
    def support(self) -> tuple[float, float]:
        """The positive half line."""
        return 0.0, math.inf

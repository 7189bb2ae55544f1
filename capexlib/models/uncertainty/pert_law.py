"""The PERT law: a beta distribution told by its ends and its mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.beta_quantile import beta_quantile
from capexlib.models.uncertainty.families import Distribution, Floats
from capexlib.models.uncertainty.refusals import check_ascending, refuse


@dataclass(frozen=True, slots=True)
class Pert(Distribution):
    """A smooth hump between two ends.

    Parameters
    ----------
    low, mode, high : float
        Ends and most likely value.
    lamb : float
        Weight of the mode; 4 is the classic PERT.

    Notes
    -----
    Beta(α, β) stretched over [low, high], with
    α = 1 + λ (mode − low)/(high − low) and β = 1 + λ (high − mode)/(high − low).
    """

    family: ClassVar[str] = "pert"
    low: float
    mode: float
    high: float
    lamb: float = 4.0

    @property
    def alpha(self) -> float:
        """First shape of the beta law."""
        return 1.0 + self.lamb * (self.mode - self.low) / (self.high - self.low)

    @property
    def beta(self) -> float:
        """Second shape of the beta law."""
        return 1.0 + self.lamb * (self.high - self.mode) / (self.high - self.low)

    def _quantile(self, u: Floats) -> Floats:
        return self.low + (self.high - self.low) * beta_quantile(self.alpha, self.beta, u)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the regularised incomplete beta function."""
        from scipy.special import betainc

        place = (np.asarray(x, dtype=np.float64) - self.low) / (self.high - self.low)
        return betainc(self.alpha, self.beta, np.clip(place, 0.0, 1.0))

    @property
    def mean(self) -> float:
        """``(low + λ mode + high) / (λ + 2)``."""
        return (self.low + self.lamb * self.mode + self.high) / (self.lamb + 2)

    @property
    def variance(self) -> float:
        """``(mean − low)(high − mean) / (λ + 3)``."""
        return (self.mean - self.low) * (self.high - self.mean) / (self.lamb + 3)

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high


def pert(low: float, mode: float, high: float, lamb: float = 4.0) -> Pert:
    """Make the PERT law with the given **ends** and mode.

    Examples
    --------
    >>> pert(10, 14, 30).mean
    16.0
    """
    check_ascending(low=low, mode=mode, high=high)
    if low == high:
        refuse(f"a PERT law needs low < high, both are {low}; use fixed({low})")
    if not lamb > 0:
        refuse(f"lamb weighs the mode and must be positive, not {lamb}")
    return Pert(float(low), float(mode), float(high), float(lamb))

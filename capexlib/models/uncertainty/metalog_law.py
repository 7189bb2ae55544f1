"""The three-term metalog: a smooth law through a low, a median and a high quantile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.families import Distribution, Floats
from capexlib.models.uncertainty.inversion import invert_increasing
from capexlib.models.uncertainty.refusals import check_ascending, refuse

STEEPEST_SKEW = 1.66711
"""A three-term metalog has a density where ``|a3| < 1.66711 a2`` (Keelin 2016)."""
_FAR = 745.0


@dataclass(frozen=True, slots=True)
class Metalog(Distribution):
    """Quantile function ``a1 + a2 ln(y/(1−y)) + a3 (y − ½) ln(y/(1−y))``, bounded or not.

    Parameters
    ----------
    a1, a2, a3 : float
        Coefficients; of x itself when unbounded, else of its log or logit.
    lower, upper : float
        Bounds; infinite where there is none.

    Notes
    -----
    With one bound the formula gives ``ln(x − lower)`` or ``−ln(upper − x)``, with both
    ``ln((x − lower)/(upper − x))``. The unbounded moments are closed forms:
    mean ``a1 + a3/2``, variance ``π² a2²/3 + a3² (1/12 + π²/36)``.

    References
    ----------
    Keelin (2016), The Metalog Distributions, Decision Analysis 13(4), 243-277.
    """

    family: ClassVar[str] = "metalog"
    a1: float
    a2: float
    a3: float
    lower: float = -math.inf
    upper: float = math.inf

    def _basis(self, logit: Floats) -> Floats:
        """Return the quantile on the unbounded scale at log-odds."""
        share = 0.5 * np.tanh(0.5 * logit)
        with np.errstate(invalid="ignore"):
            return self.a1 + (self.a2 + self.a3 * share) * logit

    def _bounded(self, basis: Floats) -> Floats:
        """Carry the unbounded scale to the quantity's own."""
        if math.isinf(self.lower) and math.isinf(self.upper):
            return basis
        if math.isinf(self.upper):
            return self.lower + np.exp(basis)
        if math.isinf(self.lower):
            return self.upper - np.exp(-basis)
        return self.lower + (self.upper - self.lower) * (0.5 + 0.5 * np.tanh(0.5 * basis))

    def _quantile(self, u: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return self._bounded(self._basis(np.log(u) - np.log1p(-u)))

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability at `x`, by inverting the quantile function."""
        at = np.asarray(x, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if math.isinf(self.lower) and math.isinf(self.upper):
                basis = at
            elif math.isinf(self.upper):
                basis = np.log(np.maximum(at - self.lower, 0.0))
            elif math.isinf(self.lower):
                basis = -np.log(np.maximum(self.upper - at, 0.0))
            else:
                held = np.clip(at, self.lower, self.upper)
                basis = np.log(held - self.lower) - np.log(self.upper - held)
        gap = np.clip(basis - self.a1, -_FAR * self.a2, _FAR * self.a2)
        ends = np.stack([gap / self.a2, gap / (self.a2 + np.copysign(0.5 * self.a3, gap * self.a3))])
        logit = invert_increasing(self._basis, basis, ends.min(axis=0), ends.max(axis=0))
        return 0.5 + 0.5 * np.tanh(0.5 * logit)

    @property
    def mean(self) -> float:
        """Closed form when unbounded, else an integral over the log-odds; may be infinite."""
        if math.isinf(self.lower) and math.isinf(self.upper):
            return self.a1 + self.a3 / 2
        return self._moment(1)

    @property
    def variance(self) -> float:
        """Closed form when unbounded, else an integral over the log-odds; may be infinite."""
        if math.isinf(self.lower) and math.isinf(self.upper):
            return math.pi**2 * self.a2**2 / 3 + self.a3**2 * (1 / 12 + math.pi**2 / 36)
        return self._moment(2)

    def _moment(self, order: int) -> float:
        """Return the mean (1) or variance (2) by the trapezoidal rule in log-odds."""
        tail = self.a2 + self.a3 / 2 if math.isinf(self.upper) else self.a2 - self.a3 / 2
        if (math.isinf(self.upper) or math.isinf(self.lower)) and order * tail >= 1:
            return math.inf if order == 2 or math.isinf(self.upper) else -math.inf
        logit = np.linspace(-700.0, 700.0, 28001)
        weight = 0.05 * 0.25 / np.cosh(0.5 * logit) ** 2
        quantile = self._bounded(self._basis(logit))
        centre = float(weight @ quantile)
        return centre if order == 1 else float(weight @ (quantile - centre) ** 2)

    @property
    def support(self) -> tuple[float, float]:
        """The bounds."""
        return self.lower, self.upper


def metalog(
    low: float,
    median: float,
    high: float,
    alpha: float = 0.05,
    lower: float = -math.inf,
    upper: float = math.inf,
) -> Metalog:
    """Make the three-term metalog through a symmetric triplet of quantiles.

    Parameters
    ----------
    low, median, high : float
        Quantiles at `alpha`, 0.5 and 1 − `alpha`, strictly ascending.
    alpha : float
        Probability of `low`.
    lower, upper : float
        Bounds of the quantity, where it has any.

    Returns
    -------
    Metalog

    Raises
    ------
    ValueError
        If the triplet is so lopsided that no three-term metalog passes through it.

    References
    ----------
    Keelin (2016), section 4: the symmetric-percentile triplet.

    Examples
    --------
    >>> metalog(10, 14, 30, alpha=0.1).a1
    14.0
    """
    check_ascending(low=low, median=median, high=high)
    if not lower < low < median < high < upper:
        refuse(
            f"a metalog needs lower < low < median < high < upper, not {[lower, low, median, high, upper]}; "
            "use pert for a range that starts or ends at its value"
        )
    if not 0 < alpha < 0.5:
        refuse(f"alpha is the probability of the low value, between 0 and 0.5, not {alpha}")

    def basis(x: float) -> float:
        if math.isinf(lower) and math.isinf(upper):
            return float(x)
        if math.isinf(upper):
            return math.log(x - lower)
        if math.isinf(lower):
            return -math.log(upper - x)
        return math.log((x - lower) / (upper - x))

    bottom, middle, top = basis(low), basis(median), basis(high)
    odds = math.log((1 - alpha) / alpha)
    a2 = (top - bottom) / (2 * odds)
    a3 = (bottom + top - 2 * middle) / ((1 - 2 * alpha) * odds)
    if abs(a3) >= STEEPEST_SKEW * a2:
        refuse(
            f"no metalog passes through {low}, {median}, {high}: the median is too near one end; "
            "use pert or triangular, or state a bound"
        )
    return Metalog(middle, a2, a3, float(lower), float(upper))

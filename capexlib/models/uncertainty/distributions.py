"""Making distributions: from parameters, from quantiles, and from a judged range.

The range is how an assumption is written down: (low, value, high) with a
declared family, low and high read as P5 and P95, value as the mode (PERT,
triangular) or the median (normal, lognormal, uniform, metalog).
"""

from __future__ import annotations

import math

from capexlib.errors import did_you_mean
from capexlib.models.uncertainty.elicitation import P_HIGH, P_LOW, ends_from_range
from capexlib.models.uncertainty.empirical_law import empirical
from capexlib.models.uncertainty.families import (
    Distribution,
    Fixed,
    Gamma,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
)
from capexlib.models.uncertainty.metalog_law import metalog
from capexlib.models.uncertainty.mixture_law import mixture
from capexlib.models.uncertainty.pert_law import pert
from capexlib.models.uncertainty.refusals import check_ascending, check_probabilities, refuse

__all__ = [
    "FAMILIES",
    "Distribution",
    "empirical",
    "fixed",
    "from_range",
    "gamma",
    "lognormal_from_quantiles",
    "metalog",
    "mixture",
    "normal_from_quantiles",
    "pert",
    "triangular",
    "uniform_from_range",
]

FAMILIES = ("fixed", "uniform", "triangular", "pert", "normal", "lognormal", "metalog")
"""What a judged range may declare."""
_ROUNDED = 0.01


def fixed(value: float) -> Fixed:
    """Make a value without spread.

    Examples
    --------
    >>> fixed(7.0).mean
    7.0
    """
    check_ascending(value=value)
    return Fixed(float(value))


def uniform_from_range(p5: float, p95: float) -> Uniform:
    """Make the uniform law with the given 5th and 95th percentiles.

    Examples
    --------
    >>> [round(end, 9) for end in uniform_from_range(15, 105).support]
    [10.0, 110.0]
    """
    check_ascending(p5=p5, p95=p95)
    if p5 == p95:
        refuse(f"a uniform law needs p5 < p95, both are {p5}; use fixed({p5})")
    width = (p95 - p5) / (P_HIGH - P_LOW)
    return Uniform(p5 - P_LOW * width, p95 + P_LOW * width)


def triangular(low: float, mode: float, high: float) -> Triangular:
    """Make the triangular law with the given **ends** and mode.

    Examples
    --------
    >>> triangular(1, 2, 3).mean
    2.0
    """
    check_ascending(low=low, mode=mode, high=high)
    if low == high:
        refuse(f"a triangular law needs low < high, both are {low}; use fixed({low})")
    return Triangular(float(low), float(mode), float(high))


def normal_from_quantiles(p5: float, p95: float, p_low: float = P_LOW, p_high: float = P_HIGH) -> Normal:
    """Make the normal law through two quantiles.

    Parameters
    ----------
    p5, p95 : float
        The quantiles, ``p5 < p95``.
    p_low, p_high : float
        Their probabilities, when not 5 % and 95 %.

    Examples
    --------
    >>> round(normal_from_quantiles(-2, 4).mean, 9)
    1.0
    """
    from scipy.special import ndtri

    check_ascending(p5=p5, p95=p95)
    check_probabilities(p_low, p_high)
    if p5 == p95:
        refuse(f"a normal law needs two different quantiles, both are {p5}; use fixed({p5})")
    z_low, z_high = float(ndtri(p_low)), float(ndtri(p_high))
    sigma = (p95 - p5) / (z_high - z_low)
    return Normal((p5 * z_high - p95 * z_low) / (z_high - z_low), sigma)


def lognormal_from_quantiles(p5: float, p95: float, p_low: float = P_LOW, p_high: float = P_HIGH) -> Lognormal:
    """Make the lognormal law through two positive quantiles.

    Parameters
    ----------
    p5, p95 : float
        The quantiles, ``0 < p5 < p95``.
    p_low, p_high : float
        Their probabilities, when not 5 % and 95 %.

    Examples
    --------
    >>> round(float(lognormal_from_quantiles(2, 8).ppf(0.5)), 9)
    4.0
    """
    if not p5 > 0:
        refuse(f"a lognormal law is positive, its low end cannot be {p5}; use pert or normal")
    logs = normal_from_quantiles(math.log(p5), math.log(p95), p_low, p_high)
    return Lognormal(logs.mu, logs.sigma)


def gamma(shape: float, scale: float) -> Gamma:
    """Make the gamma law, for instance the posterior of an event rate.

    Examples
    --------
    >>> gamma(5, 5).mean
    25.0
    """
    if not (0 < shape < math.inf and 0 < scale < math.inf):
        refuse(f"shape and scale must be positive, not {shape} and {scale}")
    return Gamma(float(shape), float(scale))


def from_range(
    low: float,
    value: float,
    high: float,
    family: str,
    *,
    lower: float = -math.inf,
    upper: float = math.inf,
) -> Distribution:
    """Read a judged range as a distribution.

    Parameters
    ----------
    low, high : float
        5th and 95th percentiles.
    value : float
        Mode (pert, triangular) or median (normal, lognormal, uniform, metalog). A median
        within 1 % of the range's width of what the family implies counts as rounded.
    family : str
        One of `FAMILIES`. ``"fixed"`` holds `value` and leaves the range to the reader.
    lower, upper : float
        What the quantity cannot pass, for instance 0 and 1 for a share.

    Returns
    -------
    Distribution
        ``fixed(value)`` where the three numbers are one.

    Raises
    ------
    ValueError
        If the family is unknown, the numbers do not ascend, the family cannot have that
        shape, or the law would pass `lower` or `upper`; with the cure.

    Examples
    --------
    >>> law = from_range(12, 14, 26, "triangular")
    >>> [round(end, 6) for end in law.support]
    [10.0, 30.0]
    """
    if family not in FAMILIES:
        refuse(f"unknown family {family!r}. {did_you_mean(family, FAMILIES)}")
    if family == "fixed":
        return fixed(value)
    check_ascending(low=low, value=value, high=high)
    if low == high:
        return fixed(value)
    law = _fit(low, value, high, family, lower, upper)
    if law.support[0] < lower or law.support[1] > upper:
        refuse(
            f"a {family} law with P5 = {low:g} and P95 = {high:g} reaches from {law.support[0]:.4g} to "
            f"{law.support[1]:.4g}, past what is possible ({lower:g} to {upper:g}); "
            "narrow the range, or use metalog, which keeps to the bounds"
        )
    return law


def _fit(low: float, value: float, high: float, family: str, lower: float, upper: float) -> Distribution:
    """Fit the family to a range that has a width."""
    if family in ("pert", "triangular"):
        minimum, maximum = ends_from_range(family, low, value, high)
        make = pert if family == "pert" else triangular
        return make(minimum, value, maximum)
    if family == "metalog":
        return metalog(low, value, high, lower=lower, upper=upper)
    if family == "lognormal":
        law: Distribution = lognormal_from_quantiles(low, high)
        _check_median(family, value, low, high, math.sqrt(low * high))
        return law
    _check_median(family, value, low, high, (low + high) / 2)
    return uniform_from_range(low, high) if family == "uniform" else normal_from_quantiles(low, high)


def _check_median(family: str, value: float, low: float, high: float, implied: float) -> None:
    """Refuse a value that is not the family's median, beyond rounding."""
    if abs(value - implied) > _ROUNDED * (high - low):
        refuse(
            f"a {family} law through P5 = {low:g} and P95 = {high:g} has its median at {implied:.6g}, "
            f"not {value:g}; write {implied:.6g}, or use pert or metalog for a lopsided range"
        )

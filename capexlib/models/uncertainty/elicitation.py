"""From a judged range to the ends of a law: P5, most likely value, P95."""

from __future__ import annotations

from functools import lru_cache

from capexlib.models.uncertainty.families import Triangular
from capexlib.models.uncertainty.pert_law import Pert

P_LOW, P_HIGH = 0.05, 0.95
"""A judged range is read as the 5th and the 95th percentile."""


def _unit_quantiles(family: str, mode: float) -> tuple[float, float]:
    """Return P5 and P95 of the family on [0, 1] with the given mode."""
    if family == "triangular":
        p_low, p_high = Triangular(0.0, mode, 1.0).ppf([P_LOW, P_HIGH])
    else:
        from scipy.special import betaincinv

        law = Pert(0.0, mode, 1.0)
        p_low, p_high = betaincinv(law.alpha, law.beta, [P_LOW, P_HIGH])
    return float(p_low), float(p_high)


@lru_cache(maxsize=1024)
def _unit_range(family: str, place: float) -> tuple[float, float]:
    """Return P5 and P95 of the unit law whose mode stands at `place` of that range."""
    low, high = 0.0, 1.0
    while True:
        mode = 0.5 * (low + high)
        p_low, p_high = _unit_quantiles(family, mode)
        if mode in (low, high):
            return p_low, p_high
        if (mode - p_low) < place * (p_high - p_low):
            low = mode
        else:
            high = mode


def ends_from_range(family: str, low: float, mode: float, high: float) -> tuple[float, float]:
    """Find the ends that give a PERT or triangular law its stated range.

    Parameters
    ----------
    family : {"pert", "triangular"}
    low, high : float
        Wanted 5th and 95th percentiles, ``low < high``.
    mode : float
        Wanted mode, ``low <= mode <= high``.

    Returns
    -------
    tuple of float
        Minimum and maximum of the law.

    Notes
    -----
    On [0, 1] the family has one free number, its mode t. The place of the mode
    within the range, (t − q05)/(q95 − q05), rises with t from below 0 to above 1,
    so one t fits, and stretching the unit law to the wanted width gives the ends. A
    mode on the edge of its own range is allowed: 5 % of the law then lies beyond it.

    Examples
    --------
    >>> [round(end, 6) for end in ends_from_range("triangular", 12, 14, 26)]
    [10.0, 30.0]
    """
    p_low, p_high = _unit_range(family, (mode - low) / (high - low))
    width = (high - low) / (p_high - p_low)
    minimum = low - p_low * width
    return min(minimum, mode), max(minimum + width, mode)

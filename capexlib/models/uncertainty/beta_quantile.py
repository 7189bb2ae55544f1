"""The quantile function of the beta law, fast: a table of exact values and slopes.

`scipy.special.betaincinv` takes over a microsecond a number, which is more
than most models spend on it. In t = Φ⁻¹(u) the quantile is smooth, and its
first two derivatives are known, so a fifth-degree Hermite polynomial between
exact knots reproduces it to about 1e-12 of the width at a twentieth of the cost. The table
belongs to the shape alone: a number's quantile does not depend on its neighbours.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from capexlib.models.uncertainty.families import Floats

_REACH = 8.5
_INTERVALS = 320
_STEP = 2 * _REACH / _INTERVALS


@lru_cache(maxsize=256)
def _coefficients(alpha: float, beta: float) -> Floats:
    """Return the polynomial of each interval, (6, intervals), lowest power first."""
    from scipy.special import betainccinv, betaincinv, betaln, ndtr

    t = np.linspace(-_REACH, _REACH, _INTERVALS + 1)
    tail = ndtr(-np.abs(t))
    below = np.where(t <= 0.0, betaincinv(alpha, beta, tail), betainccinv(alpha, beta, tail))
    above = np.where(t <= 0.0, betainccinv(beta, alpha, tail), betaincinv(beta, alpha, tail))
    log_density = (alpha - 1) * np.log(below) + (beta - 1) * np.log(above) - betaln(alpha, beta)
    slope = np.exp(-0.5 * t**2 - 0.5 * np.log(2 * np.pi) - log_density)
    curvature = slope * (-t - slope * ((alpha - 1) / below - (beta - 1) / above))
    value = np.where(below < above, below, 1.0 - above)

    rise = np.where(below[1:] < above[1:], np.diff(below), -np.diff(above))
    d0, d1 = slope[:-1] * _STEP, slope[1:] * _STEP
    c0, c1 = curvature[:-1] * _STEP**2, curvature[1:] * _STEP**2
    return np.stack(
        [
            value[:-1],
            d0,
            c0 / 2,
            10 * rise - 6 * d0 - 4 * d1 - 1.5 * c0 + 0.5 * c1,
            -15 * rise + 8 * d0 + 7 * d1 + 1.5 * c0 - c1,
            6 * rise - 3 * d0 - 3 * d1 - 0.5 * c0 + 0.5 * c1,
        ]
    )


def beta_quantile(alpha: float, beta: float, u: Floats) -> Floats:
    """Return the quantiles of Beta(`alpha`, `beta`).

    Parameters
    ----------
    alpha, beta : float
        Shapes, at least 1.
    u : ndarray
        Probabilities in [0, 1].

    Returns
    -------
    ndarray
        In [0, 1], within 1e-11 of the exact value.

    Examples
    --------
    >>> float(beta_quantile(3.0, 3.0, np.array(0.5)).round(9))
    0.5
    """
    from scipy.special import ndtri

    place = (ndtri(u) + _REACH) / _STEP
    inside = np.clip(place, 0.0, _INTERVALS)
    interval = np.minimum(inside.astype(np.intp), _INTERVALS - 1)
    fraction = inside - interval
    table = _coefficients(alpha, beta)
    quantile = table[5][interval]
    for power in (4, 3, 2, 1, 0):
        quantile = quantile * fraction + table[power][interval]
    quantile = np.clip(quantile, 0.0, 1.0)
    return np.where(u <= 0.0, 0.0, np.where(u >= 1.0, 1.0, quantile))

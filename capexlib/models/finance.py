"""Time value of money, on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def annuity_factor(rate: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Present value of 1 a year for some years, paid at each year's end.

    Parameters
    ----------
    rate : array_like
        Decimal a year; at zero the factor is the number of years.
    years : array_like

    Returns
    -------
    ndarray

    Notes
    -----
    ``(1 − (1 + r)^−n) / r``, by ``expm1``/``log1p`` so that small rates keep precision.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 2: 5 years at
    10 % give 3.791.

    Examples
    --------
    >>> round(float(annuity_factor(0.10, 5)), 3)
    3.791
    >>> float(annuity_factor(0.0, 5))
    5.0
    """
    r, n = np.broadcast_arrays(np.asarray(rate, float), np.asarray(years, float))
    tiny = np.abs(r) < 1e-15
    safe = np.where(tiny, 1.0, r)
    return np.where(tiny, n, -np.expm1(-n * np.log1p(safe)) / safe)

"""Tax on profits, with losses carried forward and then lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def tax_due(profit: Floats, rate: Floats, loss_years: int) -> Floats:
    """Tax for each year, paid in the year.

    Parameters
    ----------
    profit : ndarray, shape (n, years)
        Taxable profit before losses brought forward; a loss is negative.
    rate : ndarray, shape (n,)
        Decimal.
    loss_years : int
        For how many later years a loss may be set off; the oldest loss goes first.

    Returns
    -------
    ndarray, shape (n, years)
        Money out as a positive number, never negative: a loss brings no refund.

    Raises
    ------
    ValueError
        If `loss_years` is negative.

    Examples
    --------
    >>> tax_due(np.array([[-100.0, 60.0, 60.0]]), np.array([0.25]), 5).tolist()
    [[0.0, 0.0, 5.0]]
    >>> tax_due(np.array([[-100.0, 60.0, 60.0]]), np.array([0.25]), 1).tolist()
    [[0.0, 0.0, 15.0]]
    """
    if loss_years < 0:
        msg = f"losses are carried forward for some years or none, not {loss_years}"
        raise ValueError(msg)
    columns = np.ascontiguousarray(profit.T)
    losses, taxable = np.maximum(-columns, 0.0), np.maximum(columns, 0.0)
    for year in range(1, len(columns)):
        left = taxable[year]
        for old in range(max(0, year - loss_years), year):
            if losses[old].any():
                used = np.minimum(losses[old], left)
                losses[old] -= used
                left -= used
    return taxable.T * rate[:, None]

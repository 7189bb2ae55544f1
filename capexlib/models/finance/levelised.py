"""The one price at which an output pays for its costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.returns import npv


def levelised_cost(
    rate: ArrayLike, flows: ArrayLike, output: ArrayLike, *, output_rate: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Cost of a unit of output over the life: costs' worth over output's worth.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one for all rows, or one a row. At −100 % and below: nan.
    flows : array_like, shape (..., n_periods)
        Costs, outflows negative, the first today's; receipts such as a residual value
        positive.
    output : array_like, shape (..., n_periods)
        Units at the same moments, not negative. With none at all: nan.
    output_rate : array_like, optional
        At which the output is discounted: `rate` where it is not given, a price that stays
        the same in money of the day. The real rate gives the price in today's money that
        rises with inflation.

    Returns
    -------
    ndarray, shape (...)
        Money a unit, positive where there is a cost to recover.

    Notes
    -----
    ``−PV(flows) / PV(output)``: the price at which the net present value is zero.

    References
    ----------
    Short, Packey and Holt, *A Manual for the Economic Evaluation of Energy Efficiency
    and Renewable Energy Technologies*, NREL/TP-462-5173 (1995) (levelized cost of energy).

    Examples
    --------
    >>> round(float(levelised_cost(0.10, [-100, -11, -12.1], [0, 55, 60.5])), 6)
    1.2
    """
    units = npv(rate if output_rate is None else output_rate, output)
    return -npv(rate, flows) / np.where(units > 0, units, np.nan)

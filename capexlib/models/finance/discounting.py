"""What a unit of money at each later moment is worth today, rates changing by period or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def discount_factors(rate: ArrayLike, periods: int) -> NDArray[np.float64]:
    """Worth today of 1 at each moment from today to the last.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one number, or an array whose last axis is the periods (length 1
        where the rate does not change). At −100 % and below there is no worth: nan.
    periods : int

    Returns
    -------
    ndarray, shape (..., periods + 1)
        The first is 1.

    Raises
    ------
    ValueError
        Where the rate's last axis is neither 1 nor the number of periods.

    Notes
    -----
    ``1 / Π (1 + r_j)`` over the periods up to the moment.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 3 (spot and forward
    rates).

    Examples
    --------
    >>> discount_factors([0.25, 0.6], 2).tolist()
    [1.0, 0.8, 0.5]
    """
    rates = rates_by_period(rate, periods)
    factors = np.ones((*rates.shape[:-1], periods + 1))
    factors[..., 1:] = 1.0 / np.cumprod(1.0 + rates, axis=-1)
    return factors


def rates_by_period(rate: ArrayLike, periods: int) -> NDArray[np.float64]:
    """Give each period its rate.

    Parameters
    ----------
    rate : array_like
        As for `discount_factors`.
    periods : int

    Returns
    -------
    ndarray, shape (..., periods)
        nan at −100 % and below.

    Raises
    ------
    ValueError
        Where the rate's last axis is neither 1 nor the number of periods.

    Examples
    --------
    >>> rates_by_period(0.05, 2).tolist()
    [0.05, 0.05]
    """
    rates = np.atleast_1d(np.asarray(rate, float))
    if rates.shape[-1] not in {1, periods}:
        msg = f"a rate's last axis is its periods: 1 or {periods} are wanted, not {rates.shape[-1]}"
        raise ValueError(msg)
    wide = np.broadcast_to(rates, (*rates.shape[:-1], periods))
    return np.where(wide > -1.0, wide, np.nan)


def worth_of_the_rest(flows: ArrayLike, rate: ArrayLike) -> NDArray[np.float64]:
    """Worth, at each moment, of the flows after it.

    Parameters
    ----------
    flows : array_like, shape (..., periods)
        At the end of each period.
    rate : array_like
        As for `discount_factors`.

    Returns
    -------
    ndarray, shape (..., periods + 1)
        From today to the last moment, where nothing is left: zero.

    Raises
    ------
    ValueError
        Where the rate's last axis is neither 1 nor the number of periods.

    Notes
    -----
    ``W_{k−1} = (W_k + a_k) / (1 + r_k)``, from the end, so that no rounding is compounded.

    Examples
    --------
    >>> worth_of_the_rest([110, 121], 0.10).round(6).tolist()
    [200.0, 110.0, 0.0]
    """
    amounts = np.asarray(flows, float)
    periods = amounts.shape[-1]
    amounts, rates = np.broadcast_arrays(amounts, rates_by_period(rate, periods))
    worth = np.zeros((*amounts.shape[:-1], periods + 1))
    for moment in reversed(range(periods)):
        worth[..., moment] = (worth[..., moment + 1] + amounts[..., moment]) / (1.0 + rates[..., moment])
    return worth

"""When what was laid out has come back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def payback(flows: ArrayLike) -> NDArray[np.float64]:
    """Periods until the running total of the flows is no longer negative.

    Parameters
    ----------
    flows : array_like, shape (..., n_periods)
        Outflows negative. The first flow is today's; a later one arrives evenly over the
        period that ends at its place, so the answer may be a fraction.

    Returns
    -------
    ndarray, shape (...)
        No answer (the total never comes back, something is not finite): nan. Never
        negative: 0. Many answers, because the total turns negative again: the first.

    Notes
    -----
    ``k − 1 + (−S_{k−1}) / a_k`` at the first k whose running total ``S_k`` has come back
    from below zero.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 5.

    Examples
    --------
    >>> payback([[-100, 40, 40, 40], [-100, 10, 10, 10]]).tolist()
    [2.5, nan]
    """
    amounts = np.asarray(flows, float)
    totals = np.cumsum(amounts, axis=-1)
    back = (totals[..., :-1] < 0) & (totals[..., 1:] >= 0)
    place = np.argmax(back, axis=-1, keepdims=True) if back.shape[-1] else np.zeros((*back.shape[:-1], 1), int)
    owed = -np.take_along_axis(totals, place, axis=-1)[..., 0]
    gain = np.take_along_axis(amounts, np.minimum(place + 1, amounts.shape[-1] - 1), axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        when = np.where(back.any(axis=-1), place[..., 0] + owed / gain, np.nan)
    never_owed = (totals >= 0).all(axis=-1)
    return np.where(np.isfinite(amounts).all(axis=-1), np.where(never_owed, 0.0, when), np.nan)


def discounted_payback(rate: ArrayLike, flows: ArrayLike) -> NDArray[np.float64]:
    """Periods until the running total of the discounted flows is no longer negative.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one for all rows, or one a row. At −100 % and below: nan.
    flows : array_like, shape (..., n_periods)
        As for `payback`, whose rules for no answer and many answers hold.

    Returns
    -------
    ndarray, shape (...)

    Notes
    -----
    `payback` of ``a_k (1 + r)^−k``: within a period the discounted flow arrives evenly.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 5.

    Examples
    --------
    >>> round(float(discounted_payback(0.10, [-100, 55, 60.5])), 6)
    2.0
    """
    amounts, r = np.asarray(flows, float), np.asarray(rate, float)
    growth = np.log1p(np.where(r > -1.0, r, np.nan))
    return payback(amounts * np.exp(-growth[..., None] * np.arange(amounts.shape[-1])))

"""What capital costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def wacc(
    equity: ArrayLike, debt: ArrayLike, cost_equity: ArrayLike, cost_debt: ArrayLike, tax: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Weighted average cost of capital, after tax.

    Parameters
    ----------
    equity, debt : array_like
        What each is worth on the market, positive, or their shares. With neither there is
        no average: nan.
    cost_equity, cost_debt : array_like
        Decimals a year, the debt's before tax.
    tax : array_like
        Rate at which interest saves tax; zero where losses leave no tax to save.

    Returns
    -------
    ndarray
        Decimal a year, nominal where the costs are.

    Notes
    -----
    ``E / (D + E) · k_E + D / (D + E) · k_D (1 − t)``. Several debts: weigh them first.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 19.

    Examples
    --------
    >>> round(float(wacc(75, 25, 0.12, 0.08, 0.25)), 6)
    0.105
    """
    own, lent = np.asarray(equity, float), np.asarray(debt, float)
    total = own + lent
    after_tax = np.asarray(cost_debt, float) * (1.0 - np.asarray(tax, float))
    return (own * np.asarray(cost_equity, float) + lent * after_tax) / np.where(total > 0, total, np.nan)


def cost_of_equity(risk_free: ArrayLike, beta: ArrayLike, market: ArrayLike) -> NDArray[np.float64]:
    """Return that shareholders ask, by the capital asset pricing model.

    Parameters
    ----------
    risk_free, market : array_like
        Decimals a year: without risk, and expected of the whole market (not its premium).
    beta : array_like
        How the share moves with the market, as geared as the company is.

    Returns
    -------
    ndarray
        Decimal a year.

    Notes
    -----
    ``r_f + β (r_m − r_f)``.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 8.

    Examples
    --------
    >>> round(float(cost_of_equity(0.02, 1.2, 0.07)), 6)
    0.08
    """
    base = np.asarray(risk_free, float)
    return base + np.asarray(beta, float) * (np.asarray(market, float) - base)


def nominal_rate(real: ArrayLike, inflation: ArrayLike) -> NDArray[np.float64]:
    """Rate in money of the day that earns a real rate.

    Parameters
    ----------
    real, inflation : array_like
        Decimals for the same period.

    Returns
    -------
    ndarray

    Notes
    -----
    ``(1 + real)(1 + inflation) − 1``.

    References
    ----------
    Fisher, *The Theory of Interest* (1930), ch. 19.

    Examples
    --------
    >>> round(float(nominal_rate(0.064, 0.025)), 6)
    0.0906
    """
    return (1.0 + np.asarray(real, float)) * (1.0 + np.asarray(inflation, float)) - 1.0

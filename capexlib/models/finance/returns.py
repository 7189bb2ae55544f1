"""What flows at equal intervals are worth, and what they return."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.lone_roots import lone_root
from capexlib.models.finance.roots import Roots, all_roots

CELLS = 80_000  # flows taken at once: their intermediate sums stay in the processor's cache


def npv(rate: ArrayLike, flows: ArrayLike) -> NDArray[np.float64]:
    """Net present value, the first flow being today's.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one for all rows, or one a row. At −100 % and below there is
        no value: nan.
    flows : array_like, shape (..., n_periods)
        Outflows negative. The flow at place k is k periods from now. Excel's NPV puts
        the first flow a period from now: divide by ``1 + rate`` to get it.

    Returns
    -------
    ndarray, shape (...)

    Notes
    -----
    ``Σ a_k (1 + r)^−k``, one product of a matrix and a vector where the rate is one.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 2.

    Examples
    --------
    >>> round(float(npv(0.08, [-40_000, 5_000, 8_000, 12_000, 30_000])), 2)
    3065.22
    """
    amounts, r = np.asarray(flows, float), np.asarray(rate, float)
    growth = np.log1p(np.where(r > -1.0, r, np.nan))
    discount = np.exp(-growth[..., None] * np.arange(amounts.shape[-1]))
    return np.asarray(amounts @ discount if r.ndim == 0 else np.einsum("...k,...k->...", amounts, discount))


def irr(flows: ArrayLike) -> NDArray[np.float64]:
    """Find the internal rate of return of each row.

    Parameters
    ----------
    flows : array_like, shape (..., n_periods)
        The flow at place k is k periods from now; either sign may come first.

    Returns
    -------
    ndarray, shape (...)
        Decimal a period. No answer (one sign only, all zero, something not finite, no
        real root): nan. Many answers: the least positive, else the largest that is not
        positive; `irr_roots` gives them all.

    Notes
    -----
    The rate at which `npv` is zero. A row whose flows change sign once has one root.
    Else the worth, a polynomial in ``1 / (1 + r)``, is put into Bernstein's basis, whose
    coefficients change sign at least as often as there are roots: one change on the side
    of the positive rates proves one positive root. These rows go through Halley's steps in
    ``ln(1 + r)``. The others, and any row on which those steps fail, have all their roots
    found. A row's answer does not depend on the rows beside it, beyond rounding.

    References
    ----------
    Norstrøm, "A sufficient condition for a unique nonnegative internal rate of return",
    *Journal of Financial and Quantitative Analysis* 7 (1972), 1835–1839, which the
    coefficients sharpen; Farouki, "The Bernstein polynomial basis: a centennial
    retrospective", *Computer Aided Geometric Design* 29 (2012), 379–419, on their
    variation-diminishing property.

    Examples
    --------
    >>> irr([[-100, 110, 0], [-100, 0, 121], [100, 50, 1]]).round(6).tolist()
    [0.1, 0.1, nan]
    """
    amounts = np.asarray(flows, float)
    rows = amounts.reshape(-1, amounts.shape[-1])
    rates, sure = np.empty(len(rows)), np.empty(len(rows), bool)
    size = max(64, CELLS // max(1, rows.shape[1]))
    for start in range(0, len(rows), size):
        block = slice(start, start + size)
        root, sure[block] = lone_root(np.ascontiguousarray(rows[block].T), steps=0)
        rates[block] = np.expm1(root)
    unsure = np.flatnonzero(~sure)
    root, settled = lone_root(rows[unsure].T)
    rates[unsure] = np.expm1(root)
    unsure = unsure[~settled]
    rates[unsure] = [roots.chosen for roots in all_roots(rows[unsure], np.arange(rows.shape[1], dtype=float))]
    return rates.reshape(amounts.shape[:-1])


def irr_roots(flows: ArrayLike) -> Roots:
    """All internal rates of return of one row, with a verdict.

    Parameters
    ----------
    flows : array_like, shape (n_periods,)
        The flow at place k is k periods from now.

    Returns
    -------
    Roots
        ``rates`` ascending in (−1, ∞), ``verdict`` none, unique or many, and ``chosen``
        by the rule of `irr`. Flows that are all zero have no rate of their own: none. A
        root that is only touched counts once; roots that rounding cannot tell apart (a
        millionth in ``ln(1 + r)``) count as one.

    Notes
    -----
    By subdivision with rigorous bounds, not from a start value: see `roots`.

    Examples
    --------
    >>> found = irr_roots([-1_000, 2_300, -1_320])
    >>> found.verdict, [round(rate, 9) for rate in found.rates]
    ('many', [0.1, 0.2])
    >>> irr_roots([1_000, -3_000, 2_500]).verdict
    'none'
    """
    row = np.asarray(flows, float)
    return all_roots(row[None, :], np.arange(row.size, dtype=float))[0]


def mirr(flows: ArrayLike, finance_rate: ArrayLike, reinvest_rate: ArrayLike) -> NDArray[np.float64]:
    """Return when inflows are reinvested and outflows financed at stated rates.

    Parameters
    ----------
    flows : array_like, shape (..., n_periods)
        Outflows negative, the first flow today's.
    finance_rate, reinvest_rate : array_like
        Decimals a period: one for all rows, or one a row.

    Returns
    -------
    ndarray, shape (...)
        Decimal a period; never more than one answer. Without an inflow, without an
        outflow, or with one period only: nan.

    Notes
    -----
    ``(FV of inflows / PV of outflows)^(1 / (n − 1)) − 1`` for n flows.

    References
    ----------
    Lin, "The modified internal rate of return and investment criterion", *The
    Engineering Economist* 21 (1976), 237–247; Excel's MIRR.

    Examples
    --------
    >>> round(float(mirr([-120_000, 39_000, 30_000, 21_000, 37_000, 46_000], 0.10, 0.12)), 6)
    0.126094
    """
    amounts = np.asarray(flows, float)
    inflows, outflows = np.maximum(amounts, 0.0), np.maximum(-amounts, 0.0)
    last = amounts.shape[-1] - 1
    gained, spent = npv(reinvest_rate, inflows), npv(finance_rate, outflows)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((gained > 0) & (spent > 0) & (last > 0), gained / spent, np.nan)
        return np.asarray((1.0 + np.asarray(reinvest_rate, float)) * ratio ** (1.0 / max(last, 1)) - 1.0)


def profitability_index(rate: ArrayLike, flows: ArrayLike) -> NDArray[np.float64]:
    """Present value of what follows, for each unit laid out today.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one for all rows, or one a row.
    flows : array_like, shape (..., n_periods)
        The first flow is today's outlay, negative; otherwise there is no index: nan.
        Later outflows lower the numerator, they are not added to the outlay.

    Returns
    -------
    ndarray, shape (...)
        Above 1 where the net present value is positive.

    Notes
    -----
    ``1 + NPV / outlay``.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 5 (which prints
    ``NPV / outlay``).

    Examples
    --------
    >>> round(float(profitability_index(0.10, [-100, 66, 60.5])), 6)
    1.1
    """
    amounts = np.asarray(flows, float)
    outlay = np.where(amounts[..., 0] < 0, -amounts[..., 0], np.nan)
    return np.asarray(1.0 + npv(rate, amounts) / outlay)

"""Owning machines against renting them: totals, and where the two are equal.

Amounts here are sizes, all positive: a cost is a cost, not a flow. Hours, prices and loads
are for the same span of time as the amounts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def electricity_cost(load: ArrayLike, overhead: ArrayLike, hours: ArrayLike, price: ArrayLike) -> Floats:
    """Cost of the electricity that machines and their building draw.

    Parameters
    ----------
    load : array_like
        Of the machines, on average over the hours, kilowatts.
    overhead : array_like
        Power usage effectiveness: all that the building draws over the load; at least 1.
    hours : array_like
    price : array_like
        Money a kilowatt-hour.

    Returns
    -------
    ndarray
        Money over the hours.

    Notes
    -----
    ``load · PUE · hours · price``.

    References
    ----------
    ISO/IEC 30134-2 (power usage effectiveness).

    Examples
    --------
    20 MW for a year at a PUE of 1.5 and US$0.115:

    >>> round(float(electricity_cost(20_000, 1.5, 8_760, 0.115)))
    30222000
    """
    return _product(load, overhead, hours, price)


def units_within_power(site: ArrayLike, unit: ArrayLike, server: ArrayLike, overhead: ArrayLike) -> Floats:
    """Count the processors that a site's power can feed.

    Parameters
    ----------
    site : array_like
        Power at the meter, kilowatts.
    unit : array_like
        Of one processor, kilowatts, above zero.
    server : array_like
        Draw of the server and its network over its processors'; at least 1.
    overhead : array_like
        Power usage effectiveness; at least 1.

    Returns
    -------
    ndarray
        Whole processors.

    Notes
    -----
    ``⌊site / (unit · server · PUE)⌋``.

    Examples
    --------
    50 MW, processors of 1 kW:

    >>> float(units_within_power(50_000, 1.0, 1.3, 1.2))
    32051.0
    """
    return np.floor(np.asarray(site, float) / _product(unit, server, overhead))


def own_cost(capex: ArrayLike, running: ArrayLike, *, residual: ArrayLike = 0.0) -> Floats:
    """Total cost of owning over the life, undiscounted.

    Parameters
    ----------
    capex : array_like
        Laid out at the start.
    running : array_like
        Over the whole life: power, space, staff, maintenance.
    residual : array_like
        Received at the end.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> float(own_cost(1_920_000, 728_681))
    2648681.0
    """
    return np.asarray(capex, float) + np.asarray(running, float) - np.asarray(residual, float)


def rent_cost(units: ArrayLike, hours: ArrayLike, price: ArrayLike, *, utilisation: ArrayLike = 1.0) -> Floats:
    """Total cost of renting only the hours that are used.

    Parameters
    ----------
    units : array_like
        Machines that would be owned.
    hours : array_like
        That pass over the life.
    price : array_like
        Money an hour and unit.
    utilisation : array_like
        Share of the hours in use, from 0 to 1.

    Returns
    -------
    ndarray

    Examples
    --------
    64 units, 70 % of four years, US$2.00 an hour:

    >>> round(float(rent_cost(64, 4 * 8_760, 2.00, utilisation=0.7)))
    3139584
    """
    return _product(units, hours, price, utilisation)


def cost_per_used_hour(cost: ArrayLike, units: ArrayLike, hours: ArrayLike, utilisation: ArrayLike = 1.0) -> Floats:
    """Cost of owning for each hour in use, which is the rent at which both cost the same.

    Parameters
    ----------
    cost : array_like
        Of owning, over the hours.
    units, hours, utilisation : array_like
        As for `rent_cost`. Without any use there is no cost an hour: nan.

    Returns
    -------
    ndarray
        Money an hour and unit.

    Examples
    --------
    >>> round(float(cost_per_used_hour(2_648_681, 64, 4 * 8_760, 0.7)), 4)
    1.6873
    """
    return _over(cost, _product(units, hours, utilisation))


def breakeven_utilisation(cost: ArrayLike, units: ArrayLike, hours: ArrayLike, price: ArrayLike) -> Floats:
    """Share of the hours in use at which owning costs as much as renting.

    Parameters
    ----------
    cost : array_like
        Of owning, over the hours, whatever the use.
    units, hours, price : array_like
        As for `rent_cost`. Where renting is free there is no such share: nan.

    Returns
    -------
    ndarray
        Above 1 owning never pays: the number is given as it comes.

    Notes
    -----
    ``cost / (units · hours · price)``.

    Examples
    --------
    >>> round(float(breakeven_utilisation(2_648_681, 64, 4 * 8_760, 2.00)), 2)
    0.59
    """
    return _over(cost, _product(units, hours, price))


def breakeven_periods(capex: ArrayLike, running: ArrayLike, rent: ArrayLike) -> Floats:
    """Periods of saved rent, less running costs, that pay back what was laid out.

    Parameters
    ----------
    capex : array_like
    running, rent : array_like
        A period, the same in each. Where renting saves nothing there is no answer: nan.

    Returns
    -------
    ndarray

    Notes
    -----
    ``capex / (rent − running)``; `payback` of `owning_flows` within their life.

    Examples
    --------
    >>> float(breakeven_periods(120, 10, 40))
    4.0
    """
    return _over(capex, np.asarray(rent, float) - np.asarray(running, float))


def owning_flows(
    capex: ArrayLike, running: ArrayLike, rent: ArrayLike, periods: int, *, residual: ArrayLike = 0.0
) -> Floats:
    """Cash flows of owning in place of renting.

    Parameters
    ----------
    capex : array_like, shape (...)
        Laid out today.
    running, rent : array_like
        A period, paid at its end: numbers, or arrays whose last axis is the periods
        (length 1 where they do not change).
    periods : int
    residual : array_like, shape (...)
        Received at the last moment.

    Returns
    -------
    ndarray, shape (..., periods + 1)
        Outflows negative, the first today's: for `npv`, `irr` and the paybacks.

    Examples
    --------
    >>> owning_flows(100, 10, 60, 3, residual=5).tolist()
    [-100.0, 50.0, 50.0, 55.0]
    """
    saved = np.atleast_1d(np.asarray(rent, float) - np.asarray(running, float))
    spent, kept = np.asarray(capex, float), np.asarray(residual, float)
    shape = np.broadcast_shapes(saved.shape[:-1], spent.shape, kept.shape)
    flows = np.empty((*shape, periods + 1))
    flows[..., 0], flows[..., 1:] = -spent, saved
    flows[..., -1] += kept
    return flows


def _product(*factors: ArrayLike) -> Floats:
    product = np.asarray(factors[0], float)
    for factor in factors[1:]:
        product = product * np.asarray(factor, float)
    return product


def _over(what: ArrayLike, of: ArrayLike) -> Floats:
    """Divide, nan where there is nothing to divide by."""
    size = np.asarray(of, float)
    return np.asarray(what, float) / np.where(size > 0, size, np.nan)

"""What the money becomes: assets by class, worn out year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from capexlib.models.funding.needs import together
from capexlib.models.roi.deployment import Deployment, by_year

Floats = NDArray[np.float64]
Method = Literal["straight", "declining"]


@dataclass(frozen=True, slots=True)
class Assets:
    """One class of assets; every array (n, years), USD, positive.

    Parameters
    ----------
    spending : ndarray
        Money out in the year.
    in_service : ndarray
        Cost that begins to wear in the year.
    depreciation, write_off : ndarray
        Charges of the year; a write-off is money that brought nothing.
    proceeds : ndarray
        Residual value received when it is retired.
    book : ndarray
        Cost less charges and proceeds at the year's end, money paid ahead included.
    """

    spending: Floats
    in_service: Floats
    depreciation: Floats
    write_off: Floats
    proceeds: Floats
    book: Floats


def worn_share(age: Floats, life: Floats, method: Method) -> Floats:
    """Part of the depreciable cost that is written off by an age.

    Parameters
    ----------
    age : ndarray, shape (k,)
        Years.
    life : ndarray, shape (n,)
        Years, positive, whole or not.
    method : {"straight", "declining"}
        Declining: twice the straight-line rate of what is left, the rest at the end of life.

    Returns
    -------
    ndarray, shape (n, k)

    Examples
    --------
    >>> worn_share(np.array([0.5, 4.0, 6.0]), np.array([5.0]), "straight").tolist()
    [[0.1, 0.8, 1.0]]
    >>> worn_share(np.array([1.0, 5.0]), np.array([5.0]), "declining").tolist()
    [[0.4, 1.0]]
    """
    lived = age / life[:, None]
    if method == "straight":
        return np.minimum(lived, 1.0)
    left = np.maximum(1.0 - 2.0 / life, 0.0)[:, None] ** age
    return np.where(lived >= 1.0, 1.0, 1.0 - left)


def wear(
    spending: Floats, in_service: Floats, life: Floats, residual: Floats, method: Method, last_delivery: int
) -> Assets:
    """Follow what is spent through service, wear and retirement.

    Parameters
    ----------
    spending : ndarray, shape (n, years)
        Positive is money out.
    in_service : ndarray, shape (n, years)
        Cost of what enters service, at the middle of the year; in sum at most the spending.
    life, residual : ndarray, shape (n,)
        Years; part of the cost got back at retirement.
    method : {"straight", "declining"}
    last_delivery : int
        Year, from 0, at whose end money that brought nothing is written off.

    Returns
    -------
    Assets
        ``Σ spending = Σ depreciation + Σ write_off + Σ proceeds + book`` at each year's end.
    """
    years = spending.shape[1]
    lags = np.arange(years) + 0.5
    worn = worn_share(lags, life, method)
    steps = np.diff(worn, axis=1, prepend=0.0) * (1.0 - residual)[:, None]
    retired = (lags >= life[:, None]) & (lags - 1.0 < life[:, None])
    depreciation, proceeds = np.zeros_like(spending), np.zeros_like(spending)
    for year in np.flatnonzero(in_service.any(axis=0)):
        cost = in_service[:, year, None]
        depreciation[:, year:] += cost * steps[:, : years - year]
        proceeds[:, year:] += cost * residual[:, None] * retired[:, : years - year]
    write_off = np.zeros_like(spending)
    write_off[:, last_delivery] = spending.sum(axis=1) - in_service.sum(axis=1)
    book = np.cumsum(spending - depreciation - write_off - proceeds, axis=1)
    return Assets(spending, in_service, depreciation, write_off, proceeds, book)


def processors_in_service(deployment: Deployment, spending: Floats) -> Floats:
    """Cost of owned processors by the year in which they enter service.

    Parameters
    ----------
    deployment : Deployment
    spending : ndarray, shape (n, years)
        Payments for them.

    Returns
    -------
    ndarray, shape (n, years)
        What was paid and is not stranded, spread over the years as each vendor's units came;
        zero on a path on which none came.
    """
    years = spending.shape[1]
    weights, arrived = np.zeros_like(spending), np.zeros(len(spending))
    for vendor in deployment.vendors:
        if vendor.leased:
            continue
        units = by_year(vendor.delivered_units, years)
        total = units.sum(axis=1)
        paid = np.maximum(vendor.payments_usd.sum(axis=1), 0.0) * (total > 0)
        weights += paid[:, None] * units / np.where(total > 0, total, 1.0)[:, None]
        arrived += paid
    cost = np.clip(spending.sum(axis=1) - deployment.stranded_usd, 0.0, None) * (arrived > 0)
    return weights * (cost / np.where(arrived > 0, arrived, 1.0))[:, None]


def sites_built(load_mw: Floats, planned_mw: Floats, committed: Floats, build_years: Floats) -> Floats:
    """Return the IT load for which shell, power and cooling are built in each year.

    Parameters
    ----------
    load_mw : ndarray, shape (n, years)
        IT load installed at each year's end.
    planned_mw : ndarray, shape (n,)
        IT load that the whole plan would have.
    committed : ndarray, shape (n,)
        Part of the plan's sites that is built whatever arrives.
    build_years : ndarray, shape (n,)
        Time over which that part is built, evenly.

    Returns
    -------
    ndarray, shape (n, years)
        MW added, never negative: a site that stands empty stays built.

    Examples
    --------
    >>> sites_built(np.array([[10.0, 80.0]]), np.array([100.0]), np.array([0.5]), np.array([1.0])).tolist()
    [[50.0, 30.0]]
    """
    ends = np.arange(1, load_mw.shape[1] + 1)
    promised = (committed * planned_mw)[:, None] * np.minimum(ends / build_years[:, None], 1.0)
    standing = np.maximum.accumulate(np.maximum(promised, load_mw), axis=1)
    return np.diff(standing, axis=1, prepend=0.0)


def totals(classes: Mapping[str, Assets], name: str) -> Floats:
    """Sum one array over all classes, (n, years)."""
    return together([getattr(assets, name) for assets in classes.values()])

"""The price of a compute hour: a falling level, and deviations from it that die away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capexlib.models.markov.paths import PATHS_PER_BLOCK
from capexlib.models.uncertainty import event_stream

Floats = NDArray[np.float64]
STREAM = "roi.price"


def price_shocks(paths: int, years: int, seed: int) -> Floats:
    """Draw standard normal shocks, one a year.

    Returns
    -------
    ndarray, shape (paths, years)
        A path's shocks depend on the seed and its place alone.
    """
    shocks = np.empty((paths, years))
    for block, begin in enumerate(range(0, paths, PATHS_PER_BLOCK)):
        stream = event_stream(seed, STREAM, block)
        part = shocks[begin : begin + PATHS_PER_BLOCK]
        for year in range(years):
            part[:, year] = stream.standard_normal(PATHS_PER_BLOCK)[: len(part)]
    return shocks


def price_path(
    now: Floats, level: Floats, decline: Floats, half_life: Floats, volatility: Floats, shocks: Floats
) -> Floats:
    """Price at the middle of each year.

    Parameters
    ----------
    now, level : ndarray, shape (n,)
        Price today, and the level that it returns to, today.
    decline : ndarray, shape (n,)
        Decline of that level a year, a decimal.
    half_life : ndarray, shape (n,)
        Years in which half of a deviation goes; positive.
    volatility : ndarray, shape (n,)
        Standard deviation of the log price's shocks in a year.
    shocks : ndarray, shape (n, years)
        Standard normal.

    Returns
    -------
    ndarray, shape (n, years)

    Notes
    -----
    The log of price over level is an Ornstein–Uhlenbeck process, stepped exactly: over d years
    ``x ← x e^(−κd) + volatility √((1 − e^(−2κd)) / 2κ) z`` with ``κ = ln 2 / half-life``. The
    level is the price's median, not its mean.

    References
    ----------
    Schwartz, "The stochastic behavior of commodity prices", *Journal of Finance* 52 (1997),
    923–973, model 1.

    Examples
    --------
    >>> one = np.ones(1)
    >>> calm = price_path(4 * one, 2 * one, 0 * one, 0.5 * one, 0 * one, np.zeros((1, 2)))
    >>> calm.round(6).tolist()
    [[2.828427, 2.181015]]
    """
    reversion = np.log(2.0) / half_life
    deviation = np.log(now / level)
    prices = np.empty_like(shocks)
    for year in range(shocks.shape[1]):
        elapsed = 1.0 if year else 0.5
        kept = np.exp(-reversion * elapsed)
        deviation = deviation * kept + volatility * np.sqrt((1 - kept**2) / (2 * reversion)) * shocks[:, year]
        prices[:, year] = level * (1 - decline) ** (year + 0.5) * np.exp(deviation)
    return prices


def one_luck(half_life: Floats, luck: Floats, years: int) -> Floats:
    """Make shocks that keep the log price at one quantile in every year.

    Parameters
    ----------
    half_life : ndarray, shape (n,)
        Years.
    luck : ndarray, shape (n,)
        Standard normal: by how many standard deviations the log price is above its mean.
    years : int

    Returns
    -------
    ndarray, shape (n, years)
        For `price_path`; one number then stands for a path's luck in a sensitivity.
    """
    reversion = np.log(2.0) / half_life
    shocks = np.empty((len(luck), years))
    before = np.zeros_like(luck)
    for year in range(years):
        kept = np.exp(-reversion * (1.0 if year else 0.5))
        step = np.sqrt((1 - kept**2) / (2 * reversion))
        spread = np.sqrt((1 - np.exp(-2 * reversion * (year + 0.5))) / (2 * reversion))
        shocks[:, year] = luck * (spread - kept * before) / step
        before = spread
    return shocks

"""The one place where samples become a figure with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.families import Floats


@dataclass(frozen=True, slots=True)
class Interval:
    """A sample told in a few numbers, each with its Monte-Carlo error.

    Attributes
    ----------
    low, median, high : float
        Quantiles at (1 − level)/2, 0.5 and (1 + level)/2.
    mean : float
    standard_error_mean, standard_error_low, standard_error_high : float
        How far the figure may be off because the sample is finite (one standard deviation).
    level : float
        Share of the sample inside low to high.
    n : int
        Sample size.
    """

    low: float
    median: float
    high: float
    mean: float
    standard_error_mean: float
    standard_error_low: float
    standard_error_high: float
    level: float
    n: int


def _checked(samples: ArrayLike, dimensions: int) -> Floats:
    """Return a finite sample of at least two, or say what is wrong with it."""
    values = np.asarray(samples, dtype=np.float64)
    if values.ndim != dimensions:
        msg = f"a sample has {dimensions} dimension(s), this one has shape {values.shape}"
        raise ValueError(msg)
    if values.shape[0] < 2:
        msg = "an interval needs at least two samples; print a single run as the number it is"
        raise ValueError(msg)
    missing = int(np.count_nonzero(~np.isfinite(values)))
    if missing:
        msg = f"{missing} of {values.size} samples are not finite numbers; decide what they mean first"
        raise ValueError(msg)
    return values


def intervals(samples: ArrayLike, level: float = 0.9) -> tuple[Interval, ...]:
    """Summarise each column of a sample.

    Parameters
    ----------
    samples : array_like, shape (n, columns)
        Finite, for instance one column a period; ``n >= 2``.
    level : float
        Between 0 and 1.

    Returns
    -------
    tuple of Interval
        One a column.

    Raises
    ------
    ValueError
        If a sample is missing or infinite (nothing is dropped), or there are fewer than two.

    Notes
    -----
    Quantiles interpolate linearly between order statistics. The error of the mean is
    s/√n, which overstates it for Sobol' draws. The error of a quantile p is half the distance
    between the quantiles at p ± √(p(1 − p)/n) (Woodruff 1952), cut off at the sample's ends.
    """
    values = _checked(samples, 2)
    if not 0.0 < level < 1.0:
        msg = f"level is the share inside the interval, between 0 and 1, not {level}"
        raise ValueError(msg)
    n = values.shape[0]
    tail = (1.0 - level) / 2.0
    step = np.sqrt(tail * (1.0 - tail) / n)
    at = np.array([tail, 0.5, 1.0 - tail, tail - step, tail + step, 1.0 - tail - step, 1.0 - tail + step])
    low, median, high, *near = np.quantile(values, np.clip(at, 0.0, 1.0), axis=0)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(n)
    error_low, error_high = (near[1] - near[0]) / 2, (near[3] - near[2]) / 2
    columns = np.stack([low, median, high, mean, error, error_low, error_high]).T.tolist()
    return tuple(Interval(*column, level=level, n=n) for column in columns)


def interval(samples: ArrayLike, level: float = 0.9) -> Interval:
    """Summarise one sample; see `intervals` for the rules.

    Parameters
    ----------
    samples : array_like, shape (n,)
        Finite; ``n >= 2``.
    level : float
        Between 0 and 1.

    Examples
    --------
    >>> figure = interval(range(101))
    >>> round(figure.low, 9), figure.median, round(figure.high, 9)
    (5.0, 50.0, 95.0)
    """
    return intervals(_checked(samples, 1)[:, None], level)[0]


def probability(mask: ArrayLike) -> tuple[float, float]:
    """Estimate how often an event happens.

    Parameters
    ----------
    mask : array_like of bool, shape (n,)
        Whether it happened in each sample.

    Returns
    -------
    p : float
        The share of samples.
    standard_error : float
        Standard deviation of the Jeffreys posterior, Beta(k + ½, n − k + ½): √(p(1 − p)/n) in the
        middle, and not zero where the event was seen never or always.

    Examples
    --------
    >>> p, error = probability([True] * 50 + [False] * 50)
    >>> p, round(error, 3)
    (0.5, 0.05)
    """
    happened = np.asarray(mask)
    if happened.dtype != np.bool_ or happened.ndim != 1 or not happened.size:
        msg = f"probability takes one truth value a sample, not {happened.dtype} of shape {happened.shape}"
        raise ValueError(msg)
    n, k = happened.size, int(np.count_nonzero(happened))
    yes, no = k + 0.5, n - k + 0.5
    return k / n, float(np.sqrt(yes * no / (n + 2)) / (n + 1))


def ranks(samples: ArrayLike) -> Floats:
    """Estimate the probability of each rank of each company.

    Parameters
    ----------
    samples : array_like, shape (n, companies)
        Finite; larger ranks first.

    Returns
    -------
    ndarray, shape (companies, ranks)
        Row i, column r: probability that company i has rank r + 1. Companies that tie share
        the ranks they span equally, so that rows and columns sum to one.

    Examples
    --------
    >>> ranks([[3, 2, 1], [3, 3, 1]]).tolist()
    [[0.75, 0.25, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]]
    """
    values = np.asarray(samples, dtype=np.float64)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        msg = f"ranks takes finite samples of shape (n, companies), not {values.shape} with gaps"
        raise ValueError(msg)
    n, companies = values.shape
    table = np.empty((companies, companies))
    for company in range(companies):
        mine = values[:, company, None]
        above = np.count_nonzero(values > mine, axis=1)
        level = np.count_nonzero(values == mine, axis=1)
        share = 1.0 / level
        begins = np.bincount(above, weights=share, minlength=companies + 1)
        ends = np.bincount(above + level, weights=share, minlength=companies + 1)
        table[company] = np.cumsum(begins - ends)[:companies] / n
    return np.maximum(table, 0.0)

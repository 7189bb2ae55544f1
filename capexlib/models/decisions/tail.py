"""The bad tail of a sample: value at risk, and the mean beyond it, with their Monte-Carlo error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse, shares_of

_SLACK = 1e-12  # a level such as 0.57 of 100 paths is 56.99999999999999 in binary


@dataclass(frozen=True, slots=True)
class Tail:
    """The worst 1 − level of one sample, or of each of a batch.

    Attributes
    ----------
    value_at_risk, cvar : ndarray, shape of the batch
        The loss not exceeded with probability `level`, and the mean of the worst 1 − level; in
        the units of the losses.
    standard_error : ndarray, shape of the batch
        Of `cvar`. Infinite where the tail holds less than one path.
    level : float
    n : int
        Sample size.
    paths : float
        How many (effective) paths the tail holds, n (1 − level). With few of them the error is
        short: at 25, twice the error covers 91 % of an exponential law's samples, not 95 %.
    """

    value_at_risk: Floats
    cvar: Floats
    standard_error: Floats
    level: float
    n: int
    paths: float


def check_level(level: float) -> None:
    """Refuse a level outside 0 to 1."""
    if not 0.0 <= level <= 1.0:
        refuse(f"level is the probability outside the tail, from 0 to 1, not {level}")


def finite(values: ArrayLike, what: str) -> Floats:
    """Return finite numbers, or say how many are not."""
    array = np.asarray(values, dtype=np.float64)
    missing = int(np.count_nonzero(~np.isfinite(array)))
    if missing:
        refuse(f"{missing} of {array.size} {what} are not finite numbers; decide what they mean first")
    return array


def _threshold(losses: Floats, level: float, shares: Floats | None) -> Floats:
    """Return the smallest loss whose distribution function reaches the level, along the last axis."""
    n = losses.shape[-1]
    if shares is None:
        place = min(max(math.ceil(n * (level - _SLACK)), 1), n) - 1
        return np.partition(losses, place, axis=-1)[..., place]
    order = np.argsort(losses, axis=-1, kind="stable")
    reached = np.cumsum(shares[order], axis=-1) >= level - _SLACK
    reached[..., -1] = True
    first = np.argmax(reached, axis=-1)[..., None]
    return np.take_along_axis(losses, np.take_along_axis(order, first, -1), -1)[..., 0]


def _sample(losses: ArrayLike, level: float, weights: ArrayLike | None, axis: int) -> tuple[Floats, Floats | None]:
    """Return the checked losses, paths last, and the paths' probabilities where they differ."""
    check_level(level)
    values = finite(losses, "losses")
    if not values.ndim or not values.size:
        refuse(f"losses are a sample of at least one path, not an array of shape {values.shape}")
    values = np.moveaxis(values, axis, -1)
    if weights is None:
        return values, None
    shares = shares_of(weights, values.shape[-1])
    return values[..., shares > 0], shares[shares > 0]


def influence(losses: Floats, level: float, shares: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the value at risk, and for each path the number whose mean is the CVaR.

    Parameters
    ----------
    losses : ndarray, shape (..., n)
    level : float
        Below 1.
    shares : ndarray, shape (n,), optional
        Probabilities of the paths.

    Returns
    -------
    threshold : ndarray, shape (...)
    each : ndarray, shape (..., n)
        VaR + (loss − VaR)⁺ / (1 − level).
    """
    threshold = _threshold(losses, level, shares)[..., None]
    return threshold[..., 0], threshold + np.maximum(losses - threshold, 0.0) / (1.0 - level)


def value_at_risk(losses: ArrayLike, level: float, *, weights: ArrayLike | None = None, axis: int = -1) -> Floats:
    """Return the smallest loss that is not exceeded with at least the given probability.

    Parameters
    ----------
    losses : array_like
        Finite; large is bad. A gain is a negative loss.
    level : float
        From 0 to 1, for instance 0.95.
    weights : array_like, shape (n,), optional
        Of the paths; equal where not given.
    axis : int
        Where the paths are: the last axis, or 0 for the first.

    Returns
    -------
    ndarray
        The batch without the axis of the paths; a number for one sample.

    Raises
    ------
    ValueError
        If the level is outside 0 to 1, a loss is not finite, or the weights do not fit.

    Examples
    --------
    >>> float(value_at_risk(range(1, 101), 0.95))
    95.0
    """
    values, shares = _sample(losses, level, weights, axis)
    return _threshold(values, level, shares)[()]


def cvar(losses: ArrayLike, level: float, *, weights: ArrayLike | None = None, axis: int = -1) -> Floats:
    """Return the mean of the worst 1 − level of the losses.

    Parameters
    ----------
    losses : array_like
        Finite; large is bad.
    level : float
        From 0 (the mean) to 1 (the worst path).
    weights : array_like, shape (n,), optional
        Of the paths; equal where not given.
    axis : int
        Where the paths are.

    Returns
    -------
    ndarray
        The batch without the axis of the paths; a number for one sample.

    Raises
    ------
    ValueError
        If the level is outside 0 to 1, a loss is not finite, or the weights do not fit.

    Notes
    -----
    VaR + E(loss − VaR)⁺ / (1 − level). Where an atom straddles the level, only the part of it
    beyond the level counts; the mean of losses at or above VaR would be another number.

    References
    ----------
    Rockafellar & Uryasev (2002), Conditional value-at-risk for general loss distributions,
    Journal of Banking & Finance 26, propositions 5 and 8.

    Examples
    --------
    A loss of 8 on one path of eight: the worst quarter is half of it and half nothing.

    >>> float(cvar([0.0] * 7 + [8.0], 0.75))
    4.0
    """
    values, shares = _sample(losses, level, weights, axis)
    if level == 1.0:
        return values.max(axis=-1)
    return np.average(influence(values, level, shares)[1], axis=-1, weights=shares)


def tail(losses: ArrayLike, level: float, *, weights: ArrayLike | None = None, axis: int = -1) -> Tail:
    """Summarise the bad tail, with the Monte-Carlo error of its mean.

    Parameters
    ----------
    losses : array_like
        Finite; large is bad. At least two paths.
    level : float
        From 0, below 1.
    weights : array_like, shape (n,), optional
        Of the paths; equal where not given.
    axis : int
        Where the paths are.

    Raises
    ------
    ValueError
        As `cvar`; at level 1, where a finite sample says nothing about its own error; for one path.

    Notes
    -----
    The error is the standard deviation of VaR + (loss − VaR)⁺ / (1 − level) over √n, from the
    influence function of CVaR. Sobol' draws do better than it says. It leaves out the bias of
    order 1/n, and that of a mix chosen on the same paths.

    References
    ----------
    Manistre & Hancock (2005), Variance of the CTE estimator, North American Actuarial Journal 9.

    Examples
    --------
    >>> worst = tail(range(1, 1001), 0.9)
    >>> float(worst.value_at_risk), round(float(worst.cvar), 9), round(float(worst.standard_error), 2)
    (900.0, 950.5, 5.6)
    """
    values, shares = _sample(losses, level, weights, axis)
    n = values.shape[-1]
    if level == 1.0 or n < 2:
        refuse(f"the error of a tail needs two paths and a level below 1, not {n} at {level}")
    threshold, each = influence(values, level, shares)
    mean, error = mean_and_error(each, shares)
    paths = (1.0 - level) * (n if shares is None else 1.0 / float(shares @ shares))
    if paths < 1.0 - n * _SLACK:
        error = np.full_like(error, np.inf)
    return Tail(threshold[()], mean, error[()], level, n, paths)


def mean_and_error(values: Floats, shares: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the mean over the last axis and its standard error, infinite for a single path."""
    if values.shape[-1] == 1:
        return values[..., 0], np.full(values.shape[:-1], np.inf)[()]
    if shares is None:
        return values.mean(axis=-1), values.std(axis=-1, ddof=1) / math.sqrt(values.shape[-1])
    mean = values @ shares
    lumped = min(float(shares @ shares), 1.0 - _SLACK)
    return mean, np.sqrt((values - mean[..., None]) ** 2 @ shares**2 / (1.0 - lumped))

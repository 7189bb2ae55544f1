"""The efficient mixes: mean payoff against the CVaR of what is missed, and how far a given mix is from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.decisions.mixes import Mixes, Reading, Sample
from capexlib.models.decisions.tail import influence, mean_and_error
from capexlib.models.decisions.tail_programme import Solved, TailProgramme
from capexlib.models.uncertainty.refusals import refuse

_SAME = 1e-9  # of the mean absolute loss: two means, or two tails, that are one number
_BESIDE = 1e-3  # of the range of means: where a least CVaR shared by many mixes is looked for
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a mix is from the frontier, on the paths the frontier was found on.

    Attributes
    ----------
    given : Mixes
        The one mix.
    same_cvar : Mixes
        The mix of largest mean whose CVaR is no higher.
    same_mean : Mixes
        The mix of least CVaR whose mean is no lower.
    mean_lost : float
        Mean payoff of `same_cvar` minus that of the mix; not negative.
    mean_lost_error : float
        Its standard error over common paths.
    cvar_excess : float
        CVaR of the mix minus that of `same_mean`; not negative.
    cvar_excess_error : float
        Its standard error over common paths; infinite where the tail holds less than one path.
    """

    given: Mixes
    same_cvar: Mixes
    same_mean: Mixes
    mean_lost: float
    mean_lost_error: float
    cvar_excess: float
    cvar_excess_error: float


def minimum_cvar(
    payoffs: ArrayLike, upper: ArrayLike, level: float, *, mean_at_least: float = -math.inf, **reading: Unpack[Reading]
) -> Mixes:
    """Return the mix whose loss or shortfall has the least CVaR.

    Parameters
    ----------
    payoffs : array_like, shape (n, columns)
        Payoff of each path if the whole went to one column: a vendor, a segment of its falling
        response (see `falling_segments`), or zeros for what is held back.
    upper : array_like, shape (columns,), or one number
        Largest share of each column; shares are not negative and sum to one.
    level : float
        Probability outside the tail; 1 for the worst path.
    mean_at_least : float
        Required mean payoff.
    **reading : Reading
        `target`, `measure`, `rows`, `row_upper`, `weights`.

    Returns
    -------
    Mixes
        One row. Its error leaves out that the mix was chosen on the same paths: read it again on
        others with `assess_mixes`.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or no mix meets the limits.

    Examples
    --------
    Two vendors that never fail together: half and half always brings half.

    >>> best = minimum_cvar([[1.0, 0.0], [0.0, 1.0]], 1.0, 0.5)
    >>> best.shares.tolist(), best.cvar.tolist()
    ([[0.5, 0.5]], [-0.5])
    """
    sample = Sample.of(payoffs, upper, level, reading)
    programme = sample.programme()
    programme.greatest_mean()
    found = programme.least_cvar(mean_at_least)
    return sample.told(found.mix[None], [found])


def cvar_frontier(
    payoffs: ArrayLike, upper: ArrayLike, level: float, points: int = 20, **reading: Unpack[Reading]
) -> Mixes:
    """Return the mixes of least CVaR for means between that of the safest mix and the largest.

    Parameters
    ----------
    payoffs : array_like, shape (n, columns)
    upper : array_like, shape (columns,), or one number
    level : float
    points : int
        At least 2; equal steps of the mean.
    **reading : Reading
        See `minimum_cvar`.

    Returns
    -------
    Mixes
        `points` rows, mean and CVaR ascending; `gap` says how far each may be from the optimum of
        the whole programme. Where one mix is best in both, all rows are that mix.

    Raises
    ------
    ValueError
        As `minimum_cvar`.

    Notes
    -----
    Each point solves min CVaR with mean >= m. Only paths near the tail matter, and the programme
    finds them by itself: `TailProgramme`.

    Examples
    --------
    A sure vendor beside a better one that may fail:

    >>> line = cvar_frontier([[1.0, 0.0], [1.0, 4.0]], 1.0, 0.5, points=3)
    >>> line.mean.tolist(), line.cvar.tolist(), line.price.round(9).tolist()
    ([1.0, 1.5, 2.0], [-1.0, -0.5, 0.0], [0.0, 1.0, 1.0])
    """
    if points < 2:
        refuse(f"a frontier has at least two points, not {points}")
    sample = Sample.of(payoffs, upper, level, reading)
    programme = sample.programme()
    top = programme.greatest_mean()
    safest = programme.least_cvar()
    start = float(programme.gains @ safest.mix)
    beside = programme.least_cvar(start + _BESIDE * (top - start))
    flat = beside.cvar - safest.cvar <= _SAME * programme.unit
    first = _most_mean(programme, top, safest.cvar) if flat else safest
    start = float(programme.gains @ first.mix)
    optima = [first, *(programme.least_cvar(mean) for mean in np.linspace(start, top, points)[1:])]
    return sample.told(np.stack([found.mix for found in optima]), optima)


def assess_mixes(
    payoffs: ArrayLike, shares: ArrayLike, level: float, *, upper: ArrayLike = 1.0, **reading: Unpack[Reading]
) -> Mixes:
    """Return what given mixes bring, for instance those of a frontier on paths it has not seen.

    Parameters
    ----------
    payoffs : array_like, shape (n, columns)
    shares : array_like, shape (mixes, columns)
        Each row sums to one.
    level : float
    upper : array_like, shape (columns,), or one number
    **reading : Reading
        See `minimum_cvar`.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or a mix is outside the limits.

    Examples
    --------
    >>> assess_mixes([[1.0, 0.0], [1.0, 4.0]], [[0.25, 0.75]], 0.5).mean.tolist()
    [1.75]
    """
    sample = Sample.of(payoffs, upper, level, reading)
    return sample.told(np.stack([sample.checked(mix) for mix in np.atleast_2d(np.asarray(shares, dtype=float))]))


def frontier_distance(
    payoffs: ArrayLike, mix: ArrayLike, upper: ArrayLike, level: float, **reading: Unpack[Reading]
) -> Distance:
    """Tell how much mean a mix gives away at its CVaR, and how much CVaR at its mean.

    Parameters
    ----------
    payoffs : array_like, shape (n, columns)
    mix : array_like, shape (columns,)
        Shares within the limits, summing to one.
    upper : array_like, shape (columns,), or one number
    level : float
    **reading : Reading
        See `minimum_cvar`.

    Raises
    ------
    ValueError
        As `minimum_cvar`, or if the mix is outside the limits.

    Notes
    -----
    Both distances are of programmes solved for this mix, not read between points. They are
    biased upward a little, since the efficient mixes were chosen on these paths.

    Examples
    --------
    Everything on the second vendor, which brings no more and may fail:

    >>> lost = frontier_distance([[1.0, 0.0], [1.0, 2.0]], [0.0, 1.0], 1.0, 0.5)
    >>> lost.mean_lost, lost.cvar_excess
    (0.0, 1.0)
    """
    sample = Sample.of(payoffs, upper, level, reading)
    held = sample.checked(mix)
    programme = sample.programme()
    top = programme.greatest_mean()
    given, reached = sample.told(held[None]), float(programme.gains @ held)
    richer = _most_mean(programme, top, programme.risk(held))
    safer = programme.least_cvar(min(reached, top))
    same_cvar, same_mean = (sample.told(found.mix[None], [found]) for found in (richer, safer))
    lost, lost_error = mean_and_error(sample.payoffs @ (richer.mix - held), sample.weights)
    excess_error = math.inf
    if np.isfinite(given.cvar_error).all():
        tails = [influence(sample.missed(shares), level, sample.weights)[1] for shares in (held, safer.mix)]
        excess_error = float(mean_and_error(tails[0] - tails[1], sample.weights)[1])
    excess = max(float(given.cvar[0] - same_mean.cvar[0]), 0.0)
    return Distance(given, same_cvar, same_mean, max(float(lost), 0.0), float(lost_error), excess, excess_error)


def _most_mean(programme: TailProgramme, top: float, cvar_at_most: float) -> Solved:
    """Return the mix of largest mean whose CVaR is at most a number some mix has.

    The least CVaR is a convex, piecewise linear function of the required mean, so that Newton's
    steps from the right end on the mean sought.
    """
    found = programme.least_cvar(top)
    mean, steps = top, 0
    while (over := found.cvar - cvar_at_most) > _SAME * programme.unit and found.price > 0.0 and steps < _STEPS:
        mean, steps = mean - over / found.price, steps + 1
        found = programme.least_cvar(mean)
    return found

"""The one rate of rows that can have only one, many rows at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance.roots import LARGEST, LEAST

Floats = NDArray[np.float64]
Real = NDArray[np.floating]
Flags = NDArray[np.bool_]
STEPS = 12
SETTLED = 3e-4  # a step times the number of periods: the next would be its cube at most, 3e-11
DOUBTFUL = 1e-12  # of the gross weight: below it a coefficient's sign is not trusted


def lone_root(columns: Floats, steps: int = STEPS) -> tuple[Floats, Flags]:
    """Find the root in ``ln(1 + r)`` of each column of flows that surely decides its rate.

    Parameters
    ----------
    columns : ndarray, shape (n_periods, n_rows)
    steps : int
        Taken at most after the three that every column gets. None (0) is quickest, and
        leaves few columns unsettled for a second call.

    Returns
    -------
    root : ndarray, shape (n_rows,)
        nan where there is none, and where it is not sure.
    sure : ndarray of bool, shape (n_rows,)
        The only root where the flows change sign once; else the only positive one, or the
        only negative one where there is no positive one, or none, as the coefficients of
        `_changes_by_side` prove. Not sure: the others, where something is not finite, and
        where the steps do not settle.
    """
    with np.errstate(all="ignore"):
        changes = _apparent_changes(columns)
        once = changes == 1
        if once.all():
            root = _settle(columns, steps)
            return root, ~np.isnan(root)
        doubted = np.flatnonzero(changes > 1)
        changes[doubted] = _sign_changes(columns[:, doubted])
        once, several = changes == 1, np.flatnonzero(changes > 1)
        root = np.full(columns.shape[1], np.nan)
        root[once] = _settle(columns[:, once], steps)
        sure = ~np.isnan(root)
        above, below = _changes_by_side(columns[:, several])
        single = (above == 1) | ((above == 0) & (below == 1))
        place, side = several[single], np.where(above[single] == 1, 1, -1)
        found = _settle(columns[:, place], steps)
        root[place] = np.where(found * side > 0, found, np.nan)
        sure[place] = found * side > 0
        sure[several[(above == 0) & (below == 0)]] = True
    return root, sure


def _apparent_changes(columns: Floats) -> NDArray[np.int16]:
    """Count each column's changes of sign with zeros taken as negative: never too few."""
    positive = columns > 0
    return np.add.reduce(positive[1:] != positive[:-1], axis=0, dtype=np.int16)


def _sign_changes(columns: Floats) -> NDArray[np.int16]:
    """Count each column's changes of sign, zeros passed over."""
    signs = (columns > 0).view(np.int8) - (columns < 0).view(np.int8)
    before, changes = signs[0].copy(), np.zeros(columns.shape[1], np.int16)
    for sign in signs[1:]:
        changes += sign * before < 0
        np.copyto(before, sign, where=sign != 0)
    return changes


def _changes_by_side(columns: Floats) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Bound the number of rates above and below zero; −1 where rounding may hide one.

    The worth is a polynomial in ``1 / (1 + r)``. Its coefficients in Bernstein's basis on
    (0, 1) change sign as often as it has roots there, that is rates above zero, or more
    often by an even number; those of the reversed polynomial bound the rates below zero.
    Norstrøm's running totals bound the same, less tightly.
    """
    basis = _bernstein(len(columns) - 1)
    sides = []
    for side in (columns, columns[::-1]):
        coefficients = basis @ side
        doubtful = np.abs(coefficients) <= DOUBTFUL * (basis @ np.abs(side))
        doubtful &= coefficients != 0
        doubtful[-1] |= coefficients[-1] == 0
        hidden = doubtful.any(axis=0) | ~np.isfinite(coefficients).all(axis=0)
        sides.append(np.where(hidden, -1, _sign_changes(coefficients)))
    return sides[0], sides[1]


def _bernstein(degree: int) -> Floats:
    """Return the matrix from powers to Bernstein's basis: ``C(i, j) / C(n, j)``."""
    row, power = np.arange(degree + 1.0)[:, None], np.arange(float(degree))
    basis = np.ones((degree + 1, degree + 1))
    basis[:, 1:] = np.cumprod(np.maximum(row - power, 0.0) / (degree - power), axis=1)
    return basis


def _settle(columns: Floats, steps: int) -> Floats:
    """Step to the root, each column until its own step is small: nan where it never is."""
    if not columns.size:
        return np.empty(columns.shape[1])
    small = SETTLED / len(columns)
    x = _coarse(columns)
    step = _halley(columns, x)
    x += step
    left = np.flatnonzero(~(np.abs(step) <= small))
    if steps and left.size:
        part = columns[:, left]
        x[left] = np.where(np.isfinite(x[left]), x[left], _start(part))
        for _ in range(steps):
            step = _halley(part, x[left])
            x[left] += step
            left = left[~(np.abs(step) <= small)]
            if not left.size:
                break
            part = columns[:, left]
    x[left] = np.nan
    return np.where((x > LEAST) & (x < LARGEST), x, np.nan)


def _coarse(columns: Floats) -> Floats:
    """Two steps in single precision: half the memory to pass through."""
    single = columns.astype(np.float32)
    x = _start(single)
    x += _halley(single, x)
    return x.astype(np.float64)


def _halley(columns: Real, x: Real) -> Real:
    """Step towards the root from x: cubic convergence, whole columns at a time."""
    worth = np.empty_like(columns)
    worth[0] = 1.0
    discount = np.exp(-x)
    for before, after in pairwise(worth):
        np.multiply(before, discount, out=after)
    worth *= columns
    value, slope, curve = _moments(columns) @ worth
    return _step(value, -slope, curve)


def _start(columns: Real) -> Real:
    """First step, from rate zero, on the logarithm of inflows over outflows: nearly straight."""
    moments = _moments(columns)
    inflow = moments @ np.maximum(columns, 0.0)
    outflow = inflow - moments @ columns
    gained, spent = inflow[1:] / inflow[0], outflow[1:] / outflow[0]
    slope = spent[0] - gained[0]
    curve = (gained[1] - gained[0] ** 2) - (spent[1] - spent[0] ** 2)
    return _step(np.log(inflow[0] / outflow[0]), slope, curve)


def _moments(columns: Real) -> Real:
    times = np.arange(len(columns), dtype=columns.dtype)
    return np.stack([np.ones_like(times), times, times * times])


def _step(value: Real, slope: Real, curve: Real) -> Real:
    """Halley's step, its correction of Newton's kept within a factor of two."""
    newton = value / slope
    return -newton / (1.0 - np.clip(newton * curve / (2.0 * slope), -1.0, 0.5))

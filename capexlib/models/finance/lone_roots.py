"""The one rate of rows that can have only one, many rows at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance.roots import LARGEST, LEAST

Floats = NDArray[np.float64]
STEPS = 12
SETTLED = 1e-4  # a step times the number of periods: the next would be its cube, below rounding


def lone_root(columns: Floats) -> Floats:
    """Find the root in ``ln(1 + r)`` of each column of flows that surely decides its rate.

    Parameters
    ----------
    columns : ndarray, shape (n_periods, n_rows)

    Returns
    -------
    ndarray, shape (n_rows,)
        The only root where the flows change sign once; the only positive one where their
        running total does and does not end at zero; nan elsewhere, where something is not
        finite, and where the steps do not settle.
    """
    changes = _sign_changes(columns)
    once = changes == 1
    with np.errstate(all="ignore"):
        if once.all():
            return _halley(columns)
        found = np.full(columns.shape[1], np.nan)
        found[once] = _halley(columns[:, once])
        several = np.flatnonzero(changes > 1)
        totals = np.cumsum(columns[:, several], axis=0)
        sure = several[(_sign_changes(totals) == 1) & (totals[-1] != 0)]
        root = _halley(columns[:, sure])
        found[sure] = np.where(root > 0, root, np.nan)
    return found


def _sign_changes(columns: Floats) -> NDArray[np.int16]:
    """Count each column's changes of sign, zeros passed over."""
    signs = (columns > 0).view(np.int8) - (columns < 0).view(np.int8)
    before, changes = signs[0].copy(), np.zeros(columns.shape[1], np.int16)
    for sign in signs[1:]:
        changes += sign * before < 0
        np.copyto(before, sign, where=sign != 0)
    return changes


def _halley(columns: Floats) -> Floats:
    """Step to the root: cubic convergence, whole columns at a time."""
    if not columns.size:
        return np.empty(0)
    x = _start(columns)
    step = np.full_like(x, np.nan)
    for _ in range(STEPS):
        discount = np.exp(-x)
        value, slope, curve = columns[-1] * discount + columns[-2], columns[-1].copy(), np.zeros_like(x)
        for amount in columns[-3::-1]:
            curve *= discount
            curve += slope
            slope *= discount
            slope += value
            value *= discount
            value += amount
        slope *= -discount
        curve *= 2.0 * discount * discount
        curve -= slope
        step = _step(value, slope, curve)
        x += step
        if not (np.abs(step) * len(columns) > SETTLED).any():
            break
    settled = (np.abs(step) * len(columns) <= SETTLED) & (x > LEAST) & (x < LARGEST)
    return np.where(settled, x, np.nan)


def _start(columns: Floats) -> Floats:
    """First step, from rate zero, on the logarithm of inflows over outflows: nearly straight."""
    times = np.arange(float(len(columns)))
    moments = np.stack([np.ones_like(times), times, times * times])
    inflow = moments @ np.maximum(columns, 0.0)
    outflow = inflow - moments @ columns
    gained, spent = inflow[1:] / inflow[0], outflow[1:] / outflow[0]
    slope = spent[0] - gained[0]
    curve = (gained[1] - gained[0] ** 2) - (spent[1] - spent[0] ** 2)
    return _step(np.log(inflow[0] / outflow[0]), slope, curve)


def _step(value: Floats, slope: Floats, curve: Floats) -> Floats:
    """Halley's step, its correction of Newton's kept within a factor of two."""
    newton = value / slope
    return -newton / (1.0 - np.clip(newton * curve / (2.0 * slope), -1.0, 0.5))

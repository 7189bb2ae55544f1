"""Every real rate at which a row of flows is worth nothing.

In ``x = ln(1 + r)`` the present value is a sum of exponentials, ``Σ a_k e^(−t_k x)``,
whole periods or dates alike. An interval of x is dropped when bounds on value and slope
show that no root lies in it, settled when the slope keeps its sign, halved otherwise:
no root is missed, however many there are, and no rate is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Brackets = tuple[Ints, Floats, Floats]
Verdict = Literal["none", "unique", "many"]

LEAST, LARGEST = -53 * np.log(2.0), 709.0  # 1 + r that a double can tell from 0 and from infinity
ROUNDING = 1e-14  # of the gross value: below it a value cannot be told from zero
TWINS = 1e-6  # roots in x nearer than this are one: rounding hides what lies between them
ZERO = 1e-12  # a rate nearer to zero is zero: rounding must not decide which of many is positive
CELLS = 1_000_000  # numbers held at once


@dataclass(frozen=True)
class Roots:
    """All rates at which flows are worth nothing.

    Attributes
    ----------
    rates : tuple of float
        Decimal a period (or a year, for dated flows), ascending, in (−1, ∞).
    """

    rates: tuple[float, ...]

    @property
    def verdict(self) -> Verdict:
        """How many answers there are: none, unique or many."""
        return "many" if len(self.rates) > 1 else "unique" if self.rates else "none"

    @property
    def chosen(self) -> float:
        """The one the rule takes: least positive, else largest not positive, else nan."""
        positive = [rate for rate in self.rates if rate > ZERO]
        return min(positive) if positive else max(self.rates, default=float("nan"))


def all_roots(amounts: Floats, times: Floats) -> list[Roots]:
    """Find all roots of each row.

    Parameters
    ----------
    amounts : ndarray, shape (n_rows, n_flows)
        A row with something not finite, or of one sign, or all zero, has none.
    times : ndarray, shape (n_flows,)
        Ascending, without repetition.

    Returns
    -------
    list of Roots
    """
    found: list[list[float]] = [[] for _ in amounts]
    both = (amounts > 0).any(axis=1) & (amounts < 0).any(axis=1) & np.isfinite(amounts).all(axis=1)
    candidates = np.flatnonzero(both)
    step = max(1, CELLS // (8 * times.size))
    for start in range(0, candidates.size, step):
        rows = candidates[start : start + step]
        place, lo, hi = _isolate(amounts[rows], times)
        x = _refine(amounts[rows][place], times, lo, hi)
        for row, root in sorted(zip(rows[place].tolist(), x.tolist(), strict=True)):
            if not found[row] or root - found[row][-1] > TWINS:
                found[row].append(root)
    return [Roots(tuple(np.expm1(roots).tolist())) for roots in found]


def _isolate(amounts: Floats, times: Floats) -> Brackets:
    """Return row, lower and upper end of intervals that hold one root each."""
    row = np.arange(len(amounts))
    lo, hi = np.full(len(amounts), LEAST), np.full(len(amounts), LARGEST)
    settled: list[Brackets] = []
    unclear: list[Brackets] = []
    step = max(1, CELLS // times.size)
    while row.size:
        halves: list[Brackets] = []
        for start in range(0, row.size, step):
            part = slice(start, start + step)
            r, a, b = row[part], lo[part], hi[part]
            empty, monotone, noise = _judge(amounts[r], times, a, b)
            crossing = monotone & (_sign(amounts[r], times, a) != _sign(amounts[r], times, b))
            settled.append((r[crossing], a[crossing], b[crossing]))
            unclear.append((r[noise], a[noise], b[noise]))
            rest = ~(empty | monotone | noise)
            r, a, b = r[rest], a[rest], b[rest]
            middle = (a + b) / 2
            halves.append((np.repeat(r, 2), np.c_[a, middle].ravel(), np.c_[middle, b].ravel()))
        row, lo, hi = _joined(halves)
    return _joined([*settled, _merged(*_joined(unclear))])


def _judge(amounts: Floats, times: Floats, lo: Floats, hi: Floats) -> tuple[NDArray[np.bool_], ...]:
    """Say of each interval: surely empty, surely monotone, or lost in rounding.

    Times are counted from the flows' mean time at the middle, which only multiplies the
    value by a positive exponential and keeps the bounds tight.
    """
    middle, half = (lo + hi) / 2, (hi - lo) / 2
    size = _log_size(amounts)
    weight = _scaled(size - np.outer(middle, times))
    centred = times - (weight @ times / weight.sum(axis=1))[:, None]
    at = size - centred * middle[:, None]
    spread = np.abs(centred) * half[:, None]
    top = (at + spread).max(axis=1, keepdims=True)
    worth = np.exp(at - top)
    value, gross = (np.sign(amounts) * worth).sum(axis=1), worth.sum(axis=1)
    slope = -np.sign(amounts) * centred
    most, least = np.exp(at + spread - top), np.exp(at - spread - top)
    up, down = np.maximum(slope, 0.0), np.minimum(slope, 0.0)
    upper = (up * most + down * least).sum(axis=1)
    lower = (up * least + down * most).sum(axis=1)
    reach = half * np.maximum(np.abs(upper), np.abs(lower))
    empty = np.abs(value) > reach + ROUNDING * gross
    monotone = ~empty & ((lower > 0) | (upper < 0))
    exhausted = half <= 1e-14 * (1.0 + np.abs(middle))
    noise = ~empty & ~monotone & (exhausted | (np.abs(value) + reach <= ROUNDING * gross))
    return empty, monotone, noise


def _refine(amounts: Floats, times: Floats, lo: Floats, hi: Floats) -> Floats:
    """Close in on each root by Newton's steps, halving wherever one leaves its interval."""
    x, side = (lo + hi) / 2, _sign(amounts, times, lo)
    active = np.flatnonzero(side != _sign(amounts, times, hi))
    lo, hi, size = lo.copy(), hi.copy(), _log_size(amounts)
    for _ in range(120):
        if not active.size:
            break
        here = x[active]
        worth = _scaled(size[active] - np.outer(here, times))
        centred = times - (worth @ times / worth.sum(axis=1))[:, None]
        worth *= np.sign(amounts[active])
        value, slope = worth.sum(axis=1), -(worth * centred).sum(axis=1)
        left = np.where(value >= 0, 1, -1) == side[active]
        lo[active] = np.where(left, here, lo[active])
        hi[active] = np.where(left, hi[active], here)
        with np.errstate(divide="ignore", invalid="ignore"):
            there = here - value / slope
        inside = (there >= lo[active]) & (there <= hi[active])
        x[active] = np.where(inside, there, (lo[active] + hi[active]) / 2)
        active = active[np.abs(x[active] - here) > 1e-16 * (1.0 + np.abs(here))]
    return x


def _sign(amounts: Floats, times: Floats, x: Floats) -> Ints:
    """Sign of the value at x, zero counting as positive: neighbours agree on a shared end."""
    worth = np.sign(amounts) * _scaled(_log_size(amounts) - np.outer(x, times))
    return np.where(worth.sum(axis=1) >= 0, 1, -1)


def _log_size(amounts: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(np.abs(amounts))


def _scaled(logs: Floats) -> Floats:
    return np.exp(logs - logs.max(axis=1, keepdims=True))


def _joined(parts: list[Brackets]) -> Brackets:
    row, lo, hi = zip(*parts, strict=True)
    return np.concatenate(row), np.concatenate(lo), np.concatenate(hi)


def _merged(row: Ints, lo: Floats, hi: Floats) -> Brackets:
    """Join neighbouring intervals of a row: together they are one root."""
    order = np.lexsort((lo, row))
    row, lo, hi = row[order], lo[order], hi[order]
    first = np.ones(row.size, bool)
    first[1:] = (row[1:] != row[:-1]) | (lo[1:] - hi[:-1] > TWINS)
    return row[first], lo[first], hi[np.roll(first, -1)]

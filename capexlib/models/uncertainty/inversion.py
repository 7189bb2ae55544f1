"""Solving ``f(x) = target`` for many targets at once, f increasing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capexlib.models.uncertainty.families import Floats

_ROUNDS = 200
_EXACT = 4e-16


def invert_increasing(function: Callable[[Floats], Floats], target: Floats, low: Floats, high: Floats) -> Floats:
    """Solve ``function(x) = target`` element by element inside a bracket.

    Parameters
    ----------
    function : callable
        Non-decreasing, vectorised.
    target, low, high : ndarray
        Wanted values and brackets, one shape.

    Returns
    -------
    ndarray
        The root to the last few bits of the bracket's scale; the nearer end of
        the bracket where the target lies outside it. Each element is solved on its
        own: the answer does not depend on its neighbours.

    Notes
    -----
    Regula falsi whose stale end is damped (Illinois), with a bisection every third
    step: the bracket shrinks for certain, and fast where the function is smooth.
    """
    shape = target.shape
    goal = np.ravel(target)
    left, right = np.array(low, dtype=np.float64).ravel(), np.array(high, dtype=np.float64).ravel()
    f_left, f_right = function(left) - goal, function(right) - goal
    root = np.where(f_left >= 0.0, left, right)
    active = np.flatnonzero((f_left < 0.0) & (f_right > 0.0))
    a, b, fa, fb = left[active], right[active], f_left[active], f_right[active]
    for turn in range(_ROUNDS):
        if not active.size:
            break
        halve = 0.5 * (a + b)
        x = halve if turn % 3 == 2 else np.clip(b - fb * (b - a) / (fb - fa), a, b)
        fx = function(x) - goal[active]
        below = fx < 0.0
        fb = np.where(below, 0.5 * fb, fx)
        fa = np.where(below, fx, 0.5 * fa)
        a, b = np.where(below, x, a), np.where(below, b, x)
        met = np.abs(fx) <= _EXACT * np.abs(goal[active])
        done = met | (b - a <= _EXACT * (np.abs(a) + np.abs(b)) + 1e-300)
        if done.any():
            root[active[done]] = x[done]
            keep = ~done
            active, a, b, fa, fb = active[keep], a[keep], b[keep], fa[keep], fb[keep]
    root[active] = 0.5 * (a + b)
    return root.reshape(shape)

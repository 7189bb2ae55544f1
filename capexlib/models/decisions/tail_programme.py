"""The Rockafellar–Uryasev linear programme, over groups of paths that are split until the answer is exact."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from capexlib.models.decisions.tail import cvar
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse

_ROUNDS = 200
_GROUPS = 1000  # with more at the start of an optimum, splitting begins anew around the last one
_EXACT = 1e-10  # gap at which splitting ends, in mean absolute losses
_UNBOUNDED = (2, 3, 4)  # HiGHS: infeasible, unbounded, one of both


@dataclass(frozen=True, slots=True)
class Solved:
    """One optimum.

    Attributes
    ----------
    mix : ndarray, shape (columns,)
    cvar, bound : float
        What the mix has over all paths, and what no mix can be below.
    price : float
        CVaR for one more unit of required mean.
    """

    mix: Floats
    cvar: float
    bound: float
    price: float


@dataclass(slots=True)
class TailProgramme:
    """Least CVaR of the losses of a mix, its mean payoff at least a given number.

    Parameters
    ----------
    losses : ndarray, shape (paths, columns)
        Loss of each path if the whole went to one column, target − payoff; kept around `shift`.
    gains : ndarray, shape (columns,)
        Mean payoff of each column.
    upper : ndarray, shape (columns,)
        Largest share of each.
    rows, row_upper : ndarray, shapes (k, columns) and (k,)
        Further limits, rows × mix <= row_upper.
    level : float
    shares : ndarray, shape (paths,)
        Probabilities of the paths; none zero.
    floor : bool
        Whether a negative loss counts as none, so that the loss is a shortfall.

    Notes
    -----
    min a + 1/(1 − level) Σ p (loss − a)⁺ over mixes and a; for a shortfall, a >= 0. Paths are
    summed in groups: a group's (Σ p (loss − a))⁺ is at most the sum of its (…)⁺, so the small
    programme bounds the whole one from below, and equals it once no group has losses on both
    sides of a. Groups that do are split there, and kept for the next optimum. Solved in its
    dual, which has one row a column of payoffs and one bounded variable a group.

    References
    ----------
    Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk, Journal of Risk 2.
    Espinoza & Moreno (2014), A primal-dual aggregation algorithm for minimizing conditional
    value-at-risk in linear programs, Computational Optimization and Applications 59.
    """

    losses: Floats
    gains: Floats
    upper: Floats
    rows: Floats
    row_upper: Floats
    level: float
    shares: Floats
    floor: bool
    unequal: Floats | None = field(init=False)
    group: NDArray[np.intp] = field(init=False)
    last: NDArray[np.bool_] = field(init=False)
    shift: float = field(init=False)
    unit: float = field(init=False)
    relative: Floats = field(init=False)
    middle: float = field(init=False)
    spread: float = field(init=False)

    def __post_init__(self) -> None:
        # The solver's tolerances are absolute: it is given numbers around zero and of the order of one.
        self.shift = 0.0 if self.floor else float(self.shares @ self.losses.mean(axis=1))
        self.losses = self.losses - self.shift
        self.unit = float(self.shares @ np.abs(self.losses).mean(axis=1)) or 1.0
        self.middle = float(self.gains.mean())
        self.spread = float(np.abs(self.gains - self.middle).max()) or 1.0
        self.relative = (self.gains - self.middle) / self.spread
        self.unequal = None if np.ptp(self.shares) == 0.0 else self.shares
        self.group = np.zeros(len(self.losses), dtype=np.intp)
        self.last = np.zeros(len(self.losses), dtype=np.bool_)

    def risk(self, mix: Floats) -> float:
        """Return the CVaR of a mix over all paths."""
        return self._tail(self.losses @ mix)

    def _tail(self, losses: Floats) -> float:
        """Return the CVaR of shifted losses."""
        return self.shift + float(
            cvar(np.maximum(losses, 0.0) if self.floor else losses, self.level, weights=self.unequal)
        )

    def greatest_mean(self) -> float:
        """Return the largest mean payoff within the limits."""
        from scipy.optimize import linprog

        limits = {"A_ub": self.rows, "b_ub": self.row_upper} if len(self.rows) else {}
        bounds = np.stack([np.zeros_like(self.upper), self.upper], axis=1)
        ones = np.ones((1, len(self.upper)))
        found = linprog(-self.relative, A_eq=ones, b_eq=[1.0], bounds=bounds, method="highs", **limits)
        if found.status:
            refuse("no mix meets the limits: shares that sum to one, each and each row within its upper bound")
        return float(self.gains @ self._clean(found.x))

    def least_cvar(self, mean_at_least: float = -math.inf) -> Solved:
        """Return the mix of least CVaR.

        Parameters
        ----------
        mean_at_least : float
            Required mean payoff.

        Raises
        ------
        ValueError
            If no mix has this mean.
        """
        best, least, bound, price = np.empty(0), math.inf, -math.inf, 0.0
        if self.group.max() >= _GROUPS:
            self.group = self.last.astype(np.intp)
        for _ in range(_ROUNDS):
            mix, threshold, lower, slope = self._relaxed(mean_at_least)
            losses = self.losses @ mix
            risk = self._tail(losses)
            if lower >= bound:
                bound, price = lower, slope
            if risk < least:
                best, least = mix, risk
            if least - bound <= _EXACT * self.unit or not self._split(losses, threshold):
                break
        return Solved(best, least, min(bound, least), price)

    def _clean(self, mix: Floats) -> Floats:
        """Remove what the solver's tolerance leaves outside the bounds."""
        inside = np.clip(mix, 0.0, self.upper)
        return inside / inside.sum()

    def _split(self, losses: Floats, threshold: float) -> bool:
        """Divide each group at the threshold; tell whether any was divided."""
        before = int(self.group.max()) + 1
        self.last = losses > threshold
        key = 2 * self.group + self.last
        filled = np.bincount(key, minlength=2 * before) > 0
        self.group = (np.cumsum(filled) - 1)[key]
        return int(np.count_nonzero(filled)) > before

    def _relaxed(self, mean_at_least: float) -> tuple[Floats, float, float, float]:
        """Solve over the groups; return the mix, the threshold, the optimum and the price of the mean."""
        from scipy.optimize import linprog

        weight = np.bincount(self.group, self.shares)
        sums = [np.bincount(self.group, self.shares * column, len(weight)) for column in self.losses.T]
        groups, columns, limits = len(weight), len(sums), len(self.rows)
        required = math.isfinite(mean_at_least)
        mean = [self.relative[:, None]] if required else []
        # one variable a group, then: the sum of the mix, its upper bounds, the limits' rows, the mean
        constraints = np.hstack([
            np.stack(sums) / -(weight * self.unit), np.ones((columns, 1)), -np.eye(columns), -self.rows.T, *mean,
        ])  # fmt: skip
        least = [(self.middle - mean_at_least) / self.spread] if required else []
        objective = np.concatenate([np.zeros(groups), [-1.0], self.upper, self.row_upper, least])
        bounds = np.zeros((len(objective), 2))
        bounds[:, 1] = np.inf
        bounds[:groups, 1] = weight / (1.0 - self.level) if self.level < 1.0 else np.inf
        bounds[groups, 0] = -np.inf
        total = (np.arange(len(objective)) < groups).astype(float)[None]
        tail = {"A_ub": np.vstack([constraints, total]), "b_ub": np.append(np.zeros(columns), 1.0)}
        if not self.floor:
            tail = {"A_ub": constraints, "b_ub": np.zeros(columns), "A_eq": total, "b_eq": [1.0]}
        found = linprog(objective, bounds=bounds, method="highs", **tail)
        if found.status in _UNBOUNDED:
            refuse(f"no mix within the limits has a mean payoff of {mean_at_least}")
        if found.status:
            refuse(f"the solver gave up on the tail programme: {found.message}")
        marginals = found.ineqlin.marginals
        threshold = -float(marginals[columns] if self.floor else found.eqlin.marginals[0])
        price = float(found.x[groups + 1 + columns + limits]) * self.unit / self.spread if required else 0.0
        bound = self.shift - found.fun * self.unit
        return self._clean(-marginals[:columns]), threshold * self.unit, bound, price

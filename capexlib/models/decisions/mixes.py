"""What a mix brings and what it misses: the sample of payoffs, the limits of the shares, and the error of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.decisions.tail import check_level, cvar, finite, mean_and_error, tail
from capexlib.models.decisions.tail_programme import Solved, TailProgramme
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse, shares_of

Measure = Literal["loss", "shortfall"]

_TOLERANCE = 1e-6  # how far a mix given by hand may be from its limits: shares rounded to six figures


class Reading(TypedDict, total=False):
    """How the sample is read, and limits beyond those of each column.

    Parameters
    ----------
    target : float or array_like, shape (n,)
        What was planned, in units of payoff; zero where not given, which reads the payoff itself.
    measure : str
        "loss" for target − payoff (where not given), or "shortfall" for the same where the target
        is missed and nothing where it is met.
    rows, row_upper : array_like, shapes (k, columns) and (k,)
        rows × mix <= row_upper, for instance a row of ones over the columns of one country.
    weights : array_like, shape (n,)
        Of the paths; equal where not given.
    """

    target: ArrayLike
    measure: Measure
    rows: ArrayLike
    row_upper: ArrayLike
    weights: ArrayLike


@dataclass(frozen=True, slots=True)
class Mixes:
    """What one or more mixes bring.

    Attributes
    ----------
    shares : ndarray, shape (mixes, columns)
        Each row sums to one.
    mean, cvar : ndarray, shape (mixes,)
        Mean payoff, and CVaR of the loss or shortfall; units of payoff.
    mean_error, cvar_error : ndarray, shape (mixes,)
        Monte-Carlo standard errors; that of the CVaR is infinite where the tail holds less than
        one path.
    bound : ndarray, shape (mixes,)
        No mix of at least this mean has a lower CVaR on these paths; −∞ where nothing was
        optimised.
    price : ndarray, shape (mixes,)
        CVaR taken on for the last unit of mean; NaN where nothing was optimised.
    level : float
    measure : str
    """

    shares: Floats
    mean: Floats
    cvar: Floats
    mean_error: Floats
    cvar_error: Floats
    bound: Floats
    price: Floats
    level: float
    measure: Measure

    @property
    def gap(self) -> Floats:
        """How far each CVaR may be above the least one there is: `cvar` − `bound`."""
        return np.maximum(self.cvar - self.bound, 0.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """Checked payoffs with everything a programme over them needs."""

    payoffs: Floats
    target: Floats
    upper: Floats
    rows: Floats
    row_upper: Floats
    level: float
    measure: Measure
    weights: Floats | None

    @classmethod
    def of(cls, payoffs: ArrayLike, upper: ArrayLike, level: float, reading: Reading) -> Sample:
        """Check shapes and numbers; drop paths that never happen."""
        gains = finite(payoffs, "payoffs")
        check_level(level)
        if gains.ndim != 2 or not gains.size:
            refuse(f"payoffs have one row a path and one column a choice, not shape {gains.shape}")
        measure = reading.get("measure", "loss")
        if measure not in get_args(Measure):
            refuse(f"measure is {' or '.join(get_args(Measure))}, not {measure}")
        n, columns = gains.shape
        target = finite(reading.get("target", 0.0), "targets")
        limit = np.asarray(upper, dtype=np.float64)
        rows = np.atleast_2d(finite(reading.get("rows", np.empty((0, columns))), "entries of rows"))
        row_upper = np.atleast_1d(finite(reading.get("row_upper", ()), "upper bounds of rows"))
        if target.shape not in ((), (n,)) or limit.shape not in ((), (columns,)):
            refuse(f"give one target for all or {n}, one upper bound for all or {columns}")
        if rows.shape != (len(row_upper), columns):
            refuse(f"rows have {columns} columns and one row_upper each, not shapes {rows.shape} and {row_upper.shape}")
        if not (limit >= 0).all():
            refuse(f"upper bounds of shares are not negative, unlike {limit.tolist()}")
        target, limit = np.broadcast_to(target, n), np.minimum(np.broadcast_to(limit, columns), 1.0)
        given = reading.get("weights")
        if given is None:
            return cls(gains, target, limit, rows, row_upper, level, measure, None)
        weights = shares_of(given, n)
        kept = weights > 0
        return cls(gains[kept], target[kept], limit, rows, row_upper, level, measure, weights[kept])

    def programme(self) -> TailProgramme:
        """Return the programme of least CVaR over these paths."""
        n = len(self.payoffs)
        shares = np.full(n, 1.0 / n) if self.weights is None else self.weights
        losses = self.target[:, None] - self.payoffs
        limits = {"upper": self.upper, "rows": self.rows, "row_upper": self.row_upper}
        floor = self.measure == "shortfall"
        return TailProgramme(losses, shares @ self.payoffs, level=self.level, shares=shares, floor=floor, **limits)

    def missed(self, mix: Floats) -> Floats:
        """Return the loss or shortfall of each path."""
        losses = self.target - self.payoffs @ mix
        return np.maximum(losses, 0.0) if self.measure == "shortfall" else losses

    def checked(self, mix: ArrayLike) -> Floats:
        """Refuse a mix outside the limits."""
        shares = finite(mix, "shares")
        if shares.shape != self.upper.shape or abs(shares.sum() - 1.0) > _TOLERANCE:
            refuse(f"a mix has {len(self.upper)} shares that sum to one, not {shares.tolist()}")
        over = (shares < -_TOLERANCE).any() or (shares > self.upper + _TOLERANCE).any()
        if over or (self.rows @ shares > self.row_upper + _TOLERANCE).any():
            refuse(f"the mix {shares.tolist()} is outside the limits: 0 <= share <= upper, rows × mix <= row_upper")
        return shares

    def told(self, shares: Floats, optima: Sequence[Solved] = ()) -> Mixes:
        """Return what some mixes bring, each with its error."""
        means, errors, tails, tail_errors = [], [], [], []
        for mix in shares:
            mean, error = mean_and_error(self.payoffs @ mix, self.weights)
            missed = self.missed(mix)
            means.append(mean)
            errors.append(error)
            tails.append(cvar(missed, self.level, weights=self.weights))
            known = self.level < 1.0 and len(missed) > 1
            tail_errors.append(tail(missed, self.level, weights=self.weights).standard_error if known else np.inf)
        bound = [found.bound for found in optima] or [-np.inf] * len(shares)
        price = [found.price for found in optima] or [np.nan] * len(shares)
        columns = map(np.array, (means, tails, errors, tail_errors, bound, price))
        return Mixes(np.array(shares), *columns, level=self.level, measure=self.measure)

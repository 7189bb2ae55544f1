"""How much of the plan arrives, when, and what it costs: samples first, summaries on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capexlib.models.decisions.tail import Tail, tail
from capexlib.models.policy.supply import SupplyPaths
from capexlib.models.uncertainty import Interval, intervals, probability
from capexlib.models.uncertainty.families import Floats

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Reach:
    """When a part of the plan is in service.

    Attributes
    ----------
    part : float
        Of the compute planned for the horizon's end.
    low, median, high : float
        5th, 50th and 95th percentile of the month, from 1; infinite where that many paths never reach it.
    never, standard_error : float
        Probability of not reaching it within the horizon, and its Monte-Carlo error.
    """

    part: float
    low: float
    median: float
    high: float
    never: float
    standard_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a lever comes to, path by path, against what was planned.

    Attributes
    ----------
    compute, planned : ndarray, shape (n, months)
        H100-equivalents in service: with the gates as they go, and with every gate open, no quota
        and no duty, the rest drawn alike.
    budget, spent, stranded, lost, held : ndarray, shape (n,)
        USD at the horizon's end; see `SupplyPaths`.
    share : ndarray, shape (n,)
        Compute over planned compute at the horizon's end; 1 where nothing is planned. Above 1 where
        money that came back buys more compute elsewhere.
    """

    compute: Floats
    planned: Floats
    budget: Floats
    spent: Floats
    stranded: Floats
    lost: Floats
    held: Floats
    share: Floats

    @property
    def shortfall(self) -> Floats:
        """Part of the plan that is missing at the horizon's end, (n,); not negative."""
        return np.maximum(1.0 - self.share, 0.0)

    @property
    def share_by_month(self) -> Floats:
        """Compute in each month over what is planned for the horizon's end, (n, months)."""
        return share_of(self.compute, self.planned[:, -1:])

    @property
    def gone(self) -> Floats:
        """USD spent, stranded or lost, (n,)."""
        return self.spent + self.stranded + self.lost

    def cost(self) -> tuple[float, float]:
        """Return expected USD gone over expected compute at the end, and its Monte-Carlo error.

        Returns
        -------
        tuple of float
            Infinite where no path has compute.

        Notes
        -----
        A ratio of means, so that paths without any compute count with the money they cost. Error by
        the delta method: s(gone − ratio × compute) / (√n × mean compute).
        """
        final = self.compute[:, -1]
        if not final.any():
            return np.inf, np.inf
        ratio = float(self.gone.mean() / final.mean())
        spread = (self.gone - ratio * final).std(ddof=1) / np.sqrt(final.size)
        return ratio, float(spread / final.mean())

    def fan(self, levels: Sequence[float] = (0.5, 0.9)) -> dict[float, tuple[Interval, ...]]:
        """Summarise compute by month, one tuple of intervals a level."""
        return {level: intervals(self.compute, level) for level in levels}

    def chance_of(self, share: float) -> tuple[float, float]:
        """Return the probability that at least this share of the plan is in service at the end, and its error."""
        return probability(self.share >= share * (1.0 - _SLACK))

    def months_to(self, part: float) -> Floats:
        """Return the first month, from 1, in which a part of the final plan is in service, (n,); inf if never."""
        return _first_month(self.compute, part * self.planned[:, -1:])

    def delay(self, part: float) -> Floats:
        """Return by how many months a part of the final plan comes later than planned, (n,); inf if never."""
        return self.months_to(part) - _first_month(self.planned, part * self.planned[:, -1:])

    def reach(self, part: float) -> Reach:
        """Summarise when a part of the final plan is in service."""
        months = self.months_to(part)
        low, median, high = np.quantile(months, (0.05, 0.5, 0.95), method="inverted_cdf").tolist()
        return Reach(part, low, median, high, *probability(np.isinf(months)))

    def tail(self, level: float) -> Tail:
        """Summarise the worst shortfalls: value at risk and CVaR, in parts of the plan, with its error."""
        return tail(self.shortfall, level)


def outcome(paths: SupplyPaths, planned: SupplyPaths) -> Outcome:
    """Set what happened against what was planned.

    Parameters
    ----------
    paths : SupplyPaths
    planned : SupplyPaths
        Of the same draws with open doors, of this lever or of the one that stands for the plan.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        If the two are of different shapes.
    """
    if paths.compute.shape != planned.compute.shape:
        msg = f"paths {paths.compute.shape} and plan {planned.compute.shape} are not of the same draws"
        raise ValueError(msg)
    return Outcome(
        compute=paths.compute, planned=planned.compute, budget=paths.budget,
        spent=paths.spent[:, -1], stranded=paths.stranded[:, -1], lost=paths.lost[:, -1], held=paths.held[:, -1],
        share=share_of(paths.compute[:, -1], planned.compute[:, -1]),
    )  # fmt: skip


def share_of(compute: Floats, planned: Floats) -> Floats:
    """Return compute over what is planned, month by month or at one; 1 where nothing is planned."""
    planned = np.broadcast_to(planned, compute.shape)
    return np.divide(compute, planned, out=np.ones(compute.shape), where=planned > 0.0)


def _first_month(compute: Floats, threshold: Floats) -> Floats:
    """Return the first month, from 1, at or above the threshold; inf if none."""
    there = compute >= threshold * (1.0 - _SLACK)
    return np.where(there.any(axis=1), there.argmax(axis=1) + 1.0, np.inf)

"""Levers over scenarios, the frontier of mixes, and what each vendor and waiting are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from capexlib.models.decisions import (
    Mixes,
    PairedDifference,
    RegretTable,
    Segments,
    assess_mixes,
    cvar_frontier,
    falling_segments,
    paired_cvar_difference,
    paired_difference,
    regret_table,
)
from capexlib.models.policy.outcomes import share_of
from capexlib.models.policy.world import World
from capexlib.models.uncertainty.families import Floats
from capexlib.params.policy import LeverParams, ScenarioParams

KNOTS = (0.0, 0.1, 0.25, 0.5, 1.0)
"""Shares of the budget at which each vendor's response is simulated; straight between them."""


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Levers compared over the named courses of the gates.

    Parameters
    ----------
    levers, scenarios : tuple of str
    shares : ndarray, shape (levers, scenarios, n)
        Of the plan at the horizon's end.
    table : RegretTable
        Of these shares.
    """

    levers: tuple[str, ...]
    scenarios: tuple[str, ...]
    shares: Floats
    table: RegretTable

    def of_lever(self, lever: str) -> dict[str, Floats]:
        """Return a lever's shares of the plan by scenario, (n,) each."""
        return dict(zip(self.scenarios, self.shares[self.levers.index(lever)], strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """How far a mix is from the frontier as it is drawn: straight lines between the mixes simulated.

    Parameters
    ----------
    shares : ndarray, shape (vendors,)
        The mix on the line at the same CVaR; where no mix is as safe, the safest.
    mean, cvar : float
        Of that place on the line.
    mean_lost, mean_lost_error : float
        Mean on the line at the same CVaR minus that of the mix, not negative; standard error on common paths.
    cvar_excess, cvar_excess_error : float
        CVaR of the mix minus that on the line at the same mean, not negative; standard error on common paths.
    """

    shares: Floats
    mean: float
    cvar: float
    mean_lost: float
    mean_lost_error: float
    cvar_excess: float
    cvar_excess_error: float


@dataclass(frozen=True, slots=True)
class Frontier:
    """Mixes of least tail shortfall for what they bring on average.

    Parameters
    ----------
    vendors : tuple of str
    mixes : Mixes
        By segment of each vendor's response, as the linear programme sees it: shares of the plan.
    shares : ndarray, shape (points, vendors)
        The mixes that no other one beats on both counts when simulated whole, the safest first.
    mean, cvar : ndarray, shape (points,)
        Of these, simulated on some paths, without reordering: mean share of the plan, CVaR of the shortfall.
    reported : Gap
        How far the reported mix is from the line through these points.
    reported_mean, reported_cvar : float
        The reported mix simulated likewise.
    levers : mapping of str to tuple of float
        Mean and CVaR of every lever, with its own timing and reserve, simulated likewise.
    """

    vendors: tuple[str, ...]
    mixes: Mixes
    shares: Floats
    mean: Floats
    cvar: Floats
    reported: Gap
    reported_mean: float
    reported_cvar: float
    levers: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a change of the reported lever brings, on common paths.

    Parameters
    ----------
    mean : PairedDifference
        Of the share of the plan.
    tail : PairedDifference
        Of the CVaR of the shortfall; negative is safer.
    """

    mean: PairedDifference
    tail: PairedDifference


def compare_scenarios(
    world: World, planned: Floats, levers: Mapping[str, LeverParams], scenarios: Mapping[str, ScenarioParams]
) -> Scenarios | None:
    """Run every lever under every named scenario, on the same draws.

    Parameters
    ----------
    world : World
    planned : ndarray, shape (n,)
        Compute that the plan would have brought on each path.
    levers, scenarios : mapping

    Returns
    -------
    Scenarios or None
        None where the case names no scenario.
    """
    if not scenarios:
        return None
    policy = world.setting.policy
    under = [world.under(scenario) for scenario in scenarios.values()]
    shares = np.array([
        [share_of(here.run(lever).compute[:, -1], planned) for here in under] for lever in levers.values()
    ])  # fmt: skip
    table = regret_table(shares, level=policy.tail, threshold=policy.enough)
    return Scenarios(tuple(levers), tuple(scenarios), shares, table)


def find_frontier(
    world: World, planned: Floats, reported: LeverParams, levers: Mapping[str, LeverParams] = MappingProxyType({}), *,
    points: int = 12, simulated: int = 1024,
) -> Frontier:  # fmt: skip
    """Trade the mean of delivered compute against the CVaR of its shortfall.

    Parameters
    ----------
    world : World
    planned : ndarray, shape (n,)
    reported : LeverParams
        Its mix is measured against the frontier; orders are even in time and nothing is held back.
    levers : mapping
        Choices to be set beside it, simulated by the same rule: money that comes back is not ordered again.
    points : int
    simulated : int
        Paths, from the first, on which the mixes found are simulated whole.
    """
    vendors, level = tuple(world.terms), world.setting.policy.tail
    cut = vendor_segments(world, planned)
    reading = {"target": 1.0, "measure": "shortfall"}
    mixes = cvar_frontier(cut.payoffs, cut.upper, level, points, **reading)
    shares = cut.by_owner(mixes.shares)
    mine = np.array([reported.mix.get(vendor, 0.0) for vendor in vendors])
    some, target, count = world.head(simulated), planned[:simulated], len(shares)
    whole = np.stack([
        *(_even(some, target, row, reported) for row in (*shares, mine)),
        *(share_of(some.run(lever, fallback=False).compute[:, -1], target) for lever in levers.values()),
    ], axis=1)  # fmt: skip
    told = assess_mixes(whole, np.eye(whole.shape[1]), level, **reading)
    of_levers = zip(told.mean[count + 1 :].tolist(), told.cvar[count + 1 :].tolist(), strict=True)
    line = _unbeaten(told.mean[:count], told.cvar[:count])
    drawn = [*line, count]
    return Frontier(
        vendors, mixes, shares[line], told.mean[line], told.cvar[line],
        _gap(whole[:, drawn], told.mean[drawn], told.cvar[drawn], shares[line], level),
        float(told.mean[count]), float(told.cvar[count]), dict(zip(levers, of_levers, strict=True)),
    )  # fmt: skip


def _unbeaten(mean: Floats, cvar: Floats) -> list[int]:
    """Return the places of the mixes that no other one beats on both counts, the safest first."""
    kept: list[int] = []
    for place in np.lexsort((-mean, cvar)).tolist():
        if not kept or mean[place] > mean[kept[-1]]:
            kept.append(place)
    return kept


def _gap(whole: Floats, mean: Floats, cvar: Floats, shares: Floats, level: float) -> Gap:
    """Measure the last column, a mix, against the line through the others."""
    line, mine = whole[:, :-1], whole[:, -1]
    same_risk, same_mean = _place(cvar[:-1], cvar[-1]), _place(mean[:-1], mean[-1])
    gain = paired_difference(line @ same_risk, mine)
    short, shorter = (np.maximum(1.0 - made, 0.0) for made in (mine, line @ same_mean))
    reached = cvar[-1] >= cvar[:-1].min(), mean[-1] <= mean[:-1].max()
    return Gap(
        same_risk @ shares, float(same_risk @ mean[:-1]), float(same_risk @ cvar[:-1]),
        max(float(gain.difference), 0.0) if reached[0] else 0.0, float(gain.standard_error),
        max(float(cvar[-1] - same_mean @ cvar[:-1]), 0.0) if reached[1] else 0.0,
        float(paired_cvar_difference(short, shorter, level).standard_error),
    )  # fmt: skip


def _place(along: Floats, at: float) -> Floats:
    """Return the weights of the points between which a place on the line lies; an end beyond the ends."""
    return np.array([np.interp(at, along, row) for row in np.eye(len(along))])


def vendor_segments(world: World, planned: Floats) -> Segments:
    """Return each vendor's response to its share of the budget, alone, as segments."""
    vendors = tuple(world.terms)
    totals = np.zeros((world.size, len(vendors), len(KNOTS)))
    for row, vendor in enumerate(vendors):
        for place, share in enumerate(KNOTS[1:], start=1):
            lever = LeverParams.model_construct(mix={vendor: share}, timing="even", reserve=0.0)
            totals[:, row, place] = share_of(world.run(lever, fallback=False).compute[:, -1], planned)
    return falling_segments(totals, KNOTS)


def worth_of_vendors(world: World, planned: Floats, reported: LeverParams, mine: Floats) -> dict[str, Worth]:
    """Return what each vendor adds to the reported mix: against its share spread over the others.

    Parameters
    ----------
    world : World
    planned : ndarray, shape (n,)
    reported : LeverParams
    mine : ndarray, shape (n,)
        The reported lever's share of the plan.
    """
    found = {}
    for vendor, share in reported.mix.items():
        if not 0.0 < share < 1.0:
            continue
        rest = {key: part / (1.0 - share) for key, part in reported.mix.items() if key != vendor}
        without = world.run(reported.model_copy(update={"mix": rest})).compute[:, -1]
        found[vendor] = worth(mine, share_of(without, planned), world.setting.policy.tail)
    return found


def worth(mine: Floats, other: Floats, level: float) -> Worth:
    """Compare two levers' shares of the plan on the same paths."""
    short, shorter = (np.maximum(1.0 - shares, 0.0) for shares in (mine, other))
    return Worth(paired_difference(mine, other), paired_cvar_difference(short, shorter, level))


def _even(world: World, planned: Floats, shares: Floats, like: LeverParams) -> Floats:
    mix = dict(zip(world.terms, shares.tolist(), strict=True))
    lever = like.model_copy(update={"mix": mix, "timing": "even", "reserve": 0.0})
    return share_of(world.run(lever, fallback=False).compute[:, -1], planned)

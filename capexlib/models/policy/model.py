"""The policy model whole: what of the plan can be delivered, and how to split the orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from capexlib.facts.adopt import Facts
from capexlib.figures import Figure
from capexlib.models.decisions import Discovery
from capexlib.models.policy.agreement import Agreement, agreements
from capexlib.models.policy.backtest import Forecast, asked, every_quarter
from capexlib.models.policy.breaking import what_breaks
from capexlib.models.policy.choices import (
    Frontier,
    Scenarios,
    Worth,
    compare_scenarios,
    find_frontier,
    worth,
    worth_of_vendors,
)
from capexlib.models.policy.gate_draws import is_gate_input
from capexlib.models.policy.outcomes import Outcome, outcome, share_of
from capexlib.models.policy.sensitivity import PolicySensitivity, policy_sensitivity
from capexlib.models.policy.setting import Setting, make_setting, plan_samples
from capexlib.models.policy.supply import SupplyPaths
from capexlib.models.policy.world import World, draw_world
from capexlib.models.scale import Scale
from capexlib.models.uncertainty.families import Floats
from capexlib.params.schema import Case

COMPARED_PATHS = 1024
"""Paths on which levers are compared over scenarios."""

CHECKED_PATHS = 512
"""Paths beside which exact expectations are set."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Everything the policy brief shows.

    Parameters
    ----------
    setting : Setting
    world : World
        The gates as they may go.
    paths : SupplyPaths
        The reported lever, with flows by vendor.
    planned : SupplyPaths
        The same with every gate open, no quota and no duty.
    reported : Outcome
    levers : dict of str to ndarray, shape (n,)
        Each one's share of the same plan at the horizon's end.
    named : dict of str to ndarray
        The reported lever's share under each named scenario, on the first paths.
    scenarios : Scenarios or None
        None where the case names no scenario.
    frontier : Frontier
    worths : dict of str to Worth
        What each vendor adds to the reported mix.
    waits : dict of str to Worth
        What other timings and a reserve add to the reported lever, by lever.
    sensitivity : PolicySensitivity
    breaking : Discovery or None
    agreements : list of Agreement
    forecasts, quarterly : list of Forecast
        The case's own questions, and one about every gate in every quarter.
    other_way : ndarray, shape (n,)
        The reported lever's share with ambiguous codings taken the other way.
    results : tuple of Figure
        Every published number; the first two, the budget and the paths, are what all others rest on.
    """

    setting: Setting
    world: World
    paths: SupplyPaths
    planned: SupplyPaths
    reported: Outcome
    levers: Mapping[str, Floats]
    named: Mapping[str, Floats]
    scenarios: Scenarios | None
    frontier: Frontier
    worths: Mapping[str, Worth]
    waits: Mapping[str, Worth]
    sensitivity: PolicySensitivity
    breaking: Discovery | None
    agreements: list[Agreement]
    forecasts: list[Forecast]
    quarterly: list[Forecast]
    other_way: Floats
    results: tuple[Figure, ...] = ()


def assess(facts: Facts, case: Case, scale: Scale, folder: Path) -> Policy:
    """Run the policy model.

    Parameters
    ----------
    facts : Facts
    case : Case
    scale : Scale
        Gives the plan.
    folder : Path
        Where the params files of earlier views are looked for.

    Returns
    -------
    Policy

    Raises
    ------
    ParamsError
        If the case has no policy section, or names in it lead nowhere.
    EvidenceError
        If evidence that the case needs is missing.
    """
    from capexlib.models.policy.results import policy_results

    setting = make_setting(facts, case, scale)
    plan_usd_bn, seed = plan_samples(scale, case.entity), case.sampling.seed
    world = draw_world(setting, plan_usd_bn, seed)
    lever = case.levers[setting.policy.reported_mix]
    planned = world.opened().run(lever, by_vendor=True)
    paths = world.run(lever, by_vendor=True)
    target = planned.compute[:, -1]
    few = world.head(COMPARED_PATHS)
    reported = outcome(paths, planned)
    levers = {
        key: reported.share if other is lever else share_of(world.run(other).compute[:, -1], target)
        for key, other in case.levers.items()
    }  # fmt: skip
    same_mix = [key for key, other in case.levers.items() if other is not lever and other.mix == lever.mix]
    scenarios = compare_scenarios(few, target[:COMPARED_PATHS], case.levers, case.scenarios)
    sensitivity = policy_sensitivity(setting, lever, seed)
    inputs = [swing.name for swing in sensitivity.swings if not is_gate_input(swing.name)][:8]
    again = world.recoded(make_setting(facts, case, scale, other_way=True), seed)
    made = Policy(
        setting=setting, world=world, paths=paths, planned=planned, reported=reported, levers=levers,
        named=scenarios.of_lever(setting.policy.reported_mix) if scenarios else {}, scenarios=scenarios,
        frontier=find_frontier(world, target, lever, case.levers),
        worths=worth_of_vendors(world, target, lever, reported.share),
        waits={key: worth(levers[key], reported.share, setting.policy.tail) for key in same_mix},
        sensitivity=sensitivity, breaking=what_breaks(world, reported.share, inputs),
        agreements=agreements(world.head(CHECKED_PATHS)),
        forecasts=asked(facts, case, folder), quarterly=every_quarter(facts, case),
        other_way=share_of(again.run(lever).compute[:, -1], target),
    )  # fmt: skip
    return replace(made, results=tuple(policy_results(made, scale)))

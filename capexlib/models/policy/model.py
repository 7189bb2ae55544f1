"""The policy model whole: what of the plan can be delivered, and how to split the orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from capexlib.models.policy.outcomes import Outcome, outcome
from capexlib.models.policy.sensitivity import PolicySensitivity, policy_sensitivity
from capexlib.models.policy.setting import Setting, make_setting, plan_samples
from capexlib.models.policy.supply import SupplyPaths
from capexlib.models.policy.world import World, draw_world
from capexlib.models.scale import Scale
from capexlib.params.schema import Case

COMPARED_PATHS = 1024
"""Paths on which levers are compared over scenarios, mixes simulated again and exact figures set beside."""


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
    levers : dict of str to Outcome
        Each against the same plan.
    named : dict of str to Outcome
        The reported lever under each named scenario.
    scenarios : Scenarios
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
    other_way : Outcome
        The reported lever with ambiguous codings taken the other way.
    results : tuple of Figure
        Every published number; the first two, the budget and the paths, are what all others rest on.
    """

    setting: Setting
    world: World
    paths: SupplyPaths
    planned: SupplyPaths
    reported: Outcome
    levers: Mapping[str, Outcome]
    named: Mapping[str, Outcome]
    scenarios: Scenarios
    frontier: Frontier
    worths: Mapping[str, Worth]
    waits: Mapping[str, Worth]
    sensitivity: PolicySensitivity
    breaking: Discovery | None
    agreements: list[Agreement]
    forecasts: list[Forecast]
    quarterly: list[Forecast]
    other_way: Outcome
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
    levers = {key: outcome(world.run(other), planned) for key, other in case.levers.items()}
    reported = levers[setting.policy.reported_mix]
    same_mix = {
        key: other for key, other in case.levers.items()
        if key != setting.policy.reported_mix and other.mix == lever.mix
    }  # fmt: skip
    sensitivity = policy_sensitivity(setting, lever, seed)
    inputs = [swing.name for swing in sensitivity.swings if not swing.name.startswith("gates.")][:8]
    again = draw_world(make_setting(facts, case, scale, other_way=True), plan_usd_bn, seed)
    made = Policy(
        setting=setting, world=world, paths=paths, planned=planned, reported=reported, levers=levers,
        named={key: outcome(world.under(course).run(lever), planned) for key, course in case.scenarios.items()},
        scenarios=compare_scenarios(few, target[:COMPARED_PATHS], case.levers, case.scenarios),
        frontier=find_frontier(world, target, lever), worths=worth_of_vendors(world, target, lever),
        waits={key: worth(levers[key].share, reported.share, setting.policy.tail) for key in same_mix},
        sensitivity=sensitivity, breaking=what_breaks(world, reported.share, inputs), agreements=agreements(few),
        forecasts=asked(facts, case, folder), quarterly=every_quarter(facts, case),
        other_way=outcome(again.run(lever), planned),
    )  # fmt: skip
    from dataclasses import replace

    return replace(made, results=tuple(policy_results(made, scale)))

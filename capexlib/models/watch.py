"""What would change our mind: each trigger's state as of the date, and its effect by running the models again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.errors import ParamsError, Problem, did_you_mean
from capexlib.facts.adopt import Facts
from capexlib.figures import Figure, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.decisions import paired_difference
from capexlib.models.funding.lenders import covers
from capexlib.models.funding.model import fund, funding_params
from capexlib.models.policy import Policy
from capexlib.models.policy.world import World, gate_states, make_world
from capexlib.models.roi.delivered import deployment_of
from capexlib.models.roi.model import input_laws, run_operations
from capexlib.models.roi.returns import returns
from capexlib.models.uncertainty import Distribution
from capexlib.params.schema import Assumption, Case, assumptions_of
from capexlib.params.watch import Trigger
from capexlib.units import convert, parse_unit

Floats = NDArray[np.float64]
WATCHED_PATHS = 512
"""Paths on which triggers are pulled; the same in every run of the models."""

_ENDS = {"low": 0.05, "high": 0.95}


@dataclass(frozen=True, slots=True)
class Watched:
    """One trigger.

    Parameters
    ----------
    key : str
    trigger : Trigger
    state : str
        Title of the gate's state; empty where a fact is looked at.
    fact, threshold : Figure or None
        The newest fact, and the input's end that it is compared with.
    pulled : bool or None
        Whether the trigger is pulled on the as-of date; None where only a reader can tell.
    effects : dict of str to Figure
        Mean change if it is pulled from the first month on: ``compute`` (thousand H100e at the horizon's end),
        ``npv`` (USD bn) and ``dscr`` (of the company, in its lowest year).
    """

    key: str
    trigger: Trigger
    state: str
    fact: Figure | None
    threshold: Figure | None
    pulled: bool | None
    effects: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Watch:
    """The watch-list, the largest effect on compute first.

    Parameters
    ----------
    rows : tuple of Watched
    results : tuple of Figure
    """

    rows: tuple[Watched, ...]
    results: tuple[Figure, ...]

    @property
    def shown_claims(self) -> tuple[str, ...]:
        """Claims that stand as indicators."""
        return tuple(claim for row in self.rows if row.fact for claim in row.fact.claims)


@dataclass(frozen=True, slots=True)
class _Account:
    """What a run of the chain comes to, path by path."""

    compute: Floats
    npv: Floats
    dscr: Floats


def watch(facts: Facts, case: Case, policy: Policy) -> Watch:
    """Look at every trigger of a case, and pull each in turn.

    Parameters
    ----------
    facts : Facts
    case : Case
    policy : Policy

    Returns
    -------
    Watch

    Raises
    ------
    ParamsError
        If a trigger names what is not there; every problem at once.
    """
    laws = dict(policy.setting.laws) | input_laws(case)
    check_triggers(facts, case, laws)
    known = dict(assumptions_of(case))
    world = policy.world.head(min(WATCHED_PATHS, policy.world.size))
    base = _account(facts, case, policy, world, {})
    operands = policy.results[:2]
    rows = [
        _watched(facts, policy, key, trigger, known, _effects(
            key, trigger, base, _pulled(facts, case, policy, world, trigger, laws), operands
        ))
        for key, trigger in case.watch.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: -abs(row.effects["compute"].best))
    return Watch(tuple(rows), tuple(figure for row in rows for figure in row.effects.values()))


def check_triggers(facts: Facts, case: Case, inputs: Iterable[str]) -> None:
    """Refuse triggers that name what is not there.

    Parameters
    ----------
    facts : Facts
    case : Case
    inputs : iterable of str
        Names of the models' inputs.

    Raises
    ------
    ParamsError
        With every problem of every trigger.
    """
    known = tuple(inputs)
    problems = [
        problem for key, trigger in case.watch.items() for problem in _misfits(key, trigger, facts, case, known)
    ]
    if problems:
        raise ParamsError(problems)


def _misfits(key: str, trigger: Trigger, facts: Facts, case: Case, inputs: Sequence[str]) -> Iterator[Problem]:
    looked, where = trigger.indicator, f"watch.{key}.indicator"
    gates, ledger = case.gates, facts.ledger
    states = gates[looked.gate].states if looked.gate in gates else {}
    named: list[tuple[str, str, str | None, Iterable[str]]] = [
        (f"watch.{key}.scenario", "scenario", trigger.scenario, case.scenarios),
        *((f"watch.{key}.inputs.{name}", "input", name, inputs) for name in trigger.inputs),
        (f"{where}.gate", "gate", looked.gate, gates),
        *((f"{where}.states", "state", state, states) for state in looked.states if states),
        (f"{where}.entity", "entity", looked.entity, ledger.entities),
        (f"{where}.quantity", "quantity", looked.quantity, ledger.quantities),
        (f"{where}.threshold", "assumption", looked.threshold, dict(assumptions_of(case))),
    ]
    for place, kind, name, known in named:
        if name and name not in known:
            yield Problem(place, f"There is no {kind} {name!r}.", did_you_mean(name, known))


def _pulled(
    facts: Facts, case: Case, policy: Policy, world: World, trigger: Trigger, laws: Mapping[str, Distribution]
) -> _Account:
    """Run the chain with the trigger pulled, on the same draws."""
    ends = {name: float(laws[name].ppf(_ENDS[end])) for name, end in trigger.inputs.items()}
    inside = {name: end for name, end in ends.items() if name in policy.setting.laws}
    if inside:
        values = {**world.values, **{name: np.full(world.size, end) for name, end in inside.items()}}
        world = make_world(world.setting, values, gate_states(world.setting, values, case.sampling.seed))
    if trigger.scenario:
        world = world.under(case.scenarios[trigger.scenario])
    elif trigger.indicator.gate and not ends:
        world = world.holding(trigger.indicator.gate, trigger.indicator.states[0])
    return _account(facts, case, policy, world, {name: end for name, end in ends.items() if name not in inside})


def _account(facts: Facts, case: Case, policy: Policy, world: World, fixed: Mapping[str, float]) -> _Account:
    """Follow the reported lever through policy, operations, funding and return."""
    lever = case.levers[policy.setting.policy.reported_mix]
    paths = world.run(lever, by_vendor=True)
    planned = world.opened().run(lever, by_vendor=True)
    operations = run_operations(facts, case, deployment_of(world, paths, planned, ()), fixed)
    flows = operations.project_flows()
    plan = fund(funding_params(case), flows, operations.inputs)
    covered = covers(flows, plan.debts, operations.inputs)
    lowest = np.nanmin(np.where(np.isnan(covered.company_dscr), np.inf, covered.company_dscr), axis=1)
    npv = returns(operations, plan, operations.inputs["funding.cost_of_equity"]).npv
    return _Account(paths.compute[:, -1], npv, lowest)


def _effects(
    key: str, trigger: Trigger, base: _Account, pulled: _Account, operands: tuple[Figure, ...]
) -> dict[str, Figure]:
    made = {}
    both = np.isfinite(base.dscr) & np.isfinite(pulled.dscr)
    for name, title, one, other, unit, scale in (
        ("compute", "Compute at the horizon's end", pulled.compute, base.compute, "thousand H100e", 1e3),
        ("npv", "Net present value", pulled.npv, base.npv, "USD bn", 1e9),
        ("dscr", "Lowest cover of the company's debt service", pulled.dscr[both], base.dscr[both], "ratio", 1.0),
    ):
        if one.size < 2:
            continue
        found = paired_difference(one / scale, other / scale)
        value, reach = float(found.difference), 1.645 * float(found.standard_error)
        made[name] = result(
            f"watch.{key}.{name}", f"{trigger.title}: change of {title[0].lower()}{title[1:]}", value, unit, operands,
            formula="mean over paths of (trigger pulled − gates and inputs as drawn), on the same draws",
            low=value - reach, high=value + reach, interval="90 % range of the sampling error",
        )  # fmt: skip
    return made


def _watched(
    facts: Facts, policy: Policy, key: str, trigger: Trigger, known: Mapping[str, Assumption],
    effects: Mapping[str, Figure],
) -> Watched:  # fmt: skip
    """Read the indicator as of the date."""
    looked = trigger.indicator
    if looked.gate:
        gate = policy.setting.gates[looked.gate]
        state = gate.states[gate.start]
        title = gate.params.states[state].title
        return Watched(key, trigger, title, None, None, state in looked.states, effects)
    fact = _newest(facts, looked.entity or "", looked.quantity or "")
    if not looked.threshold:
        return Watched(key, trigger, "", fact, None, None, effects)
    threshold, pulled = _threshold(key, trigger, fact, known)
    return Watched(key, trigger, "", fact, threshold, pulled, effects)


def _threshold(
    key: str, trigger: Trigger, fact: Figure | None, known: Mapping[str, Assumption]
) -> tuple[Figure, bool | None]:
    """Return the input's end that pulls the trigger, in the fact's unit, and whether the fact has passed it."""
    looked = trigger.indicator
    name = looked.threshold or ""
    item = known[name]
    end = item.low if looked.passes == "below" else item.high
    figure = replace(assumption_figure(name, item), value=end)
    if fact is None:
        return figure, None
    if parse_unit(fact.unit).dimension != parse_unit(item.unit).dimension:
        what = f"A fact in {fact.unit} cannot be compared with an input in {item.unit}."
        raise ParamsError([Problem(f"watch.{key}.indicator", what, "Name an input of the same kind.")])
    value = convert(fact.best, fact.unit, item.unit)
    return figure, value < end if looked.passes == "below" else value > end


def _newest(facts: Facts, entity: str, quantity: str) -> Figure | None:
    for period in reversed(facts.periods(entity, quantity)):
        if found := facts.fact(entity, quantity, period):
            return found
    return None

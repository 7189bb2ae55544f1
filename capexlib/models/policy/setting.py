"""What a case's policy model is made of: gates, vendors, money, and the law of every uncertain input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from capexlib.errors import ParamsError, Problem
from capexlib.facts.adopt import Facts
from capexlib.figures import Figure
from capexlib.models.assumptions import assumption_figure, distribution
from capexlib.models.policy.gate_evidence import gate_model
from capexlib.models.policy.gates import GateModel
from capexlib.models.policy.history import gate_history
from capexlib.models.policy.terms import vendor_inputs
from capexlib.models.scale import Scale
from capexlib.models.scale.outcome import stated_outcome
from capexlib.models.uncertainty import Distribution, fixed
from capexlib.models.uncertainty.families import Floats, Uniform
from capexlib.params.assumption import Assumption
from capexlib.params.policy import PolicyParams, VendorParams
from capexlib.params.schema import Case
from capexlib.units import convert, parse_unit

PLAN, SHARE = "plan.outcome", "plan.processor_share"
PATIENCE, LAG, TRAINING = "policy.patience", "policy.reorder_lag", "policy.training_share"
USD_PER_BN = 1e9
MOST_CELLS = 2**25
"""Paths × months × vendors that a case may simulate; all of its runs take about 250 bytes for each."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A case before anything is drawn.

    Parameters
    ----------
    case : Case
    policy : PolicyParams
    gates : dict of str to GateModel
    vendors : dict of str to VendorParams
    laws : dict of str to Distribution
        Every uncertain input by dotted name: gates' inputs are uniform numbers, all others
        values in the model's units (USD bn for the plan, USD, months, units, units a month).
    plan, processor_share : Figure
        What the budget rests on.
    first_month : datetime.date
        First day of month 1, the month after the as-of date.
    """

    case: Case
    policy: PolicyParams
    gates: Mapping[str, GateModel]
    vendors: Mapping[str, VendorParams]
    laws: Mapping[str, Distribution]
    plan: Figure
    processor_share: Figure
    first_month: date

    @property
    def months(self) -> int:
        """Months simulated."""
        return self.policy.horizon_months

    def month_start(self, month: int) -> date:
        """First day of a month, counted from 1."""
        index = self.first_month.month - 1 + month - 1
        return date(self.first_month.year + index // 12, index % 12 + 1, 1)

    def assumption(self, name: str) -> Assumption | None:
        """Return the assumption behind an input's dotted name; None for rates, the plan and its share."""
        part: object = self.case
        for key in name.split("."):
            part = part.get(key) if isinstance(part, dict) else getattr(part, key, None)
        return part if isinstance(part, Assumption) else None

    def assumption_figures(self) -> list[Figure]:
        """Return every assumption that the model uses, as figures."""
        found = {name: self.assumption(name) for name in self.laws}
        return [assumption_figure(name, item) for name, item in found.items() if item is not None]


def first_month_after(day: date) -> date:
    """First day of the month after a day's.

    Examples
    --------
    >>> first_month_after(date(2025, 12, 23))
    datetime.date(2026, 1, 1)
    """
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def make_setting(facts: Facts, case: Case, scale: Scale, *, other_way: bool = False) -> Setting:
    """Gather a case's gates, vendors and money.

    Parameters
    ----------
    facts : Facts
    case : Case
    scale : Scale
        Gives the plan's outcome and the reported share of processors.
    other_way : bool
        Code ambiguous spells of the gates the other way.

    Returns
    -------
    Setting

    Raises
    ------
    ParamsError
        If the case has no policy section, or its parts do not fit together; every problem at once.
    EvidenceError
        If a currency has no dated rate.
    """
    if case.policy is None:
        problem = Problem("policy", "The case has no policy section.", "Extend base.yml, or write one.")
        raise ParamsError([problem])
    problems = list(_misfits(facts, case, case.policy))
    if problems:
        raise ParamsError(problems)
    first_month = first_month_after(case.as_of)
    gates = {
        key: gate_model(
            facts, key, gate, case.policy, first_month, case.policy.horizon_months, other_way=other_way
        )
        for key, gate in case.gates.items()
    }  # fmt: skip
    share, share_law = processor_share(case, scale)
    laws: dict[str, Distribution] = {PLAN: plan_law(case, scale), SHARE: share_law}
    for name in (PATIENCE, LAG, TRAINING):
        assumption = getattr(case.policy, name.partition(".")[2])
        laws[name] = distribution(assumption, _scale_of(assumption))
    for gate in gates.values():
        laws |= {name: Uniform(0.0, 1.0) for name in gate.inputs()}
    usd_per = _dollar_rates(facts, case)
    for key, vendor in case.vendors.items():
        laws |= vendor_inputs(key, vendor, usd_per)
    laws = dict(sorted(laws.items()))
    return Setting(case, case.policy, gates, dict(case.vendors), laws, scale.plan.usd, share, first_month)


def plan_law(case: Case, scale: Scale) -> Distribution:
    """Law of what the plan's year will have cost, USD bn: the pool of rival claims, or the adopted one's outcome."""
    if scale.pool:
        return scale.pool.distribution
    return stated_outcome(case.scale, scale.plan.unspread_usd)[0]


def processor_share(case: Case, scale: Scale) -> tuple[Figure, Distribution]:
    """Share of the plan that buys processors: as the adopted plan's report has it, else judged."""
    stated = next((part for part in scale.parts if part.id == "processors" and part.of_adopted), None)
    if stated:
        return stated.share, fixed(min(stated.share.best, 1.0))
    assumption = case.scale.processor_share
    return assumption_figure("scale.processor_share", assumption), distribution(assumption)


def plan_samples(scale: Scale, entity: str) -> Floats:
    """Return the plan's outcome on each path as the scale brief drew it, USD bn."""
    return np.asarray(scale.ranking.samples[:, scale.ranking.entities.index(entity)])


def _scale_of(assumption: Assumption) -> float:
    unit = parse_unit(assumption.unit)
    return convert(1.0, assumption.unit, "months") if unit.dimension == ("time",) else 1.0


def _dollar_rates(facts: Facts, case: Case) -> dict[str, float]:
    """Return dollars for one of each foreign currency that the vendors' terms use, on the as-of date."""
    used = {
        currency
        for vendor in case.vendors.values()
        for assumption in vars(vendor).values()
        if isinstance(assumption, Assumption) and (currency := parse_unit(assumption.unit).currency)
    }
    return {code: facts.exchange.rate(code, "USD", case.as_of).best for code in sorted(used - {"USD"})}


def _misfits(facts: Facts, case: Case, policy: PolicyParams) -> list[Problem]:
    """Names that nothing carries, gates that nobody can place, and too few or too many paths."""
    found = []
    cells = policy.horizon_months * max(len(case.vendors), 1)
    if case.sampling.draws * cells > MOST_CELLS:
        what = f"{case.sampling.draws:,} paths of {policy.horizon_months} months and {len(case.vendors)} vendors take"
        found.append(Problem("sampling.draws", f"{what} too much memory.", f"Draw at most {_most_draws(cells):,}."))
    if case.sampling.draws * (1.0 - policy.tail) < 1.0:
        what = f"The worst {1.0 - policy.tail:.3g} of {case.sampling.draws:,} paths is less than one path."
        found.append(Problem("policy.tail", what, "Draw more paths, or lower the level."))
    for key, vendor in case.vendors.items():
        found += [_unknown(f"vendors.{key}.gates", gate, case.gates) for gate in vendor.gates]
    for key, lever in case.levers.items():
        found += [_unknown(f"levers.{key}.mix", vendor, case.vendors) for vendor in lever.mix]
    for key, scenario in case.scenarios.items():
        for gate, steps in scenario.gates.items():
            where = f"scenarios.{key}.gates.{gate}"
            found.append(_unknown(where, gate, case.gates))
            states = case.gates[gate].states if gate in case.gates else {}
            found += [_unknown(where, step.state, states) for step in steps if gate in case.gates]
    found.append(_unknown("policy.reported_mix", policy.reported_mix, case.levers))
    if policy.fallback:
        found.append(_unknown("policy.fallback", policy.fallback, case.vendors))
    for key, gate in case.gates.items():
        if gate.hold or gate.start:
            continue
        histories = [gate_history(facts, key, other_way=other) for other in (False, True)]
        history = histories[0]
        if history.state is None:
            what = f"Nothing says where the gate stands on {case.as_of}: no regime of it is coded by then."
            found.append(Problem(f"gates.{key}", what, "Set 'start' or 'hold', or code its regimes."))
            continue
        seen = {state for past in histories for state in past.exposure_years} - set(gate.states)
        found += [_unknown(f"gates.{key}.states", state, gate.states) for state in sorted(seen)]
        allowed = {(origin, target) for origin, targets in gate.moves.items() for target in targets}
        found += [
            Problem(f"gates.{key}.moves", f"The gate was seen to move {a}>{b}.", "Add the move.")
            for a, b in sorted({move for past in histories for move in past.moves} - allowed)
        ]
    return [problem for problem in found if problem]


def _most_draws(cells: int) -> int:
    """Return the largest power of two of paths with so many cells each that is allowed."""
    return 1 << ((MOST_CELLS // cells).bit_length() - 1)


def _unknown(where: str, name: str, known: Mapping[str, object]) -> Problem | None:
    if name in known:
        return None
    return Problem(where, f"{name!r} is not there.", f"Use one of: {', '.join(known) or 'none is defined'}.")


__all__ = ["Setting", "first_month_after", "make_setting", "plan_samples"]

"""The return model whole: whether the plan earns its cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.errors import ParamsError, Problem, did_you_mean
from capexlib.facts.adopt import Facts
from capexlib.facts.named import known_claim
from capexlib.figures import Figure
from capexlib.models.funding.inputs import draw, law, laws
from capexlib.models.funding.model import Funding, funding_params
from capexlib.models.roi.alternatives import (
    OwnOrRent,
    ValueGrid,
    cash_per_idle_point,
    margin_per_idle_point,
    own_or_rent,
    use,
    value_grid,
)
from capexlib.models.roi.deployment import Deployment
from capexlib.models.roi.operations import Operations, operate
from capexlib.models.roi.prices import price_shocks
from capexlib.models.roi.reporting import roi_results
from capexlib.models.roi.returns import ReturnSamples, break_evens, multiple_roots, returns
from capexlib.models.roi.sensitivity import Chain, Sensitivity, sensitivity
from capexlib.models.uncertainty import Distribution
from capexlib.params.roi import RoiParams
from capexlib.params.schema import Assumption, Case
from capexlib.units import convert

Floats = NDArray[np.float64]
USES, PRICES = 10, 17


@dataclass(frozen=True, slots=True)
class Roi:
    """Everything the brief shows about the return.

    Parameters
    ----------
    operations : Operations
    returns : ReturnSamples
    break_even_use, break_even_price : ndarray, shape (n,)
        Use after the ramp, and level of the price today, at which shareholders earn just
        their cost after tax and debt; a use above 1 cannot be reached, and where no revenue is
        enough both are infinite.
    choice : OwnOrRent
    idle_margin, idle_cash : ndarray, shape (n,)
        What one more idle hour in a hundred costs: points of margin, and USD a year.
    grid : ValueGrid
    sensitivities : dict of str to Sensitivity
        By outcome: ``npv`` and ``company_dscr_min``.
    many_roots : float
        Share of paths whose rate of return is not the only one.
    results : tuple of Figure
    """

    operations: Operations
    returns: ReturnSamples
    break_even_use: Floats
    break_even_price: Floats
    choice: OwnOrRent
    use: Floats
    idle_margin: Floats
    idle_cash: Floats
    grid: ValueGrid
    sensitivities: dict[str, Sensitivity]
    many_roots: float
    results: tuple[Figure, ...]


def roi_params(case: Case) -> RoiParams:
    """Return the case's section.

    Raises
    ------
    ParamsError
        If the case lacks it, or deploys nothing, or for longer than its account runs.
    """
    if case.roi is None:
        what = "The return model needs its assumptions."
        raise ParamsError([Problem("roi", what, "Build the case on params/base.yml, or add the section.")])
    if problems := list(_misfits(case, case.roi)):
        raise ParamsError(problems)
    return case.roi


def _misfits(case: Case, roi: RoiParams) -> Iterator[Problem]:
    """Say what leaves the return model without an account."""
    if case.policy is not None and case.policy.horizon_months > 12 * roi.years:
        needed = -(-case.policy.horizon_months // 12)
        what = f"The account of {roi.years} years ends before the {case.policy.horizon_months} months of deliveries."
        yield Problem("roi.years", what, f"Set it to {needed} or more, or shorten policy.horizon_months.")
    if not case.scale.processor_share.high > 0:
        what = "Nothing of the plan goes to processors, so that there is nothing to deploy."
        yield Problem("scale.processor_share", what, "Give a share above zero, or leave the return brief out.")
    for name, what in (("utilisation_mature", "No hour is ever used"), ("price_level", "An hour is worth nothing")):
        if not getattr(roi, name).high > 0:
            yield Problem(
                f"roi.{name}", f"{what}, so that there is no break-even to look for.", "Give a high above zero."
            )


def input_laws(case: Case) -> dict[str, Distribution]:
    """Return the law of every input of both money models, by dotted key, in their units.

    Raises
    ------
    ParamsError
        With every assumption that does not fit, and every unknown name among the company's
        unknowns.
    """
    funding = funding_params(case)
    found = laws({"funding": funding, "roi": roi_params(case)})
    found |= {f"scale.{name}": law(_scale(case, name)) for name in ("power_overhead", "pue")}
    unknowns = funding.company.unknowns if funding.company else ()
    problems = [
        Problem("funding.company.unknowns", f"There is no input {name!r}.", did_you_mean(name, found))
        for name in unknowns
        if name not in found
    ]
    if problems:
        raise ParamsError(problems)
    return found


def _scale(case: Case, name: str) -> Assumption:
    return getattr(case.scale, name)


def reference_power(facts: Facts, case: Case) -> tuple[float, Figure]:
    """Return the power of one H100 in kilowatts, and the claim of it."""
    claim = known_claim(facts, roi_params(case).reference_power, "roi.reference_power")
    return convert(claim.best, claim.unit, "kW"), claim


def run_operations(
    facts: Facts, case: Case, deployment: Deployment, fixed_inputs: Mapping[str, float] | None = None
) -> Operations:
    """Draw every input once and run the plan on the deployment's paths.

    Parameters
    ----------
    facts : Facts
    case : Case
    deployment : Deployment
    fixed_inputs : mapping of str to float, optional
        Inputs held at a value, in the models' units, for a trigger's effect; all other draws
        stay as they are.

    Returns
    -------
    Operations

    Raises
    ------
    ParamsError, EvidenceError, ValueError
        If the case lacks what the model needs, or the deployment is longer than the account.
    """
    params = roi_params(case)
    inputs = draw(input_laws(case), deployment.paths, case.sampling.seed)
    for name, value in (fixed_inputs or {}).items():
        if name not in inputs:
            raise ParamsError([Problem(name, "There is no such input.", did_you_mean(name, inputs))])
        inputs[name] = np.full(deployment.paths, value)
    shocks = price_shocks(deployment.paths, params.years, case.sampling.seed)
    return operate(params, deployment, inputs, shocks, reference_power(facts, case)[0])


def assess(facts: Facts, case: Case, deployment: Deployment, operations: Operations, funding: Funding) -> Roi:
    """Run the return model.

    Parameters
    ----------
    facts : Facts
    case : Case
    deployment : Deployment
    operations : Operations
        From `run_operations` on the same deployment.
    funding : Funding
        From ``funding.assess`` on the same operations.

    Returns
    -------
    Roi
    """
    params, plan = roi_params(case), funding.plan
    measured = returns(operations, plan, operations.inputs["funding.cost_of_equity"])
    power_kw, power = reference_power(facts, case)
    company = funding_params(case).company
    shocks = price_shocks(deployment.paths, params.years, case.sampling.seed)
    chain = Chain(params, funding_params(case), deployment, power_kw, input_laws(case), (operations.inputs, shocks))
    break_even_use, break_even_price = break_evens(measured.break_even, operations.inputs)
    roi = Roi(
        operations=operations, returns=measured,
        break_even_use=break_even_use, break_even_price=break_even_price,
        choice=own_or_rent(operations, plan.wacc), use=use(operations),
        idle_margin=margin_per_idle_point(operations), idle_cash=cash_per_idle_point(operations),
        grid=value_grid(operations, plan, *_axes(params)),
        sensitivities={
            outcome: sensitivity(chain, outcome, company.unknowns if company else (), case.sampling.seed)
            for outcome in ("npv", "company_dscr_min")
        },
        many_roots=multiple_roots(measured.project_flows), results=(),
    )  # fmt: skip
    operands = (*deployment.operands, power)
    return replace(roi, results=roi_results(case, params, roi, funding, operands, deployment.months))


def _axes(params: RoiParams) -> tuple[Floats, Floats]:
    """Use from a tenth of the hours to all; price from half its low end to about twice its high one.

    The level expected is one of the prices, and one of every second of them.
    """
    level = params.price_level
    first = level.low / 2
    place = max(2 * round((PRICES - 1) / 2 * (level.value - first) / (2 * level.high - first)), 2)
    price: Floats = first + (level.value - first) / place * np.arange(PRICES, dtype=np.float64)
    price *= convert(1.0, level.unit, "USD/GPU-hour")
    return np.linspace(0.1, 1.0, USES), price

"""What a named course of the gates does to the account: the whole chain again, on the same draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.facts.adopt import Facts
from capexlib.figures import Figure, lineage, result
from capexlib.models.funding.lenders import covers, lowest
from capexlib.models.funding.model import Funding, fund, funding_params
from capexlib.models.funding.sampled import sampled
from capexlib.models.policy import Policy
from capexlib.models.roi.averages import PARTS, REACH, average_results, averaged, value_parts
from capexlib.models.roi.delivered import deployment_of
from capexlib.models.roi.deployment import Deployment
from capexlib.models.roi.model import Roi, run_operations
from capexlib.models.roi.operations import Operations
from capexlib.models.roi.returns import break_evens, equity_flows, worth, zero_of
from capexlib.params.schema import Case

Floats = NDArray[np.float64]
BN = 1e9

MEASURES = {
    "idle_money": ("Budget that waits at the gates, on average of the order years", "USD bn"),
    "compute": ("Compute installed when deliveries end", "thousand H100e"),
    "dscr_average": ("Debt service cover of the plan over the life of its debt", "ratio"),
    "dscr_min": ("Lowest debt service cover of the plan", "ratio"),
    "company_dscr_min": ("Lowest debt service cover of the company", "ratio"),
    "breakeven_utilisation": ("Break-even use of the hours", "fraction"),
    "breakeven_price": ("Break-even price level today", "USD/GPU-hour"),
    "npv": ("Net present value of the plan", "USD bn"),
}  # fmt: skip
CARRIED = ("policy.held", "policy.stranded", "policy.lost")
FINITE = ("idle_money", "compute", "npv")
"""Measures that every path has: their change is a mean, that of the others a median."""


@dataclass(frozen=True, slots=True)
class Course:
    """The account under one course of the gates.

    Parameters
    ----------
    measures : dict of str to ndarray, shape (n,)
        By the names in `MEASURES`, in their units; infinite where nothing breaks even or
        nothing is owed.
    parts : dict of str to ndarray, shape (n,)
        Of the net present value, USD bn: they sum to it.
    """

    measures: dict[str, Floats]
    parts: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Courses:
    """The drawn gates and every named scenario, on common random numbers.

    Parameters
    ----------
    drawn : Course
    named : dict of str to Course
    results : tuple of Figure
        Averages of the drawn account, then each scenario's measures, their differences
        from the drawn gates path by path, and the parts of the difference in value.
    """

    drawn: Course
    named: dict[str, Course]
    results: tuple[Figure, ...]


def assess(facts: Facts, case: Case, policy: Policy, deployment: Deployment, roi: Roi, funding: Funding) -> Courses:
    """Run deliveries, operations, funding and returns again under each named scenario.

    Parameters
    ----------
    facts : Facts
    case : Case
    policy : Policy
        Its world gives the draws; the plan stays what it is with open gates.
    deployment : Deployment
        Of the drawn gates.
    roi : Roi
    funding : Funding

    Returns
    -------
    Courses
    """
    lever = case.levers[policy.setting.policy.reported_mix]
    drawn = account(case, deployment, roi.operations)
    named = {}
    for key, scenario in case.scenarios.items():
        paths = policy.world.under(scenario).run(lever, by_vendor=True)
        there = deployment_of(policy.world, paths, policy.planned, deployment.operands)
        named[key] = account(case, there, run_operations(facts, case, there))
    used = next(figure for figure in roi.results if figure.id == "roi.npv").inputs
    figures = (*average_results(roi.operations, funding, used), *_results(case, drawn, named, used), *_unspent(policy))
    lineage(figures)
    return Courses(drawn, named, figures)


def account(case: Case, deployment: Deployment, operations: Operations) -> Course:
    """Fund the operations and measure what comes of them.

    Parameters
    ----------
    case : Case
    deployment : Deployment
        What the operations run on.
    operations : Operations

    Returns
    -------
    Course
    """
    flows, inputs = operations.project_flows(), operations.inputs
    plan = fund(funding_params(case), flows, inputs)
    covered = covers(flows, plan.debts, inputs)
    equity = inputs["funding.cost_of_equity"]
    factor = zero_of(lambda scale: worth(equity, equity_flows(operations, plan, scale[:, None])), deployment.paths)
    break_even_use, break_even_price = break_evens(factor, inputs)
    parts = {name: part / BN for name, part in value_parts(operations, plan.wacc).items()}
    idle = operations.idle_usd
    return Course(
        measures={
            "idle_money": idle.sum(axis=1) / max(int(idle.any(axis=0).sum()), 1) / BN,
            "compute": (deployment.installed(leased=False) + deployment.installed(leased=True))[:, -1] / 1e3,
            "dscr_average": covered.dscr_average, "dscr_min": lowest(covered.dscr),
            "company_dscr_min": lowest(covered.company_dscr),
            "breakeven_utilisation": break_even_use, "breakeven_price": break_even_price,
            "npv": np.sum(list(parts.values()), axis=0),
        },
        parts=parts,
    )  # fmt: skip


def middle_difference(one: Floats, other: Floats) -> tuple[float, float, float] | None:
    """Median of paired differences, with the 90 % range of its sampling error.

    Parameters
    ----------
    one, other : ndarray, shape (n,)
        The same paths; may be infinite. Pairs that are both infinite, or not known, say nothing.

    Returns
    -------
    median, low, high : float
        None where fewer than two pairs are known, or the median is infinite.

    Notes
    -----
    The range lies between order statistics, ``n/2 ± 1.645 √n / 2``: it needs no law and no
    finite mean.

    Examples
    --------
    >>> middle_difference(np.array([2.0, 4.0, np.inf]), np.array([1.0, 2.0, 3.0]))
    (2.0, 1.0, inf)
    """
    with np.errstate(invalid="ignore"):
        found = np.sort(one - other)
    known = found[~np.isnan(found)]
    if known.size < 2:
        return None
    below, above = float(known[(known.size - 1) // 2]), float(known[known.size // 2])
    middle = below if below == above else below / 2 + above / 2
    if not np.isfinite(middle):
        return None
    reach = REACH * np.sqrt(known.size) / 2
    low = max(int(np.floor(known.size / 2 - reach)), 0)
    high = min(int(np.ceil(known.size / 2 + reach)), known.size - 1)
    return middle, float(known[low]), float(known[high])


def _results(case: Case, drawn: Course, named: Mapping[str, Course], used: tuple[Figure, ...]) -> Iterator[Figure]:
    for key, course in named.items():
        said = case.scenarios[key].title
        for name, (title, unit) in MEASURES.items():
            yield sampled(f"roi.courses.{key}.{name}", f"{title}: {said}", course.measures[name], unit, used,
                          "the whole chain with the gates on this course, all other draws the same",
                          beyond="never break even" if name.startswith("breakeven") else "owe nothing")  # fmt: skip
            if name in FINITE:
                yield averaged(f"roi.courses.{key}.{name}.change", f"{title}, against the drawn gates: {said}",
                               course.measures[name] - drawn.measures[name], unit, used,
                               "mean over the paths of the difference")  # fmt: skip
                continue
            made = middle_difference(course.measures[name], drawn.measures[name])
            yield result(
                f"roi.courses.{key}.{name}.change", f"{title}, against the drawn gates: {said}",
                made[0] if made else None, unit, used, formula="median over the paths of the difference",
                low=_finite(made[1]) if made else None, high=_finite(made[2]) if made else None,
                interval="90 % range of the median's sampling error" if made else "no number",
            )  # fmt: skip
        for name, title in PARTS.items():
            yield averaged(f"roi.courses.{key}.value.{name}", f"{title}, against the drawn gates: {said}",
                           course.parts[name] - drawn.parts[name], "USD bn", used,
                           "mean of the difference in PV")  # fmt: skip
        yield averaged(f"roi.courses.{key}.value", f"Mean net present value, against the drawn gates: {said}",
                       course.measures["npv"] - drawn.measures["npv"], "USD bn", used, "sum of its parts")  # fmt: skip


def _unspent(policy: Policy) -> Iterator[Figure]:
    """Carry over what became of the processor budget that brought nothing."""
    for figure in policy.results:
        if figure.id in CARRIED:
            yield result(
                figure.id.replace("policy", "roi.budget"), figure.title, figure.value, figure.unit, (figure,),
                formula=figure.id, low=figure.low, high=figure.high, interval=figure.interval,
            )  # fmt: skip


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None

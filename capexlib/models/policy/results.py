"""The policy model's published numbers, each with its interval, its error and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, result
from capexlib.models.policy.decision_results import backtest_results, cause_results, choice_results
from capexlib.models.policy.outcomes import Outcome, outcome
from capexlib.models.policy.reporting import drawn, estimated, mean_and_error, said
from capexlib.models.scale import Scale

if TYPE_CHECKING:
    from capexlib.models.policy.model import Policy

_USD_BN, _THOUSAND = 1e9, 1e3


def policy_results(policy: Policy, scale: Scale) -> Iterator[Figure]:
    """Yield every published number of the policy model, in the order of the brief."""
    roots = _roots(policy, scale)
    yield from roots
    yield from _arrival(policy, roots)
    yield from _money(policy, roots)
    yield from _timing(policy, roots)
    yield from _vendors(policy, roots)
    yield from _gates(policy, roots)
    yield from _agreements(policy, roots)
    yield from choice_results(policy, roots)
    yield from cause_results(policy, roots)
    yield from backtest_results(policy, roots)


def _roots(policy: Policy, scale: Scale) -> list[Figure]:
    """Return the two figures on which all others rest: the money, and the draws of gates and vendors."""
    outcome = next((figure for figure in scale.results if figure.id == "plan.outcome"), scale.plan.usd)
    setting = policy.setting
    budget = drawn(
        "policy.budget", "Processor budget, as it may turn out", policy.world.budget_usd / _USD_BN, "USD bn",
        [outcome, setting.processor_share], formula=f"{outcome.id} × {setting.processor_share.id}",
    )  # fmt: skip
    months = f"{setting.months} months from {setting.first_month:%B %Y}"
    draws = result(
        "policy.paths", "Simulated paths", float(policy.world.size), "units", setting.assumption_figures(),
        formula="gates and vendors drawn from their laws, month by month", note=f"Horizon: {months}.",
        interval="a count",
    )  # fmt: skip
    return [budget, draws]


def _arrival(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    reported, params = policy.reported, policy.setting.policy
    planned = drawn(
        "policy.planned_compute", "Compute that the budget would bring with open gates",
        reported.planned[:, -1] / _THOUSAND, "thousand H100e", roots,
        formula="orders of the reported lever, every gate open, no quota, no duty",
    )  # fmt: skip
    compute = drawn(
        "policy.compute", "Compute in service at the end", reported.compute[:, -1] / _THOUSAND, "thousand H100e", roots,
        formula="orders of the reported lever through the gates",
    )  # fmt: skip
    yield planned
    yield compute
    yield drawn(
        "policy.share", "Share of the plan in service at the end", reported.share, "fraction", [compute, planned],
        formula=f"{compute.id} / {planned.id}, path by path",
    )  # fmt: skip
    month = min(params.order_months, policy.setting.months)
    yield drawn(
        "policy.share_order_end", "Share of the final plan in service when the last order is placed",
        reported.share_by_month[:, month - 1], "fraction", [compute, planned],
        formula=f"compute in month {month} / {planned.id}, path by path",
    )  # fmt: skip
    yield estimated(
        "policy.chance_enough", "Probability that enough of the plan arrives", *reported.chance_of(params.enough),
        "fraction", [compute, planned], formula=f"paths with at least {params.enough:.0%} of the plan / paths",
    )  # fmt: skip
    worst = reported.tail(params.tail)
    yield estimated(
        "policy.cvar_shortfall", "Mean shortfall in the worst paths", float(worst.cvar), float(worst.standard_error),
        "fraction", [compute, planned], formula=f"CVaR of the shortfall at {params.tail:.0%}, boundary-weighted",
    )  # fmt: skip
    yield estimated(
        "policy.expected_shortfall", "Mean shortfall", *mean_and_error(reported.shortfall), "fraction",
        [compute, planned], formula="mean over paths of max(1 − share, 0)",
    )  # fmt: skip
    yield drawn(
        "policy.other_way.share", "Share of the plan, ambiguous codings the other way", policy.other_way,
        "fraction", roots, formula="as policy.share, with the other coding of each ambiguous spell",
    )  # fmt: skip


def _money(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    reported = policy.reported
    titles = {
        "spent": "Spent on what was delivered", "stranded": "Prepaid for what has not arrived",
        "lost": "Prepaid and lost", "held": "Not spent",
    }  # fmt: skip
    for name, title in titles.items():
        yield drawn(
            f"policy.{name}", title, getattr(reported, name) / _USD_BN, "USD bn", roots,
            formula="USD at the horizon's end; spent + stranded + lost + held = budget on every path",
        )  # fmt: skip
    for name, title, made in (
        ("cost", "Cost of one H100-equivalent in service", reported),
        ("planned_cost", "The same with open gates", _as_planned(policy)),
    ):
        value, error = made.cost()
        if np.isfinite(value):
            yield estimated(
                f"policy.{name}", title, value, error, "USD/H100e", roots,
                formula="mean of money spent, stranded or lost / mean compute at the end",
            )  # fmt: skip


def _timing(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    for name, part in (("half", 0.5), ("ninety", 0.9)):
        reach = policy.reported.reach(part)
        known = np.isfinite(reach.median)
        yield result(
            f"policy.months_to_{name}", f"Months until {part:.0%} of the plan is in service",
            reach.median if known else float(policy.setting.months), "months", roots,
            formula="first month with that much compute, path by path; median",
            low=reach.low if np.isfinite(reach.low) else None, high=reach.high if np.isfinite(reach.high) else None,
            bound="point" if known else "at_least", interval="90 % of draws; no upper end where it may never come",
        )  # fmt: skip
        yield estimated(
            f"policy.never_{name}", f"Probability that {part:.0%} is not reached within the horizon", reach.never,
            reach.standard_error, "fraction", roots, formula="paths that never reach it / paths",
        )  # fmt: skip


def _vendors(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    flows = policy.paths.flows
    for place, (key, vendor) in enumerate(policy.setting.vendors.items()):
        ordered = flows.ordered[place].sum(axis=1)
        if not ordered.any():
            continue
        for name, title, samples, unit in (
            ("ordered", "ordered", ordered, "thousand units"),
            ("delivered", "delivered", flows.delivered[place].sum(axis=1), "thousand units"),
            ("compute", "compute in service at the end", flows.compute[place, :, -1], "thousand H100e"),
        ):
            yield drawn(
                f"policy.vendors.{key}.{name}", f"{vendor.title}: {title}", samples / _THOUSAND, unit, roots,
                formula="orders of the reported lever through the gates, orders placed again included",
            )  # fmt: skip


def _gates(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    for key, gate in policy.setting.gates.items():
        for start, end in gate.moves:
            law = gate.rate_law((start, end))
            low, high = law.ppf([0.05, 0.95]).tolist()
            yield result(
                f"policy.rates.{key}.{start}.{end}", f"{gate.params.title}: {said(start)} to {said(end)}", law.mean,
                "events/year", roots[1:], low=low, high=high, interval="90 % of the posterior at the central prior",
                formula="(prior events + events) / (prior events / prior rate + years seen)",
            )  # fmt: skip
        passing = gate.passes(policy.world.states[key], policy.world.values)
        yield estimated(
            f"policy.gates.{key}.lets_through", f"{gate.params.title}: mean part let through over the horizon",
            *mean_and_error(passing.mean(axis=1)), "fraction", roots[1:], formula="mean over paths and months",
        )  # fmt: skip


def _agreements(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    setting = policy.setting
    units = {
        "months": ("months", 1.0),
        "stayed": ("months", 1.0),
        "reached": ("fraction", 1.0),
        "delivered": ("thousand units", _THOUSAND),
    }
    for one in policy.agreements:
        unit, scale = units[one.kind]
        titled = setting.gates[one.subject].params if one.state else setting.vendors[one.subject]
        yield estimated(
            f"policy.agreement.{one.key}", f"{titled.title}: {one.kind} {said(one.state)}".rstrip(),
            one.beside.simulated / scale, one.beside.standard_error / scale, unit, roots[1:],
            formula="mean over the first paths, beside its expectation given each path's own rates",
            note=f"Exact: {one.beside.exact / scale:.6g}; difference {one.beside.z:.2f} standard errors.",
        )  # fmt: skip


def _as_planned(policy: Policy) -> Outcome:
    return outcome(policy.planned, policy.planned)

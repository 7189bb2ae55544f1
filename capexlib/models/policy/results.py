"""The policy model's published numbers, each with its interval, its error and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, result
from capexlib.models.policy.backtest import scores
from capexlib.models.policy.outcomes import Outcome
from capexlib.models.scale import Scale
from capexlib.models.uncertainty import interval
from capexlib.models.uncertainty.families import Floats

if TYPE_CHECKING:
    from capexlib.models.policy.model import Policy

DRAWS = "90 % of draws"
_USD_BN, _THOUSAND = 1e9, 1e3


def policy_results(policy: Policy, scale: Scale) -> Iterator[Figure]:
    """Yield every published number of the policy model, in the order of the brief."""
    roots = _roots(policy, scale)
    yield from roots
    yield from _arrival(policy, roots)
    yield from _money(policy, roots)
    yield from _timing(policy, roots)
    yield from _gates(policy, roots)
    yield from _choices(policy, roots)
    yield from _causes(policy, roots)
    yield from _past(policy, roots)


def drawn(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], *, formula: str, note: str = ""
) -> Figure:
    """Return a sample as a result: its median, with the 5th and 95th percentile."""
    made = interval(samples)
    return result(
        figure_id, title, made.median, unit, operands, formula=formula, low=made.low, high=made.high,
        interval=DRAWS, note=note,
    )  # fmt: skip


def estimated(
    figure_id: str, title: str, value: float, error: float, unit: str, operands: Iterable[Figure], *, formula: str,
    note: str = "",
) -> Figure:  # fmt: skip
    """Return a mean, a probability or a tail figure, with its Monte-Carlo error as a 90 % interval."""
    reach = 1.645 * error
    return result(
        figure_id, title, value, unit, operands, formula=formula, low=value - reach, high=value + reach,
        interval="90 % range of the sampling error", note=note,
    )  # fmt: skip


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
        "policy.expected_shortfall", "Mean shortfall", *_mean(reported.shortfall), "fraction", [compute, planned],
        formula="mean over paths of max(1 − share, 0)",
    )  # fmt: skip
    yield drawn(
        "policy.other_way.share", "Share of the plan, ambiguous codings the other way", policy.other_way.share,
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


def _gates(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    for key, gate in policy.setting.gates.items():
        for start, end in gate.moves:
            law = gate.rate_law((start, end))
            low, high = law.ppf([0.05, 0.95]).tolist()
            yield result(
                f"policy.rates.{key}.{start}.{end}", f"{gate.params.title}: {_said(start)} to {_said(end)}", law.mean,
                "events/year", roots[1:], low=low, high=high, interval="90 % of the posterior at the central prior",
                formula="(prior events + events) / (prior events / prior rate + years seen)",
            )  # fmt: skip
        passing = gate.passes(policy.world.states[key], policy.world.values)
        yield estimated(
            f"policy.gates.{key}.lets_through", f"{gate.params.title}: mean part let through over the horizon",
            *_mean(passing.mean(axis=1)), "fraction", roots[1:], formula="mean over paths and months",
        )  # fmt: skip


def _choices(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    level = policy.setting.policy.tail
    for key, made in policy.levers.items():
        title = policy.setting.case.levers[key].title
        yield estimated(
            f"policy.levers.{key}.mean", f"{title}: mean share of the plan", *_mean(made.share), "fraction", roots,
            formula="mean over paths",
        )  # fmt: skip
        worst = made.tail(level)
        yield estimated(
            f"policy.levers.{key}.cvar", f"{title}: mean shortfall in the worst paths", float(worst.cvar),
            float(worst.standard_error), "fraction", roots, formula=f"CVaR of the shortfall at {level:.0%}",
        )  # fmt: skip
    for key, made in policy.named.items():
        yield drawn(
            f"policy.scenarios.{key}.share", policy.setting.case.scenarios[key].title, made.share, "fraction", roots,
            formula="share of the plan with the gates on the named course",
        )  # fmt: skip
    table = policy.scenarios.table
    for place, key in enumerate(policy.scenarios.levers):
        title = policy.setting.case.levers[key].title
        yield estimated(
            f"policy.regret.{key}", f"{title}: largest regret over the scenarios", float(table.largest_regret[place]),
            float(table.regret_error[place, int(np.argmax(table.regret[place]))]), "fraction", roots,
            formula="share of the plan that the best lever of a scenario would have brought more, at most",
        )  # fmt: skip
    distance = policy.frontier.reported
    yield estimated(
        "policy.frontier.mean_lost", "Share of the plan that the reported mix gives away at its tail risk",
        distance.mean_lost, distance.mean_lost_error, "fraction", roots,
        formula="largest mean at the same CVaR of shortfall − mean of the reported mix (linear programme)",
    )  # fmt: skip
    yield estimated(
        "policy.frontier.cvar_excess", "Tail shortfall that the reported mix takes on beyond need",
        distance.cvar_excess, distance.cvar_excess_error, "fraction", roots,
        formula="CVaR of the reported mix − least CVaR at the same mean (linear programme)",
    )  # fmt: skip
    for kind, worths in (("vendors", policy.worths), ("timing", policy.waits)):
        for key, made in worths.items():
            for name, title, found in (("mean", "mean share", made.mean), ("cvar", "tail shortfall", made.tail)):
                yield estimated(
                    f"policy.worth.{kind}.{key}.{name}", f"{_said(key)}: change of the {title}",
                    float(found.difference), float(found.standard_error), "fraction", roots,
                    formula="difference on the same paths",
                )  # fmt: skip


def _causes(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    for name, found in policy.sensitivity.claims.items():
        yield estimated(
            f"policy.claims_share.{name}", "Part of the variance from not knowing which report is right",
            found.share, found.standard_error, "fraction", roots,
            formula="Var(E[compute | report]) / Var(compute)",
        )  # fmt: skip
    if policy.breaking:
        for name in ("coverage", "density"):
            yield result(
                f"policy.breaks.{name}", f"{name.capitalize()} of the conditions that break the plan",
                getattr(policy.breaking.chosen, name), "fraction", roots, formula="PRIM box, see the exhibit",
                interval="found on the same paths; no interval is claimed",
            )  # fmt: skip


def _past(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    for name, forecasts in (("asked", policy.forecasts), ("quarterly", policy.quarterly)):
        if not forecasts:
            continue
        made = scores(forecasts)
        few = f"{made.n} forecasts, not independent: no interval is claimed"
        operands = [*roots[1:], *(one.outcome for one in forecasts if one.outcome)]
        for which, title, value in (
            ("brier", "Brier score of the model", made.brier),
            ("naive_brier", "Brier score of the base rate", made.naive_brier),
            ("log", "Log score of the model", made.log),
            ("naive_log", "Log score of the base rate", made.naive_log),
        ):
            yield result(
                f"policy.backtest.{name}.{which}", title, value, "ratio", list(dict.fromkeys(operands)),
                formula="mean over the forecasts", interval=few,
            )  # fmt: skip


def _mean(samples: Floats) -> tuple[float, float]:
    return float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size))


def _said(key: str) -> str:
    return key.replace("_", " ")


def _as_planned(policy: Policy) -> Outcome:
    from capexlib.models.policy.outcomes import outcome

    return outcome(policy.planned, policy.planned)

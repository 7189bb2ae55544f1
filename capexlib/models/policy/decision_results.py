"""Published numbers of the choices, of what decides the outcome, and of the back-test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, result
from capexlib.models.decisions import tail
from capexlib.models.policy.backtest import scores
from capexlib.models.policy.breaking import quasi_p
from capexlib.models.policy.choices import Scenarios
from capexlib.models.policy.reporting import drawn, estimated, mean_and_error, said
from capexlib.models.policy.sensitivity import SHOWN_SWINGS

if TYPE_CHECKING:
    from capexlib.models.policy.model import Policy

FRONTIER = ("safest", "middle", "most")
"""Points of the frontier whose mixes are published."""
_THOUSAND = 1e3


def frontier_points(count: int) -> dict[str, int]:
    """Return the published points of a frontier, by their place on it.

    Examples
    --------
    >>> frontier_points(20)
    {'safest': 0, 'middle': 10, 'most': 19}
    >>> frontier_points(1)
    {'safest': 0}
    """
    places = dict(zip(FRONTIER, (0, count // 2, count - 1), strict=True))
    return {name: place for name, place in places.items() if name == "safest" or place > 0}


def choice_results(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    """Yield what levers, scenarios and mixes come to."""
    level, titles = policy.setting.policy.tail, {key: made.title for key, made in policy.setting.case.levers.items()}
    for key, share in policy.levers.items():
        yield estimated(
            f"policy.levers.{key}.mean", f"{titles[key]}: mean share of the plan", *mean_and_error(share), "fraction",
            roots, formula="mean over paths",
        )  # fmt: skip
        worst = tail(np.maximum(1.0 - share, 0.0), level)
        yield estimated(
            f"policy.levers.{key}.cvar", f"{titles[key]}: mean shortfall in the worst paths", float(worst.cvar),
            float(worst.standard_error), "fraction", roots, formula=f"CVaR of the shortfall at {level:.0%}",
        )  # fmt: skip
    for key, share in policy.named.items():
        yield drawn(
            f"policy.scenarios.{key}.share", policy.setting.case.scenarios[key].title, share, "fraction", roots,
            formula="share of the plan with the gates on the named course",
        )  # fmt: skip
    if policy.scenarios:
        yield from _regrets(policy.scenarios, titles, policy, roots)
    yield from _frontier(policy, roots)
    for kind, worths in (("vendors", policy.worths), ("timing", policy.waits)):
        for key, made in worths.items():
            for name, title, found in (("mean", "mean share", made.mean), ("cvar", "tail shortfall", made.tail)):
                yield estimated(
                    f"policy.worth.{kind}.{key}.{name}", f"{said(key)}: change of the {title}",
                    float(found.difference), float(found.standard_error), "fraction", roots,
                    formula="difference on the same paths",
                )  # fmt: skip


def _regrets(made: Scenarios, titles: dict[str, str], policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    table, params = made.table, policy.setting.policy
    once = "scenarios weigh alike: no sampling error is claimed"
    for place, key in enumerate(made.levers):
        yield estimated(
            f"policy.regret.{key}.expected", f"{titles[key]}: mean share over the scenarios",
            float(table.expected[place]), float(table.expected_error[place]), "fraction", roots,
            formula="mean over scenarios, alike, and paths",
        )  # fmt: skip
        yield result(
            f"policy.regret.{key}.worst", f"{titles[key]}: mean share in the worst outcomes",
            float(table.tail_mean[place]), "fraction", roots,
            formula=f"mean of the worst {1 - params.tail:.0%} of scenarios × paths", interval=once,
        )  # fmt: skip
        yield estimated(
            f"policy.regret.{key}.largest", f"{titles[key]}: largest regret over the scenarios",
            float(table.largest_regret[place]), float(table.regret_error[place, int(np.argmax(table.regret[place]))]),
            "fraction", roots,
            formula="share of the plan that the best lever of a scenario would have brought more, at most",
        )  # fmt: skip
        yield result(
            f"policy.regret.{key}.enough", f"{titles[key]}: part of outcomes that is enough",
            float(table.satisficing[place]), "fraction", roots,
            formula=f"scenarios × paths with at least {params.enough:.0%} of the plan / all", interval=once,
        )  # fmt: skip


def _frontier(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    found = policy.frontier
    yield estimated(
        "policy.frontier.mean_lost", "Share of the plan that the reported mix gives away at its tail risk",
        found.reported.mean_lost, found.reported.mean_lost_error, "fraction", roots,
        formula="mean at the same CVaR, on the line through the best mixes − mean of the reported mix, all simulated",
    )  # fmt: skip
    yield estimated(
        "policy.frontier.cvar_excess", "Tail shortfall that the reported mix takes on beyond need",
        found.reported.cvar_excess, found.reported.cvar_excess_error, "fraction", roots,
        formula="CVaR of the reported mix − CVaR at the same mean, on the line through the best mixes",
    )  # fmt: skip
    no_error = "simulated on the first paths; no sampling error is claimed"
    told = {name: (found.mean[place], found.cvar[place]) for name, place in frontier_points(len(found.mean)).items()}
    told |= {
        "reported": (found.reported_mean, found.reported_cvar), "equal": (found.reported.mean, found.reported.cvar),
        **{f"levers.{key}": made for key, made in found.levers.items()},
    }  # fmt: skip
    for name, (mean, cvar) in told.items():
        again = "" if name.startswith("levers.") else "even orders, no reserve, "
        for what, title, value in (("mean", "mean share of the plan", mean), ("cvar", "tail shortfall", cvar)):
            yield result(
                f"policy.frontier.{name}.{what}", f"Mix “{name}”: {title}", float(value), "fraction", roots,
                formula=f"{again}nothing ordered again", interval=no_error,
            )  # fmt: skip
    mixes = {name: found.shares[place] for name, place in frontier_points(len(found.mean)).items()}
    for name, shares in (mixes | {"equal": found.reported.shares}).items():
        for vendor, share in zip(found.vendors, shares.tolist(), strict=True):
            yield result(
                f"policy.frontier.{name}.mix.{vendor}", f"Mix “{name}”: {policy.setting.vendors[vendor].title}", share,
                "fraction", roots, formula="Rockafellar–Uryasev linear programme", interval="an optimum of the sample",
            )  # fmt: skip


def cause_results(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    """Yield what moves the outcome, and what breaks the plan."""
    found = policy.sensitivity
    for swing in found.swings[:SHOWN_SWINGS]:
        low, high = sorted((swing.outcome_low, swing.outcome_high))
        yield result(
            f"policy.swings.{result_id(swing.name)}", f"Mean compute with {swing.name} low and high",
            swing.outcome_base / _THOUSAND, "thousand H100e", roots, low=low / _THOUSAND, high=high / _THOUSAND,
            formula="one input at its 5th and 95th percentile, all others at their medians, over the gates' luck",
            interval="from one end of the input to the other",
        )  # fmt: skip
    if found.indices:
        made = found.indices
        ends = {
            "first": ("alone", made.first, made.first_low, made.first_high),
            "total": ("with interactions", made.total, made.total_low, made.total_high),
        }
        for place, name in enumerate(made.names):
            for kind, (words, value, low, high) in ends.items():
                yield result(
                    f"policy.variance.{result_id(name)}.{kind}", f"Part of the variance from {name}, {words}",
                    float(value[place]), "fraction", roots, formula="Sobol' index", low=float(low[place]),
                    high=float(high[place]), interval="95 % of bootstrap samples",
                )  # fmt: skip
    for name, made in found.claims.items():
        yield estimated(
            f"policy.claims_share.{name}", "Part of the variance from not knowing which report is right",
            made.share, made.standard_error, "fraction", roots, formula="Var(E[compute | report]) / Var(compute)",
        )  # fmt: skip
    if not policy.breaking:
        return
    for name in ("coverage", "density"):
        yield result(
            f"policy.breaks.{name}", f"{name.capitalize()} of the conditions that break the plan",
            getattr(policy.breaking.chosen, name), "fraction", roots, formula="PRIM box, see the exhibit",
            interval="found on the same paths; no interval is claimed",
        )  # fmt: skip
    for name, value in quasi_p(policy.breaking).items():
        yield result(
            f"policy.breaks.chance.{result_id(name)}", f"Quasi-p of the condition on {name}", value, "fraction", roots,
            formula="binomial chance of so many bad paths without the condition, the worse of its ends",
            interval="a probability",
        )  # fmt: skip


def backtest_results(policy: Policy, roots: list[Figure]) -> Iterator[Figure]:
    """Yield forecasts of earlier days and their scores."""
    for one in policy.forecasts:
        for which, title, value in (
            ("model", "the model", one.probability),
            ("naive", "the base rate", one.naive),
            ("persistence", "expecting no change", one.persistence),
        ):
            yield result(
                f"policy.question.{one.key}.{which}", f"{one.title}, by {title}", value, "fraction",
                [*roots[1:], *([one.outcome] if one.outcome else [])], formula=f"as known on {one.made_on}",
                interval="a probability", note=f"Happened: {'yes' if one.happened else 'no'}.",
            )  # fmt: skip
    for name, forecasts in (("asked", policy.forecasts), ("quarterly", policy.quarterly)):
        if not forecasts:
            continue
        made = scores(forecasts)
        few = f"{made.n} forecasts, not independent: no interval is claimed"
        operands = [*roots[1:], *(one.outcome for one in forecasts if one.outcome)]
        for which, title, value in (
            ("brier", "Brier score of the model", made.brier),
            ("naive_brier", "Brier score of the base rate", made.naive_brier),
            ("persistence_brier", "Brier score of expecting no change", made.persistence_brier),
            ("log", "Log score of the model", made.log),
            ("naive_log", "Log score of the base rate", made.naive_log),
            ("persistence_log", "Log score of expecting no change", made.persistence_log),
        ):
            yield result(
                f"policy.backtest.{name}.{which}", title, value, "ratio", list(dict.fromkeys(operands)),
                formula="mean over the forecasts", interval=few,
            )  # fmt: skip


def result_id(name: str) -> str:
    """Return an input's dotted name as a part of a result's id.

    Examples
    --------
    >>> result_id("gates.licence.closed>open")
    'gates.licence.closed.open'
    """
    return name.replace(">", ".")

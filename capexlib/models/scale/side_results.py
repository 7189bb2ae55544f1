"""Numbers that stand beside the main results: ranks of peers, remainders, rivals' standing, sensitivities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, Status, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.scale.arithmetic import ratio
from capexlib.params.schema import Case

if TYPE_CHECKING:
    from capexlib.models.scale.model import Scale

_NO_INTERVAL = "a remainder has none"


def pool_weight(case: Case, claim: str) -> Figure:
    """Return the weight that a case gives to a rival claim, as an assumption."""
    pooled = case.plan.pool[claim]
    return Figure(
        id=f"assumption.plan.pool.{claim}.weight", title=f"weight of {claim}", value=pooled.weight, unit="fraction",
        kind="assumption", status=Status.ASSUMPTION, note=pooled.why, interval="chosen",
    )  # fmt: skip


def side_results(scale: Scale, case: Case, own: Figure, group: list[Figure]) -> list[Figure]:
    """Compute every further number that the exhibits print.

    Parameters
    ----------
    scale : Scale
        Whole but for its results.
    case : Case
    own : Figure
        What the case will have spent.
    group : list of Figure
        What everybody will, the case included.

    Returns
    -------
    list of Figure
    """
    return [*_ranks(scale, case, group), *_shares(scale), *_standing(scale, case), *_sensitivity(scale, case, own)]


def _ranks(scale: Scale, case: Case, group: list[Figure]) -> Iterator[Figure]:
    """Give each peer's rank: the likeliest, its 90 % interval, and in the note the chance of every one."""
    ranking = scale.ranking
    for entity in ranking.entities:
        if entity == case.entity:
            continue
        chances = ranking.of(entity)
        reached = np.cumsum(chances)
        words = "; ".join(f"rank {n}: {p:.1%}".replace("%", "\u00a0%") for n, p in enumerate(chances, 1) if p > 0)
        yield result(
            f"ranks.{entity}", f"{entity}: rank by capex", float(np.argmax(chances)) + 1, "units", group,
            formula="share of draws with each rank", low=float(np.searchsorted(reached, 0.05)) + 1,
            high=float(np.searchsorted(reached, 0.95)) + 1, period=str(ranking.year), note=f"Share of draws, {words}.",
            interval="90 % of draws; the value is the likeliest rank",
        )  # fmt: skip


def _shares(scale: Scale) -> Iterator[Figure]:
    """Return what no report names of the plan, and the assumed share where none names a part."""
    parts = [part.share for part in scale.parts]
    if not parts:
        budget, plan = scale.processors.figure, scale.plan.usd
        low, high = ((end or 0.0) / plan.best for end in (budget.low, budget.high))
        share = result(
            "processors.share", "Processors, share of the plan", budget.best / plan.best, "fraction", [budget, plan],
            formula=f"{budget.id} / {plan.id}", recipe=("/", budget.id, plan.id), low=low, high=min(high, 1.0),
            period=budget.period, interval=budget.interval,
        )  # fmt: skip
        yield share
        parts = [share]
    left = 1.0 - sum(part.best for part in parts)
    if left >= 0:
        yield result(
            "part.rest", "All else, share of the plan", left, "fraction", parts, period=parts[0].period,
            formula=f"1 − {' − '.join(part.id for part in parts)}", recipe=("-", 1.0, *(part.id for part in parts)),
            interval=_NO_INTERVAL,
        )  # fmt: skip


def _standing(scale: Scale, case: Case) -> Iterator[Figure]:
    """Give each report in dollars, its rank among the peers' stated figures, and its distance from the adopted plan."""
    peers = [amount.usd for entity, amount in scale.compared.items() if entity != case.entity]
    for rival in scale.plan.rivals:
        name = f"if_adopted.{rival.claim.id}"
        yield rival.usd
        yield result(
            f"{name}.rank", "Rank of the plan under this report", 1.0 + sum(p.best > rival.usd.best for p in peers),
            "units", [rival.usd, *peers], formula="1 + companies whose stated capex is above",
            recipe=("rank", rival.usd.id, *(peer.id for peer in peers)), period=case.plan.period,
            interval="a rank of stated figures has none",
        )  # fmt: skip
        if rival.claim.id != scale.plan.claim.id:
            yield ratio(
                f"{name}.change", "This report against the adopted one", rival.usd, scale.plan.usd, minus_one=True
            )


def _sensitivity(scale: Scale, case: Case, own: Figure) -> Iterator[Figure]:
    """Give the outcome at both ends of each input, and the share of its variance that the input explains."""
    if not scale.sensitivity.swings:
        return
    rests = [own, assumption_figure("scale.conversion_spread", case.scale.conversion_spread)]
    for swing in scale.sensitivity.swings:
        name, period = f"sensitivity.{swing.id}", case.plan.period
        ends = sorted((swing.low, swing.high))
        yield result(
            name, f"{swing.title}: the outcome at its ends", scale.sensitivity.central, "USD bn", rests,
            formula="the model at the input's 5th and 95th percentile, the others at their median", low=ends[0],
            high=ends[1], period=period, bound="range", interval="5th to 95th percentile of the input",
        )  # fmt: skip
        for kind, index in (("alone", swing.first), ("with_interactions", swing.total)):
            if index is not None:
                yield result(
                    f"{name}.{kind}", f"{swing.title}: share of the variance, {kind.replace('_', ' ')}",
                    max(index, 0.0), "fraction", rests, formula="Sobol' index by Saltelli's design", period=period,
                    interval="a share of variance has none here",
                )  # fmt: skip

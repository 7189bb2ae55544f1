"""The scale model whole: how big is the plan, compared with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from capexlib.errors import EvidenceError, Problem, did_you_mean
from capexlib.facts.adopt import Facts
from capexlib.figures import Figure, lineage, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.scale.arithmetic import quotient
from capexlib.models.scale.budget import (
    STREAMS,
    ChipOption,
    PlanPart,
    ProcessorBudget,
    ReportedOrder,
    chip_options,
    plan_parts,
    processor_budget,
    reported_orders,
)
from capexlib.models.scale.calendarise import YEARLIKE_DAYS, Method
from capexlib.models.scale.checks import Checked, run_checks
from capexlib.models.scale.comparison import YearAmount, capex_table
from capexlib.models.scale.context import AllIn, Intensity, PerUser, all_in, intensities, lease_streams, per_user
from capexlib.models.scale.grounds import check_grounds
from capexlib.models.scale.outcome import Pool, Ranking, outcome, outcome_ratio, pool, rank, stated_outcome
from capexlib.models.scale.plan import PlanView, plan_view
from capexlib.models.scale.sensitivity import PlanSensitivity, plan_sensitivity
from capexlib.models.scale.side_results import pool_weight, side_results
from capexlib.models.uncertainty import Interval, interval, uniforms
from capexlib.params.schema import Case
from capexlib.periods import parse_period


@dataclass(frozen=True, slots=True)
class Scale:
    """Everything the scale brief shows.

    Parameters
    ----------
    year : int
        Calendar year of the plan.
    comparison_year : int
        Calendar year of the peers' figures that the plan is set beside: the plan's
        year, or the latest for which half of the peers are known.
    entities : tuple of str
        The case, then its peers.
    plan : PlanView
    pool : Pool or None
    capex : dict
        ``(entity, year)`` to :class:`YearAmount`.
    compared : dict
        Entity to its amount in the comparison: the plan, and the peers' figures.
    ranking : Ranking
    plan_outcome : Interval
        What the case will have spent in the plan's year, USD bn.
    parts, orders, chips, intensity, users, leases, checks : list
    processors : ProcessorBudget
    sensitivity : PlanSensitivity
    results : tuple of Figure
        Every published number of the model, ids unique.
    """

    year: int
    comparison_year: int
    entities: tuple[str, ...]
    plan: PlanView
    pool: Pool | None
    capex: dict[tuple[str, int], YearAmount]
    compared: dict[str, YearAmount]
    ranking: Ranking
    plan_outcome: Interval
    parts: list[PlanPart]
    orders: list[ReportedOrder]
    processors: ProcessorBudget
    chips: list[ChipOption]
    intensity: list[Intensity]
    users: list[PerUser]
    leases: list[AllIn]
    checks: list[Checked]
    sensitivity: PlanSensitivity
    results: tuple[Figure, ...]

    @property
    def shown_claims(self) -> tuple[str, ...]:
        """Ids of the claims that exhibits show and no result rests on: what rivals said, what was printed."""
        printed = [name for checked in self.checks if checked.printed for name in checked.printed.claims]
        return tuple(dict.fromkeys([*(claim.id for claim in self.plan.told), *printed]))


def assess(facts: Facts, case: Case) -> Scale:
    """Run the scale model.

    Parameters
    ----------
    facts : Facts
        The ledger as of the case's date.
    case : Case

    Returns
    -------
    Scale

    Raises
    ------
    ParamsError
        If an assumption's range has no law of its family.
    EvidenceError
        If evidence that the case needs is missing, tied or not yet public.
    """
    check_grounds(facts, case)
    entities = (case.entity, *case.peers)
    plan = plan_view(facts, case)
    year = parse_period(case.plan.period).end.year
    capex = capex_table(
        facts, entities, range(case.scale.first_year, year + 1), preferred={case.entity: case.plan.quantity}
    )
    streams = uniforms(_streams(case, entities), case.sampling.draws, case.sampling.seed)
    pooled = _pool(case, plan)
    comparison_year = _comparison_year(capex, case.peers, year)
    compared = {case.entity: _plan_amount(case, plan, year)} | {
        peer: capex[peer, comparison_year] for peer in case.peers if (peer, comparison_year) in capex
    }
    outcomes = {entity: outcome(case.scale, amount) for entity, amount in compared.items()}
    outcomes[case.entity] = stated_outcome(case.scale, plan.unspread_usd)
    if pooled:
        outcomes[case.entity] = (pooled.distribution, "pool")
    ranking = rank(comparison_year, outcomes, streams)
    parts = plan_parts(facts, case, plan)
    budget = processor_budget(case, plan, parts, streams)
    users = per_user(facts, case, compared)
    own_users = next((row for row in users if row.entity == case.entity), None)
    scale = Scale(
        year=year, comparison_year=comparison_year, entities=entities, plan=plan, pool=pooled, capex=capex,
        compared=compared, ranking=ranking,
        plan_outcome=interval(ranking.samples[:, ranking.entities.index(case.entity)]),
        parts=parts, orders=reported_orders(facts, case), processors=budget,
        chips=chip_options(facts, case, budget, streams, own_users),
        intensity=intensities(facts, capex, entities, year), users=users,
        leases=all_in(facts, case, compared, streams), checks=run_checks(facts, case.checks, capex),
        sensitivity=plan_sensitivity(case, plan), results=(),
    )  # fmt: skip
    return _with_results(facts, scale, case)


def _plan_amount(case: Case, plan: PlanView, year: int) -> YearAmount:
    """Return the plan as the case's amount in the comparison; it must be about one year."""
    span = parse_period(case.plan.period)
    if span.days not in YEARLIKE_DAYS:
        problem = Problem(
            "plan.period",
            f"{case.plan.period!r} has {span.days} days; the comparison needs a plan for one year.",
            "Name a calendar or fiscal year.",
        )
        raise EvidenceError([problem])
    method: Method = "as stated" if span.is_calendar_year else "nearest fiscal year"
    return YearAmount(case.entity, year, case.plan.quantity, plan.stated, plan.unspread_usd, plan.rate, method, 1.0)


def _comparison_year(capex: dict[tuple[str, int], YearAmount], peers: tuple[str, ...], year: int) -> int:
    """Return the plan's year, or the latest before it with figures of half of the peers."""
    for candidate in (year, year - 1, year - 2):
        if 2 * sum((peer, candidate) in capex for peer in peers) >= len(peers):
            return candidate
    return year


def _streams(case: Case, entities: tuple[str, ...]) -> list[str]:
    """Every random stream of the model, in a fixed order: new ones go to the end."""
    return [*STREAMS, *(f"outcome.{entity}" for entity in entities), *lease_streams(case)]


def _pool(case: Case, plan: PlanView) -> Pool | None:
    if not case.plan.pool:
        return None
    stated = {rival.claim.id: rival.usd for rival in plan.rivals}
    missing = [claim for claim in case.plan.pool if claim not in stated]
    if missing:
        raise EvidenceError([
            Problem(f"plan.pool.{claim}", "Not a usable claim about the plan as of the date.",
                    did_you_mean(claim, stated))
            for claim in missing
        ])  # fmt: skip
    return pool(case.scale, stated, {claim: pooled.weight for claim, pooled in case.plan.pool.items()})


def _with_results(facts: Facts, scale: Scale, case: Case) -> Scale:
    titles, names = facts.ledger.quantities, facts.ledger.entities
    figures = [
        scale.plan.stated.renamed("plan.stated", f"Plan for {case.plan.period}"),
        *([scale.plan.rate] if scale.plan.rate.claims else []),
        scale.plan.usd,
    ]
    figures += [figure for figure in (scale.plan.baseline, scale.plan.growth) if figure]
    figures += [
        amount.usd.renamed(f"capex.{entity}.{year}", f"{names[entity].name}, {year}: {titles[amount.quantity].title}")
        for (entity, year), amount in scale.capex.items()
    ]
    figures += _ranking_results(facts, scale, case)
    for part in scale.parts:
        figures += [part.amount, part.usd, part.share]
    for order in scale.orders:
        figures += [order.value, order.share]
    figures.append(scale.processors.figure)
    for option in scale.chips:
        figures += option.results
    for row in scale.intensity:
        figures += [figure for figure in (row.on_revenue, row.on_cash_flow) if figure]
    figures += [row.usd_per_user for row in scale.users]
    for row in scale.leases:
        figures += [row.leases, row.total]
    figures += [checked.computed for checked in scale.checks]
    lineage(figures)
    return replace(scale, results=tuple(dict.fromkeys(figures)))


def _ranking_results(facts: Facts, scale: Scale, case: Case) -> list[Figure]:
    ranking, names = scale.ranking, facts.ledger.entities
    own = result(
        "plan.outcome", f"Spending in {scale.year} when the year is over", scale.plan_outcome.median, "USD bn",
        _own_operands(scale, case), formula="stated figure × outcome ratio, draw by draw", low=scale.plan_outcome.low,
        high=scale.plan_outcome.high, period=str(scale.year), interval="90 % of draws",
    )  # fmt: skip
    peers = {
        entity: _peer_outcome(scale, case, entity, names[entity].name)
        for entity in ranking.entities if entity != case.entity
    }  # fmt: skip
    group = [own, *peers.values()]
    period, interval_of = str(ranking.year), "90 % of draws"
    share = ranking.share(case.entity)
    made = [own, *peers.values(), result(
        "plan.share_of_group", "Share of the group's capex", share.median, "fraction", group,
        formula="plan.outcome / sum of the group, draw by draw", low=share.low, high=share.high, period=period,
        interval=interval_of,
    )]  # fmt: skip
    for entity, peer in peers.items():
        times = ranking.multiple(entity, case.entity)
        made.append(result(
            f"multiple.{entity}", f"{names[entity].name}'s capex as a multiple of the plan", times.median, "ratio",
            [peer, own], formula=f"{peer.id} / plan.outcome, draw by draw", low=times.low, high=times.high,
            period=period, interval=interval_of,
        ))  # fmt: skip
        made.append(quotient(
            f"stated_multiple.{entity}", f"{names[entity].name}'s capex over the plan, both as stated",
            scale.compared[entity].usd, scale.plan.unspread_usd, unit="ratio", scale=1.0,
        ))  # fmt: skip
        made.append(result(
            f"outspends.{entity}", f"Probability that the plan exceeds {names[entity].name}'s capex",
            ranking.outspends(case.entity, entity), "fraction", [peer, own],
            formula=f"share of draws with plan.outcome above {peer.id}", period=period,
            interval="a probability has none",
        ))  # fmt: skip
    first, last, likely = ranking.likely_ranks(case.entity)
    made.append(result(
        "rank.likely", f"Probability of ranks {first} to {last}", likely, "fraction", group,
        formula="share of draws", period=period, interval="a probability has none",
    ))  # fmt: skip
    for position, chance in enumerate(ranking.of(case.entity), start=1):
        made.append(result(
            f"rank.{position}", f"Probability of rank {position}", float(chance), "fraction", group,
            formula="share of draws", period=str(ranking.year), interval="a probability has none",
        ))  # fmt: skip
    return made + side_results(scale, case, own, group)


def _peer_outcome(scale: Scale, case: Case, entity: str, name: str) -> Figure:
    """Return what a peer will have spent: its figure, with a spread where it is not final."""
    ranking = scale.ranking
    stated, spread = scale.compared[entity].usd, _spread(case, [ranking.assumptions[entity]])
    drawn = interval(ranking.samples[:, ranking.entities.index(entity)])
    return result(
        f"outcome.{entity}", f"{name}'s spending when the year is over", drawn.median, "USD bn", [stated, *spread],
        formula=" × ".join(figure.id for figure in [stated, *spread]) + (", draw by draw" if spread else ""),
        low=drawn.low if spread else None, high=drawn.high if spread else None, period=str(ranking.year),
        interval="90 % of draws" if spread else "the figure is final", recipe=() if spread else ("*", stated.id, 1.0),
    )  # fmt: skip


def _own_operands(scale: Scale, case: Case) -> list[Figure]:
    """Say what the case's outcome rests on: the adopted claim, or every pooled one."""
    if not scale.pool:
        return [scale.plan.usd, *_spread(case, [scale.ranking.assumptions[case.entity]])]
    rivals = [rival.usd for rival in scale.plan.rivals if rival.claim.id in scale.pool.claims]
    names = [ratio[0] for usd in rivals if (ratio := outcome_ratio(case.scale, usd.status, usd.bound))]
    weights = [pool_weight(case, claim) for claim in scale.pool.claims]
    return [*rivals, *weights, *_spread(case, names)]


def _spread(case: Case, names: Iterable[str]) -> list[Figure]:
    return [assumption_figure(f"scale.{name}", getattr(case.scale, name)) for name in dict.fromkeys(names) if name]

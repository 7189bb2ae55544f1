"""The plan itself: what is adopted, what rivals say, in which currency, up by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.facts.named import dollar_rate
from capexlib.facts.records import Claim, as_fact
from capexlib.figures import Figure, Status, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.scale.arithmetic import ratio
from capexlib.models.scale.comparison import to_usd_bn
from capexlib.params.schema import Case
from capexlib.units import parse_unit


@dataclass(frozen=True, slots=True)
class Rival:
    """One claim about the plan, adopted or not.

    Parameters
    ----------
    claim : Claim
    stated : Figure
        In the source's currency.
    usd : Figure
        In USD bn at the rate of its day.
    """

    claim: Claim
    stated: Figure
    usd: Figure


@dataclass(frozen=True, slots=True)
class PlanView:
    """The plan as of the date.

    Parameters
    ----------
    stated : Figure
        The adopted figure in the source's currency.
    usd : Figure
        In USD bn; its interval is the conversion's.
    unspread_usd : Figure
        In USD bn with the source's own bounds only.
    rate : Figure
        USD per one of the source's currency.
    claim : Claim
        The adopted claim.
    rivals : tuple of Rival
        Every claim of its own about the plan, oldest first, the adopted one included.
    told : tuple of Claim
        Everything said of the plan by the day it was known: rivals, reprints, what is
        flagged, and statements that deny or qualify one of them.
    baseline, growth : Figure or None
    why : str
        Why this claim was adopted.
    """

    stated: Figure
    usd: Figure
    unspread_usd: Figure
    rate: Figure
    claim: Claim
    rivals: tuple[Rival, ...]
    told: tuple[Claim, ...]
    baseline: Figure | None
    growth: Figure | None
    why: str


def dollars_at(facts: Facts, figure: Figure) -> tuple[Figure, Figure]:
    """Return a figure of one claim in USD bn at the rate of the claim's day, and that rate."""
    rate = dollar_rate(facts, figure)
    return to_usd_bn(figure, rate), rate


def rates_between(facts: Facts, one: Figure, other: Figure) -> tuple[Figure, Figure] | None:
    """Return rates that bring two claims' figures to the currency of the first; None if they share it.

    The second is converted at the rate of its own period or day, so that a move of
    the exchange rate between the two does not count as growth.
    """
    currency, foreign = parse_unit(one.unit).currency, parse_unit(other.unit).currency
    for figure, found in ((one, currency), (other, foreign)):
        if found is None and currency != foreign:
            raise EvidenceError([Problem(figure.id, f"{figure.unit!r} is not money.", "Name a claim about money.")])
    if currency is None or foreign is None or currency == foreign:
        return None
    claim = facts.ledger.claims[other.claims[0]]
    own = facts.exchange.rate(currency, currency, facts.as_of)
    return own, facts.exchange.rate_for(foreign, currency, claim.span, claim.known_on)


def floor_note(plan: Figure) -> str:
    """Say that a computed amount starts from the one bound that a claim gives."""
    words = {"at_least": "computed from the floor that was named", "at_most": "computed from the ceiling"}
    return words.get(plan.bound, "")


def plan_view(facts: Facts, case: Case) -> PlanView:
    """Adopt the plan and gather what speaks against it.

    Raises
    ------
    EvidenceError
        If nothing about the plan was known, or rival claims are tied.
    """
    plan = case.plan
    stated = facts.fact(case.entity, plan.quantity, plan.period)
    if stated is None:
        problem = Problem(
            "plan",
            f"No usable claim about {case.entity}/{plan.quantity}/{plan.period} was public on {facts.as_of}.",
            "Add one, or change plan.quantity, plan.period or as_of.",
        )
        raise EvidenceError([problem])
    if stated.best <= 0:
        what = f"The plan is {stated.best:g} {stated.unit} ({stated.claims[0]}); nothing can be set beside it."
        raise EvidenceError([Problem("plan", what, "Choose another claim by a ruling, or another plan.")])
    claim = facts.ledger.claims[stated.claims[0]]
    converted, rate = dollars_at(facts, stated)
    usd = converted.renamed("plan.usd", f"Plan for {plan.period}")
    if parse_unit(stated.unit).currency != "USD":
        spread = assumption_figure("scale.conversion_spread", case.scale.conversion_spread)
        is_range = stated.bound == "range"
        low, high = (converted.low, converted.high) if is_range else (converted.best, converted.best)
        usd = result(
            "plan.usd", f"Plan for {plan.period} in US dollars", converted.best, "USD bn", [stated, rate, spread],
            formula=f"{stated.id} × {rate.id} × (1 + {spread.id})",
            low=(low or 0) * (1 + (spread.low or 0)), high=(high or 0) * (1 + (spread.high or 0)),
            period=plan.period, bound=stated.bound,
            interval="the claim's range and its conversion" if is_range else "conversion only",
            note="" if is_range else "the interval is that of the conversion, not of the plan",
            recipe=converted.recipe,
        )  # fmt: skip
    baseline, growth = _growth(facts, case, stated)
    why = facts.rulings[key].why if (key := f"{case.entity}/{plan.quantity}/{plan.period}") in facts.rulings else (
        "the firmest and newest claim by the rule of adoption"
    )  # fmt: skip
    rivals, told = _rivals(facts, case), _told(facts, case)
    return PlanView(stated, usd, converted, rate, claim, rivals, told, baseline, growth, why)


def _told(facts: Facts, case: Case) -> tuple[Claim, ...]:
    about = facts.about(case.entity, case.plan.quantity, case.plan.period)
    ids = {claim.id for claim in about}
    words = [
        claim for claim in facts.ledger.about(case.entity)
        if claim.is_statement and claim.known_on <= facts.as_of and ids & {*claim.denies, *claim.conflicts_with}
    ]  # fmt: skip
    return tuple(sorted([*about, *words], key=lambda claim: (claim.known_on, claim.id)))


def _rivals(facts: Facts, case: Case) -> tuple[Rival, ...]:
    """Gather every claim of its own about the plan; guidance that the company revised is no rival."""
    about = facts.about(case.entity, case.plan.quantity, case.plan.period)
    revised = {old for claim in about if claim.status is Status.GUIDANCE for old in claim.supersedes}
    claims = [claim for claim in about if claim.is_adoptable and claim.id not in revised]
    rivals = []
    for claim in sorted(claims, key=lambda claim: (claim.known_on, claim.id)):
        stated = replace(as_fact(claim), id=claim.id)
        rivals.append(Rival(claim, stated, dollars_at(facts, stated)[0]))
    return tuple(rivals)


def _growth(facts: Facts, case: Case, stated: Figure) -> tuple[Figure | None, Figure | None]:
    base = case.plan.baseline
    if base is None:
        return None, None
    baseline = facts.fact(case.entity, base.quantity, base.period)
    if baseline is None or baseline.best <= 0:
        return None, None
    note = base.why
    if base.quantity != case.plan.quantity:
        titles = facts.ledger.quantities
        note = f"two definitions: {titles[case.plan.quantity].title} on {titles[base.quantity].title}; {base.why}"
    growth = ratio(
        "plan.growth", f"Growth on {base.period}", stated, baseline, minus_one=True, note=note,
        rates=rates_between(facts, stated, baseline),
    )  # fmt: skip
    return baseline.renamed("plan.baseline", f"Baseline, {base.period}"), growth

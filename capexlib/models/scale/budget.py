"""Parts of the plan, reported orders, and what the processor budget would buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.figures import Figure, result
from capexlib.models.scale.arithmetic import product, ratio
from capexlib.models.scale.compute import ChipOption, affordable_units, h100_equivalents, power_mw
from capexlib.models.scale.context import PerUser
from capexlib.models.scale.outcome import distribution
from capexlib.models.scale.plan import PlanView, assumption_figure, dollars_at, known_claim, rates_between
from capexlib.models.uncertainty import Interval, interval
from capexlib.params.schema import Case
from capexlib.units import convert, parse_unit

Samples = NDArray[np.float64]
STREAMS = ("conversion_spread", "processor_share", "power_overhead", "pue")


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of the plan that the same report names.

    Parameters
    ----------
    id, title : str
    amount, usd, share : Figure
        In the source's currency; in USD bn; a fraction of the whole it belongs to.
    of_adopted : bool
        Whether that whole is the adopted plan.
    """

    id: str
    title: str
    amount: Figure
    usd: Figure
    share: Figure
    of_adopted: bool


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """An order reported in units with a price.

    Parameters
    ----------
    id, title : str
    units, price, value, share : Figure
        Count; USD each; USD m; fraction of the budget it would come from.
    """

    id: str
    title: str
    units: Figure
    price: Figure
    value: Figure
    share: Figure


def plan_parts(facts: Facts, case: Case, plan: PlanView) -> list[PlanPart]:
    """Parts with their shares of the whole that the same report gives."""
    rows = []
    for key, part in case.parts.items():
        amount = known_claim(facts, part.claim, f"parts.{key}.claim")
        whole = known_claim(facts, part.of, f"parts.{key}.of")
        rates = rates_between(facts, amount, whole)
        share = ratio(f"part.{key}.share", f"{part.title}, share of the plan", amount, whole, rates=rates)
        rows.append(PlanPart(
            key, part.title, amount.renamed(f"part.{key}", part.title),
            dollars_at(facts, amount)[0].renamed(f"part.{key}.usd", f"{part.title}, in US dollars"),
            share, part.of == plan.claim.id,
        ))  # fmt: skip
    return rows


def reported_orders(facts: Facts, case: Case) -> list[ReportedOrder]:
    """Orders with their value and their share of the budget."""
    rows = []
    for key, order in case.orders.items():
        units = known_claim(facts, order.units, f"orders.{key}.units")
        price = known_claim(facts, order.price, f"orders.{key}.price")
        budget = known_claim(facts, order.of, f"orders.{key}.of")
        currency = parse_unit(price.unit).currency
        try:
            value = product(f"order.{key}.value", f"{order.title}, value", units, price, f"{currency} m")
        except ValueError as error:
            problem = Problem(f"orders.{key}", f"{str(error).capitalize()}.", "Name a count and the price of one.")
            raise EvidenceError([problem]) from error
        rates = rates_between(facts, price, budget)
        share = ratio(f"order.{key}.share", f"{order.title}, share of the budget", value, budget, rates=rates)
        rows.append(ReportedOrder(key, order.title, units, price, value, share))
    return rows


@dataclass(frozen=True, slots=True)
class ProcessorBudget:
    """The money for processors, drawn.

    Parameters
    ----------
    figure : Figure
        USD bn.
    samples : ndarray, shape (n_draws,)
        USD bn.
    """

    figure: Figure
    samples: Samples


def processor_budget(
    case: Case, plan: PlanView, parts: list[PlanPart], uniforms: Mapping[str, Samples]
) -> ProcessorBudget:
    """Processor budget: as the adopted plan's report states it, else a share of the plan.

    Only a part named ``processors`` that belongs to the adopted plan counts as
    stated; the share of another report's plan would mix two stories.
    """
    spread = assumption_figure("conversion_spread", case.scale.conversion_spread)
    drawn_spread = distribution(case.scale.conversion_spread).ppf(uniforms["conversion_spread"])
    stated = next((part for part in parts if part.id == "processors" and part.of_adopted), None)
    is_foreign = parse_unit((stated.amount if stated else plan.stated).unit).currency != "USD"
    conversion = 1 + drawn_spread if is_foreign else np.ones_like(drawn_spread)
    if stated:
        samples, operands = stated.usd.best * conversion, [stated.usd, *([spread] if is_foreign else [])]
        formula = f"{stated.usd.id} × (1 + {spread.id})" if is_foreign else stated.usd.id
        bound = stated.usd.bound
    else:
        share = assumption_figure("processor_share", case.scale.processor_share)
        drawn = distribution(case.scale.processor_share).ppf(uniforms["processor_share"])
        samples, operands = plan.usd.best * conversion * drawn, [plan.usd, share]
        formula = f"{plan.usd.id} × {share.id}"
        bound = plan.usd.bound
    made = interval(samples)
    figure = result(
        "processors.usd", "Processor budget", made.median, "USD bn", operands, formula=formula, low=made.low,
        high=made.high, period=case.plan.period, bound=bound, interval="90 % of draws",
    )  # fmt: skip
    return ProcessorBudget(figure, samples)


def chip_options(
    facts: Facts,
    case: Case,
    budget: ProcessorBudget,
    uniforms: Mapping[str, Samples],
    users: PerUser | None,
) -> list[tuple[ChipOption, list[Figure]]]:
    """Say what the processor budget would buy of each accelerator, were it spent on it alone.

    Returns
    -------
    list of tuple
        The option, and its results (units, H100-equivalents, MW, per million users).
    """
    overhead = distribution(case.scale.power_overhead).ppf(uniforms["power_overhead"])
    pue = distribution(case.scale.pue).ppf(uniforms["pue"])
    assumed = [assumption_figure("power_overhead", case.scale.power_overhead), assumption_figure("pue", case.scale.pue)]
    reference = known_claim(facts, case.scale.reference_chip, "scale.reference_chip")
    rows = []
    for key, chip in case.chips.items():
        price = known_claim(facts, chip.price, f"chips.{key}.price")
        performance = known_claim(facts, chip.performance, f"chips.{key}.performance")
        power = known_claim(facts, chip.power, f"chips.{key}.power")
        currency = parse_unit(price.unit).currency or "USD"
        known_on = facts.ledger.claims[chip.price].known_on
        price_usd = price.best * parse_unit(price.unit).factor / chip.price_per
        price_usd *= facts.exchange.rate(currency, "USD", known_on).best
        units = affordable_units(budget.samples * 1e9, price_usd)
        equivalents = h100_equivalents(
            units, convert(performance.best, performance.unit, "TFLOPS"),
            float(convert(reference.best, reference.unit, "TFLOPS")),
        )  # fmt: skip
        megawatts = power_mw(units, convert(power.best, power.unit, "kW"), overhead, pue)
        per_million = None
        if users:
            million = convert(users.users.best, users.users.unit, users.users.unit.split()[-1]) / 1e6
            per_million = interval(equivalents / million)
        option = ChipOption(
            key, chip.title, price_usd, chip.price, interval(units), interval(equivalents), interval(megawatts),
            per_million, (chip.price, chip.performance, chip.power, case.scale.reference_chip),
        )  # fmt: skip
        rows.append(
            (option, _option_results(option, budget.figure, [price, performance, reference], [power, *assumed]))
        )
    return rows


def _option_results(option: ChipOption, budget: Figure, chip: list[Figure], power: list[Figure]) -> list[Figure]:
    def made(name: str, title: str, drawn: Interval, unit: str, operands: list[Figure], formula: str) -> Figure:
        return result(
            f"chips.{option.id}.{name}", f"{option.title}: {title}", drawn.median, unit, operands, formula=formula,
            low=drawn.low, high=drawn.high, period=budget.period, bound=budget.bound, interval="90 % of draws",
        )  # fmt: skip

    price, performance, reference = chip
    return [
        made("units", "accelerators", option.units, "units", [budget, price], f"{budget.id} / {price.id}"),
        made("h100e", "H100-equivalents", option.h100e, "H100e", [budget, *chip],
             f"units × {performance.id} / {reference.id}"),
        made("mw", "power at the meter", option.mw, "MW", [budget, price, *power],
             f"units × {power[0].id} × power_overhead × pue"),
    ]  # fmt: skip

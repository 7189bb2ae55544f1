"""Parts of the plan, reported orders, and what the processor budget would buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.facts.named import dollar_rate, known_claim
from capexlib.figures import Figure, Recipe, result
from capexlib.models.assumptions import assumption_figure, distribution
from capexlib.models.scale.arithmetic import product, ratio
from capexlib.models.scale.compute import affordable_units, h100_equivalents, power_mw
from capexlib.models.scale.context import PerUser
from capexlib.models.scale.plan import PlanView, dollars_at, floor_note, rates_between
from capexlib.models.uncertainty import interval
from capexlib.params.schema import Case, Chip
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
    units, price, budget, value, share : Figure
        Count; price of one; what it would come from; value; fraction of the budget.
    """

    id: str
    title: str
    units: Figure
    price: Figure
    budget: Figure
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
        rows.append(ReportedOrder(key, order.title, units, price, budget, value, share))
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
    spread = assumption_figure("scale.conversion_spread", case.scale.conversion_spread)
    drawn_spread = distribution(case.scale.conversion_spread).ppf(uniforms["conversion_spread"])
    stated = next((part for part in parts if part.id == "processors" and part.of_adopted), None)
    is_foreign = parse_unit((stated.amount if stated else plan.stated).unit).currency != "USD"
    conversion = 1 + drawn_spread if is_foreign else np.ones_like(drawn_spread)
    if stated:
        samples, operands = stated.usd.best * conversion, [stated.usd, *([spread] if is_foreign else [])]
        formula = f"{stated.usd.id} × (1 + {spread.id})" if is_foreign else stated.usd.id
        base = stated.usd
    else:
        share = assumption_figure("scale.processor_share", case.scale.processor_share)
        drawn = distribution(case.scale.processor_share).ppf(uniforms["processor_share"])
        samples, operands = plan.usd.best * conversion * drawn, [plan.usd, share]
        formula = f"{plan.usd.id} × {share.id}"
        base = plan.usd
    made = interval(samples)
    figure = result(
        "processors.usd", "Processor budget", made.median, "USD bn", operands, formula=formula, low=made.low,
        high=made.high, period=case.plan.period, note=floor_note(base), interval="90 % of draws",
    )  # fmt: skip
    return ProcessorBudget(figure, samples)


@dataclass(frozen=True, slots=True)
class ChipOption:
    """What the processor budget would buy of one accelerator, were it spent on it alone.

    Parameters
    ----------
    id, title : str
    price, units, h100e, mw : Figure
        USD of one; accelerators; H100-equivalents; MW at the meter.
    h100e_per_million_users : Figure or None
        None where the case's users are not known.
    """

    id: str
    title: str
    price: Figure
    units: Figure
    h100e: Figure
    mw: Figure
    h100e_per_million_users: Figure | None

    @property
    def results(self) -> list[Figure]:
        """Return every figure of the option."""
        figures = (self.price, self.units, self.h100e, self.mw, self.h100e_per_million_users)
        return [figure for figure in figures if figure]


def chip_options(
    facts: Facts, case: Case, budget: ProcessorBudget, uniforms: Mapping[str, Samples], users: PerUser | None
) -> list[ChipOption]:
    """Price every accelerator of the case against the processor budget."""
    overhead = distribution(case.scale.power_overhead).ppf(uniforms["power_overhead"])
    pue = distribution(case.scale.pue).ppf(uniforms["pue"])
    assumed = [assumption_figure(f"scale.{name}", getattr(case.scale, name)) for name in ("power_overhead", "pue")]
    reference = known_claim(facts, case.scale.reference_chip, "scale.reference_chip")
    options = []
    for key, chip in case.chips.items():
        performance = known_claim(facts, chip.performance, f"chips.{key}.performance")
        power = known_claim(facts, chip.power, f"chips.{key}.power")
        price = _price(facts, key, chip)
        drawn = affordable_units(budget.samples * 1e9, price.best)
        equivalents = h100_equivalents(
            drawn, convert(performance.best, performance.unit, "TFLOPS"),
            float(convert(reference.best, reference.unit, "TFLOPS")),
        )  # fmt: skip
        name = f"chips.{key}"
        units = _drawn(f"{name}.units", f"{chip.title}: accelerators", drawn, "units", budget, [budget.figure, price],
                       f"{budget.figure.id} / {price.id}",
                       ("/", ("*", budget.figure.id, 1e9), price.id))  # fmt: skip
        h100e = _drawn(f"{name}.h100e", f"{chip.title}: H100-equivalents", equivalents, "H100e", budget,
                       [units, performance, reference], f"{units.id} × {performance.id} / {reference.id}",
                       ("/", ("*", units.id, performance.id, convert(1.0, performance.unit, reference.unit)),
                        reference.id))  # fmt: skip
        megawatts = power_mw(drawn, convert(power.best, power.unit, "kW"), overhead, pue)
        mw = _drawn(f"{name}.mw", f"{chip.title}: power at the meter", megawatts, "MW", budget,
                    [units, power, *assumed],
                    f"{units.id} × {power.id} × {' × '.join(figure.id for figure in assumed)}")  # fmt: skip
        per_million = None
        if users:
            noun = users.users.unit.split()[-1]
            millions = convert(1.0, users.users.unit, noun) / 1e6
            per_million = _drawn(
                f"{name}.per_million_users", f"{chip.title}: H100-equivalents per million users",
                equivalents / (users.users.best * millions), "units", budget, [h100e, users.users],
                f"{h100e.id} / {users.users.id}", ("/", h100e.id, ("*", users.users.id, millions)),
            )  # fmt: skip
        options.append(ChipOption(key, chip.title, price, units, h100e, mw, per_million))
    return options


def _price(facts: Facts, key: str, chip: Chip) -> Figure:
    """Return the price of one accelerator in dollars, at the rate of the price's day."""
    quoted = known_claim(facts, chip.price, f"chips.{key}.price")
    rate = dollar_rate(facts, quoted)
    each = rate.best / chip.price_per
    inputs = [quoted] if rate.unit == "ratio" else [quoted, rate]
    value, low, high = (n * each if n is not None else None for n in (quoted.value, quoted.low, quoted.high))
    return result(
        f"chips.{key}.price", f"{chip.title}: price of one", value, "USD", inputs,
        formula=" × ".join(figure.id for figure in inputs) + (f" / {chip.price_per}" if chip.price_per > 1 else ""),
        low=low, high=high, period=quoted.period, bound=quoted.bound, interval=quoted.interval,
        recipe=("*", quoted.id, 1 / chip.price_per, *(figure.id for figure in inputs[1:])),
    )  # fmt: skip


def _drawn(
    figure_id: str,
    title: str,
    samples: Samples,
    unit: str,
    budget: ProcessorBudget,
    inputs: list[Figure],
    formula: str,
    recipe: Recipe = (),
) -> Figure:
    """Return the middle and the 90 % interval of draws; the middle of a multiple is the multiple of the middle."""
    made = interval(samples)
    return result(
        figure_id, title, made.median, unit, inputs, formula=formula, low=made.low, high=made.high,
        period=budget.figure.period, note=budget.figure.note, recipe=recipe, interval="90 % of draws",
    )  # fmt: skip

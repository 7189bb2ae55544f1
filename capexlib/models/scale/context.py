"""The plan in proportion: to revenue, to cash flow, to users, and with leases counted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.facts.adopt import Facts
from capexlib.facts.named import known_claim
from capexlib.figures import Figure, result
from capexlib.models.assumptions import assumption_figure, distribution
from capexlib.models.finance import annuity_factor
from capexlib.models.scale.arithmetic import quotient, ratio
from capexlib.models.scale.calendarise import YEARLIKE_DAYS
from capexlib.models.scale.comparison import YearAmount, year_amount
from capexlib.models.scale.plan import dollars_at, floor_note, rates_between
from capexlib.models.uncertainty import interval
from capexlib.params.schema import Assumption, Case, Lease, UserCount
from capexlib.periods import parse_period
from capexlib.units import convert, parse_unit

REVENUE, OPERATING_CASH_FLOW = "revenue", "operating_cash_flow"


@dataclass(frozen=True, slots=True)
class Intensity:
    """Capex against revenue and operating cash flow over one year.

    Parameters
    ----------
    entity : str
    period : str
        The latest calendar year for which capex and revenue are known whole, else
        the latest fiscal year that both name.
    on_revenue, on_cash_flow : Figure or None
        Fractions.
    """

    entity: str
    period: str
    on_revenue: Figure | None
    on_cash_flow: Figure | None


def intensities(
    facts: Facts, capex: Mapping[tuple[str, int], YearAmount], entities: Iterable[str], last_year: int
) -> list[Intensity]:
    """Capex intensity of every company in the latest year that allows it."""
    rows = []
    for entity in entities:
        row = _calendar_intensity(facts, capex, entity, last_year) or _fiscal_intensity(facts, entity)
        rows += [row] if row else []
    return rows


def _calendar_intensity(
    facts: Facts, capex: Mapping[tuple[str, int], YearAmount], entity: str, last_year: int
) -> Intensity | None:
    for year in range(last_year, last_year - 3, -1):
        amount = capex.get((entity, year))
        revenue = year_amount(facts, entity, [REVENUE], year)
        if not (amount and amount.is_whole_year and revenue and revenue.is_whole_year and revenue.local.best > 0):
            continue
        cash = year_amount(facts, entity, [OPERATING_CASH_FLOW], year)
        has_cash = cash and cash.is_whole_year and cash.local.best > 0
        return Intensity(
            entity, str(year), _share(amount, revenue, f"intensity.{entity}.revenue", "Capex ÷ revenue"),
            _share(amount, cash, f"intensity.{entity}.cash_flow", "Capex ÷ operating cash flow")
            if cash and has_cash else None,
        )  # fmt: skip
    return None


def _fiscal_intensity(facts: Facts, entity: str) -> Intensity | None:
    """Divide within the latest fiscal year for which capex and revenue are both stated."""
    for basis in facts.ledger.entities[entity].capex_bases:
        labels = [label for label in facts.periods(entity, basis) if parse_period(label).days in YEARLIKE_DAYS]
        for label in reversed(labels):
            part = facts.fact(entity, basis, label)
            revenue, cash = (facts.fact(entity, of, label) for of in (REVENUE, OPERATING_CASH_FLOW))
            if part is None or revenue is None or revenue.best <= 0:
                continue
            return Intensity(
                entity, label, _fraction(facts, entity, part, revenue, "revenue"),
                _fraction(facts, entity, part, cash, "cash_flow") if cash and cash.best > 0 else None,
            )  # fmt: skip
    return None


def _fraction(facts: Facts, entity: str, part: Figure, whole: Figure, name: str) -> Figure:
    title = f"Capex ÷ {name.replace('_', ' ')}, {parse_period(part.period)}"
    return ratio(f"intensity.{entity}.{name}", title, part, whole, rates=rates_between(facts, part, whole))


def _share(amount: YearAmount, of: YearAmount, figure_id: str, title: str) -> Figure:
    """Capex over another amount of the year, in one currency where both have it."""
    same = parse_unit(amount.local.unit).currency == parse_unit(of.local.unit).currency
    rates = None if same else (amount.rate, of.rate)
    return ratio(figure_id, f"{title}, {amount.year}", amount.local, of.local, rates=rates)


@dataclass(frozen=True, slots=True)
class PerUser:
    """Capex of one year per user of a named definition.

    Parameters
    ----------
    entity : str
    count : UserCount
    users : Figure
    capex : YearAmount
    usd_per_user : Figure
    """

    entity: str
    count: UserCount
    users: Figure
    capex: YearAmount
    usd_per_user: Figure


def per_user(facts: Facts, case: Case, compared: Mapping[str, YearAmount]) -> list[PerUser]:
    """Capex per user for every count that the case names, newest count first known.

    Raises
    ------
    EvidenceError
        If a count is zero, or its claims are tied.
    """
    rows = []
    for key, count in case.users.items():
        entity = facts.ledger.entities[count.entity]
        company = entity.id if entity.kind == "company" else entity.parent or entity.id
        amount = compared.get(company)
        users = _newest(facts, count)
        if amount is None or users is None:
            continue
        figure = quotient(
            f"per_user.{key}", f"Capex {amount.year} per user ({count.label})", amount.usd, users, unit="USD/user",
            scale=1e9 / convert(1.0, users.unit, _base_of(users.unit)),
        )  # fmt: skip
        rows.append(PerUser(company, count, users, amount, figure))
    return rows


def _base_of(unit: str) -> str:
    for noun in ("users", "people", "accounts", "seats"):
        if unit.endswith(noun):
            return noun
    msg = f"{unit!r} does not count users"
    raise ValueError(msg)


def _newest(facts: Facts, count: UserCount) -> Figure | None:
    for label in reversed(facts.periods(count.entity, count.quantity)):
        if fact := facts.fact(count.entity, count.quantity, label):
            return fact
    return None


@dataclass(frozen=True, slots=True)
class AllIn:
    """Reported capex and the leases that stand outside it.

    Parameters
    ----------
    entity : str
    reported : Figure
        USD bn.
    leases : Figure
        Present value, USD bn; low and high are 5th and 95th percentile.
    total : Figure
    titles : tuple of str
        Which leases.
    """

    entity: str
    reported: Figure
    leases: Figure
    total: Figure
    titles: tuple[str, ...]


def lease_streams(case: Case) -> list[str]:
    """Names of the uniform streams that :func:`all_in` needs."""
    return ["lease_rate", *(f"lease.{key}.{part}" for key in case.leases for part in ("annual", "term"))]


def all_in(
    facts: Facts,
    case: Case,
    compared: Mapping[str, YearAmount],
    uniforms: Mapping[str, NDArray[np.float64]],
) -> list[AllIn]:
    """Add capitalised leases to the reported capex of every company that has some.

    Parameters
    ----------
    facts : Facts
    case : Case
        Leases, their payments and terms.
    compared : mapping
        Reported capex of the compared year by company.
    uniforms : mapping
        Streams named by :func:`lease_streams`, shape (n_draws,).

    Notes
    -----
    Present value = payment a year × ``(1 − (1 + r)^−n) / r``. A stated total over
    the term is spread evenly. Leases are shown beside capex, never inside it.
    """
    rate = distribution(case.scale.lease_rate).ppf(uniforms["lease_rate"])
    rows = []
    by_entity: dict[str, list[str]] = {}
    for key, lease in case.leases.items():
        by_entity.setdefault(lease.entity, []).append(key)
    for entity, keys in by_entity.items():
        amount = compared.get(entity)
        if amount is None:
            continue
        year = amount.year
        operands = [assumption_figure("scale.lease_rate", case.scale.lease_rate)]
        samples = np.zeros_like(rate)
        for key in keys:
            annual, term, used = _lease(facts, key, case.leases[key], uniforms)
            samples = samples + annual * annuity_factor(rate, term)
            operands += used
        made = interval(samples)
        leases = result(
            f"leases.{entity}", "Leases, capitalised", made.median, "USD bn", operands,
            formula="payment × (1 − (1 + rate)^−term) / rate", low=made.low, high=made.high, period=str(year),
            interval="90 % of draws",
        )  # fmt: skip
        base = amount.usd.best
        total = result(
            f"all_in.{entity}", f"Capex and capitalised leases, {year}", base + made.median, "USD bn",
            [amount.usd, leases], formula=f"{amount.usd.id} + {leases.id}", low=base + made.low, high=base + made.high,
            period=str(year), interval="90 % of draws of the leases", note=floor_note(amount.usd),
            recipe=("+", amount.usd.id, leases.id),
        )  # fmt: skip
        rows.append(AllIn(entity, amount.usd, leases, total, tuple(case.leases[key].title for key in keys)))
    return rows


def _lease(
    facts: Facts, key: str, lease: Lease, uniforms: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Figure]]:
    """Annual payment (USD bn) and term (years) of one lease, drawn, and what they rest on."""
    term = distribution(_in(lease.term, "years")).ppf(uniforms[f"lease.{key}.term"])
    term_figure = assumption_figure(f"leases.{key}.term", lease.term)
    if lease.total:
        stated = known_claim(facts, lease.total, f"leases.{key}.total")
        usd, rate = dollars_at(facts, stated)
        return usd.best / term, term, [stated, rate, term_figure]
    annual = lease.annual
    if annual is None:
        msg = f"lease {key} has no payment"
        raise ValueError(msg)
    currency = parse_unit(annual.unit).currency or "USD"
    rate = facts.exchange.rate(currency, "USD", facts.as_of)
    paid = distribution(_in(annual, f"{currency} bn")).ppf(uniforms[f"lease.{key}.annual"]) * rate.best
    return paid, term, [assumption_figure(f"leases.{key}.annual", annual), rate, term_figure]


def _in(assumption: Assumption, unit: str) -> Assumption:
    """Return the assumption in another unit of its dimension."""
    low, value, high = (convert(n, assumption.unit, unit) for n in (assumption.low, assumption.value, assumption.high))
    return assumption.model_copy(update={"low": low, "value": value, "high": high, "unit": unit})

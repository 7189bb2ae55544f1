"""What a case names must be there, fit and be public: everything wrong is reported at once."""

from __future__ import annotations

from collections.abc import Iterator

from capexlib.errors import CapexError, EvidenceError, ParamsError, Problem, did_you_mean
from capexlib.facts.adopt import Facts
from capexlib.facts.named import known_claim
from capexlib.models.assumptions import distribution
from capexlib.params.schema import Assumption, Case, assumptions_of
from capexlib.periods import parse_period
from capexlib.units import parse_unit

_RARE = 1e-4
"""A law may pass what is possible in fewer than one draw in ten thousand."""


def check_grounds(facts: Facts, case: Case) -> None:
    """Refuse a case whose words the evidence or the laws of chance cannot carry.

    Raises
    ------
    ParamsError
        If an assumption's range has no law of its family, or the years leave nothing to show.
    EvidenceError
        If an entity, quantity or claim is unknown, later than the date, or of the wrong kind.
    """
    problems = [problem for path, item in assumptions_of(case) for problem in _law(path, item)]
    if case.scale.first_year > parse_period(case.plan.period).end.year:
        what = f"The first year, {case.scale.first_year}, comes after the plan's period, {case.plan.period}."
        problems.append(Problem("scale.first_year", what, "Choose an earlier year."))
    if problems:
        raise ParamsError(problems)
    problems = [*_entities(facts, case), *_quantities(facts, case), *_claims(facts, case)]
    if problems:
        raise EvidenceError(problems)


def _law(path: str, item: Assumption) -> Iterator[Problem]:
    try:
        low, high = distribution(item).ppf([_RARE, 1 - _RARE]).tolist()
    except ValueError as error:
        yield Problem(path, f"{str(error).partition(';')[0]}.", f"Mend {path}: its range or its family.")
        return
    lowest = -1.0 if item.low < 0 or item.family == "normal" else 0.0
    is_share = item.unit == "fraction" and item.high <= 1.0 and lowest == 0.0
    highest = 1.0 if is_share else float("inf")
    if low < lowest or high > highest:
        what = f"The {item.family} law of this range reaches {low:.3g} to {high:.3g}, past what is possible."
        yield Problem(path, what, "Narrow the range, or choose family: metalog.")


def _entities(facts: Facts, case: Case) -> Iterator[Problem]:
    known = facts.ledger.entities
    named = [("entity", case.entity), *(("peers", peer) for peer in case.peers)]
    named += [(f"users.{key}.entity", count.entity) for key, count in case.users.items()]
    named += [(f"leases.{key}.entity", lease.entity) for key, lease in case.leases.items()]
    for key, check in case.checks.items():
        if check.kind == "at_least_sum":
            named += [(f"checks.{key}.of", entity) for entity in check.of]
    for where, name in named:
        if name not in known:
            yield Problem(where, f"Unknown entity {name!r}.", did_you_mean(name, known))
    for peer in case.peers:
        if peer in known and not known[peer].capex_bases:
            yield Problem(f"entities.{peer}", f"{known[peer].name} has no capex_bases.", "Add them to its entity.")


def _quantities(facts: Facts, case: Case) -> Iterator[Problem]:
    known = facts.ledger.quantities
    named = [("plan.quantity", case.plan.quantity)]
    if case.plan.baseline:
        named.append(("plan.baseline.quantity", case.plan.baseline.quantity))
    for where, name in named:
        if name not in known:
            yield Problem(where, f"Unknown quantity {name!r}.", did_you_mean(name, known))
        elif parse_unit(known[name].dimension).currency is None:
            what = f"{name!r} is in {known[name].dimension!r}, not money."
            yield Problem(where, what, "Name a quantity of money.")
    for key, count in case.users.items():
        where, name = f"users.{key}.quantity", count.quantity
        if name not in known:
            yield Problem(where, f"Unknown quantity {name!r}.", did_you_mean(name, known))
        elif parse_unit(known[name].dimension).dimension not in (("user",), ("account",), ("person",), ("seat",)):
            what = f"{name!r} is in {known[name].dimension!r}: it does not count users."
            yield Problem(where, what, "Name a quantity in users, people, accounts or seats.")


def _claims(facts: Facts, case: Case) -> Iterator[Problem]:
    """Check every claim that the params name, with the dimension it must have."""
    money, count = "money", "a count"
    named = [("scale.reference_chip", case.scale.reference_chip, "compute rate")]
    for key, part in case.parts.items():
        named += [(f"parts.{key}.claim", part.claim, money), (f"parts.{key}.of", part.of, money)]
    for key, order in case.orders.items():
        named += [
            (f"orders.{key}.units", order.units, count),
            (f"orders.{key}.price", order.price, "a price"),
            (f"orders.{key}.of", order.of, money),
        ]
    for key, chip in case.chips.items():
        named += [
            (f"chips.{key}.price", chip.price, "a price"),
            (f"chips.{key}.performance", chip.performance, "compute rate"),
            (f"chips.{key}.power", chip.power, "power"),
        ]
    named += [(f"leases.{key}.total", lease.total, money) for key, lease in case.leases.items() if lease.total]
    for key, check in case.checks.items():
        named += [(f"checks.{key}.printed", check.printed, "")] if check.printed else []
        named += [(f"checks.{key}.of", claim, "") for claim in check.of if check.kind != "at_least_sum"]
    for where, name, kind in named:
        try:
            figure = known_claim(facts, name, where)
        except CapexError as error:
            yield from error.problems
            continue
        dimension = parse_unit(figure.unit).dimension
        is_money = parse_unit(figure.unit).currency is not None
        fits = {
            "": True,
            money: is_money and len(dimension) == 1,
            "a price": is_money and len(dimension) == 2 and not parse_unit(figure.unit).is_exchange_rate,
            count: not is_money and len(dimension) == 1,
        }.get(kind, dimension == (kind,))
        if not fits:
            yield Problem(where, f"Claim {name!r} is in {figure.unit!r}, not {kind}.", "Name another claim.")
        elif kind and figure.best <= 0:
            what = f"Claim {name!r} is {figure.best:g} {figure.unit}; a positive amount is needed."
            yield Problem(where, what, "Name another claim.")

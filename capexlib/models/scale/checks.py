"""Consistency checks of the story: redo its arithmetic, compare with what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.facts.named import known_claim
from capexlib.figures import Figure, result
from capexlib.models.scale.arithmetic import product, ratio
from capexlib.models.scale.comparison import YearAmount
from capexlib.models.scale.plan import dollars_at, rates_between
from capexlib.params.schema import Check
from capexlib.units import convert, parse_unit

Verdict = Literal["agrees", "differs", "not printed"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One check and its outcome.

    Parameters
    ----------
    id : str
    check : Check
    computed : Figure
    printed : Figure or None
    verdict : {"agrees", "differs", "not printed"}
        Within the tolerance; for a floor, not below it.
    """

    id: str
    check: Check
    computed: Figure
    printed: Figure | None
    verdict: Verdict


def run_checks(facts: Facts, checks: Mapping[str, Check], capex: Mapping[tuple[str, int], YearAmount]) -> list[Checked]:
    """Run every check whose claims were public; report every problem at once.

    Raises
    ------
    EvidenceError
        If a check names claims that do not exist or cannot be compared.
    """
    done, problems = [], []
    for key, check in checks.items():
        try:
            done.append(_run(facts, key, check, capex))
        except EvidenceError as error:
            problems += [
                found if found.where.startswith("checks.") else replace(found, where=f"checks.{key}, {found.where}")
                for found in error.problems
            ]
        except ValueError as error:
            problems.append(Problem(f"checks.{key}", f"The check cannot be computed: {error}.", "Mend its claims."))
    if problems:
        raise EvidenceError(problems)
    return done


def _run(facts: Facts, key: str, check: Check, capex: Mapping[tuple[str, int], YearAmount]) -> Checked:
    where = f"checks.{key}"
    printed = known_claim(facts, check.printed, where) if check.printed else None
    if check.kind == "at_least_sum":
        computed = _sum(facts, key, check, printed, capex)
    else:
        operands = [known_claim(facts, claim, where) for claim in check.of]
        if len(operands) != (1 if check.kind == "conversion" else 2):
            what = f"{check.kind} takes {'one claim' if check.kind == 'conversion' else 'two claims'}."
            raise EvidenceError([Problem(f"{where}.of", what, "Mend the list.")])
        computed = _compute(facts, f"check.{key}", check, operands)
    return Checked(key, check, computed, printed, _verdict(check, computed, printed))


def _compute(facts: Facts, figure_id: str, check: Check, operands: list[Figure]) -> Figure:
    if check.kind == "conversion":
        return dollars_at(facts, operands[0])[0].renamed(figure_id, check.title)
    if check.kind == "product":
        currency = parse_unit(operands[1].unit).currency
        return product(figure_id, check.title, operands[0], operands[1], f"{currency} m")
    one, other = operands
    rates = rates_between(facts, one, other)
    return ratio(figure_id, check.title, one, other, rates=rates, minus_one=check.kind == "growth")


def _sum(
    facts: Facts, key: str, check: Check, printed: Figure | None, capex: Mapping[tuple[str, int], YearAmount]
) -> Figure:
    """Sum of companies' capex in the printed claim's year; parts of a year count as floors."""
    if printed is None:
        raise EvidenceError([Problem(f"checks.{key}.printed", "A sum needs a printed floor.", "Name its claim.")])
    year = facts.ledger.claims[printed.claims[0]].span.end.year
    missing = [entity for entity in check.of if (entity, year) not in capex]
    if missing:
        what = f"No capex for {year} of {', '.join(missing)} is known."
        raise EvidenceError([Problem(f"checks.{key}.of", what, "Add claims, or leave them out.")])
    amounts = [capex[entity, year] for entity in check.of]
    floors = [a.usd.best if a.usd.low is None else a.usd.low for a in amounts]
    highs = [a.usd.best if a.usd.high is None else a.usd.high for a in amounts]
    return result(
        f"check.{key}", check.title, sum(a.usd.best for a in amounts), "USD bn", [a.usd for a in amounts],
        formula=" + ".join(a.usd.id for a in amounts), low=sum(floors), high=sum(highs), period=str(year),
        bound="at_least" if any(a.usd.bound == "at_least" for a in amounts) else "point",
        interval="the bounds of each company's figure", recipe=("+", 0.0, *(a.usd.id for a in amounts)),
    )  # fmt: skip


def _verdict(check: Check, computed: Figure, printed: Figure | None) -> Verdict:
    if printed is None:
        return "not printed"
    stated = convert(printed.best, printed.unit, computed.unit)
    if check.kind == "at_least_sum":
        return "agrees" if computed.best >= stated else "differs"
    return "agrees" if abs(computed.best - stated) <= check.tolerance * abs(stated) else "differs"

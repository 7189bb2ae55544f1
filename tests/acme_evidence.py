"""Claims, ledgers and cases on companies that do not exist, in memory and on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from capexlib.facts.adopt import Facts, Ruling
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim, Entity, Quantity, Source
from capexlib.figures import Figure, Status
from capexlib.study import Study, open_study

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS.parent
INVENTED = ("acme", "umbra", "gallia")
REAL = ("bytedance", "bytedance-2025-12-23")


def params_of(case: str) -> Path:
    """Where a case's params file is."""
    return (TESTS if case in INVENTED else PROJECT) / "params" / f"{case}.yml"


@cache
def study_of(case: str, brief: str = "", **overrides: Any) -> Study:
    """Open a case once a test run; double underscores in names stand for dots."""
    return open_study(params_of(case), {key.replace("__", "."): value for key, value in overrides.items()}, brief)


def results_of(study: Study) -> dict[str, Figure]:
    """The study's results by id."""
    return {figure.id: figure for figure in study.results}


def claim(claim_id: str, **more: Any) -> Claim:
    """Make a claim about Acme's capex; a number without `value`, `low` or `high` is 10."""
    row: dict[str, Any] = {
        "id": claim_id,
        "entity": "acme",
        "quantity": "capex",
        "period": "2026",
        "unit": "USD bn",
        "status": "guidance",
        "origin": "Acme",
        "stated_on": "2026-01-15",
        "source": "page",
        **more,
    }
    if not {"value", "low", "high", "text"} & set(row):
        row["value"] = 10.0
    return Claim.model_validate(row)


def ledger_of(claims: Sequence[Claim]) -> Ledger:
    """Make a ledger of these claims and the least that they need."""
    return Ledger(
        {"page": Source(id="page", publisher="Invented for tests", accessed="2026-05-01", tier="note")},
        {name: Entity(id=name, name=name.title(), kind="company") for name in {c.entity for c in claims}},
        {
            name: Quantity(id=name, title=name, kind="flow", dimension="USD bn", definition="Invented.")
            for name in {c.quantity for c in claims}
        },
        {c.id: c for c in claims},
        {},
        (),
    )


def facts_of(
    *claims: Claim, as_of: date = date(2026, 6, 30), rulings: Mapping[str, tuple[Any, ...]] | None = None
) -> Facts:
    """See these claims as of a date."""
    decided = {
        key: Ruling.model_construct(**dict(zip(("claim", "why", "on"), ruling, strict=False)))
        for key, ruling in (rulings or {}).items()
    }
    return Facts(ledger_of(claims), as_of, decided)


def rate(pair: str, day: str, value: float, **more: Any) -> Claim:
    """Make an exchange rate: a daily one, or a year's average when `day` is a year."""
    kind = "fx_daily_rate" if len(day) > 4 else "fx_annual_average"
    stated = day if len(day) > 4 else f"{int(day) + 1}-01-02"
    name = f"fx_{pair.replace('/', '').lower()}_{day.replace('-', '')}"
    row = {"entity": "fx", "quantity": kind, "period": day, "value": value, "unit": pair, "status": "official"}
    return claim(name, **{**row, "stated_on": stated, **more})


def amount(period: str, value: float | None = 10.0, **more: Any) -> Figure:
    """Make a fact about Acme's capex."""
    row: dict[str, Any] = {"unit": "USD bn", "kind": "fact", "status": Status.REPORTED_FILING, **more}
    return Figure(f"acme.capex.{period}", "capex, test", value, period=period, **row)

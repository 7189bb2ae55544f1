"""Invented plans for the tests of funding and returns."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from acme_evidence import params_of

from capexlib.facts.adopt import Facts
from capexlib.facts.ledger import load_ledger
from capexlib.models import funding as funding_model
from capexlib.models import roi as roi_model
from capexlib.models.roi import Deployment, VendorDeployment
from capexlib.params import Case, load_case

MONTHS, BN = 24, 1e9


def assumed(value: float, unit: str, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """Write an assumption as a params file would."""
    ends = {"low": value if low is None else low, "high": value if high is None else high}
    family = "fixed" if low is None else "pert"
    return {"value": value, "unit": unit, **ends, "family": family, "basis": "Invented.", "why": "Only for tests."}


COMPANY = {
    "cash": assumed(20, "USD bn", 15, 25),
    "cash_floor": assumed(10, "USD bn"),
    "cash_flow": assumed(8, "USD bn/year", 5, 11),
    "growth": assumed(0.05, "fraction", 0.0, 0.1),
    "debt": assumed(5, "USD bn"),
    "debt_service": assumed(1, "USD bn/year"),
    "equity_value": assumed(100, "USD bn", 80, 120),
    "unknowns": ["funding.company.cash_flow", "roi.tax"],
}


@cache
def _loaded(items: tuple[tuple[str, Any], ...]) -> tuple[Facts, Case]:
    loaded = load_case(params_of("acme"), {"funding.company": COMPANY, **dict(items)})
    return Facts(load_ledger(loaded.evidence), loaded.case.as_of), loaded.case


def acme(**overrides: Any) -> tuple[Facts, Any]:
    """Acme's case, with a company and every optional section; double underscores in names stand for dots."""
    return _loaded(tuple((name.replace("__", "."), value) for name, value in overrides.items()))


def deployment(paths: int = 256, arriving: float = 1.0, scale: float = 1.0, leased: bool = False) -> Deployment:
    """A plan of two vendors, one of which delivers a part only: the luck of a path is its own."""
    luck = np.random.default_rng(7).uniform(0.5, 1.0, (2, paths))
    luck[0] *= arriving
    vendors, stranded, planned = [], np.zeros(paths), np.zeros(paths)
    paid_and_absent = np.zeros((paths, MONTHS))
    for place, (budget, price, compute, electricity) in enumerate([(6e9, 22_000, 1.0, 1.0), (4e9, 10_000, 0.4, 1.5)]):
        meant = scale * budget / price
        timing = np.zeros(MONTHS)
        timing[2:14] = 1 / 12
        units = meant * luck[place][:, None] * timing
        payments = np.zeros((paths, MONTHS))
        payments[:, :12] = 0.3 * meant * price / 12
        payments += 0.7 * units * price
        vendors.append(VendorDeployment(
            f"vendor_{place}", f"Vendor {place}", payments, units, np.cumsum(units, axis=1) * compute,
            np.full(paths, electricity), leased=leased and place == 1,
        ))  # fmt: skip
        if not vendors[-1].leased:
            stranded += 0.3 * meant * price * (1 - luck[place])
            planned += meant * compute * electricity
        paid_and_absent += np.cumsum(payments, axis=1) - np.cumsum(units, axis=1) * price
    return Deployment(
        tuple(vendors), stranded, planned, np.maximum(paid_and_absent, 0.0), np.full((paths, MONTHS), 1e6 * scale)
    )


def run(plan: Deployment, facts: Facts, case: Case) -> tuple[roi_model.Operations, funding_model.FundedPlan]:
    """Operations and their funding."""
    operations = roi_model.run_operations(facts, case, plan)
    assert case.funding is not None
    return operations, funding_model.fund(case.funding, operations.project_flows(), operations.inputs)

"""Sculpted debts, covers, returns, levelised costs and costs of capital against SAM, FinanceToolkit and ProFAST."""

import numpy as np
import pytest

from capexlib.models.finance import (
    capital_recovery_factor,
    cost_of_equity,
    dscr,
    irr,
    irr_roots,
    levelised_cost,
    llcr,
    macrs,
    nominal_rate,
    npv,
    sculpted_debt,
    wacc,
)

FUNDING = "sources and uses are put together by the funding model, not by a function of finance"


def near(expected, tolerance, scale=0.0):
    """The source's lines end in rounding: what is left of a debt is a ten-millionth of a dollar."""
    return pytest.approx(expected, rel=tolerance.get("rel", 0.0), abs=tolerance.get("abs", 0.0) + 1e-12 * scale)


def check_debt(given, expected, tolerance):
    cfads = np.array([0.0, *given["cfads"]])
    debt, size = sculpted_debt(cfads, given["rate"], given["dscr"], tenor=given["tenor"]), expected["size_of_debt"]
    assert float(debt.balance[0]) == near(size, tolerance)
    for line in ("principal", "interest"):
        assert getattr(debt, line)[1:] == near(expected[line], tolerance, size)
    assert debt.payment[1:] == near(expected["debt_service"], tolerance)
    assert debt.balance == near(expected["balance"], tolerance, size)
    assert float(np.nanmin(dscr(cfads, debt.payment))) == near(expected["min_dscr"], tolerance)


def check_return(given, expected, tolerance):
    flows = given["cashflow"]
    if expected["irr"] is not None:
        assert any(root == pytest.approx(expected["irr"], abs=tolerance["irr_abs"]) for root in irr_roots(flows).rates)
    assert float(npv(given["discount_rate"], flows)) == pytest.approx(expected["npv"], rel=tolerance["npv_rel"])


def check_levelised(given, expected, tolerance):
    nominal, costs, output = given["nominal_rate"], given["annual_costs"], given["output"]
    cents = 100 * levelised_cost(nominal, costs, output)
    real = 100 * levelised_cost(nominal, costs, output, output_rate=given["real_rate"])
    assert float(cents) == near(expected["nominal_cents_per_unit"], tolerance)
    assert float(real) == near(expected["real_cents_per_unit"], tolerance)


def check_macrs(given, expected, tolerance):
    assert macrs(given["basis"], given["years"]) == near(expected, tolerance)


def check_nominal(given, expected, tolerance):
    assert float(nominal_rate(given["real"], given["inflation"])) == near(expected, tolerance)


CHECKS = {
    "debt_sculpt_dscr": check_debt,
    "irr+npv": check_return,
    "levelised_cost": check_levelised,
    "macrs": check_macrs,
    "nominal_discount_rate": check_nominal,
}


@pytest.mark.oracle("sam_singleowner_units", absent={"sources_and_uses": FUNDING})
def test_sam_units(case):
    CHECKS[case["function"]](case["inputs"], case["expected"], case["tolerance"])


@pytest.mark.oracle("sam_singleowner_full")
def test_sam_statements(case):
    """Debt, covers, returns and cost of capital (of equity: what it earns) in whole statements.

    Tax and reserves are SAM's own rules; levelised costs are in the other suite, where the
    output that SAM divides by is known.
    """
    given, expected, lines = case["inputs"], case["expected"], case["expected_arrays"]
    nominal = float(nominal_rate(given["real_discount_rate"] / 100, given["inflation_rate"] / 100))
    assert nominal == pytest.approx(expected["nominal_discount_rate"], rel=1e-9)
    cash, rate, tenor = np.array(lines["cf_cash_for_ds"]), given["term_int_rate"] / 100, given["term_tenor"]
    debt, size = sculpted_debt(cash, rate, given["dscr"], tenor=tenor), expected["size_of_debt"]
    assert float(debt.balance[0]) == pytest.approx(size, rel=1e-8)
    for line, ours in (("interest", debt.interest), ("principal", debt.principal), ("total", debt.payment)):
        assert ours == pytest.approx(lines[f"cf_debt_payment_{line}"], rel=1e-8, abs=1e-10 * size)
    assert debt.balance == pytest.approx(lines["cf_debt_balance"], rel=1e-8, abs=1e-10 * size)
    cover = dscr(cash, debt.payment)
    assert np.nan_to_num(cover) == pytest.approx(lines["cf_pretax_dscr"], rel=1e-8)
    assert float(np.nanmin(cover)) == pytest.approx(expected["min_dscr"], rel=1e-8)
    assert llcr(cash, rate, debt.balance)[:tenor] == pytest.approx(np.full(tenor, given["dscr"]), rel=1e-8)
    after_tax = lines["cf_project_return_aftertax"]
    assert float(npv(nominal, after_tax)) == pytest.approx(expected["project_return_aftertax_npv"], rel=1e-6)
    assert float(irr(after_tax)) * 100 == pytest.approx(expected["project_return_aftertax_irr"], abs=1e-4)
    assert float(npv(nominal, lines["cf_annual_costs"])) == pytest.approx(-expected["npv_annual_costs"], rel=1e-6)
    share, tax = expected["debt_fraction"] / 100, expected["effective_tax_rate"] / 100
    average = float(wacc(1 - share, share, expected["project_return_aftertax_irr"] / 100, rate, tax))
    assert average * 100 == pytest.approx(expected["wacc"], rel=1e-6)


def as_wacc(given):
    return wacc(given["equity"], given["debt"], given["cost_equity"], given["cost_debt"], given["tax"])


def as_wacc_of_a_ratio(given):
    return wacc(1.0, given["debt_equity"], given["cost_equity"], given["cost_debt"], given["tax"])


def as_capm(given):
    return cost_of_equity(given["rf"], given["beta"], given["market"])


def as_crf(given):
    return capital_recovery_factor(given["rate"], given["years"])


COSTS = {
    "wacc": as_wacc,
    "wacc_from_de": as_wacc_of_a_ratio,
    "capm": as_capm,
    "capital_recovery_factor": as_crf,
}


@pytest.mark.oracle("wacc_capm")
def test_cost_of_capital(case):
    assert float(COSTS[case["function"]](case["inputs"])) == near(case["expected"], case["tolerance"])

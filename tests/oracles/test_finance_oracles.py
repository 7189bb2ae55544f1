"""Time value of money against other people's cases.

Each function below takes a case's inputs in the source's terms (Excel's signs) and answers
with ours.
"""

import math
from typing import Any

import numpy as np
import pytest

from capexlib.models.finance import (
    annuity_factor,
    annuity_payment,
    days_between,
    irr,
    irr_roots,
    mirr,
    npv,
    xirr,
    xirr_roots,
    xnpv,
    year_fraction,
)

SPLIT = "interest and principal of single periods come with the loan schedules"
ABSENT = {
    "fv": "nothing here accumulates to a future value: flows are discounted",
    "nper": "terms are given by the contract, never solved for",
    "ipmt": SPLIT,
    "ppmt": SPLIT,
}
# Where the suite looked for roots. Four of its dated cases have one more, nearer −1.
SCANNED = (-0.999999, 1000)
ABSENT_PYXIRR = {**ABSENT, "cumipmt": SPLIT, "cumprinc": SPLIT}


def flows_of(given):
    return given["values"] if "values" in given else given["amounts"]


def in_advance(given):
    return bool(given.get("begin", given.get("type", 0)))


def as_npv(given):
    """Excel's first flow is a period from now."""
    value = float(npv(given["rate"], flows_of(given)))
    return value / (1 + given["rate"]) if given.get("first_period") else value


def as_mirr(given):
    return float(mirr(flows_of(given), given["finance_rate"], given["reinvest_rate"]))


def as_pmt(given):
    rate, count, balloon = given["rate"], given["nper"], -given.get("fv", 0)
    return -float(annuity_payment(rate, count, given["pv"], balloon=balloon, due=in_advance(given)))


def as_pv(given):
    rate, count = given["rate"], given["nper"]
    level = given["pmt"] * float(annuity_factor(rate, count, due=in_advance(given)))
    return -level - given.get("fv", 0) * (1 + rate) ** -count


def as_rate(given):
    """The rate of an annuity is the return of its flows."""
    flows = np.zeros(given["nper"] + 1)
    flows[0], flows[-1] = given["pv"], given.get("fv", 0)
    flows[: given["nper"]] += given["pmt"] * in_advance(given)
    flows[1:] += given["pmt"] * (not in_advance(given))
    return float(irr(flows))


def as_xnpv(given):
    return float(xnpv(given["rate"], given["amounts"], given["dates"]))


def as_xnfv(given):
    years = float(year_fraction(min(given["dates"]), max(given["dates"])))
    return as_xnpv(given) * (1 + given["rate"]) ** years


def convention(given) -> Any:
    name = given.get("day_count", "act/365F")
    return {"30/360 SIA": "30/360 US", "actual": "act/365F"}.get(name, name)


def as_days(given):
    return int(days_between(given["start"], given["end"], convention(given)))


def as_years(given):
    return float(year_fraction(given["start"], given["end"], convention(given)))


ANSWERS = {
    "npv": as_npv,
    "mirr": as_mirr,
    "pmt": as_pmt,
    "pv": as_pv,
    "rate": as_rate,
    "xnpv": as_xnpv,
    "xnfv": as_xnfv,
    "days_between": as_days,
    "year_fraction": as_years,
}


def check_return(case):
    """All roots where the case lists them; the source's answer is one; the rule takes one."""
    given, known = case["inputs"], case.get("all_roots_in_(-1,1000)")
    if case["function"] == "irr":
        found, rate = irr_roots(flows_of(given)), irr(flows_of(given))
    else:
        flows, dates, name = given["amounts"], given["dates"], convention(given)
        found, rate = xirr_roots(flows, dates, convention=name), xirr(flows, dates, convention=name)
    if known is not None:
        scanned = [root for root in found.rates if SCANNED[0] < root < SCANNED[1]]
        assert scanned == pytest.approx(known, rel=1e-9, abs=1e-9)
    if isinstance(case["expected"], float):
        tolerance = {"rel": 0.0, "abs": 0.0, **case["tolerance"]}
        assert any(root == pytest.approx(case["expected"], **tolerance) for root in found.rates)
    elif not known:
        assert found.verdict == "none"
    assert float(rate) == pytest.approx(found.chosen, rel=1e-9, abs=1e-9, nan_ok=True)


def check(case):
    if case["function"] in {"irr", "xirr"}:
        check_return(case)
        return
    answer, expected = ANSWERS[case["function"]](case["inputs"]), case["expected"]
    if expected is None:
        assert math.isnan(answer)
    else:
        assert answer == pytest.approx(expected, **{"rel": 0.0, "abs": 0.0, **case["tolerance"]})


@pytest.mark.oracle("numpy_financial", absent=ABSENT)
def test_numpy_financial(case):
    check(case)


@pytest.mark.oracle("pyxirr_irr_xirr", absent=ABSENT_PYXIRR)
def test_pyxirr(case):
    check(case)

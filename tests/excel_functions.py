"""Excel's financial functions in terms of ours: their signs, their timing, their arguments.

Each function takes a case's inputs in Excel's terms (a loan received positive, payments
negative) and answers with ours.
"""

import math
from typing import Any

import numpy as np
import pytest

from capexlib.models.finance import (
    annuity_factor,
    annuity_payment,
    days_between,
    declining_balance,
    discount_factors,
    irr,
    irr_roots,
    loan_schedule,
    mirr,
    npv,
    straight_line,
    xirr,
    xirr_roots,
    xnpv,
    year_fraction,
)

# Where the suites looked for roots. Four of their dated cases have one more, nearer −1.
SCANNED = (-0.999999, 1000)


def flows_of(given):
    return np.atleast_1d(given["values"] if "values" in given else given["amounts"])


def in_advance(given):
    return bool(given.get("begin", given.get("type", 0)))


def as_npv(given):
    value = float(npv(given["rate"], flows_of(given)))
    return value / (1 + given["rate"]) if given.get("first_period") else value


def as_excel_npv(given):
    """Excel's first flow is a period from now."""
    return as_npv({**given, "first_period": True})


def as_mirr(given):
    return float(mirr(flows_of(given), given["finance_rate"], given["reinvest_rate"]))


def as_pmt(given):
    rate, count, balloon = given["rate"], given["nper"], -given.get("fv", 0)
    return -float(annuity_payment(rate, count, given["pv"], balloon=balloon, due=in_advance(given)))


def as_pv(given):
    rate, count = given["rate"], given["nper"]
    level = given.get("pmt", 0) * float(annuity_factor(rate, count, due=in_advance(given)))
    return -level - given.get("fv", 0) * (1 + rate) ** -count


def as_fv(given):
    """What the payments and the sum are worth today, carried to the end."""
    rate, count = given["rate"], given["nper"]
    level = given.get("pmt", 0) * float(annuity_factor(rate, count, due=in_advance(given)))
    return -(given.get("pv", 0) + level) * (1 + rate) ** count


def as_fvschedule(given):
    return given["principal"] / float(discount_factors(given["schedule"], len(given["schedule"]))[-1])


def as_rate(given):
    """The rate of an annuity is the return of its flows."""
    flows = np.zeros(given["nper"] + 1)
    flows[0], flows[-1] = given["pv"], given.get("fv", 0)
    flows[: given["nper"]] += given["pmt"] * in_advance(given)
    flows[1:] += given["pmt"] * (not in_advance(given))
    return float(irr(flows))


def as_rri(given):
    """The return of one sum that becomes another."""
    flows = np.zeros(given["nper"] + 1)
    flows[0] -= given["pv"]
    flows[-1] += given["fv"]
    return float(irr(flows))


def schedule(given):
    balloon = -given.get("fv", 0)
    return loan_schedule(given["rate"], given["nper"], given["pv"], balloon=balloon, due=in_advance(given))


def place(given, period):
    """Excel's first payment in advance is made today."""
    return period - in_advance(given)


def as_ipmt(given):
    return -float(schedule(given).interest[place(given, given["per"])])


def as_ppmt(given):
    last = given["per"] == given["nper"] and not in_advance(given)
    return -float(schedule(given).principal[place(given, given["per"])]) - given.get("fv", 0) * last


def span(given):
    return slice(place(given, given["start"]), place(given, given["end"]) + 1)


def as_cumipmt(given):
    return -float(schedule(given).interest[span(given)].sum())


def as_cumprinc(given):
    return -float(schedule(given).principal[span(given)].sum())


def as_ispmt(given):
    """Interest on a loan repaid in equal parts, the first payment being number zero."""
    loan = loan_schedule(given["rate"], given["nper"], given["pv"], repayment="equal principal")
    return -float(np.append(loan.interest, 0.0)[given["per"] + 1])


def as_sln(given):
    return float(straight_line(given["cost"], given["life"], salvage=given["salvage"])[0])


def as_ddb(given):
    cost, life, rate = given["cost"], given["life"], given.get("factor", 2) / max(given["life"], 1)
    return float(declining_balance(cost, life, salvage=given["salvage"], rate=rate)[given["per"] - 1])


def as_db(given):
    """The rate that would end at the salvage value, to three digits."""
    cost, life, salvage, months = given["cost"], given["life"], given["salvage"], given.get("month", 12)
    rate = round(1 - (salvage / cost) ** (1 / life), 3) if salvage > 0 and cost > 0 else 1.0
    charges = declining_balance(cost, life, salvage=min(salvage, 0), rate=rate, first=months / 12)
    return float(charges[given["per"] - 1])


def as_xnpv(given):
    return float(xnpv(given["rate"], flows_of(given), np.atleast_1d(given["dates"])))


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
    "NPV": as_excel_npv, "npv": as_npv, "mirr": as_mirr, "pmt": as_pmt, "pv": as_pv, "fv": as_fv, "fvschedule": as_fvschedule,
    "rate": as_rate, "rri": as_rri, "ipmt": as_ipmt, "ppmt": as_ppmt, "cumipmt": as_cumipmt,
    "cumprinc": as_cumprinc, "ispmt": as_ispmt, "sln": as_sln, "ddb": as_ddb, "db": as_db, "xnpv": as_xnpv,
    "xnfv": as_xnfv, "days_between": as_days, "year_fraction": as_years,
}  # fmt: skip


def within(case):
    """The case's number, give or take its tolerance; a note beside the tolerance is no part of it."""
    tolerance = {name: case["tolerance"].get(name, 0.0) for name in ("rel", "abs")}
    return pytest.approx(case["expected"], **tolerance)


def check_return(case):
    """All roots where the case lists them; the source's answer is one; the rule takes one."""
    given, known = case["inputs"], case.get("all_roots_in_(-1,1000)")
    if case["function"].lower() == "irr":
        found, rate = irr_roots(flows_of(given)), irr(flows_of(given))
    else:
        flows, dates, name = flows_of(given), given["dates"], convention(given)
        found, rate = xirr_roots(flows, dates, convention=name), xirr(flows, dates, convention=name)
    if known is not None:
        scanned = [root for root in found.rates if SCANNED[0] < root < SCANNED[1]]
        assert scanned == pytest.approx(known, rel=1e-9, abs=1e-9)
    if isinstance(case["expected"], int | float):
        assert any(root == within(case) for root in found.rates)
    elif not known:
        assert found.verdict == "none"
    assert float(rate) == pytest.approx(found.chosen, rel=1e-9, abs=1e-9, nan_ok=True)


def check(case):
    """A number within the case's tolerance; no answer or a refusal where Excel has an error."""
    if case["expected"] == "error":
        try:
            answered(case)
        except ValueError:
            return
    else:
        answered(case)


def answered(case):
    if case["function"].lower() in {"irr", "xirr"}:
        check_return(case)
        return
    name = case["function"]
    answer = ANSWERS[name if name in ANSWERS else name.lower()](case["inputs"])
    if case["expected"] in {None, "error"}:
        assert math.isnan(answer)
    else:
        assert answer == within(case)

"""Time value of money, loans and depreciation against other people's cases."""

import pytest
from excel_functions import check

BONDS = "no bond is priced here: debts are schedules"
TERM = "terms are given by the contract, never solved for"
COMPOUNDING = "rates are stated for their period, never quoted with another compounding"
DIGITS = "no charge by the sum of the years' digits is asked for"
PLACE = "a schedule is an array: no period outside it can be asked for"
FLAG = "payment is in advance or it is not: there is no third way to refuse"
WHOLE = "lives and terms are whole periods"
SIGNS = "Excel refuses the sign or the order; here there is a worth"
UPWARDS = "a salvage value at or above the cost leaves no rate to decline at"
BELOW = "no rate below −100 %"
FOUND = "Excel finds none, but there is a rate"


def each(reason, name, *places):
    """Give the same reason to some cases of a function."""
    return {f"{name}[{place}]": reason for place in places}


NUMPY_FINANCIAL = {"nper": TERM, "ppmt_per0": PLACE}
PHPSPREADSHEET = {
    **dict.fromkeys(("COUPNUM", "PRICE", "PRICEMAT", "DISC"), BONDS),
    **dict.fromkeys(("NPER", "PDURATION"), TERM),
    "SYD": DIGITS,
    **each(FLAG, "CUMIPMT", 14), **each(FLAG, "CUMPRINC", 15), **each(FLAG, "IPMT", 18), **each(FLAG, "PPMT", 18),
    **each(FLAG, "PMT", 13), **each(FLAG, "PV", 19, 20), **each(FLAG, "FV", 27, 28),
    **each(PLACE, "CUMIPMT", 15), **each(PLACE, "CUMPRINC", 16), **each(PLACE, "IPMT", 19, 20),
    **each(PLACE, "PPMT", 16, 17), **each(PLACE, "ISPMT", 10, 11), **each(PLACE, "DB", 26, 27),
    **each(PLACE, "DDB", 24, 26, 27),
    **each(WHOLE, "DB", 14, 15, 16), **each(WHOLE, "DDB", 14), **each(WHOLE, "RATE", 4, 5), **each(WHOLE, "PV", 21),
    **each(WHOLE, "SLN", 7, 8),
    **each(UPWARDS, "DB", 17), **each(BELOW, "RATE", 14), **each(FOUND, "RATE", 13),
    "XIRR[Can't find a result2 that works after FINANCIAL_MAX_ITERATIONS tries, the #NUM! error value is returned]":
        FOUND,
    "XNPV[If minimum value > 0, return NUM]": SIGNS,
    "XNPV[If maximum value < 0, return NUM]": SIGNS,
    "XNPV[If any date is before first date, return NUM]": SIGNS,
}  # fmt: skip
FORMULAJS = {
    **dict.fromkeys(("NPER", "PDURATION"), TERM),
    **dict.fromkeys(("EFFECT", "NOMINAL"), COMPOUNDING),
    "SYD": DIGITS,
    **each(SIGNS, "CUMIPMT", 92, 94), **each(SIGNS, "CUMPRINC", 105, 107),
    **each(PLACE, "CUMIPMT", 95, 96, 97), **each(PLACE, "CUMPRINC", 108, 109, 110),
    **each(FLAG, "CUMIPMT", 98), **each(FLAG, "CUMPRINC", 111),
    **each(PLACE, "DB", 141, 144), **each(PLACE, "DDB", 167, 170), **each(UPWARDS, "DB", 145, 146),
}  # fmt: skip
# The first is as far as Excel's iteration went; the others are printed to seven digits.
ROUGHLY = {
    "XIRR[XIRR calculation #3 is incorrect]": 2e-9,
    "XIRR[DeCampo vs spreadsheet]": 5e-7,
    "XIRR[DeCampo vs spreadsheet reordered]": 5e-7,
    "XIRR[DeCampo issue5b, agree with DeCampo not Excel]": 1e-7,
}


@pytest.mark.oracle("numpy_financial", absent=NUMPY_FINANCIAL)
def test_numpy_financial(case):
    check(case)


@pytest.mark.oracle("pyxirr_irr_xirr", absent={"nper": TERM})
def test_pyxirr(case):
    check(case)


@pytest.mark.oracle("excel_phpspreadsheet", absent=PHPSPREADSHEET)
def test_phpspreadsheet(case):
    check({**case, "tolerance": {"rel": ROUGHLY[case["id"]]}} if case["id"] in ROUGHLY else case)


@pytest.mark.oracle("excel_formulajs", absent=FORMULAJS)
def test_formulajs(case):
    check(case)

"""Time value of money, on arrays: outflows negative, rates decimals a period."""

from capexlib.models.finance.annuities import annuity_factor, annuity_payment, capital_recovery_factor
from capexlib.models.finance.capital_costs import cost_of_equity, nominal_rate, wacc
from capexlib.models.finance.convertibles import ConvertibleSplit, Dilution, convertible_split, if_converted_dilution
from capexlib.models.finance.covers import dscr, interest_cover, llcr, plcr
from capexlib.models.finance.dated import xirr, xirr_roots, xnpv
from capexlib.models.finance.daycounts import days_between, year_fraction
from capexlib.models.finance.depreciation import declining_balance, macrs, straight_line
from capexlib.models.finance.discounting import discount_factors, worth_of_the_rest
from capexlib.models.finance.levelised import levelised_cost
from capexlib.models.finance.loans import LoanSchedule, loan_schedule
from capexlib.models.finance.ownership import (
    breakeven_periods,
    breakeven_utilisation,
    cost_per_used_hour,
    electricity_cost,
    own_cost,
    owning_flows,
    rent_cost,
    units_within_power,
)
from capexlib.models.finance.paybacks import discounted_payback, payback
from capexlib.models.finance.returns import irr, irr_roots, mirr, npv, profitability_index
from capexlib.models.finance.roots import Roots
from capexlib.models.finance.sculpting import sculpted_debt

__all__ = [
    "ConvertibleSplit",
    "Dilution",
    "LoanSchedule",
    "Roots",
    "annuity_factor",
    "annuity_payment",
    "breakeven_periods",
    "breakeven_utilisation",
    "capital_recovery_factor",
    "convertible_split",
    "cost_of_equity",
    "cost_per_used_hour",
    "days_between",
    "declining_balance",
    "discount_factors",
    "discounted_payback",
    "dscr",
    "electricity_cost",
    "if_converted_dilution",
    "interest_cover",
    "irr",
    "irr_roots",
    "levelised_cost",
    "llcr",
    "loan_schedule",
    "macrs",
    "mirr",
    "nominal_rate",
    "npv",
    "own_cost",
    "owning_flows",
    "payback",
    "plcr",
    "profitability_index",
    "rent_cost",
    "sculpted_debt",
    "straight_line",
    "units_within_power",
    "wacc",
    "worth_of_the_rest",
    "xirr",
    "xirr_roots",
    "xnpv",
    "year_fraction",
]

"""Time value of money, on arrays: outflows negative, rates decimals a period."""

from capexlib.models.finance.annuities import annuity_factor, annuity_payment, capital_recovery_factor
from capexlib.models.finance.dated import xirr, xirr_roots, xnpv
from capexlib.models.finance.daycounts import days_between, year_fraction
from capexlib.models.finance.paybacks import discounted_payback, payback
from capexlib.models.finance.returns import irr, irr_roots, mirr, npv, profitability_index
from capexlib.models.finance.roots import Roots

__all__ = [
    "Roots",
    "annuity_factor",
    "annuity_payment",
    "capital_recovery_factor",
    "days_between",
    "discounted_payback",
    "irr",
    "irr_roots",
    "mirr",
    "npv",
    "payback",
    "profitability_index",
    "xirr",
    "xirr_roots",
    "xnpv",
    "year_fraction",
]

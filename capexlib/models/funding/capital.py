"""What the mix costs as a whole, and whom conversion would dilute."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import convertible_split
from capexlib.models.funding.debts import debt_rate, whole_years
from capexlib.models.funding.inputs import Inputs
from capexlib.params.funding import FundingParams

Floats = NDArray[np.float64]


def cost_of(params: FundingParams, name: str, inputs: Inputs, tax: Floats | float) -> Floats:
    """Cost of one instrument after tax, decimal a year, fees spread over its life, (n,).

    Notes
    -----
    Interest and fees save tax, what shareholders ask does not. Retained earnings cost what
    shareholders ask. A convertible is split as IAS 32 does: its debt costs what the same note
    without conversion would pay, the rest what shareholders ask, since that is what the right to
    shares gives away.
    """
    equity = inputs["funding.cost_of_equity"]
    terms = params.instruments[name]
    if terms.kind == "retained":
        return equity
    rate = debt_rate(params, name, inputs)
    tenor, _ = whole_years(terms)
    fee = inputs[f"funding.instruments.{name}.fee"] / tenor
    if terms.kind != "convertible":
        return (rate + fee) * (1.0 - tax)
    straight = rate + inputs[f"funding.instruments.{name}.straight"]
    split = convertible_split(1.0, rate, tenor, straight)
    liability = np.minimum(split.liability, 1.0)
    return (liability * straight + fee) * (1.0 - tax) + (1.0 - liability) * equity


def weighted_cost(
    params: FundingParams, drawn: Mapping[str, Floats], gap: Floats, inputs: Inputs, tax: Floats
) -> Floats:
    """Cost of the whole mix after tax.

    Parameters
    ----------
    params : FundingParams
    drawn : mapping of str to ndarray, shape (n,)
        By instrument.
    gap : ndarray, shape (n,)
        Not funded: it would have to come from shareholders, and costs what they ask.
    inputs : mapping of str to ndarray, shape (n,)
    tax : ndarray, shape (n,)
        Rate; interest saves tax, retained earnings do not.

    Returns
    -------
    ndarray, shape (n,)
        Decimal a year; the cost of equity on a path that needs nothing.
    """
    equity = inputs["funding.cost_of_equity"]
    total, cost = gap.copy(), gap * equity
    for name, amount in drawn.items():
        cost += amount * cost_of(params, name, inputs, tax)
        total += amount
    return np.where(total > 0, cost / np.where(total > 0, total, 1.0), equity)


def dilution(params: FundingParams, drawn: Mapping[str, Floats], inputs: Inputs) -> Floats:
    """Share of the company that holders of convertibles would own after conversion.

    Parameters
    ----------
    params : FundingParams
    drawn : mapping of str to ndarray, shape (n,)
    inputs : mapping of str to ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    With a premium p over today's value V of all shares, notes of face F become
    ``F / (1 + p) / V`` new shares for each old one.
    """
    fresh = np.zeros_like(inputs["funding.company.equity_value"])
    for name, amount in drawn.items():
        if params.instruments[name].kind == "convertible":
            premium = inputs[f"funding.instruments.{name}.premium"]
            fresh = fresh + amount / (1.0 + premium) / inputs["funding.company.equity_value"]
    return fresh / (1.0 + fresh)

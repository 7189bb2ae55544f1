"""When the budget is ordered, and from whom: the levers as shares by vendor and month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from capexlib.models.uncertainty.families import Floats

Timing = Literal["even", "front", "wait"]


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """Shares of the budget by vendor and month.

    Attributes
    ----------
    vendors : tuple of str
        The rows.
    shares : ndarray, shape (vendors, months)
        Part of the whole budget ordered; what no month takes stays held.
    mix : ndarray, shape (vendors,)
        Shares by which a reserve is split among the vendors then let through.
    reserve : float
        Part of the budget held back until `reserve_month`.
    reserve_month : int
        From 0; past the horizon the reserve stays held.
    """

    vendors: tuple[str, ...]
    shares: Floats
    mix: Floats
    reserve: float = 0.0
    reserve_month: int = 0


def order_plan(
    mix: Mapping[str, float],
    vendors: Sequence[str],
    *,
    order_months: int,
    horizon: int,
    timing: Timing = "even",
    reserve: float = 0.0,
    reserve_month: int = 1,
) -> OrderPlan:
    """Turn a lever into shares of the budget by vendor and month.

    Parameters
    ----------
    mix : mapping
        Share of the budget by vendor; the shares sum to at most 1.
    vendors : sequence of str
        All vendors of the model.
    order_months, horizon : int
        Months over which is ordered, and that are simulated.
    timing : {"even", "front", "wait"}
        Even over the order months; all in their first quarter (rounded up); or nothing in
        their first half (rounded down), then even over the rest.
    reserve : float
        Part of each vendor's share that is held back.
    reserve_month : int
        From 1.

    Returns
    -------
    OrderPlan

    Raises
    ------
    ValueError
        If the mix names an unknown vendor or its shares are unusable, or a number of months is not positive.

    Examples
    --------
    >>> order_plan({"acme": 1.0}, ["acme"], order_months=4, horizon=6, timing="wait").shares.tolist()
    [[0.0, 0.0, 0.5, 0.5, 0.0, 0.0]]
    """
    if unknown := set(mix) - set(vendors):
        msg = f"the mix names vendors that are not there: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    if min(mix.values(), default=0.0) < 0.0 or sum(mix.values()) > 1.0 + 1e-9 or not 0.0 <= reserve <= 1.0:
        msg = f"shares lie between 0 and 1 and sum to at most 1, not {dict(mix)} with reserve {reserve}"
        raise ValueError(msg)
    if min(order_months, horizon, reserve_month) < 1:
        msg = f"months count from 1, not {order_months=}, {horizon=}, {reserve_month=}"
        raise ValueError(msg)
    begin = order_months // 2 if timing == "wait" else 0
    end = -(-order_months // 4) if timing == "front" else order_months
    by_month = np.zeros(max(horizon, order_months))
    by_month[begin:end] = 1.0 / (end - begin)
    shares = np.array([mix.get(vendor, 0.0) for vendor in vendors])
    ordered = (1.0 - reserve) * shares[:, None] * by_month[:horizon]
    return OrderPlan(tuple(vendors), ordered, shares, reserve * float(shares.sum()), reserve_month - 1)

"""Value at chosen uses and prices, as quantiles: what a reader's slider looks up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capexlib.models.funding.model import FundedPlan
from capexlib.models.roi.operations import Operations
from capexlib.models.roi.returns import worth

Floats = NDArray[np.float64]


def value_quantiles(
    operations: Operations, plan: FundedPlan, utilisation: Floats, price: Floats, shares: Sequence[float]
) -> Floats:
    """Quantiles of the project's NPV at every pair of use and price.

    Parameters
    ----------
    operations : Operations
    plan : FundedPlan
        Cost of capital; the debt is left as it is.
    utilisation, price : ndarray, shape (k,) and (m,)
        Use after the ramp, and level of the price today, USD an hour.
    shares : sequence of float, length q
        From 0 to 1.

    Returns
    -------
    ndarray, shape (k, m, q)
        USD.

    Notes
    -----
    As in `alternatives.value_grid`: revenue of a path is scaled by ``u / its mature use × p / its
    price level``. What counts is the product u × p, so equal products are computed once.
    """
    inputs = operations.inputs
    per_unit = 1.0 / (inputs["roi.utilisation_mature"] * inputs["roi.price_level"])
    products = np.outer(utilisation, price)
    alone, places = np.unique(products.round(12), return_inverse=True)
    found = [
        np.quantile(worth(plan.wacc, operations.flows((product * per_unit)[:, None])), shares)
        for product in alone.tolist()
    ]
    return np.array(found)[places.ravel()].reshape(*products.shape, len(shares))

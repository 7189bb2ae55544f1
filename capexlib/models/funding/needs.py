"""What a plan asks of its funding, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProjectFlows:
    """A plan as its funders see it; every array (n, years), USD.

    Parameters
    ----------
    needs : ndarray
        Capital expenditure to be paid for, positive; less refunds, so a year may be negative.
    deliveries : ndarray
        Cost of what enters service, positive: what vendor financing follows.
    ebitda, ebit : ndarray
        Earnings before interest and tax, with and without depreciation taken off.
    cfads : ndarray
        Cash flow available for debt service: EBITDA less the tax that would be due without
        debt, capital expenditure left to its funders. Sales of assets are not counted.
    tax_rate : ndarray, shape (n,)
    """

    needs: Floats
    deliveries: Floats
    ebitda: Floats
    ebit: Floats
    cfads: Floats
    tax_rate: Floats

    @property
    def years(self) -> int:
        """Number of years."""
        return self.needs.shape[1]


def together(parts: Iterable[Floats]) -> Floats:
    """Add arrays of one shape, one by one: no copy of them all is made.

    Examples
    --------
    >>> together([np.ones(2), np.ones(2)]).tolist()
    [2.0, 2.0]
    """
    return reduce(np.add, parts)

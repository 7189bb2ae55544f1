"""A response that falls with the amount, as straight segments that a linear programme can fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.decisions.tail import finite
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse


@dataclass(frozen=True, slots=True)
class Segments:
    """Columns for the mix programmes, several to a vendor.

    Attributes
    ----------
    payoffs : ndarray, shape (n, columns)
        Payoff of each path per unit share, on each segment.
    upper : ndarray, shape (columns,)
        Width of each segment.
    owner : ndarray of int, shape (columns,)
        Which vendor a column belongs to; segments of one vendor follow each other.
    vendors : int
    rising : float
        Share of paths × vendors on which a later segment pays more than the one before it, where
        straight segments may be filled out of order.
    """

    payoffs: Floats
    upper: Floats
    owner: NDArray[np.intp]
    vendors: int
    rising: float

    def by_owner(self, shares: ArrayLike) -> Floats:
        """Add up the shares of each vendor, from (..., columns) to (..., vendors)."""
        return np.asarray(shares, dtype=np.float64) @ (self.owner[:, None] == np.arange(self.vendors))

    def split(self, vendor_shares: ArrayLike) -> Floats:
        """Fill each vendor's segments in order, from (..., vendors) to (..., columns).

        What exceeds a vendor's last segment goes nowhere: the result then sums to less.
        """
        whole = np.asarray(vendor_shares, dtype=np.float64)[..., self.owner]
        first = np.searchsorted(self.owner, self.owner)
        before = np.cumsum(self.upper) - self.upper
        return np.clip(whole - (before - before[first]), 0.0, self.upper)

    def out_of_order(self, shares: ArrayLike) -> Floats:
        """Tell how much of a mix sits on a segment while an earlier one of its vendor has room.

        Parameters
        ----------
        shares : array_like, shape (..., columns)

        Returns
        -------
        ndarray, shape (...)
            Zero for a mix that can be ordered as it stands. Where it is not, read
            ``split(by_owner(shares))`` again with `assess_mixes`.
        """
        mix = np.asarray(shares, dtype=np.float64)
        return np.maximum(mix - self.split(self.by_owner(mix)), 0.0).sum(axis=-1)


def falling_segments(totals: ArrayLike, knots: ArrayLike) -> Segments:
    """Cut each vendor's response into straight segments.

    Parameters
    ----------
    totals : array_like, shape (n, vendors, knots)
        What each path brings when the share `knots[j]` of the budget goes to one vendor; nothing
        at the share zero.
    knots : array_like, shape (knots,) or (vendors, knots)
        Ascending from 0, at least two; the last is the vendor's largest share.

    Raises
    ------
    ValueError
        If shapes do not fit, knots do not ascend from 0, or nothing ordered brings something.

    Examples
    --------
    One vendor brings 4 for half the budget, and 6 for all of it:

    >>> cut = falling_segments([[[0.0, 4.0, 6.0]]], [0.0, 0.5, 1.0])
    >>> cut.payoffs.tolist(), cut.upper.tolist(), cut.split([0.75]).tolist()
    ([[8.0, 4.0]], [0.5, 0.5], [0.5, 0.25])
    """
    paid = finite(totals, "totals")
    if paid.ndim != 3 or paid.shape[2] < 2 or not paid.size:
        refuse(f"totals are paths × vendors × at least two knots, not shape {paid.shape}")
    n, vendors, count = paid.shape
    at = finite(knots, "knots")
    if at.shape not in ((count,), (vendors, count)):
        refuse(f"knots have shape ({count},) or ({vendors}, {count}), not {at.shape}")
    at = np.broadcast_to(at, (vendors, count))
    widths = np.diff(at)
    if (at[:, 0] != 0).any() or not (widths > 0).all():
        refuse(f"knots ascend from 0, unlike {at.tolist()}")
    if paid[:, :, 0].any():
        refuse("a vendor that gets nothing brings nothing: the first total of each is zero")
    slopes = np.diff(paid) / widths
    rises = np.diff(slopes) > 1e-9 * np.abs(slopes).max()
    owner = np.repeat(np.arange(vendors), count - 1)
    return Segments(slopes.reshape(n, -1), widths.ravel(), owner, vendors, float(rises.any(axis=2).mean()))

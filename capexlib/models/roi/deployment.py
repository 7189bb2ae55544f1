"""What the policy paths hand over: money out, goods in, compute at work, on every path."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.figures import Figure
from capexlib.models.funding.needs import together

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class VendorDeployment:
    """One vendor's part of the paths; n paths over T months, month 1 first.

    Parameters
    ----------
    id, title : str
    payments_usd : ndarray, shape (n, T)
        Paid in the month, net of refunds: positive is money out. For leased compute the
        rent of the whole term.
    delivered_units : ndarray, shape (n, T)
        Units accepted in the month.
    effective_h100e : ndarray, shape (n, T)
        Compute installed at the month's end, in H100-equivalents, as mature as its
        software then is.
    electricity : ndarray, shape (n,)
        Electricity for a unit of work, as a multiple of the H100's.
    leased : bool
        Whether it is served from somebody else's site: no assets, no electricity bill.
    """

    id: str
    title: str
    payments_usd: Floats
    delivered_units: Floats
    effective_h100e: Floats
    electricity: Floats
    leased: bool = False

    def take(self, rows: NDArray[np.intp]) -> VendorDeployment:
        """Return some of the paths."""
        return replace(
            self, payments_usd=self.payments_usd[rows], delivered_units=self.delivered_units[rows],
            effective_h100e=self.effective_h100e[rows], electricity=self.electricity[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deployment:
    """All vendors' deliveries, on common paths.

    Parameters
    ----------
    vendors : tuple of VendorDeployment
        Of one n and one T.
    stranded_usd : ndarray, shape (n,)
        Part of the payments for owned hardware that brings no goods, whatever happens later.
    planned_load_h100e : ndarray, shape (n,)
        Owned compute that the whole budget was meant to bring, each vendor's weighted with
        its electricity: what sites were planned for.
    idle_usd : ndarray, shape (n, T)
        Budget that waits at the gates, at each month's end: prepaid for goods that have not come,
        lost, or held, beyond what the same orders would leave through open gates.
    one_off_usd : ndarray, shape (n, T)
        Porting, testing and audits, where not in the payments: positive is money out.
    operands : tuple of Figure
        What the paths rest on, for the lineage of results.

    Raises
    ------
    ValueError
        If shapes differ, something is not finite, or installed compute is negative.
    """

    vendors: tuple[VendorDeployment, ...]
    stranded_usd: Floats
    planned_load_h100e: Floats
    idle_usd: Floats
    one_off_usd: Floats
    operands: tuple[Figure, ...] = field(default=())

    def __post_init__(self) -> None:
        shape = self.idle_usd.shape
        if len(shape) != 2 or not self.vendors:
            msg = f"a deployment has vendors, and arrays of shape (paths, months), not {shape}"
            raise ValueError(msg)
        parts = {"idle_usd": self.idle_usd, "one_off_usd": self.one_off_usd}
        rows = {"stranded_usd": self.stranded_usd, "planned_load_h100e": self.planned_load_h100e}
        for vendor in self.vendors:
            parts |= {f"{vendor.id}.{name}": getattr(vendor, name) for name in _MONTHLY}
            rows |= {f"{vendor.id}.{name}": getattr(vendor, name) for name in _BY_PATH}
        wrong = [name for name, part in parts.items() if part.shape != shape]
        wrong += [name for name, part in rows.items() if part.shape != shape[:1]]
        if wrong:
            msg = f"shapes of {', '.join(wrong)} differ from {shape} by path and month"
            raise ValueError(msg)
        bad = [name for name, part in (parts | rows).items() if not np.isfinite(part).all()]
        bad += [vendor.id for vendor in self.vendors if (vendor.effective_h100e < 0).any()]
        if bad:
            msg = f"not finite, or compute below zero: {', '.join(bad)}"
            raise ValueError(msg)

    @property
    def paths(self) -> int:
        """Number of paths."""
        return self.idle_usd.shape[0]

    @property
    def months(self) -> int:
        """Number of months."""
        return self.idle_usd.shape[1]

    def installed(self, *, leased: bool) -> Floats:
        """Compute installed at each month's end, owned or leased, (n, T)."""
        return self._sum([vendor.effective_h100e for vendor in self.vendors if vendor.leased == leased])

    def load_h100e(self) -> Floats:
        """Owned compute, each vendor's weighted with its electricity, (n, T)."""
        return self._sum([v.effective_h100e * v.electricity[:, None] for v in self.vendors if not v.leased])

    def take(self, rows: NDArray[np.intp]) -> Deployment:
        """Return some of the paths, in the order of `rows`; a path may come twice."""
        return replace(
            self, vendors=tuple(vendor.take(rows) for vendor in self.vendors), stranded_usd=self.stranded_usd[rows],
            planned_load_h100e=self.planned_load_h100e[rows], idle_usd=self.idle_usd[rows],
            one_off_usd=self.one_off_usd[rows],
        )  # fmt: skip

    def _sum(self, parts: list[Floats]) -> Floats:
        return together(parts) if parts else np.zeros(self.idle_usd.shape)


_MONTHLY = ("payments_usd", "delivered_units", "effective_h100e")
_BY_PATH = ("electricity",)


def by_year(monthly: Floats, years: int) -> Floats:
    """Sum months to years.

    Parameters
    ----------
    monthly : ndarray, shape (n, T)
    years : int
        At least T / 12.

    Returns
    -------
    ndarray, shape (n, years)
        Year 1 is months 1 to 12; years after the last month are zero.

    Raises
    ------
    ValueError
        If the months run beyond the years.

    Examples
    --------
    >>> by_year(np.ones((1, 18)), 3).tolist()
    [[12.0, 6.0, 0.0]]
    """
    paths, months = monthly.shape
    if months > 12 * years:
        msg = f"{months} months do not fit into {years} years; lengthen roi.years"
        raise ValueError(msg)
    summed = np.zeros((paths, years))
    begins = np.arange(0, months, 12)
    summed[:, : begins.size] = np.add.reduceat(monthly, begins, axis=1)
    return summed

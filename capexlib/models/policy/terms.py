"""On which terms each vendor sells, path by path: laws of the inputs, and arrays drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.models.assumptions import distribution
from capexlib.models.uncertainty import Distribution
from capexlib.models.uncertainty.families import Floats
from capexlib.params.assumption import Assumption
from capexlib.params.policy import VendorParams
from capexlib.units import convert, parse_unit

_SHARES = ("duty_passed_on", "maturity", "good_units", "prepayment", "refund")
_ALIKE = ("training", "inference", "electricity", "supply_start", "supply_end")
_DRAWN = (
    "price", *_SHARES, *_ALIKE, "learning", "porting_cost", "ramp", "lead_time", "audit_delay", "audit_cost",
)  # fmt: skip

VENDOR_INPUTS = (*_DRAWN, "quota")
"""What is uncertain of a vendor, by the names of its params."""


@dataclass(frozen=True, slots=True)
class VendorTerms:
    """One vendor's terms, each an array over paths, shape (n,).

    Attributes
    ----------
    price_usd : ndarray
        For one unit, before any duty passed on; leases: over the term.
    duty_passed_on : ndarray
        Part of a state's duty that is added to the price.
    training, inference : ndarray
        H100-equivalents of one unit, with mature software.
    maturity, learning_months : ndarray
        Part of that reached at the first delivery; months in which 1 − 1/e of the gap closes.
    porting_cost_usd : ndarray
        Once, from the first money that the vendor gets.
    supply_start, supply_end, ramp_months, good_units : ndarray
        Units a month, months between the two, part that passes acceptance.
    lead_months, audit_months : ndarray
        From order to goods ready is their sum, rounded half up.
    audit_cost_usd, prepayment, refund, electricity : ndarray
        Testing for one unit delivered; part of the price paid with the order; part of that which
        comes back after a cancellation; electricity for a unit of work against the H100's.
    quota : ndarray or None
        Units that one customer may have received when a quota binds; None: it never does.
    recallable : bool
        Whether what is in service stops while its gates are shut, as compute rented abroad may.
    """

    price_usd: Floats
    duty_passed_on: Floats
    training: Floats
    inference: Floats
    maturity: Floats
    learning_months: Floats
    porting_cost_usd: Floats
    supply_start: Floats
    supply_end: Floats
    ramp_months: Floats
    good_units: Floats
    lead_months: Floats
    audit_months: Floats
    audit_cost_usd: Floats
    prepayment: Floats
    refund: Floats
    electricity: Floats
    quota: Floats | None = None
    recallable: bool = False

    @property
    def delay(self) -> NDArray[np.intp]:
        """Whole months from order to goods ready."""
        return whole_months(self.lead_months + self.audit_months)

    def with_quota(self, factor: float) -> VendorTerms:
        """Return the same terms with the quota times a number."""
        return self if self.quota is None else replace(self, quota=self.quota * factor)


def whole_months(months: Floats) -> NDArray[np.intp]:
    """Round months half up.

    Examples
    --------
    >>> whole_months(np.array([0.4, 0.5, 2.5])).tolist()
    [0, 1, 3]
    """
    return np.floor(months + 0.5).astype(np.intp)


def vendor_inputs(key: str, vendor: VendorParams, usd_per: Mapping[str, float]) -> dict[str, Distribution]:
    """Return the laws of a vendor's inputs in the model's units.

    Parameters
    ----------
    key : str
        The vendor's key in the params file.
    vendor : VendorParams
    usd_per : mapping
        USD that one of each foreign currency is worth, at dated rates.

    Returns
    -------
    dict
        By dotted name, for instance ``"vendors.acme.price"``: USD, months, units, units a month.

    Raises
    ------
    ValueError
        If a price is in a currency without a rate.
    """
    chosen = {name: getattr(vendor, name) for name in VENDOR_INPUTS}
    return {
        f"vendors.{key}.{name}": distribution(assumption, _scale(assumption, usd_per))
        for name, assumption in chosen.items()
        if assumption is not None
    }


def _scale(assumption: Assumption, usd_per: Mapping[str, float]) -> float:
    """Return what one of the assumption's unit is in the model's."""
    unit = parse_unit(assumption.unit)
    if unit.currency:
        return convert(1.0, unit.symbol, "/".join((unit.currency, *unit.dimension[1:]))) * _rate(unit.currency, usd_per)
    in_models = {("time",): "months", ("unit",): "units", ("unit", "time"): "units/month"}
    return convert(1.0, unit.symbol, in_models.get(unit.dimension, "fraction"))


def _rate(currency: str, usd_per: Mapping[str, float]) -> float:
    if currency == "USD":
        return 1.0
    if currency not in usd_per:
        msg = f"an amount in {currency} needs a dated rate to USD"
        raise ValueError(msg)
    return usd_per[currency]


def vendor_terms(key: str, vendor: VendorParams, draws: Mapping[str, Floats]) -> VendorTerms:
    """Return a vendor's terms on each path.

    Parameters
    ----------
    key : str
        The vendor's key in the params file.
    vendor : VendorParams
    draws : mapping
        Values drawn from `vendor_inputs`, by the same names, each of shape (n,).

    Returns
    -------
    VendorTerms
        A draw past what is possible (a negative time, a share above one) is taken at the bound.

    Raises
    ------
    ValueError
        If a path has a price that is not above zero.
    """
    found = {name: np.maximum(draws[f"vendors.{key}.{name}"], 0.0) for name in _DRAWN}
    found |= {name: np.minimum(found[name], 1.0) for name in _SHARES}
    if not (found["price"] > 0.0).all():
        msg = f"the price of {key} is not above zero on every path; narrow its range"
        raise ValueError(msg)
    quota = None if vendor.quota is None else np.maximum(draws[f"vendors.{key}.quota"], 0.0)
    return VendorTerms(
        price_usd=found["price"], learning_months=found["learning"], porting_cost_usd=found["porting_cost"],
        ramp_months=found["ramp"], lead_months=found["lead_time"], audit_months=found["audit_delay"],
        audit_cost_usd=found["audit_cost"], quota=quota, recallable=vendor.recallable,
        **{name: found[name] for name in (*_SHARES, *_ALIKE)},
    )  # fmt: skip

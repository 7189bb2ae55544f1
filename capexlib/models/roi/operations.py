"""A year of running the compute: hours, price, costs, assets; before anybody finances it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import electricity_cost
from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.models.roi.assets import Assets, processors_in_service, sites_built, totals, wear
from capexlib.models.roi.demand import HOURS_PER_MONTH, Integrals, capacity_hours, served_hours
from capexlib.models.roi.deployment import Deployment, by_year
from capexlib.models.roi.prices import price_path
from capexlib.models.roi.tax import tax_due
from capexlib.params.roi import RoiParams

Floats = NDArray[np.float64]
HOURS_PER_YEAR = 8760.0


@dataclass(frozen=True)
class Operations:
    """The plan at work; every array (n, years), USD and positive unless said.

    Parameters
    ----------
    inputs : mapping of str to ndarray
        What was drawn, by dotted key, in the models' units.
    capacity, served : ndarray
        H100-equivalent hours that could work, and that are used.
    price : ndarray
        USD of one such hour, at the middle of the year.
    costs : dict of str to ndarray
        Electricity, upkeep, site, leases, one-off costs.
    classes : dict of str to Assets
    load_mw : ndarray
        IT load installed at the year's end.
    tax_rate : ndarray, shape (n,)
    loss_years : int
    idle_usd : ndarray
        Budget without compute, on average over the year.
    """

    inputs: Inputs
    capacity: Floats
    served: Floats
    price: Floats
    costs: dict[str, Floats]
    classes: dict[str, Assets]
    load_mw: Floats
    tax_rate: Floats
    loss_years: int
    idle_usd: Floats

    @property
    def years(self) -> int:
        """Number of years."""
        return self.price.shape[1]

    @cached_property
    def revenue(self) -> Floats:
        """What the used hours are worth: what renting them would cost."""
        return self.served * self.price

    @cached_property
    def running(self) -> Floats:
        """All costs of running."""
        return together(self.costs.values())

    @cached_property
    def spending(self) -> Floats:
        """Capital expenditure."""
        return totals(self.classes, "spending")

    @cached_property
    def charges(self) -> Floats:
        """Depreciation and write-offs."""
        return totals(self.classes, "depreciation") + totals(self.classes, "write_off")

    @cached_property
    def book(self) -> Floats:
        """Book value at the year's end."""
        return totals(self.classes, "book")

    @cached_property
    def proceeds(self) -> Floats:
        """Residual values; in the last year also what is left, at its book value."""
        received = totals(self.classes, "proceeds").copy()
        received[:, -1] += self.book[:, -1]
        return received

    @cached_property
    def _deducted(self) -> Floats:
        return self.running + self.charges

    @cached_property
    def _outgoings(self) -> Floats:
        return self.running + self.spending - self.proceeds

    def tax(self, interest: Floats | float = 0.0, scale: Floats | float = 1.0) -> Floats:
        """Tax, with interest and fees deducted.

        Parameters
        ----------
        interest : ndarray, shape (n, years), or 0
        scale : ndarray, shape (n, 1), or 1
            Factor on the revenue.
        """
        profit = self.revenue * scale - self._deducted - interest
        return tax_due(profit, self.tax_rate, self.loss_years)

    def flows(self, scale: Floats | float = 1.0, interest: Floats | float = 0.0) -> Floats:
        """Free cash flow after tax, outflows negative, (n, years).

        Parameters
        ----------
        scale : ndarray, shape (n, 1), or 1
            Factor on the revenue.
        interest : ndarray, shape (n, years), or 0
            Deducted from the taxable profit only.
        """
        return self.revenue * scale - self.tax(interest, scale) - self._outgoings

    def project_flows(self) -> ProjectFlows:
        """Return what funding needs to know."""
        ebitda = self.revenue - self.running
        return ProjectFlows(
            needs=self.spending, deliveries=totals(self.classes, "in_service"), ebitda=ebitda,
            ebit=ebitda - self.charges, cfads=ebitda - self.tax(), tax_rate=self.tax_rate,
        )  # fmt: skip


def operate(params: RoiParams, deployment: Deployment, inputs: Inputs, shocks: Floats, power_kw: float) -> Operations:
    """Run the plan for every path.

    Parameters
    ----------
    params : RoiParams
        Its structure; every number comes from `inputs`.
    deployment : Deployment
        n paths.
    inputs : mapping of str to ndarray, shape (n,)
        By dotted key, in the models' units.
    shocks : ndarray, shape (n, years)
        Of the price, standard normal.
    power_kw : float
        Rated power of one H100.

    Returns
    -------
    Operations

    Raises
    ------
    ValueError
        If the deployment is longer than the account.
    """
    years = params.years
    processors = next(name for name, asset in params.classes.items() if asset.basis == "payments")
    life = inputs[f"roi.classes.{processors}.life"]
    hours = {
        "start": np.minimum(inputs["roi.utilisation_start"], inputs["roi.utilisation_mature"]),
        "mature": inputs["roi.utilisation_mature"], "ramp_years": inputs["roi.utilisation_ramp"],
        "lag_years": inputs["roi.demand_lag"],
    }  # fmt: skip
    own, term = Integrals(deployment.installed(leased=False)), inputs["roi.lease_term"]
    capacity, served = capacity_hours(own, life, years), served_hours(own, life, years, **hours)
    if any(vendor.leased for vendor in deployment.vendors):
        rented = Integrals(deployment.installed(leased=True))
        capacity = capacity + capacity_hours(rented, term, years)
        served = served + served_hours(rented, term, years, **hours)
    load_h100e = deployment.load_h100e()
    classes, load_mw = _build(params, deployment, load_h100e, inputs, power_kw)
    price = price_path(
        inputs["roi.price_now"], inputs["roi.price_level"], inputs["roi.price_decline"], inputs["roi.price_half_life"],
        inputs["roi.price_volatility"], shocks,
    )  # fmt: skip
    return Operations(
        inputs=inputs, capacity=capacity, served=served, price=price,
        costs=_costs(params, deployment, load_h100e, inputs, classes, life, power_kw), classes=classes, load_mw=load_mw,
        tax_rate=inputs["roi.tax"], loss_years=int(params.loss_life.value),
        idle_usd=by_year(deployment.idle_usd, years) / 12,
    )  # fmt: skip


def _build(
    params: RoiParams, deployment: Deployment, load_h100e: Floats, inputs: Inputs, power_kw: float
) -> tuple[dict[str, Assets], Floats]:
    """Turn payments and installed load into assets by class, and the load at each year's end."""
    years, paths = params.years, deployment.paths
    owned = [by_year(vendor.payments_usd, years) for vendor in deployment.vendors if not vendor.leased]
    paid = together(owned) if owned else np.zeros((paths, years))
    arrived = processors_in_service(deployment, paid)
    each_mw = power_kw / 1e3 * inputs["scale.power_overhead"]
    ends = np.minimum(12 * np.arange(1, years + 1), deployment.months) - 1
    load_mw = load_h100e[:, ends] * each_mw[:, None]
    last = (deployment.months - 1) // 12
    sites = sites_built(
        load_mw, deployment.planned_load_h100e * each_mw, inputs["roi.committed"], inputs["roi.build_time"]
    )
    classes = {}
    for name, asset in params.classes.items():
        key = f"roi.classes.{name}"
        if asset.basis == "payments":
            spending, in_service = paid, arrived
        elif asset.basis == "processors":
            spending = in_service = arrived * inputs[f"{key}.ratio"][:, None]
        else:
            spending = in_service = sites * inputs[f"{key}.per_mw"][:, None]
        worn = wear(spending, in_service, inputs[f"{key}.life"], inputs[f"{key}.residual"], asset.method, last)
        classes[name] = worn
    return classes, load_mw


def _costs(
    params: RoiParams, deployment: Deployment, load_h100e: Floats, inputs: Inputs, classes: dict[str, Assets],
    life: Floats, power_kw: float,
) -> dict[str, Floats]:  # fmt: skip
    years = params.years
    load = Integrals(load_h100e)
    working = capacity_hours(load, life, years)
    kilowatts = power_kw * inputs["scale.power_overhead"] * inputs["roi.load"]
    per_hour = electricity_cost(kilowatts, inputs["scale.pue"], 1.0, inputs["roi.tariff"])
    equipment = [classes[name] for name, asset in params.classes.items() if asset.basis != "it_load"]
    arrived = together([assets.in_service for assets in equipment])
    cost = np.cumsum(arrived, axis=1) - arrived / 2
    ever = load.ever(years) * HOURS_PER_MONTH
    still = working / np.where(ever > 0, ever, 1.0)
    rated_mw = power_kw / 1e3 * inputs["scale.power_overhead"]
    costs = {
        "electricity": working * per_hour[:, None],
        "upkeep": cost * still * inputs["roi.maintenance"][:, None],
        "site": working / HOURS_PER_YEAR * (rated_mw * inputs["roi.site_cost"])[:, None],
        "one_off": by_year(deployment.one_off_usd, years),
    }
    leased = [by_year(vendor.payments_usd, years) for vendor in deployment.vendors if vendor.leased]
    if leased:
        costs["leases"] = together(leased)
    return costs

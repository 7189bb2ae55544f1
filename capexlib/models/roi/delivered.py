"""From the policy paths to a deployment: what was paid, what came, and what it was meant to bring."""

from __future__ import annotations

import numpy as np

from capexlib.figures import Figure
from capexlib.models.policy.supply import SupplyPaths
from capexlib.models.policy.world import World
from capexlib.models.roi.deployment import Deployment, Floats, VendorDeployment


def deployment_of(world: World, paths: SupplyPaths, planned: SupplyPaths, operands: tuple[Figure, ...]) -> Deployment:
    """Read simulated orders as a deployment.

    Parameters
    ----------
    world : World
    paths : SupplyPaths
        What became of the orders, with flows by vendor.
    planned : SupplyPaths
        The same orders with every gate open, with flows by vendor.
    operands : tuple of Figure
        What the paths rest on.

    Returns
    -------
    Deployment

    Notes
    -----
    Payments include porting, testing and audits. What is lost or still prepaid at the horizon's end is
    split between owned and leased by the prepayments for goods that did not come.
    """
    flows, meant = paths.flows, planned.flows
    vendors, missing, load = [], {}, np.zeros(world.size)
    for row, (key, terms) in enumerate(world.terms.items()):
        vendor = world.setting.vendors[key]
        if not flows.ordered[row].any():
            continue
        vendors.append(VendorDeployment(
            key, vendor.title, flows.paid[row] - flows.refunded[row], flows.delivered[row], flows.compute[row],
            terms.electricity, leased=vendor.leased,
        ))  # fmt: skip
        absent = flows.in_transit[row, :, -1] + flows.cancelled[row].sum(axis=1)
        missing[key] = absent * terms.price_usd * terms.prepayment
        if not vendor.leased:
            load += meant.compute[row, :, -1] * terms.electricity
    gone = paths.lost[:, -1] + paths.stranded[:, -1]
    return Deployment(
        tuple(vendors), stranded_usd=gone * _owned_share(vendors, missing), planned_load_h100e=load,
        idle_usd=np.maximum(_waiting(paths) - _waiting(planned), 0.0), one_off_usd=np.zeros_like(paths.held),
        operands=operands,
    )  # fmt: skip


def _waiting(paths: SupplyPaths) -> Floats:
    """Budget that is not in goods that came, at each month's end, (n, T)."""
    return paths.stranded + paths.lost + paths.held


def _owned_share(vendors: list[VendorDeployment], missing: dict[str, Floats]) -> Floats:
    """Return which part of the money for goods that did not come was for owned hardware; none missing is none."""
    total = np.sum([missing[vendor.id] for vendor in vendors], axis=0)
    owned = np.sum([missing[vendor.id] for vendor in vendors if not vendor.leased], axis=0)
    return np.divide(owned, total, out=np.zeros_like(total), where=total > 0.0)

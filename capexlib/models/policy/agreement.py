"""Exact beside simulated: what linear algebra gives of the gates and deliveries, and how far the paths are from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from capexlib.models.policy.exact import (
    Beside,
    GateLaws,
    beside,
    expected_deliveries,
    gate_laws,
    occupancy,
    passage_by_month,
)
from capexlib.models.policy.setting import PATIENCE
from capexlib.models.policy.terms import whole_months
from capexlib.models.policy.world import World
from capexlib.params.policy import LeverParams

Kind = Literal["months", "reached", "stayed", "delivered"]
_ENDLESS = 1e15


@dataclass(frozen=True, slots=True)
class Agreement:
    """One expectation, computed and simulated.

    Parameters
    ----------
    kind : {"months", "reached", "stayed", "delivered"}
        Months of the horizon that end in a state; probability that some month ends in it; months
        before the gate first leaves today's state, the horizon counting where it never does; units
        delivered by the end without quota or limit of supply.
    subject : str
        Gate or vendor.
    state : str
        Empty for deliveries.
    beside : Beside
    """

    kind: Kind
    subject: str
    state: str
    beside: Beside

    @property
    def key(self) -> str:
        """Its kind, subject and state, dotted."""
        return ".".join(part for part in (self.kind, self.subject, self.state) if part)


def agreements(world: World) -> list[Agreement]:
    """Compare every gate's paths, and every gated vendor's deliveries, with their closed forms.

    Parameters
    ----------
    world : World
        As drawn, not under a scenario.
    """
    laws = {key: gate_laws(gate, world.values) for key, gate in world.setting.gates.items()}
    found = []
    for key, law in laws.items():
        found += list(_of_gate(world, key, law))
    for vendor in world.doors:
        found.append(Agreement("delivered", vendor, "", _of_vendor(world, vendor, laws)))
    return found


def _of_gate(world: World, key: str, law: GateLaws) -> Iterator[Agreement]:
    gate, states = world.setting.gates[key], world.states[key]
    months = occupancy(law).sum(axis=1)
    others = [number for number in range(len(gate.states)) if number != gate.start]
    if others:
        stays = 1.0 - passage_by_month(law, others)
        held = np.logical_and.accumulate(states == gate.start, axis=1)
        yield Agreement("stayed", key, gate.states[gate.start], beside(stays.sum(axis=1), held.sum(axis=1)))
    for number, name in enumerate(gate.states):
        yield Agreement("months", key, name, beside(months[:, number], np.count_nonzero(states == number, axis=1)))
        if number != gate.start:
            reached = passage_by_month(law, [number])[:, -1]
            yield Agreement("reached", key, name, beside(reached, (states == number).any(axis=1)))


def _of_vendor(world: World, vendor: str, laws: dict[str, GateLaws]) -> Beside:
    """Simulate one vendor alone, with endless supply and no quota, and compare with the Feynman-Kac recursion."""
    n = world.size
    endless = np.full(n, _ENDLESS)
    terms = replace(
        world.terms[vendor], supply_start=endless, supply_end=endless, good_units=np.ones(n), quota=None
    )  # fmt: skip
    alone = replace(world, terms={**world.terms, vendor: terms})
    lever = LeverParams.model_construct(mix={vendor: 1.0}, timing="even", reserve=0.0)
    flows = alone.run(lever, by_vendor=True, fallback=False).flows
    row = list(world.terms).index(vendor)
    ordered = flows.ordered[row]
    months = ordered.shape[1]
    shifted = np.arange(months) - terms.delay[:, None]
    ready = np.where(shifted >= 0, np.take_along_axis(ordered, np.maximum(shifted, 0), axis=1), 0.0)
    patience = whole_months(world.values[PATIENCE]) + 1
    gates = [laws[gate] for gate in world.setting.vendors[vendor].gates]
    exact = expected_deliveries(gates, ready, patience)[:, -1]
    return beside(exact, flows.delivered[row].sum(axis=1))

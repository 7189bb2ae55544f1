"""A setting drawn: every input's value and every gate's path, and what a lever comes to in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.models.markov.paths import PATHS_PER_BLOCK, States
from capexlib.models.policy.doors import Doors, doors, open_doors
from capexlib.models.policy.gates import GateModel, scenario_states
from capexlib.models.policy.orders import OrderPlan, order_plan
from capexlib.models.policy.setting import LAG, PATIENCE, PLAN, SHARE, TRAINING, USD_PER_BN, Setting
from capexlib.models.policy.supply import SupplyPaths, simulate_supply
from capexlib.models.policy.terms import VendorTerms, vendor_terms
from capexlib.models.uncertainty import event_stream, stratified
from capexlib.models.uncertainty.families import Floats
from capexlib.params.policy import LeverParams, ScenarioParams

Values = Mapping[str, Floats]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One draw of everything, n paths of T months.

    Parameters
    ----------
    setting : Setting
    values : mapping of str to ndarray, shape (n,)
        Of every input in ``setting.laws``.
    states : dict of str to ndarray of uint8, shape (n, T)
        Each gate's state at each month's end.
    budget_usd : ndarray, shape (n,)
    terms : dict of str to VendorTerms
    doors : dict of str to Doors
    """

    setting: Setting
    values: Values
    states: Mapping[str, States]
    budget_usd: Floats
    terms: Mapping[str, VendorTerms]
    doors: Mapping[str, Doors]

    @property
    def size(self) -> int:
        """Number of paths."""
        return self.budget_usd.size

    def run(self, lever: LeverParams | OrderPlan, *, by_vendor: bool = False, fallback: bool = True) -> SupplyPaths:
        """Follow a lever's orders.

        Parameters
        ----------
        lever : LeverParams or OrderPlan
        by_vendor : bool
            Keep flows by vendor and month.
        fallback : bool
            Whether money that comes back is ordered again.
        """
        plan = lever if isinstance(lever, OrderPlan) else self.orders(lever)
        return simulate_supply(
            self.budget_usd, plan, self.terms, self.doors, training_share=self.values[TRAINING],
            patience=self.values[PATIENCE], reorder_lag=self.values[LAG],
            fallback=self.setting.policy.fallback if fallback else None, by_vendor=by_vendor,
        )  # fmt: skip

    def orders(self, lever: LeverParams) -> OrderPlan:
        """Turn a lever into orders by vendor and month."""
        policy = self.setting.policy
        return order_plan(
            lever.mix, tuple(self.terms), order_months=min(policy.order_months, policy.horizon_months),
            horizon=policy.horizon_months, timing=lever.timing, reserve=lever.reserve,
            reserve_month=policy.reserve_month,
        )  # fmt: skip

    def head(self, n: int) -> World:
        """Return the first paths alone; a power of two of them is still a balanced sample."""
        values = {name: column[:n] for name, column in self.values.items()}
        return make_world(self.setting, values, {key: states[:n] for key, states in self.states.items()})

    def opened(self) -> World:
        """Return the same draw with every gate open and no quota: what the plan is measured against."""
        free = open_doors(self.size, self.setting.months)
        return replace(self, doors=dict.fromkeys(self.terms, free))

    def recoded(self, setting: Setting, seed: int) -> World:
        """Return the same draw with the gates' pasts coded another way; gates whose past is the same stay."""
        if setting.laws.keys() != self.setting.laws.keys():
            return draw_world(setting, self.values[PLAN], seed)
        states = {
            key: self.states[key] if gate.history.spells == self.setting.gates[key].history.spells
            else gate.simulate(gate.rates(self.values), seed, self.size, chances=gate.chances(self.values))
            for key, gate in setting.gates.items()
        }  # fmt: skip
        return make_world(setting, self.values, states)

    def under(self, scenario: ScenarioParams) -> World:
        """Return the same draw with the gates on a named course."""
        states = {
            key: np.broadcast_to(
                scenario_states(gate, scenario.gates.get(key, ())), (self.size, self.setting.months)
            )
            for key, gate in self.setting.gates.items()
        }  # fmt: skip
        terms = {key: made.with_quota(scenario.quota) for key, made in self.terms.items()}
        return replace(self, states=states, terms=terms, doors=vendor_doors(self.setting, self.values, states))

    def holding(self, gate: str, state: str) -> World:
        """Return the same draw with one gate in a state throughout; the others move as drawn."""
        model = self.setting.gates[gate]
        held = np.full((self.size, self.setting.months), model.states.index(state), dtype=np.uint8)
        states = {**self.states, gate: held}
        return replace(self, states=states, doors=vendor_doors(self.setting, self.values, states))


def draw_world(setting: Setting, plan_usd_bn: Floats, seed: int) -> World:
    """Draw every input and every gate's path.

    Parameters
    ----------
    setting : Setting
    plan_usd_bn : ndarray, shape (n,)
        The plan's outcome as the scale model drew it.
    seed : int

    Returns
    -------
    World
    """
    n = plan_usd_bn.size
    drawn = stratified([f"policy/{name}" for name in setting.laws if name != PLAN], n, seed)
    values = {name: law.ppf(drawn[f"policy/{name}"]) for name, law in setting.laws.items() if name != PLAN}
    values[PLAN] = plan_usd_bn
    return make_world(setting, values, gate_states(setting, values, seed))


def gate_states(setting: Setting, values: Values, seed: int) -> dict[str, States]:
    """Draw every gate's path for given inputs; the same seed is the same luck."""
    n = values[PLAN].size
    return {
        key: gate.simulate(gate.rates(values), seed, n, chances=gate.chances(values))
        for key, gate in setting.gates.items()
    }


def make_world(setting: Setting, values: Values, states: Mapping[str, States]) -> World:
    """Put values and gate paths together."""
    terms = {key: vendor_terms(key, vendor, values) for key, vendor in setting.vendors.items()}
    budget = np.maximum(values[PLAN] * values[SHARE] * USD_PER_BN, 0.0)
    return World(setting, values, states, budget, terms, vendor_doors(setting, values, states))


def vendor_doors(setting: Setting, values: Values, states: Mapping[str, States]) -> dict[str, Doors]:
    """Say what each vendor's gates let through together."""
    n = values[PLAN].size
    made = {
        key: Doors(gate.passes(states[key], values), gate.quota_binds(states[key]), gate.duty(states[key], values))
        for key, gate in setting.gates.items()
    }
    return {
        key: doors([made[gate] for gate in vendor.gates], n, setting.months)
        for key, vendor in setting.vendors.items()
        if vendor.gates
    }


def luck_bank(setting: Setting, rows: int, seed: int) -> dict[str, Floats]:
    """Return uniform numbers for the gates' months, (rows, T) a gate: luck that inputs can be varied against."""
    return {
        key: np.concatenate([
            event_stream(seed, f"policy/luck/{key}", block).random((min(PATHS_PER_BLOCK, rows - start), setting.months))
            for block, start in enumerate(range(0, rows, PATHS_PER_BLOCK))
        ])
        for key in setting.gates
    }  # fmt: skip


def lucky_states(
    setting: Setting, values: Values, luck: Mapping[str, Floats], rows: Mapping[str, Rows]
) -> dict[str, States]:  # fmt: skip
    """Walk the gates from given luck.

    Parameters
    ----------
    setting : Setting
    values : mapping of str to ndarray, shape (n,)
    luck : mapping of str to ndarray, shape (m, T)
        By gate, as `luck_bank` returns it.
    rows : mapping of str to ndarray of int, shape (n,)
        By gate: which row of its luck each path takes.

    Returns
    -------
    dict of str to ndarray of uint8, shape (n, T)

    Notes
    -----
    Paths that follow one another with the same inputs of a gate share its laws, and those that also
    share their luck are walked once.
    """
    return {key: _lucky(gate, values, luck[key], rows[key]) for key, gate in setting.gates.items()}


def _lucky(gate: GateModel, values: Values, luck: Floats, rows: Rows) -> States:
    moving = [name for name in gate.inputs() if ".states." not in name]
    own = np.stack([values[name] for name in moving]) if moving else np.empty((0, rows.size))
    begins = np.concatenate([[True], (own[:, 1:] != own[:, :-1]).any(axis=0)])
    places = np.cumsum(begins) - 1
    pairs, which = np.unique(places * len(luck) + rows, return_inverse=True)
    setting_of, row_of = np.divmod(pairs, len(luck))
    drawn = dict(zip(moving, own[:, begins], strict=True))
    rates, chances = (
        part[np.minimum(setting_of, len(part) - 1)] for part in (gate.rates(drawn), gate.chances(drawn))
    )  # fmt: skip
    return gate.simulate_from(luck[row_of], rates, chances=chances)[which]

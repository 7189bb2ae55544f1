"""Which uncertainties decide how much compute arrives: one at a time, all at once, and claim by claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from capexlib.models.policy.setting import PLAN, Setting
from capexlib.models.policy.world import Rows, luck_bank, lucky_states, make_world
from capexlib.models.uncertainty import ClaimVariance, SobolIndices, Swing, sobol_indices, tornado, variance_by_claim
from capexlib.models.uncertainty.families import Distribution, Floats, Uniform
from capexlib.params.policy import LeverParams

SHOWN_SWINGS = 10
"""How many of the widest swings are published."""

LUCK = "luck."
"""Prefix of a gate's path as an input: which of the stored streams of chance it takes."""


@dataclass(frozen=True, slots=True)
class PolicySensitivity:
    """What moves the compute in service at the horizon's end (H100-equivalents).

    Parameters
    ----------
    central : float
        With every input at its median, over the gates' luck.
    swings : tuple of Swing
        Mean over the gates' luck with one input at its 5th and 95th percentile, widest first.
    indices : SobolIndices or None
        Of the widest inputs and of each gate's luck, all other inputs at their medians; None
        where nothing moves the outcome.
    claims : dict of str to ClaimVariance
        What not knowing which report is right contributes; empty without rival reports.
    """

    central: float
    swings: tuple[Swing, ...]
    indices: SobolIndices | None
    claims: Mapping[str, ClaimVariance]


def policy_sensitivity(
    setting: Setting, lever: LeverParams, seed: int, *, luck_rows: int = 64, widest: int = 8, n: int = 1024
) -> PolicySensitivity:
    """Vary the inputs that a lever depends on.

    Parameters
    ----------
    setting : Setting
    lever : LeverParams
    seed : int
    luck_rows : int
        Streams of chance over which each setting of the inputs is averaged.
    widest : int
        How many inputs go on to the Sobol' indices.
    n : int
        Base sample of the indices, a power of two.
    """
    used = [key for key, share in lever.mix.items() if share > 0 or key == setting.policy.fallback]
    gates = {gate for key in used for gate in setting.vendors[key].gates}
    mattering = ("plan", "policy", *(f"vendors.{key}" for key in used), *(f"gates.{gate}" for gate in gates))
    laws = {
        name: law
        for name, law in setting.laws.items()
        if name.startswith(tuple(f"{prefix}." for prefix in mattering)) and law.support[0] < law.support[1]
    }
    medians = {name: float(law.ppf(0.5)) for name, law in setting.laws.items()}
    bank = luck_bank(setting, max(luck_rows, n), seed)

    def delivered(values: Mapping[str, Floats], rows: Mapping[str, Rows]) -> Floats:
        size = len(next(iter(values.values())))
        whole = {name: values.get(name, np.full(size, median)) for name, median in medians.items()}
        return make_world(setting, whole, lucky_states(setting, whole, bank, rows)).run(lever).compute[:, -1]

    def on_average(values: Mapping[str, Floats]) -> Floats:
        size = len(next(iter(values.values())))
        spread = {name: np.repeat(column, luck_rows) for name, column in values.items()}
        rows = dict.fromkeys(setting.gates, np.tile(np.arange(luck_rows), size))
        return delivered(spread, rows).reshape(size, luck_rows).mean(axis=1)

    def with_luck(values: Mapping[str, Floats]) -> Floats:
        rows = {
            key: np.minimum((values[LUCK + key] * n).astype(np.intp), n - 1)
            if LUCK + key in values
            else np.zeros(len(next(iter(values.values()))), dtype=np.intp)
            for key in setting.gates
        }
        return delivered({name: column for name, column in values.items() if not name.startswith(LUCK)}, rows)

    swings = [swing for swing in tornado(on_average, laws) if swing.width > 0] if laws else []
    central = swings[0].outcome_base if swings else float(on_average({PLAN: np.array([medians[PLAN]])})[0])
    chosen: dict[str, Distribution] = {swing.name: laws[swing.name] for swing in swings[:widest]}
    chosen |= {PLAN: laws[PLAN]} if PLAN in laws else {}
    chosen |= {LUCK + gate: Uniform(0.0, 1.0) for gate in sorted(gates)}
    if not swings:
        return PolicySensitivity(central, (), None, {})
    return PolicySensitivity(
        central, tuple(swings), sobol_indices(with_luck, chosen, n=n, seed=seed),
        variance_by_claim(with_luck, chosen, n=4 * n, seed=seed),
    )  # fmt: skip

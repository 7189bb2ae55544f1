"""What breaks the plan: the conditions under which less than enough arrives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capexlib.models.decisions import Discovery, discover
from capexlib.models.policy.world import World
from capexlib.models.uncertainty.families import Floats

SHUT = "shut."
"""Prefix of the months in which a gate lets nothing or little through."""


def months_shut(world: World) -> dict[str, Floats]:
    """Return, for each gate, the months that it spends in states that let less than half through."""
    found = {}
    for key, gate in sorted(world.setting.gates.items()):
        passes = gate.passes(world.states[key], world.values)
        found[SHUT + key] = np.count_nonzero(passes < 0.5, axis=1).astype(np.float64)
    return found


def what_breaks(world: World, share: Floats, inputs: Sequence[str]) -> Discovery | None:
    """Peel the box in which less than enough of the plan arrives.

    Parameters
    ----------
    world : World
    share : ndarray, shape (n,)
        Share of the plan at the horizon's end.
    inputs : sequence of str
        Inputs to look at, beside the months in which each gate is shut.

    Returns
    -------
    Discovery or None
        None where the plan never breaks, or always does.
    """
    failing = share < world.setting.policy.enough
    if failing.all() or not failing.any():
        return None
    columns = months_shut(world) | {name: np.asarray(world.values[name]) for name in inputs}
    moving = {name: column for name, column in columns.items() if np.ptp(column) > 0}
    return discover(moving, failing, outcome=share)


def quasi_p(found: Discovery) -> dict[str, float]:
    """Return, for each condition of the chosen box, how easily chance would make its weaker side look as good."""
    tests = {(test.name, test.side): test.value for test in found.tests}
    return {
        one.name: max((tests.get((one.name, side), 0.0) for side in one.sides()), default=0.0)
        for one in found.chosen.restrictions
    }

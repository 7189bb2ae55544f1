"""Seconds for the policy model: gates' states against drawing their numbers, and a case's whole simulation.

D is the time in which 36 × 10⁶ uniform numbers are drawn, by Philox (which makes results independent of
chunks and workers) and by numpy's default generator; states are told in units of both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from decisions import best
from numpy.typing import NDArray

from capexlib.models.markov import simulate_states
from capexlib.models.policy import make_setting
from capexlib.models.policy.choices import compare_scenarios, find_frontier
from capexlib.models.policy.model import COMPARED_PATHS, assess
from capexlib.models.policy.outcomes import share_of
from capexlib.models.policy.sensitivity import policy_sensitivity
from capexlib.models.policy.setting import plan_samples
from capexlib.models.policy.world import draw_world
from capexlib.models.uncertainty import sobol_indices, uniform_from_range
from capexlib.study import Study, open_study

Floats = NDArray[np.float64]
PATHS, MONTHS, STATES = 10**6, 36, 5
ALLOWED = 7.0
CASE = Path(__file__).resolve().parents[2] / "params" / "bytedance.yml"


def drawn(generator: np.random.Generator) -> None:
    """Draw the numbers that a simulation of a gate needs, month by month, in one buffer."""
    buffer = np.empty(PATHS)
    for _ in range(MONTHS):
        generator.random(out=buffer)


def gather_and_sum(law: Floats) -> NDArray[np.uint8]:
    """Return states by the usual one-liner: rows gathered by state, boundaries below the draw summed."""
    generator, bounds = np.random.default_rng(1), law.cumsum(axis=1)
    states = np.zeros((MONTHS + 1, PATHS), dtype=np.uint8)
    for month in range(MONTHS):
        states[month + 1] = (generator.random(PATHS)[:, None] > bounds[states[month]]).sum(axis=1)
    return states


def by_quantecon(law: Floats) -> NDArray[np.int64]:
    """Return states as QuantEcon samples them."""
    chain = import_module("quantecon").MarkovChain(law)
    return chain.simulate(ts_length=MONTHS, init=0, num_reps=PATHS, random_state=1)


def states_timings() -> Iterator[tuple[str, float, float | None]]:
    """Yield the drawing of numbers, then each way to the states with what is allowed in units of D by Philox."""
    law = 0.9 * np.eye(STATES) + 0.1 * np.random.default_rng(2).dirichlet(np.ones(STATES), STATES)
    philox = best(lambda: drawn(np.random.Generator(np.random.Philox(1))), 2)
    default = best(lambda: drawn(np.random.default_rng(1)), 2)
    yield "D, 36 × 10⁶ uniforms by Philox", philox, None
    yield "D, by numpy's default generator", default, None
    ways: dict[str, Callable[[], object]] = {
        "states, 10⁶ × 36, as here": lambda: simulate_states(law, 0, PATHS, months=MONTHS, seed=1, name="bench"),
        "states by gather and sum": lambda: gather_and_sum(law),
    }
    if find_spec("quantecon"):
        by_quantecon(law[:2, :2] / law[:2, :2].sum(axis=1, keepdims=True))
        ways["states by QuantEcon"] = lambda: by_quantecon(law)
    else:
        yield "states by QuantEcon: not installed, it brings a compiler", math.nan, None
    for name, action in ways.items():
        taken = best(action, 2)
        told = f"{name}: {taken / philox:.1f} D, {taken / default:.1f} of numpy's"
        yield told, taken, ALLOWED * philox if name.endswith("here") else None


def simulation(study: Study) -> None:
    """Draw a case, run every lever and scenario, find the frontier, and tell what decides it."""
    case, scale = study.case, study.scale
    setting = make_setting(study.facts, case, scale)
    lever, seed = case.levers[setting.policy.reported_mix], case.sampling.seed
    world = draw_world(setting, plan_samples(scale, case.entity), seed)
    planned = world.opened().run(lever).compute[:, -1]
    for other in case.levers.values():
        share_of(world.run(other).compute[:, -1], planned)
    compare_scenarios(world.head(COMPARED_PATHS), planned[:COMPARED_PATHS], case.levers, case.scenarios)
    find_frontier(world, planned, lever, points=20)
    policy_sensitivity(setting, lever, seed)


def sobol_timings() -> Iterator[tuple[str, float, float | None]]:
    """Yield Sobol' indices of ten inputs beside the bare evaluations of the model."""
    laws = {f"x{place}": uniform_from_range(0, 1) for place in range(10)}

    def model(values: dict[str, Floats]) -> Floats:
        return np.sum([np.sin((place + 1) * column) for place, column in enumerate(values.values())], axis=0)

    values = {name: np.random.default_rng(place).random(12 * 1024) for place, name in enumerate(laws)}
    bare = best(lambda: model(values), 5)
    yield "Sobol' model runs, 12 × 1024", bare, None
    yield "Sobol' indices, 10 inputs, N = 1024", best(lambda: sobol_indices(model, laws, 1024), 5), 3 * bare + 0.005


def timings() -> list[tuple[str, float, float | None]]:
    """Return name, seconds and seconds allowed of each action."""
    study = open_study(CASE, brief="policy")
    folder = study.loaded.path.parent
    whole = best(lambda: simulation(study), 3)
    every = best(lambda: assess(study.facts, study.case, study.scale, folder), 3)
    return [
        *states_timings(), *sobol_timings(),
        ("simulation of the default case", whole, 2.0),
        ("the same with past and exact figures", every, None),
    ]  # fmt: skip

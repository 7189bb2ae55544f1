"""Seconds for the money models: rates of return in batch, and the whole chain from licence to cover and return."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from decisions import best

from capexlib.models.finance import irr
from capexlib.models.funding.inputs import draw
from capexlib.models.funding.lenders import covers
from capexlib.models.funding.model import fund, funding_params
from capexlib.models.policy import make_setting
from capexlib.models.policy.setting import plan_samples
from capexlib.models.policy.world import draw_world
from capexlib.models.roi import deployment_of, input_laws, run_operations
from capexlib.models.roi.returns import equity_flows
from capexlib.study import open_study

ROWS, PERIODS = 100_000, 11
CHAIN_PATHS = 2**17
CASE = Path(__file__).resolve().parents[2] / "params" / "bytedance.yml"


def project_flows() -> np.ndarray:
    """Return flows of ordinary projects: one outlay, then income."""
    generator = np.random.default_rng(1)
    return np.concatenate(
        [-generator.uniform(50, 150, (ROWS, 1)), generator.uniform(5, 40, (ROWS, PERIODS - 1))], axis=1
    )


def irr_timings() -> Iterator[tuple[str, float, float | None]]:
    """Yield a batch of rates, and a loop over the same rows with pyxirr, as seconds and as a ratio."""
    import pyxirr

    flows = project_flows()
    some = flows[: ROWS // 10].tolist()
    ours = best(lambda: irr(flows), 7)
    loop = 10 * best(lambda: [pyxirr.irr(row) for row in some], 5)
    yield f"rates of return, {ROWS:,} × {PERIODS}", ours, None
    yield "the same by a pyxirr loop (a tenth of the rows, times ten)", loop, None
    yield "  ratio, at least 10", loop / ours, None


def chain_timings() -> Iterator[tuple[str, float, float | None]]:
    """Yield the draws of the whole chain, and the chain, with what five times the draws and one batch of rates allow."""
    study = open_study(CASE, {"sampling.draws": CHAIN_PATHS})
    setting = make_setting(study.facts, study.case, study.scale)
    plan = plan_samples(study.scale, study.case.entity)
    lever = study.case.levers[setting.policy.reported_mix]
    started = time.perf_counter()
    world = draw_world(setting, plan, study.case.sampling.seed)
    draw(input_laws(study.case), CHAIN_PATHS, study.case.sampling.seed)
    draws = time.perf_counter() - started
    planned = world.opened().run(lever, by_vendor=True)
    started = time.perf_counter()
    paths = world.run(lever, by_vendor=True)
    operations = run_operations(study.facts, study.case, deployment_of(world, paths, planned, ()))
    flows = operations.project_flows()
    funded = fund(funding_params(study.case), flows, operations.inputs)
    covers(flows, funded.debts, operations.inputs)
    irr(equity_flows(operations, funded))
    chain = time.perf_counter() - started
    rates = best(lambda: irr(project_flows()), 3)
    yield f"draws of gates, vendors and money, {CHAIN_PATHS:,} paths", draws, None
    yield "licence, deliveries, cash flow, cover, rate of return", chain, 5 * draws + rates


def timings() -> Iterator[tuple[str, float, float | None]]:
    """Yield every line of the bench."""
    yield from irr_timings()
    yield from chain_timings()

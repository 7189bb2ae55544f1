"""Which uncertainty moves the plan's outcome most: the report, the delivery, or the rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.assumptions import distribution
from capexlib.models.scale.outcome import stated_outcome
from capexlib.models.scale.plan import PlanView
from capexlib.models.uncertainty import Distribution, SobolIndices, fixed, sobol_indices, tornado, uniform_from_range
from capexlib.params.schema import Case

REPORT, OUTCOME, CONVERSION = "report", "outcome", "conversion"
_LABELS = {
    REPORT: "Which report is right",
    OUTCOME: "What is spent against what was said",
    CONVERSION: "Exchange rate",
}


@dataclass(frozen=True, slots=True)
class SensitivitySwing:
    """The plan's outcome at one input's 5th and 95th percentile, the others at their median.

    Parameters
    ----------
    id, title : str
    low, high : float
        USD bn.
    low_input, high_input : str
        The input there, in words.
    first, total : float or None
        Sobol' indices of the input; None where only one input moves.
    """

    id: str
    title: str
    low: float
    high: float
    low_input: str
    high_input: str
    first: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class PlanSensitivity:
    """Swings, largest first, around the central outcome (USD bn)."""

    central: float
    swings: tuple[SensitivitySwing, ...]
    indices: SobolIndices | None


def plan_sensitivity(case: Case, plan: PlanView) -> PlanSensitivity:
    """Vary the report, the outcome ratio and the rate one at a time, then all at once.

    Notes
    -----
    Outcome = figure of the report × ratio of outcome to report × (1 + rate error).
    Reports weigh as in the case's pool; without one, the adopted report stands alone.
    """
    weights = {key: pooled.weight for key, pooled in case.plan.pool.items()}
    weights = weights or {plan.claim.id: 1.0}
    rivals = sorted((r for r in plan.rivals if r.claim.id in weights), key=lambda rival: rival.usd.best)
    shares = np.array([weights[rival.claim.id] for rival in rivals])
    edges = np.cumsum(shares)[:-1]
    reports = [rivals[int(np.searchsorted(np.cumsum(shares)[:-1], u, side="right"))].claim.origin for u in (0.05, 0.95)]
    ratios = [stated_outcome(case.scale, rival.usd)[0] for rival in rivals]
    is_foreign = plan.rate.unit != "ratio"

    def chosen(u: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.searchsorted(edges, u, side="right")

    def model(inputs: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        which = chosen(inputs[REPORT])
        outcomes = np.stack([made.ppf(inputs[OUTCOME]) for made in ratios])
        spent = np.take_along_axis(outcomes, which[np.newaxis], axis=0)[0]
        return spent * (1 + inputs[CONVERSION])

    spread = distribution(case.scale.conversion_spread) if is_foreign else fixed(0.0)
    inputs: dict[str, Distribution] = {
        REPORT: uniform_from_range(0.05, 0.95), OUTCOME: uniform_from_range(0.05, 0.95), CONVERSION: spread,
    }  # fmt: skip
    swings = {swing.name: swing for swing in tornado(model, inputs)}
    central = next(iter(swings.values())).outcome_base
    if all(swing.outcome_low == swing.outcome_high for swing in swings.values()):
        return PlanSensitivity(central, (), None)
    indices = sobol_indices(model, inputs, n=1024, seed=case.sampling.seed)
    rows = []
    for position, name in enumerate(indices.names):
        swing = swings[name]
        if swing.outcome_low == swing.outcome_high:
            continue
        low_input, high_input = _inputs_in_words(name, swing.input_low, swing.input_high, reports)
        rows.append(SensitivitySwing(
            name, _LABELS[name], swing.outcome_low, swing.outcome_high, low_input, high_input,
            float(indices.first[position]), float(indices.total[position]),
        ))  # fmt: skip
    rows.sort(key=lambda row: -abs(row.high - row.low))
    return PlanSensitivity(central, tuple(rows), indices)


def _inputs_in_words(name: str, low: float, high: float, reports: list[str]) -> tuple[str, str]:
    if name == REPORT:
        return reports[0], reports[-1]
    if name == CONVERSION:
        return f"{low:+.1%}".replace("-", "−").replace("%", "\u00a0%"), f"{high:+.1%}".replace("%", "\u00a0%")
    return "5th percentile", "95th percentile"

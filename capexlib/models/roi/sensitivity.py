"""Which input moves the verdict, and how much of it the company's own secrets carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.funding.lenders import covers, lowest
from capexlib.models.funding.model import fund
from capexlib.models.roi.deployment import Deployment
from capexlib.models.roi.operations import operate
from capexlib.models.roi.prices import one_luck
from capexlib.models.roi.returns import worth
from capexlib.models.uncertainty import (
    Distribution,
    SobolIndices,
    Swing,
    normal_from_quantiles,
    sobol_indices,
    tornado,
    uniform_from_range,
)
from capexlib.params.funding import FundingParams
from capexlib.params.roi import RoiParams

Floats = NDArray[np.float64]

DELIVERIES, PRICE_LUCK = "deliveries", "price_luck"
SHOWN, SAMPLE = 12, 512
NORMAL_P95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How one outcome depends on the inputs.

    Parameters
    ----------
    outcome : str
    swings : tuple of Swing
        Every input alone, widest first.
    indices : SobolIndices or None
        Of the widest inputs and of all that the company keeps to itself, the others at their
        medians; None where nothing moves the outcome.
    unknowns : tuple of str
    """

    outcome: str
    swings: tuple[Swing, ...]
    indices: SobolIndices | None
    unknowns: tuple[str, ...]

    @property
    def unknowns_share(self) -> tuple[float, float]:
        """Share of the variance that the company's unknowns carry, alone and with interactions.

        The first is the sum of their first-order indices, the second of their total ones: the
        truth about the group lies between.
        """
        if self.indices is None:
            return float("nan"), float("nan")
        places = [place for place, name in enumerate(self.indices.names) if name in self.unknowns]
        return float(self.indices.first[places].sum()), float(self.indices.total[places].sum())


class Chain:
    """Deliveries to cash flow to funding to outcome, as a function of named inputs.

    Parameters
    ----------
    params : RoiParams
    funding : FundingParams
    deployment : Deployment
    power_kw : float
    found : mapping of str to Distribution
        The law of every input. Two are added: `DELIVERIES`, the rank of the path by the
        compute that it brings, from 0 to 1, and `PRICE_LUCK`, by how many standard
        deviations the price is above its mean, the same in all years.
    """

    def __init__(
        self, params: RoiParams, funding: FundingParams, deployment: Deployment, power_kw: float,
        found: Mapping[str, Distribution],
    ) -> None:  # fmt: skip
        self.params, self.funding, self.power_kw = params, funding, power_kw
        compute = np.sum([vendor.effective_h100e[:, -1] for vendor in deployment.vendors], axis=0)
        self.deployment, self.order = deployment, np.argsort(compute, kind="stable")
        moving = {name: one for name, one in found.items() if one.ppf([0.25])[0] != one.ppf([0.75])[0]}
        self.still = {name: float(one.ppf([0.5])[0]) for name, one in found.items()}
        self.laws: dict[str, Distribution] = {
            **moving, DELIVERIES: uniform_from_range(0.05, 0.95),
            PRICE_LUCK: normal_from_quantiles(-NORMAL_P95, NORMAL_P95),
        }  # fmt: skip

    def run(self, values: Mapping[str, Floats]) -> dict[str, Floats]:
        """Compute every outcome: ``npv`` in USD, ``company_dscr_min`` as a ratio.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (m,)
            Inputs that are not named stand at their medians.
        """
        count = len(next(iter(values.values())))
        inputs = {name: np.full(count, value) for name, value in self.still.items()}
        inputs |= {name: found for name, found in values.items() if name in inputs}
        rank = values.get(DELIVERIES, np.full(count, 0.5))
        rows = self.order[np.minimum((rank * len(self.order)).astype(np.intp), len(self.order) - 1)]
        luck = values.get(PRICE_LUCK, np.zeros(count))
        shocks = one_luck(inputs["roi.price_half_life"], luck, self.params.years)
        operations = operate(self.params, self.deployment.take(rows), inputs, shocks, self.power_kw)
        flows = operations.project_flows()
        plan = fund(self.funding, flows, inputs)
        least = lowest(covers(flows, plan.debts, inputs).company_dscr)
        return {
            "npv": worth(plan.wacc, operations.flows()),
            "company_dscr_min": np.where(np.isfinite(least), least, 0.0),
        }

    def model(self, outcome: str) -> Callable[[dict[str, Floats]], Floats]:
        """Return one outcome as a function of the inputs."""
        return lambda values: self.run(values)[outcome]


def sensitivity(chain: Chain, outcome: str, unknowns: tuple[str, ...], seed: int) -> Sensitivity:
    """Vary every input alone, then the widest together.

    Parameters
    ----------
    chain : Chain
    outcome : str
    unknowns : tuple of str
        Inputs that the company does not publish: always among those varied together.
    seed : int
    """
    swings = tuple(tornado(chain.model(outcome), chain.laws))
    if swings[0].width == 0:
        return Sensitivity(outcome, swings, None, unknowns)
    chosen = [swing.name for swing in swings[:SHOWN]]
    chosen += [name for name in unknowns if name in chain.laws and name not in chosen]
    together = {name: chain.laws[name] for name in chosen}
    return Sensitivity(outcome, swings, sobol_indices(chain.model(outcome), together, n=SAMPLE, seed=seed), unknowns)

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
    NothingMovesError,
    SobolIndices,
    Swing,
    normal_from_quantiles,
    sobol_indices,
    uniform_from_range,
)
from capexlib.params.funding import FundingParams
from capexlib.params.roi import RoiParams

Floats = NDArray[np.float64]

DELIVERIES, PRICE_LUCK = "deliveries", "price_luck"
COVER = "company_dscr_min"
SHOWN, SAMPLE = 12, 512
SWUNG, BAND, GOLDEN = 256, 0.1, 0.6180339887498949
ENDS = (0.05, 0.95)
NORMAL_P95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How one outcome depends on the inputs.

    Parameters
    ----------
    outcome : str
    swings : tuple of Swing
        Every input alone, widest first: the median outcome of the paths with this input at its
        5th and its 95th percentile, all else as drawn, and with everything as drawn.
    freeing : tuple of str
        Inputs without a swing: at one of their ends at least, most paths owe nothing.
    indices : SobolIndices or None
        Of the widest inputs and of all that the company keeps to itself, the others at their
        medians; of a cover, the indices of `burden`. None where nothing moves the outcome.
    unknowns : tuple of str
    """

    outcome: str
    swings: tuple[Swing, ...]
    freeing: tuple[str, ...]
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


def burden(cover: Floats) -> Floats:
    """Part of the cash flow that debt service takes: the inverse of the cover, a number on every path.

    Parameters
    ----------
    cover : ndarray
        Infinite where nothing is due.

    Returns
    -------
    ndarray
        0 where nothing is due, 1 where cash does not cover what is.

    Notes
    -----
    It falls as the cover rises, and is bounded where the cover is not: shares of its variance
    exist whether or not every path has debt.

    Examples
    --------
    >>> burden(np.array([np.inf, 4.0, 0.5, -1.0])).tolist()
    [0.0, 0.25, 1.0, 1.0]
    """
    return 1.0 / np.maximum(cover, 1.0)


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
    drawn : (mapping of str to ndarray, ndarray)
        Every path's own inputs, (n,), and shocks to the price, (n, years).
    """

    def __init__(
        self, params: RoiParams, funding: FundingParams, deployment: Deployment, power_kw: float,
        found: Mapping[str, Distribution], drawn: tuple[Mapping[str, Floats], Floats],
    ) -> None:  # fmt: skip
        self.params, self.funding, self.power_kw, self.drawn = params, funding, power_kw, drawn
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

        Returns
        -------
        dict of str to ndarray, shape (m,)
            A cover is infinite where nothing is due.
        """
        count = len(next(iter(values.values())))
        inputs = {name: np.full(count, value) for name, value in self.still.items()}
        inputs |= {name: found for name, found in values.items() if name in inputs}
        rank = values.get(DELIVERIES, np.full(count, 0.5))
        rows = self.order[np.minimum((rank * len(self.order)).astype(np.intp), len(self.order) - 1)]
        luck = values.get(PRICE_LUCK, np.zeros(count))
        shocks = one_luck(inputs["roi.price_half_life"], luck, self.params.years)
        return self._outcomes(rows, inputs, shocks)

    def _outcomes(self, rows: NDArray[np.intp], inputs: Mapping[str, Floats], shocks: Floats) -> dict[str, Floats]:
        operations = operate(self.params, self.deployment.take(rows), inputs, shocks, self.power_kw)
        flows = operations.project_flows()
        plan = fund(self.funding, flows, inputs)
        least = lowest(covers(flows, plan.debts, inputs).company_dscr)
        return {"npv": worth(plan.wacc, operations.flows()), COVER: least}

    def swings(self, outcome: str) -> tuple[tuple[Swing, ...], tuple[str, ...]]:
        """Move one input at a time on paths that keep all else as it was drawn.

        Parameters
        ----------
        outcome : str

        Returns
        -------
        swings : tuple of Swing
            Widest first; ties by name. Outcomes are medians of at most `SWUNG` paths, spread evenly
            over the ranks of the outcome as drawn, so that the middle is the median of all paths.
        freeing : tuple of str
            Inputs at an end of which the median is infinite; all of them where it is as drawn.

        Notes
        -----
        Deliveries at a percentile are those of the tenth of the paths around it.
        """
        inputs, shocks = self.drawn
        every = self._outcomes(np.arange(len(shocks)), inputs, shocks)[outcome]
        count = min(SWUNG, len(shocks))
        rows = np.argsort(every, kind="stable")[((np.arange(count) + 0.5) * len(shocks) / count).astype(np.intp)]
        base = float(_middle(every[rows]))
        found, freeing = [], []
        for name, law in self.laws.items():
            ends = law.ppf(list(ENDS)).tolist()
            low, high = _middle(self._moved(rows, name, ends)[outcome].reshape(2, count)).tolist()
            if np.isfinite([base, low, high]).all():
                found.append(Swing(name, ends[0], ends[1], low, high, base))
            else:
                freeing.append(name)
        return tuple(sorted(found, key=lambda swing: (-swing.width, swing.name))), tuple(freeing)

    def _moved(self, rows: NDArray[np.intp], name: str, ends: list[float]) -> dict[str, Floats]:
        """Run some paths once with an input at each end, one end after the other."""
        count, twice = len(rows), np.tile(rows, 2)
        inputs = {key: values[twice] for key, values in self.drawn[0].items()}
        shocks, value = self.drawn[1][twice], np.repeat(ends, count)
        if name == DELIVERIES:
            spread = np.tile(np.arange(count) * GOLDEN % 1.0 - 0.5, 2)
            ranks = np.clip(value + BAND * spread, 0.0, 1.0) * len(self.order)
            twice = self.order[np.minimum(ranks.astype(np.intp), len(self.order) - 1)]
        elif name == PRICE_LUCK:
            shocks = one_luck(inputs["roi.price_half_life"], value, self.params.years)
        else:
            inputs[name] = value
        return self._outcomes(twice, inputs, shocks)

    def model(self, outcome: str) -> Callable[[dict[str, Floats]], Floats]:
        """Return one outcome, a cover as its burden, as a function of the inputs."""
        if outcome == COVER:
            return lambda values: burden(self.run(values)[outcome])
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
    swings, freeing = chain.swings(outcome)
    chosen = [*freeing, *(swing.name for swing in swings)][:SHOWN]
    chosen += [name for name in unknowns if name in chain.laws and name not in chosen]
    together = {name: chain.laws[name] for name in chosen}
    try:
        indices = sobol_indices(chain.model(outcome), together, n=SAMPLE, seed=seed)
    except NothingMovesError:
        indices = None
    return Sensitivity(outcome, swings, freeing, indices, unknowns)


def _middle(samples: Floats) -> Floats:
    """Return the median over the last axis, infinite samples beyond all others."""
    return np.quantile(samples, 0.5, axis=-1, method="lower")

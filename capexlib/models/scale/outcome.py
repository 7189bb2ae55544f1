"""What will have been spent, given what was said: the spread behind ranks and shares.

Filed figures are what they are. Guidance, press reports, estimates and bounds are
promises or rumours; their outcome is the stated figure times a ratio, an assumption
with a range that earlier promises and their outcomes support.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.figures import Figure, Status
from capexlib.models.assumptions import distribution
from capexlib.models.scale.comparison import YearAmount
from capexlib.models.uncertainty import Distribution, Interval, fixed, interval, mixture, probability, ranks
from capexlib.params.schema import Assumption, ScaleParams

Samples = NDArray[np.float64]


def outcome_ratio(params: ScaleParams, status: Status, bound: str) -> tuple[str, Assumption] | None:
    """Return the assumption on outcome ÷ stated figure; None for what is already final.

    Returns
    -------
    tuple or None
        The assumption's name and the assumption.
    """
    if bound == "at_least":
        return "floor_outcome", params.floor_outcome
    if bound == "at_most":
        return "ceiling_outcome", params.ceiling_outcome
    if status is Status.GUIDANCE:
        return "guidance_outcome", params.guidance_outcome
    if status is Status.MEDIA_REPORT_UNVERIFIED:
        return "press_outcome", params.press_outcome
    if status is Status.ANALYST_ESTIMATE:
        return "estimate_outcome", params.estimate_outcome
    return None


def outcome(params: ScaleParams, amount: YearAmount) -> tuple[Distribution, str]:
    """Distribution of a year's final amount in USD bn.

    Returns
    -------
    tuple
        The distribution and the name of the assumption behind it ("" for none).
    """
    known = amount.usd.best
    if amount.method == "nearest fiscal year" and known > 0:
        return distribution(params.neighbour_year, known), "neighbour_year"
    if amount.method == "part of the year" and known > 0:
        rest = (1 - amount.covered) / amount.covered
        pace = params.rest_of_year_pace
        ends = {name: known * (1 + rest * getattr(pace, name)) for name in ("low", "value", "high")}
        return distribution(pace.model_copy(update=ends)), "rest_of_year_pace"
    return stated_outcome(params, amount.usd)


def stated_outcome(params: ScaleParams, usd: Figure) -> tuple[Distribution, str]:
    """Distribution of the outcome of one stated figure in USD bn."""
    ratio = outcome_ratio(params, usd.status, usd.bound)
    if ratio is None or usd.best <= 0:
        return fixed(usd.best), ""
    name, assumption = ratio
    return distribution(assumption, usd.best), name


@dataclass(frozen=True, slots=True)
class Pool:
    """Rival claims as one distribution, by a case's weights.

    Parameters
    ----------
    claims : tuple of str
    weights : tuple of float
    components : tuple of Distribution
        Each claim's outcome, USD bn.
    distribution : Distribution
        Their mixture.
    """

    claims: tuple[str, ...]
    weights: tuple[float, ...]
    components: tuple[Distribution, ...]
    distribution: Distribution


def pool(params: ScaleParams, stated: Mapping[str, Figure], weights: Mapping[str, float]) -> Pool:
    """Mix rival claims.

    Parameters
    ----------
    params : ScaleParams
    stated : mapping
        Claim id to its figure in USD bn.
    weights : mapping
        Claim id to weight; they sum to one.
    """
    components = {claim: stated_outcome(params, stated[claim])[0] for claim in weights}
    (mixed, *others), by_name = components.values(), sorted(weights)
    if others:  # mixed by name, so that the order in which the params give the weights draws nothing else
        mixed = mixture([components[name] for name in by_name], [weights[name] for name in by_name], by_name)
    return Pool(tuple(weights), tuple(weights.values()), tuple(components.values()), mixed)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who spends most, with probabilities.

    Parameters
    ----------
    entities : tuple of str
    year : int
    samples : ndarray, shape (n_draws, n_entities)
        USD bn.
    probabilities : ndarray, shape (n_entities, n_entities)
        Row: company; column: rank, the first the largest. Rows and columns sum to 1.
    assumptions : dict
        Entity to the name of the assumption behind its spread ("" for none).
    """

    entities: tuple[str, ...]
    year: int
    samples: Samples
    probabilities: Samples
    assumptions: dict[str, str]

    def of(self, entity: str) -> Samples:
        """Rank probabilities of one company."""
        return self.probabilities[self.entities.index(entity)]

    def share(self, entity: str) -> Interval:
        """Share of the group's sum that one company has."""
        column = self.samples[:, self.entities.index(entity)]
        return interval(column / self.samples.sum(axis=1))

    def multiple(self, entity: str, of: str) -> Interval:
        """How many times as much one company spends as another."""
        return interval(self.samples[:, self.entities.index(entity)] / self.samples[:, self.entities.index(of)])

    def likely_ranks(self, entity: str, at_least: float = 0.8) -> tuple[int, int, float]:
        """Return the shortest run of ranks that holds a probability: first, last, its own.

        Among runs of one length the likeliest is taken.
        """
        chances = self.of(entity)
        for length in range(1, len(chances) + 1):
            runs = [(float(chances[i : i + length].sum()), -i) for i in range(len(chances) - length + 1)]
            most, start = max(runs)
            if most >= at_least:
                return 1 - start, length - start, most
        return 1, len(chances), 1.0

    def outspends(self, entity: str, other: str) -> float:
        """Return the probability that one company spends more than another."""
        one, two = (self.samples[:, self.entities.index(name)] for name in (entity, other))
        return probability(one > two)[0]


def rank(year: int, outcomes: Mapping[str, tuple[Distribution, str]], uniforms: Mapping[str, Samples]) -> Ranking:
    """Rank companies draw by draw.

    Parameters
    ----------
    year : int
    outcomes : mapping
        Entity to its distribution (USD bn) and the assumption's name.
    uniforms : mapping
        Stream ``"outcome.<entity>"`` for each entity, shape (n_draws,).
    """
    columns = [made.ppf(uniforms[f"outcome.{entity}"]) for entity, (made, _) in outcomes.items()]
    samples = np.column_stack(columns)
    return Ranking(
        tuple(outcomes), year, samples, ranks(samples), {entity: name for entity, (_, name) in outcomes.items()}
    )

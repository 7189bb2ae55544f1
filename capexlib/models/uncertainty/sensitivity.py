"""Which input matters: tornado, Sobol' indices, and what the rival claims add.

A model here is a function from ``{name: array of shape (n,)}`` to outcomes of
shape (n,). It is called once, with all the runs stacked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.uncertainty.draws import event_stream, uniforms
from capexlib.models.uncertainty.families import Distribution, Floats
from capexlib.models.uncertainty.mixture_law import Mixture

Model = Callable[[dict[str, Floats]], Floats]


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one input alone moves the outcome.

    Attributes
    ----------
    name : str
    input_low, input_high : float
        The input's quantiles, for instance P5 and P95.
    outcome_low, outcome_high : float
        The outcome there, all other inputs at their medians; not ordered by size.
    outcome_base : float
        The outcome with every input at its median.
    """

    name: str
    input_low: float
    input_high: float
    outcome_low: float
    outcome_high: float
    outcome_base: float

    @property
    def width(self) -> float:
        """Distance between the two outcomes."""
        return abs(self.outcome_high - self.outcome_low)


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Shares of the outcome's variance, by input.

    Attributes
    ----------
    names : tuple of str
    first, total : ndarray, shape (inputs,)
        Share of the variance from the input alone, and with all its interactions.
    first_low, first_high, total_low, total_high : ndarray, shape (inputs,)
        Bootstrap confidence intervals.
    mean, variance : float
        Of the outcome, over the two base samples.
    level : float
        Confidence of the intervals.
    n, evaluations : int
        Base sample size, and model runs spent.
    """

    names: tuple[str, ...]
    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    mean: float
    variance: float
    level: float
    n: int
    evaluations: int


@dataclass(frozen=True, slots=True)
class ClaimVariance:
    """What the choice between rival claims adds to the outcome's variance.

    Attributes
    ----------
    name : str
        The input that pools them.
    labels : tuple of str
        The rival claims.
    share : float
        Variance between the claims over total variance, from 0 to 1.
    standard_error : float
        Of `share`, by bootstrap.
    contributions : tuple of float
        Each claim's part of `share`: weight × (its mean − overall mean)² / variance.
    means : tuple of float
        Expected outcome if that claim holds.
    """

    name: str
    labels: tuple[str, ...]
    share: float
    standard_error: float
    contributions: tuple[float, ...]
    means: tuple[float, ...]


class NothingMovesError(ValueError):
    """The outcome is the same in every run."""


def _run(model: Model, inputs: dict[str, Floats], n: int) -> Floats:
    """Run the model and check what it returns."""
    outcome = np.asarray(model(inputs), dtype=np.float64)
    if outcome.shape != (n,):
        msg = f"the model must return one outcome a run, shape ({n},), not {outcome.shape}"
        raise ValueError(msg)
    missing = int(np.count_nonzero(~np.isfinite(outcome)))
    if missing:
        msg = f"{missing} of {n} outcomes are not finite numbers; choose an outcome that always exists"
        raise ValueError(msg)
    return outcome


def tornado(model: Model, inputs: Mapping[str, Distribution], at: tuple[float, float] = (0.05, 0.95)) -> list[Swing]:
    """Move one input at a time from its low to its high quantile.

    Parameters
    ----------
    model : callable
        From ``{name: (n,)}`` to (n,).
    inputs : mapping of str to Distribution
    at : tuple of float
        The two probabilities.

    Returns
    -------
    list of Swing
        Widest first; ties by name.

    Examples
    --------
    >>> from capexlib.models.uncertainty import uniform_from_range
    >>> law = uniform_from_range(0, 10)
    >>> [(s.name, round(s.width, 6)) for s in tornado(lambda x: x["a"] - 2 * x["b"], {"a": law, "b": law})]
    [('b', 20.0), ('a', 10.0)]
    """
    count = len(inputs)
    quantiles = {name: law.ppf([at[0], 0.5, at[1]]) for name, law in inputs.items()}
    runs = {}
    for place, (name, (low, median, high)) in enumerate(quantiles.items()):
        column = np.full(2 * count + 1, median)
        column[1 + place], column[1 + count + place] = low, high
        runs[name] = column
    outcome = _run(model, runs, 2 * count + 1).tolist()
    swings = [
        Swing(name, float(low), float(high), outcome[1 + place], outcome[1 + count + place], outcome[0])
        for place, (name, (low, _, high)) in enumerate(quantiles.items())
    ]
    return sorted(swings, key=lambda swing: (-swing.width, swing.name))


def _resampled(generator: np.random.Generator, resamples: int, n: int) -> Floats:
    """Return how often each run is drawn in each bootstrap sample, over n, (resamples, n)."""
    picks = generator.integers(0, n, size=(resamples, n), dtype=np.int64)
    picks += np.arange(resamples)[:, None] * n
    return np.bincount(picks.ravel(), minlength=resamples * n).reshape(resamples, n) / n


def sobol_indices(
    model: Model,
    inputs: Mapping[str, Distribution],
    n: int = 1024,
    seed: int = 0,
    resamples: int = 100,
    level: float = 0.95,
) -> SobolIndices:
    """Estimate first-order and total Sobol' indices of independent inputs.

    Parameters
    ----------
    model : callable
        From ``{name: (n,)}`` to (n,); called once with ``n × (inputs + 2)`` runs.
    inputs : mapping of str to Distribution
    n : int
        Base sample size, a power of two.
    seed : int
    resamples : int
        Bootstrap samples behind the confidence intervals.
    level : float
        Confidence of the intervals.

    Returns
    -------
    SobolIndices
        An index near zero may come out slightly negative: it is not clipped.

    Raises
    ------
    NothingMovesError
        If no input moves the outcome.
    ValueError
        If an outcome is missing.

    Notes
    -----
    Two base samples A and B; AB_i is A with column i from B, f centred on its mean.
    First order ``mean(f(B) (f(AB_i) − f(A))) / V``, total ``mean((f(A) − f(AB_i))²) / 2V``, V the
    variance over A and B. The bootstrap weighs runs by how often they are drawn, so that all
    resamples are one matrix product. The intervals are wide rather than narrow: Sobol' points err
    less than the random ones that the bootstrap imitates.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, 259-270, table 2 (b) and (f).

    Examples
    --------
    >>> from capexlib.models.uncertainty import uniform_from_range
    >>> law = uniform_from_range(0, 1)
    >>> sobol_indices(lambda x: x["a"] + 2 * x["b"], {"a": law, "b": law}).first.round(2).tolist()
    [0.2, 0.8]
    """
    names, count = tuple(inputs), len(inputs)
    draws = uniforms([*names, *(f"{name} (second sample)" for name in names)], n, seed)
    runs = {}
    for place, name in enumerate(names):
        law = inputs[name]
        first, second = law.ppf(draws[name]), law.ppf(draws[f"{name} (second sample)"])
        column = np.tile(first, count + 2)
        column[n : 2 * n] = second
        column[(place + 2) * n : (place + 3) * n] = second
        runs[name] = column
    outcome = _run(model, runs, n * (count + 2))
    mean, variance = float(outcome[: 2 * n].mean()), float(outcome[: 2 * n].var())
    if not variance > 0.0:
        msg = "the outcome is the same in every run: no input moves it, so there is nothing to attribute"
        raise NothingMovesError(msg)
    base, other, *mixed = (outcome - mean).reshape(count + 2, n)
    change = np.stack(mixed) - base
    terms = np.concatenate([other * change, 0.5 * change**2, [base + other, base**2 + other**2]]).T
    estimate = terms.mean(axis=0)
    spread = _resampled(event_stream(seed, "bootstrap", 0), resamples, n) @ terms
    every = np.vstack([estimate, spread])
    scale = every[:, -1:] / 2 - (every[:, -2:-1] / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = every[:, :-2] / scale
    low, high = np.quantile(shares[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    first_order, total = slice(0, count), slice(count, 2 * count)
    return SobolIndices(
        names,
        *(shares[0, first_order], low[first_order], high[first_order]),
        *(shares[0, total], low[total], high[total]),
        *(mean, variance, level, n, n * (count + 2)),
    )


def variance_by_claim(
    model: Model,
    inputs: Mapping[str, Distribution],
    n: int = 4096,
    seed: int = 0,
    resamples: int = 100,
) -> dict[str, ClaimVariance]:
    """Say how much of the variance comes from not knowing which claim is right.

    Parameters
    ----------
    model : callable
        From ``{name: (n,)}`` to (n,); called once.
    inputs : mapping of str to Distribution
        The mixtures among them are examined.
    n : int
        Runs, a power of two.
    seed, resamples : int

    Returns
    -------
    dict of str to ClaimVariance
        One for each input that is a mixture.

    Raises
    ------
    ValueError
        If an outcome is missing, or no input moves the outcome.

    Notes
    -----
    Law of total variance: ``V = E[Var(Y | claim)] + Var(E[Y | claim])``; the second part
    over V is the share. Mixtures are drawn by composition, so that the claim behind each run is known.

    Examples
    --------
    >>> from capexlib.models.uncertainty import fixed, mixture
    >>> rival = mixture([fixed(160), fixed(200)], [1, 1], ["december", "may"])
    >>> found = variance_by_claim(lambda x: 2 * x["capex"], {"capex": rival})
    >>> round(found["capex"].share, 9), found["capex"].means
    (1.0, (320.0, 400.0))
    """
    draws = uniforms(list(inputs), n, seed)
    values: dict[str, Floats] = {}
    chosen: dict[str, NDArray[np.intp]] = {}
    for name, law in inputs.items():
        if isinstance(law, Mixture):
            chosen[name], values[name] = law.choose(draws[name])
        else:
            values[name] = law.ppf(draws[name])
    outcome = _run(model, values, n)
    if not outcome.var() > 0.0:
        msg = "the outcome is the same in every run: no claim moves it, so there is nothing to attribute"
        raise ValueError(msg)
    weights = np.vstack([np.full(n, 1 / n), _resampled(event_stream(seed, "bootstrap", 0), resamples, n)])
    found = {}
    for name, claims in chosen.items():
        law = inputs[name]
        if isinstance(law, Mixture):
            found[name] = _between(name, law.labels, claims, outcome, weights)
    return found


def _between(
    name: str, labels: tuple[str, ...], claims: NDArray[np.intp], outcome: Floats, weights: Floats
) -> ClaimVariance:
    """Split the variance of the outcome between and within the claims."""
    centred = outcome - outcome.mean()
    member = (claims[:, None] == np.arange(len(labels))).astype(np.float64)
    often, sums = weights @ member, weights @ (member * centred[:, None])
    centre = weights @ centred
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(often > 0.0, sums / often, centre[:, None])
    scale = weights @ centred**2 - centre**2
    parts = often * (means - centre[:, None]) ** 2 / scale[:, None]
    shares = parts.sum(axis=1)
    return ClaimVariance(
        name,
        labels,
        float(shares[0]),
        float(shares[1:].std(ddof=1)),
        tuple(parts[0].tolist()),
        tuple((means[0] + outcome.mean()).tolist()),
    )

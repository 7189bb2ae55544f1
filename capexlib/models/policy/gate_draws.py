"""From uniform numbers by name to a gate's rates, chances and shares, path by path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from capexlib.models.assumptions import distribution
from capexlib.models.markov import RatePosterior
from capexlib.models.markov.paths import States
from capexlib.models.uncertainty.families import Floats
from capexlib.params.assumption import Assumption
from capexlib.units import parse_unit

Draws = Mapping[str, Floats]
Prior = tuple[Floats, Floats]

PRIOR_NAMES = ("policy.prior_events", "policy.prior_rate")
"""Inputs that every gate's posteriors share: the prior's weight and its mean rate."""


def is_gate_input(name: str) -> bool:
    """Tell whether an input is drawn as a place in its law, between 0 and 1, not as a value.

    Examples
    --------
    >>> is_gate_input("policy.prior_rate"), is_gate_input("policy.patience")
    (True, False)
    """
    return name.startswith("gates.") or name in PRIOR_NAMES


def is_uncertain(assumption: Assumption) -> bool:
    """Tell whether an assumption has a range at all."""
    return assumption.low < assumption.high


def per_year(assumption: Assumption) -> float:
    """Return what one unit of a judged rate is in events a year."""
    return parse_unit(assumption.unit).factor / parse_unit("events/year").factor


def row_count(draws: Draws) -> int:
    """Return the number of paths that are drawn, one where nothing is."""
    return len(next(iter(draws.values()))) if draws else 1


def drawn(draws: Draws, name: str) -> Floats:
    """Return the numbers of one input, or say that it was forgotten."""
    if name not in draws:
        msg = f"the input {name!r} is not drawn; draw every name of inputs()"
        raise ValueError(msg)
    return draws[name]


def values_of(draws: Draws, name: str, assumption: Assumption) -> Floats:
    """Return an assumption's value on each path, shape (n,), or (1,) where it is certain."""
    if not is_uncertain(assumption):
        return np.array([assumption.value])
    return np.asarray(distribution(assumption).ppf(drawn(draws, name)))


def drawn_prior(draws: Draws, prior: tuple[Assumption, Assumption]) -> Prior:
    """Return the prior's weight in events, and the years that it stands for, on each path."""
    weight, mean = (values_of(draws, name, judged) for name, judged in zip(PRIOR_NAMES, prior, strict=True))
    with np.errstate(divide="ignore"):
        return weight, np.where(weight > 0.0, weight / (mean * per_year(prior[1])), 0.0)


def posterior_rates(seen: RatePosterior, prior: Prior, uniforms: Floats) -> Floats:
    """Return Gamma quantiles: a rate given what was seen, under each path's own prior.

    Parameters
    ----------
    seen : RatePosterior
        Its events and exposure count here, its prior does not.
    prior : tuple of (ndarray, ndarray)
        Weight k in events, and k/m years.
    uniforms : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Per year: quantiles of Gamma(k + events, k/m + exposure). Zero where nothing was seen and
        the prior has no weight, or where it is sure that the mean is zero.

    Examples
    --------
    >>> seen = RatePosterior(events=0, exposure_years=1.0, prior_shape=1.0, prior_mean_per_year=1.0)
    >>> posterior_rates(seen, (np.ones(1), np.ones(1)), np.array([0.75])).round(12).tolist()
    [0.69314718056]
    """
    from scipy.special import gammaincinv

    weight, prior_years = prior
    shape, years = np.broadcast_arrays(weight + seen.events, prior_years + seen.exposure_years)
    known = (shape > 0.0) & (years > 0.0)
    waits = gammaincinv(np.where(known, shape, 1.0), uniforms)
    return np.where(known, waits / np.where(known, years, 1.0), 0.0)


def side_by_side(columns: Sequence[Floats], n: int) -> Floats:
    """Return columns, each for n paths or for all alike, as one array (n, columns)."""
    return np.stack([np.broadcast_to(column, n) for column in columns], axis=1) if columns else np.empty((n, 0))


def looked_up(states: States, table: Sequence[Floats]) -> Floats:
    """Return what a table says of every path and month.

    Parameters
    ----------
    states : ndarray of uint8, shape (n, months)
    table : sequence of ndarray, shape (n,) or (1,)
        One entry a state.

    Returns
    -------
    ndarray, shape (n, months)
        Each month's column is contiguous in memory, as in `states`.
    """
    n = len(states)
    if all(len(column) == 1 for column in table):
        return np.concatenate(table)[states]
    flat = np.stack([np.broadcast_to(column, n) for column in table]).ravel()
    return flat.take(states.T.astype(np.intp) * n + np.arange(n)).T


def cut(rows: Floats, low: int, high: int) -> Floats:
    """Return the rows of some paths; one row stands for all."""
    return np.broadcast_to(rows, (high - low, rows.shape[1])) if len(rows) == 1 else rows[low:high]


def check_rows(n_paths: int, *arrays: Floats) -> None:
    """Refuse arrays that have neither a row for each path nor one for all."""
    for rows in arrays:
        if len(rows) not in (1, n_paths):
            msg = f"give rates and chances for each of {n_paths} paths or one row for all, not {len(rows)} rows"
            raise ValueError(msg)

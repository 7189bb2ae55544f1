"""Which lever to pull when nobody knows the scenario: expected value, tail, regret and how often it is enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.decisions.tail import cvar, finite, mean_and_error
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse, shares_of


@dataclass(frozen=True, slots=True)
class RegretTable:
    """Levers compared over scenarios.

    Attributes
    ----------
    by_scenario : ndarray, shape (levers, scenarios)
        Mean outcome over the paths; large is good.
    expected, expected_error : ndarray, shape (levers,)
        Mean over scenarios and paths, and its standard error.
    tail_mean : ndarray, shape (levers,)
        Mean of the worst 1 − level of the outcomes, over scenarios and paths: −CVaR of −outcome.
    worst : ndarray, shape (levers,)
        The mean in its worst scenario.
    regret, regret_error : ndarray, shape (levers, scenarios)
        What the best lever for the scenario would have brought more, on average, and the
        standard error of that difference over common paths.
    largest_regret : ndarray, shape (levers,)
        Of a lever over its scenarios.
    foresight_regret : ndarray, shape (levers,)
        Mean of what the best lever for each single path would have brought more: regret against
        one who knew the path, not only the scenario. Equal to the expected regret without paths.
    satisficing : ndarray, shape (levers,)
        Share of scenarios × paths with at least the threshold; NaN without a threshold.
    satisficing_worst : ndarray, shape (levers,)
        That share in the scenario where it is smallest.
    perfect_information : float
        What knowing the scenario beforehand is worth: the expectation of the best lever for each
        scenario minus the best expectation.
    weights : ndarray, shape (scenarios,)
    level : float
    threshold : float or None
    """

    by_scenario: Floats
    expected: Floats
    expected_error: Floats
    tail_mean: Floats
    worst: Floats
    regret: Floats
    regret_error: Floats
    largest_regret: Floats
    foresight_regret: Floats
    satisficing: Floats
    satisficing_worst: Floats
    perfect_information: float
    weights: Floats
    level: float
    threshold: float | None

    @property
    def choices(self) -> dict[str, int]:
        """The lever each rule picks; the first where several do equally well."""
        rules = {
            "expected": self.expected,
            "tail mean": self.tail_mean,
            "maximin": self.worst,
            "minimax regret": -self.largest_regret,
        }
        if self.threshold is not None:
            rules["satisficing"] = self.satisficing
        return {rule: int(np.argmax(score)) for rule, score in rules.items()}


def regret_table(
    outcomes: ArrayLike, *, level: float = 0.95, threshold: float | None = None, weights: ArrayLike | None = None
) -> RegretTable:
    """Compare levers over scenarios and paths.

    Parameters
    ----------
    outcomes : array_like, shape (levers, scenarios) or (levers, scenarios, paths)
        Large is good: turn the sign of costs. The same path index is the same draw everywhere.
    level : float
        Probability outside the tail.
    threshold : float, optional
        The outcome that is enough.
    weights : array_like, shape (scenarios,), optional
        Of the scenarios. Equal where not given, which is a convention and not a forecast; worst
        outcome and largest regret use none.

    Raises
    ------
    ValueError
        If the shape does not fit, an outcome is not finite, or the weights do not fit.

    References
    ----------
    Savage (1951), The theory of statistical decision, Journal of the American Statistical
    Association 46. Lempert, Groves, Popper & Bankes (2006), Management Science 52.

    Examples
    --------
    >>> table = regret_table([[8.0, 7.0], [14.0, 5.0], [20.0, -9.0]])
    >>> table.largest_regret.tolist(), table.choices["minimax regret"]
    ([12.0, 6.0, 16.0], 1)
    """
    values = finite(outcomes, "outcomes")
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or not values.size:
        refuse(f"outcomes are levers × scenarios, with or without paths, not shape {values.shape}")
    levers, scenarios, paths = values.shape
    share = shares_of(np.ones(scenarios) if weights is None else weights, scenarios)
    by_scenario = values.mean(axis=2)
    best = by_scenario.argmax(axis=0)
    lost = values[best, np.arange(scenarios)] - values
    blended = np.einsum("lsp,s->lp", values, share)
    pooled = values.reshape(levers, -1)
    enough = np.full((levers, scenarios), np.nan) if threshold is None else (values >= threshold).mean(axis=2)
    expected = by_scenario @ share
    regret = lost.mean(axis=2)
    foresight = (values.max(axis=0) - values).mean(axis=2) @ share
    return RegretTable(
        by_scenario=by_scenario,
        expected=expected,
        expected_error=_error(blended),
        tail_mean=-cvar(-pooled, level, weights=np.repeat(share, paths) / paths),
        worst=by_scenario.min(axis=1),
        regret=regret,
        regret_error=_error(lost),
        largest_regret=regret.max(axis=1),
        foresight_regret=foresight,
        satisficing=enough @ share,
        satisficing_worst=enough.min(axis=1),
        perfect_information=float(by_scenario.max(axis=0) @ share - expected.max()),
        weights=share,
        level=level,
        threshold=threshold,
    )


def _error(values: Floats) -> Floats:
    """Return the standard error of the mean over the last axis; zero for a single run, which is exact."""
    return mean_and_error(values)[1] if values.shape[-1] > 1 else np.zeros(values.shape[:-1])

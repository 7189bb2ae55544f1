"""Judged ranges to distributions, draws that stay put, and what their spread means."""

from capexlib.models.uncertainty.distributions import (
    FAMILIES,
    empirical,
    fixed,
    from_range,
    gamma,
    lognormal_from_quantiles,
    metalog,
    mixture,
    normal_from_quantiles,
    pert,
    triangular,
    uniform_from_range,
)
from capexlib.models.uncertainty.draws import correlate, event_stream, sobol_points, stratified, uniforms
from capexlib.models.uncertainty.families import Distribution
from capexlib.models.uncertainty.sensitivity import (
    ClaimVariance,
    NothingMovesError,
    SobolIndices,
    Swing,
    sobol_indices,
    tornado,
    variance_by_claim,
)
from capexlib.models.uncertainty.summary import Interval, interval, intervals, probability, ranks

__all__ = [
    "FAMILIES",
    "ClaimVariance",
    "Distribution",
    "Interval",
    "NothingMovesError",
    "SobolIndices",
    "Swing",
    "correlate",
    "empirical",
    "event_stream",
    "fixed",
    "from_range",
    "gamma",
    "interval",
    "intervals",
    "lognormal_from_quantiles",
    "metalog",
    "mixture",
    "normal_from_quantiles",
    "pert",
    "probability",
    "ranks",
    "sobol_indices",
    "sobol_points",
    "stratified",
    "tornado",
    "triangular",
    "uniform_from_range",
    "uniforms",
    "variance_by_claim",
]

"""Markov chains in closed form and, beside it, sampled exactly; no economics."""

from capexlib.models.markov.first_passage import (
    absorption_probabilities,
    absorption_years,
    passage_probabilities,
    passage_years,
)
from capexlib.models.markov.generators import (
    Generator,
    holding_years,
    occupancy_years,
    stationary_law,
    transition_matrix,
)
from capexlib.models.markov.paths import simulate_states
from capexlib.models.markov.posteriors import RatePosterior

__all__ = [
    "Generator",
    "RatePosterior",
    "absorption_probabilities",
    "absorption_years",
    "holding_years",
    "occupancy_years",
    "passage_probabilities",
    "passage_years",
    "simulate_states",
    "stationary_law",
    "transition_matrix",
]

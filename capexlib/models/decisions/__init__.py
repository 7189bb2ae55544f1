"""Choices under deep uncertainty: tails, efficient mixes, regret, the conditions that break a plan; no economics."""

from capexlib.models.decisions.boxes import Box, QuasiP, Restriction, measure_box, quasi_p_values
from capexlib.models.decisions.discovery import Discovery, choose_box, discover, peel
from capexlib.models.decisions.frontier import (
    Distance,
    assess_mixes,
    cvar_frontier,
    frontier_distance,
    minimum_cvar,
)
from capexlib.models.decisions.mixes import Mixes, Reading
from capexlib.models.decisions.pairs import PairedDifference, paired_cvar_difference, paired_difference
from capexlib.models.decisions.regret import RegretTable, regret_table
from capexlib.models.decisions.segments import Segments, falling_segments
from capexlib.models.decisions.tail import Tail, cvar, tail, value_at_risk

__all__ = [
    "Box",
    "Discovery",
    "Distance",
    "Mixes",
    "PairedDifference",
    "QuasiP",
    "Reading",
    "RegretTable",
    "Restriction",
    "Segments",
    "Tail",
    "assess_mixes",
    "choose_box",
    "cvar",
    "cvar_frontier",
    "discover",
    "falling_segments",
    "frontier_distance",
    "measure_box",
    "minimum_cvar",
    "paired_cvar_difference",
    "paired_difference",
    "peel",
    "quasi_p_values",
    "regret_table",
    "tail",
    "value_at_risk",
]

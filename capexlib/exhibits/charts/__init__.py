"""The house's chart forms: plain rows in, a Vega-Lite 6 spec out.

Each form is one module and one function, chosen by the relationship it shows.
"""

from capexlib.exhibits.charts.all_in import AllIn, all_in
from capexlib.exhibits.charts.claim_timeline import ClaimMark, claim_timeline
from capexlib.exhibits.charts.composition import Part, composition
from capexlib.exhibits.charts.distribution import Component, distribution
from capexlib.exhibits.charts.dot_ranges import Dot, DotRow, Panel, dot_ranges
from capexlib.exhibits.charts.paths import Series, YearPoint, paths
from capexlib.exhibits.charts.rank_probabilities import RankRow, rank_probabilities
from capexlib.exhibits.charts.ranked_bars import Bar, ranked_bars
from capexlib.exhibits.charts.tornado import Swing, tornado

__all__ = [
    "AllIn",
    "Bar",
    "ClaimMark",
    "Component",
    "Dot",
    "DotRow",
    "Panel",
    "Part",
    "RankRow",
    "Series",
    "Swing",
    "YearPoint",
    "all_in",
    "claim_timeline",
    "composition",
    "distribution",
    "dot_ranges",
    "paths",
    "rank_probabilities",
    "ranked_bars",
    "tornado",
]

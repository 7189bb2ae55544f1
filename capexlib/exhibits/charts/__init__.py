"""The house's chart forms: plain rows in, a Vega-Lite 6 spec out.

Each form is one module and one function, chosen by the relationship it shows.
"""

from capexlib.exhibits.charts.all_in import AllIn, all_in
from capexlib.exhibits.charts.claim_timeline import ClaimMark, claim_timeline
from capexlib.exhibits.charts.composition import Part, composition
from capexlib.exhibits.charts.distribution import Component, distribution
from capexlib.exhibits.charts.dot_ranges import Dot, DotRow, Panel, dot_ranges
from capexlib.exhibits.charts.fan import FanPoint, Guide, fan
from capexlib.exhibits.charts.gate_timeline import GateRow, GateSpell, Measure, gate_timeline
from capexlib.exhibits.charts.heat_grid import GridRow, heat_grid
from capexlib.exhibits.charts.paths import Series, YearPoint, paths
from capexlib.exhibits.charts.rank_probabilities import RankRow, rank_probabilities
from capexlib.exhibits.charts.ranked_bars import Bar, ranked_bars
from capexlib.exhibits.charts.slider_fan import Setting, slider_fan
from capexlib.exhibits.charts.stacked_columns import Column, stacked_columns
from capexlib.exhibits.charts.tornado import Swing, tornado
from capexlib.exhibits.charts.tradeoff import Choice, tradeoff
from capexlib.exhibits.charts.waterfall import Step, waterfall

__all__ = [
    "AllIn",
    "Bar",
    "Choice",
    "ClaimMark",
    "Column",
    "Component",
    "Dot",
    "DotRow",
    "FanPoint",
    "GateRow",
    "GateSpell",
    "GridRow",
    "Guide",
    "Measure",
    "Panel",
    "Part",
    "RankRow",
    "Series",
    "Setting",
    "Step",
    "Swing",
    "YearPoint",
    "all_in",
    "claim_timeline",
    "composition",
    "distribution",
    "dot_ranges",
    "fan",
    "gate_timeline",
    "heat_grid",
    "paths",
    "rank_probabilities",
    "ranked_bars",
    "slider_fan",
    "stacked_columns",
    "tornado",
    "tradeoff",
    "waterfall",
]

"""Exhibits of the brief on funding and return: each takes a study and returns an exhibit."""

from capexlib.exhibits.roi.bridge import bridge
from capexlib.exhibits.roi.cash import build_up, cash, returns, roic, value
from capexlib.exhibits.roi.courses import courses, explained
from capexlib.exhibits.roi.front import changes, headline, key_figures, masthead
from capexlib.exhibits.roi.funding import disclosure, flexibility, mix, sources_and_uses
from capexlib.exhibits.roi.grids import grid, slider
from capexlib.exhibits.roi.idle import idle, idle_point
from capexlib.exhibits.roi.lenders import cover, group_cover, lender, tests
from capexlib.exhibits.roi.renting import levelised, own_or_rent
from capexlib.exhibits.roi.sensitivity import cover_sensitivity, secrets, value_sensitivity
from capexlib.exhibits.roi.thresholds import thresholds
from capexlib.exhibits.roi.worth import breakeven_price, breakeven_use

__all__ = [
    "breakeven_price",
    "breakeven_use",
    "bridge",
    "build_up",
    "cash",
    "changes",
    "courses",
    "cover",
    "cover_sensitivity",
    "disclosure",
    "explained",
    "flexibility",
    "grid",
    "group_cover",
    "headline",
    "idle",
    "idle_point",
    "key_figures",
    "lender",
    "levelised",
    "masthead",
    "mix",
    "own_or_rent",
    "returns",
    "roic",
    "secrets",
    "slider",
    "sources_and_uses",
    "tests",
    "thresholds",
    "value",
    "value_sensitivity",
]

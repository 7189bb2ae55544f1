"""Exhibits of the scale brief: each takes a study and returns an exhibit."""

from capexlib.exhibits.scale.budget import chips, composition
from capexlib.exhibits.scale.claims import checks, if_adopted, pooled, timeline
from capexlib.exhibits.scale.front import changes, headline, key_figures, masthead
from capexlib.exhibits.scale.peers import paths, peers, ranks
from capexlib.exhibits.scale.proportion import all_in, intensity, per_user
from capexlib.exhibits.scale.sensitivity import sensitivity

__all__ = [
    "all_in",
    "changes",
    "checks",
    "chips",
    "composition",
    "headline",
    "if_adopted",
    "intensity",
    "key_figures",
    "masthead",
    "paths",
    "peers",
    "per_user",
    "pooled",
    "ranks",
    "sensitivity",
    "timeline",
]

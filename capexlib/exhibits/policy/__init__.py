"""Exhibits of the policy brief: each takes a study and returns an exhibit."""

from capexlib.exhibits.policy.arrival import arrival, chances, money, vendors
from capexlib.exhibits.policy.causes import breaking, sensitivity
from capexlib.exhibits.policy.choices import frontier, mixes, regret, scenarios, worth
from capexlib.exhibits.policy.front import changes, headline, key_figures, masthead
from capexlib.exhibits.policy.gates import agreement, rates, timeline, watch
from capexlib.exhibits.policy.past import backtest

__all__ = [
    "agreement",
    "arrival",
    "backtest",
    "breaking",
    "chances",
    "changes",
    "frontier",
    "headline",
    "key_figures",
    "masthead",
    "mixes",
    "money",
    "rates",
    "regret",
    "scenarios",
    "sensitivity",
    "timeline",
    "vendors",
    "watch",
    "worth",
]

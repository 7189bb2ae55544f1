"""What changed between two editions, and why: data, revision, assumption or method."""

from capexlib.changes.attribution import shares
from capexlib.changes.compare import changes_between, changes_since, side_by_side
from capexlib.changes.inputs import GROUPS, News, news_between
from capexlib.changes.records import Change, Changes

__all__ = [
    "GROUPS",
    "Change",
    "Changes",
    "News",
    "changes_between",
    "changes_since",
    "news_between",
    "shares",
    "side_by_side",
]

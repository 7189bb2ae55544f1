"""Exhibits of the briefing: the three briefs in two pages, what changed, and what to watch."""

from capexlib.exhibits.briefing.front import changes, headline, key_figures, masthead
from capexlib.exhibits.briefing.watchlist import steps, watchlist

__all__ = ["changes", "headline", "key_figures", "masthead", "steps", "watchlist"]

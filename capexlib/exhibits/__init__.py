"""Exhibits: from a study to charts, tables and sentences for the reader."""

from capexlib.exhibits import briefing, policy, roi, scale
from capexlib.exhibits.provenance import assumptions, overrides, provenance, sources
from capexlib.exhibits.since_last import changes

__all__ = ["assumptions", "briefing", "changes", "overrides", "policy", "provenance", "roi", "scale", "sources"]

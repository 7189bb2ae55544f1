"""Exhibits: from a study to charts, tables and sentences for the reader."""

from capexlib.exhibits import scale
from capexlib.exhibits.provenance import assumptions, overrides, provenance, sources

__all__ = ["assumptions", "overrides", "provenance", "scale", "sources"]

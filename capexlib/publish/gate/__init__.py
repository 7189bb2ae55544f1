"""The quality gate: an edition read as its reader gets it, and everything that must not go out."""

from capexlib.publish.gate.edition import check_edition

__all__ = ["check_edition"]

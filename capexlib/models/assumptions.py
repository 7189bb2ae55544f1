"""Assumptions at work: as figures that results can name, and as laws that draws follow."""

from __future__ import annotations

from capexlib.figures import Figure, Status
from capexlib.models.uncertainty import Distribution, fixed, from_range
from capexlib.params.schema import Assumption


def assumption_figure(name: str, assumption: Assumption) -> Figure:
    """Return an assumption as a figure, so that results can name it."""
    title = name.rpartition(".")[2].replace("_", " ")
    return Figure(
        id=f"assumption.{name}", title=title, value=assumption.value, unit=assumption.unit,
        kind="assumption", status=Status.ASSUMPTION, low=assumption.low, high=assumption.high,
        note=assumption.why, interval="5th to 95th percentile, our judgement",
    )  # fmt: skip


def distribution(assumption: Assumption, scale: float = 1.0) -> Distribution:
    """Distribution of an assumption, times a positive number.

    Notes
    -----
    A metalog has no bounds of its own: one of a quantity that is never negative starts at 0,
    and one of a share ends at 1.
    """
    if assumption.low == assumption.high:
        return fixed(assumption.value * scale)
    bounds: dict[str, float] = {}
    if assumption.family == "metalog" and assumption.low > 0:
        bounds["lower"] = 0.0
        if assumption.unit == "fraction" and assumption.high < 1:
            bounds["upper"] = scale
    low, value, high = (end * scale for end in (assumption.low, assumption.value, assumption.high))
    return from_range(low, value, high, assumption.family, **bounds)

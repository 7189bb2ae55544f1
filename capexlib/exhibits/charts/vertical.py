"""A vertical value axis in pixels, linear or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from capexlib.exhibits.charts import layout


@dataclass(frozen=True, slots=True)
class Rise:
    """Where values stand between `bottom` and `top`.

    Parameters
    ----------
    ticks : tuple of float
        Round values; the first stands at `bottom`, the last at `top`.
    top, bottom : float
        Px down the page.
    log : bool
        Logarithmic.
    """

    ticks: tuple[float, ...]
    top: float
    bottom: float
    log: bool = False

    @classmethod
    def over(cls, edges: Iterable[float], top: float, bottom: float, *, log: bool = False) -> Rise:
        """Choose the axis that holds every number: from zero, or (log) from the lowest above it."""
        known = [edge for edge in edges if math.isfinite(edge)]
        if log:
            known = [edge for edge in known if edge > 0] or [1.0, 10.0]
            return cls(tuple(layout.log_ticks(min(known), max(known))), top, bottom, log=True)
        low, high = min([0.0, *known]), max([0.0, *known]) or 1.0
        return cls(tuple(layout.ticks(low, high)), top, bottom)

    def px(self, value: float) -> float:
        """Place a value, held inside the axis.

        Examples
        --------
        >>> Rise((0.0, 50.0, 100.0), top=10, bottom=110).px(25)
        85.0
        """
        low, high = self.ticks[0], self.ticks[-1]
        held = min(max(value, low), high)
        share = math.log(held / low) / math.log(high / low) if self.log else (held - low) / (high - low)
        return round(self.bottom - share * (self.bottom - self.top), 2)

    @property
    def labels(self) -> list[str]:
        """The ticks as text."""
        return [f"{tick:,.12g}" for tick in self.ticks] if self.log else layout.tick_labels(self.ticks)

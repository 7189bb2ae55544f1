"""Labels beside points that keep clear of each other, in CSS pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LINE = 13


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px; `top` is the smaller y."""

    left: float
    right: float
    top: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Give the area shared with another box, px²."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)

    def outside(self, bounds: Box) -> float:
        """Give how far it sticks out of bounds, px."""
        return (
            max(bounds.left - self.left, 0.0)
            + max(self.right - bounds.right, 0.0)
            + max(bounds.top - self.top, 0.0)
            + max(self.bottom - bounds.bottom, 0.0)
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label goes: its left edge and middle in px, and whether it needs a leader line."""

    x: float
    y: float
    box: Box
    far: bool


def place(x: float, y: float, width: float, taken: Sequence[Box], bounds: Box) -> Spot:
    """Choose the nearest spot for a label that touches nothing taken.

    Parameters
    ----------
    x, y : float
        The point it names.
    width : float
        Of the label.
    taken : sequence of Box
        Marks and labels already there, the point's own mark included.
    bounds : Box
        What the label must stay in.

    Returns
    -------
    Spot
        The free spot nearest to the point, else the one that covers least.

    Examples
    --------
    >>> place(100, 100, 40, [Box(93, 107, 92, 108)], Box(0, 600, 0, 300)).x
    110.0
    """
    found: list[tuple[float, Spot]] = []
    for ring in range(8):
        for left, rise in _candidates(ring, width):
            spot = _spot(x + left, y + rise, width, far=ring > 0)
            cost = (
                40.0 * sum(spot.box.overlap(other) for other in taken)
                + 1000.0 * spot.box.outside(bounds)
                + abs(rise)
                + (0 if left > 0 else 3)
                + 20 * ring
            )
            found.append((cost, spot))
    return min(found, key=lambda one: one[0])[1]


def _candidates(ring: int, width: float) -> list[tuple[float, float]]:
    """Give (left edge, middle) offsets from the point: beside it, then further up and down."""
    shift = ring * LINE
    sides = (10.0, -10.0 - width)
    if not ring:
        return [(side, 0.0) for side in sides] + [(-width / 2, -LINE - 3.0), (-width / 2, LINE + 3.0)]
    return [(side, rise) for rise in (-shift, shift) for side in sides]


def _spot(left: float, middle: float, width: float, *, far: bool) -> Spot:
    return Spot(left, middle, Box(left, left + width, middle - LINE / 2, middle + LINE / 2), far)

"""Samples by period as fans, and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capexlib.exhibits.block import Rich
from capexlib.exhibits.prose import part_of
from capexlib.exhibits.roi.wording import value_text

if TYPE_CHECKING:
    from capexlib.exhibits.charts import FanPoint

Floats = NDArray[np.float64]
WIDE, NARROW = (0.05, 0.95), (0.25, 0.75)
KNOWN_PATHS = 0.5
"""Share of paths that must have a number for a year to be drawn."""


def fan_points(samples: Floats, labels: Sequence[str], unit: str) -> list[FanPoint]:
    """Summarise samples by period for a fan; periods that few paths know are left out.

    Parameters
    ----------
    samples : ndarray, shape (n, periods)
        Not finite where a path has no such number.
    labels : sequence of str
    unit : str
        For the tooltips.

    Returns
    -------
    list of FanPoint
    """
    from capexlib.exhibits.charts import FanPoint

    points = []
    for label, column in zip(labels, samples.T, strict=True):
        known = column[np.isfinite(column)]
        if known.size < KNOWN_PATHS * column.size:
            continue
        low, lower, median, upper, high = np.quantile(known, (WIDE[0], NARROW[0], 0.5, NARROW[1], WIDE[1])).tolist()
        tip = f"{value_text(median, unit)} ({value_text(low, unit)} to {value_text(high, unit)})"
        points.append(FanPoint(label=label, low=low, lower=lower, median=median, upper=upper, high=high, tip=tip))
    return points


def fan_rows(points: Sequence[FanPoint], unit: str, ids: Sequence[str]) -> list[list[Rich]]:
    """Return a fan's points as rows of a table: label and five quantiles."""
    return [
        [point.label, *(part_of(value_text(value, unit), figure)
                        for value in (point.low, point.lower, point.median, point.upper, point.high))]
        for point, figure in zip(points, ids, strict=True)
    ]  # fmt: skip


def year_names(years: int) -> list[str]:
    """Name the years of the account."""
    return [f"Year {year}" for year in range(1, years + 1)]


def year_of(label: str) -> str:
    """Return the number in a year's name."""
    return label.removeprefix("Year ")

"""Samples and estimates as published figures."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from capexlib.figures import Figure, result
from capexlib.models.uncertainty import interval
from capexlib.models.uncertainty.families import Floats

DRAWS = "90 % of draws"


def drawn(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], *, formula: str, note: str = ""
) -> Figure:
    """Return a sample as a result: its median, with the 5th and 95th percentile."""
    made = interval(samples)
    return result(
        figure_id, title, made.median, unit, operands, formula=formula, low=made.low, high=made.high,
        interval=DRAWS, note=note,
    )  # fmt: skip


def estimated(
    figure_id: str, title: str, value: float, error: float, unit: str, operands: Iterable[Figure], *, formula: str,
    note: str = "",
) -> Figure:  # fmt: skip
    """Return a mean, a probability or a tail figure, with its Monte-Carlo error as a 90 % interval."""
    reach = 1.645 * error
    return result(
        figure_id, title, value, unit, operands, formula=formula, low=value - reach, high=value + reach,
        interval="90 % range of the sampling error", note=note,
    )  # fmt: skip


def mean_and_error(samples: Floats) -> tuple[float, float]:
    """Return a sample's mean and its Monte-Carlo error."""
    return float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size))


def said(key: str) -> str:
    """Say a key in words."""
    return key.replace("_", " ")

"""Samples as published figures: the one way in which both briefs on money do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from capexlib.figures import Figure, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.uncertainty import interval, probability
from capexlib.params.schema import assumptions_of

Floats = NDArray[np.float64]

_VISIBLE = 5e-4
"""Share of paths below which it would print as nothing."""


def assumed(part: BaseModel, path: str, *, skip: Iterable[str] = ()) -> tuple[Figure, ...]:
    """Return every assumption of a part of the params as an operand."""
    left_out = set(skip)
    found = assumptions_of(part, (path,))
    return tuple(assumption_figure(name, item) for name, item in found if name not in left_out)


def drawn_paths(figure_id: str, title: str, count: int, operands: Iterable[Figure]) -> Figure:
    """Gather everything that is drawn behind one figure, their number: results then rest on it, not on each input."""
    return result(
        figure_id, title, float(count), "units", operands, formula="every input drawn from its law, path by path",
        interval="a count",
    )  # fmt: skip


def sampled(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], formula: str, *,
    period: str = "", note: str = "",
) -> Figure:  # fmt: skip
    """Publish a sample as its median with the middle 90 %.

    Parameters
    ----------
    figure_id, title, unit, formula, period, note : str
    samples : ndarray, shape (n,)
        Nan where a path has no such number: those paths are left out, and the note says how
        many they are. Infinite numbers count as beyond the largest finite one.
    operands : iterable of Figure

    Returns
    -------
    Figure
        Without a number where no path has one.
    """
    known = samples[~np.isnan(samples)]
    finite = known[np.isfinite(known)]
    notes = [note] if note else []
    without = 1 - len(known) / len(samples)
    if without >= _VISIBLE:
        notes.append(f"{without:.1%} of paths have no such number")
    if finite.size < 2:
        notes.append("no path has a finite number")
        return result(figure_id, title, None, unit, operands, formula=formula, period=period,
                      note="; ".join(notes), interval="no number")  # fmt: skip
    if finite.size < known.size:
        beyond = 1 - finite.size / known.size
        notes += [f"{beyond:.1%} of paths lie beyond any number"] if beyond >= _VISIBLE else []
        known = np.clip(known, finite.min(), finite.max())
    made = interval(known)
    return result(
        figure_id, title, made.median, unit, operands, formula=formula, low=made.low, high=made.high, period=period,
        note="; ".join(notes), interval="90 % of paths",
    )  # fmt: skip


def chance(
    figure_id: str, title: str, mask: NDArray[np.bool_], operands: Iterable[Figure], formula: str, *, note: str = ""
) -> Figure:
    """Publish how often something happens, with its Monte-Carlo error in the note."""
    share, error = probability(mask)
    words = f"Monte-Carlo standard error {100 * error:.1f} percentage points"
    return result(
        figure_id, title, share, "fraction", operands, formula=formula, note=f"{note}; {words}" if note else words,
        interval="a probability has none",
    )  # fmt: skip


def yearly(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], formula: str, first_year: int
) -> Iterator[Figure]:
    """Publish one figure a year; years are named by their order from the as-of date.

    Parameters
    ----------
    samples : ndarray, shape (n, years)
    first_year : int
        Number of the first year, 1 for the twelve months after the as-of date.
    """
    used = tuple(operands)
    for place in range(samples.shape[1]):
        year = first_year + place
        yield sampled(f"{figure_id}.{year}", f"{title}, year {year}", samples[:, place], unit, used, formula,
                      period=f"year {year}")  # fmt: skip

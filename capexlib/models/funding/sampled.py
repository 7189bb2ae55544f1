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

_LOW, _MEDIAN, _HIGH = 0.05, 0.5, 0.95
_VISIBLE = 5e-4
"""Share of paths below which it would print as nothing."""


def assumed(part: BaseModel, path: str) -> tuple[Figure, ...]:
    """Return every assumption of a part of the params as an operand."""
    return tuple(assumption_figure(name, item) for name, item in assumptions_of(part, (path,)))


def drawn_paths(figure_id: str, title: str, count: int, operands: Iterable[Figure]) -> Figure:
    """Gather everything that is drawn behind one figure, their number: results then rest on it, not on each input."""
    return result(
        figure_id, title, float(count), "units", operands, formula="every input drawn from its law, path by path",
        interval="a count",
    )  # fmt: skip


def sampled(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], formula: str, *,
    period: str = "", note: str = "", beyond: str = "lie beyond any number",
) -> Figure:  # fmt: skip
    """Publish a sample as its median with the middle 90 %.

    Parameters
    ----------
    figure_id, title, unit, formula, period, note : str
    samples : ndarray, shape (n,)
        Nan where a path has no such number: those paths are left out, and the note says how
        many they are. Infinite numbers count with the others, at their end of the order.
    operands : iterable of Figure
    beyond : str
        What the note says of the paths with an infinite number.

    Returns
    -------
    Figure
        Without an end that would lie among infinite numbers, and without any number where the
        median would, or where no two paths have a finite one.

    Examples
    --------
    >>> made = sampled("x", "X", np.array([1.0] * 8 + [np.inf] * 2), "years", (), "", beyond="never end")
    >>> made.value, made.low, made.high, made.note, made.interval
    (1.0, 1.0, None, '20.0% of paths never end', '90 % of paths, without an upper end')
    """
    known = samples[~np.isnan(samples)]
    finite = known[np.isfinite(known)]
    notes = [note] if note else []
    without = 1 - len(known) / len(samples)
    if without >= _VISIBLE:
        notes.append(f"{without:.1%} of paths have no such number")
    infinite = (known.size - finite.size) / len(samples)
    if infinite >= _VISIBLE:
        notes.append(f"{infinite:.1%} of paths {beyond}")
    if finite.size < 2 or not np.isfinite(_around(known, _MEDIAN)).all():
        notes += ["no path has a finite number"] if finite.size < 2 else []
        return result(figure_id, title, None, unit, operands, formula=formula, period=period,
                      note="; ".join(notes), interval="no number")  # fmt: skip
    made = interval(np.clip(known, finite.min(), finite.max()))
    low, high = (
        end if np.isfinite(_around(known, share)).all() else None
        for end, share in ((made.low, _LOW), (made.high, _HIGH))
    )
    missing = [name for name, end in (("a lower", low), ("an upper", high)) if end is None]
    return result(
        figure_id, title, made.median, unit, operands, formula=formula, low=low, high=high, period=period,
        note="; ".join(notes),
        interval=f"90 % of paths, without {' or '.join(missing)} end" if missing else "90 % of paths",
    )  # fmt: skip


def _around(samples: Floats, share: float) -> Floats:
    """Return the two order statistics between which a quantile lies."""
    return np.array([np.quantile(samples, share, method="lower"), np.quantile(samples, share, method="higher")])


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

"""What one choice gains over another on the same paths, with the error of the difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.decisions.tail import check_level, finite, influence, mean_and_error
from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.refusals import refuse


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The difference of two figures estimated on common random numbers.

    Attributes
    ----------
    difference : ndarray, shape of the columns
        The first minus the second.
    standard_error : ndarray, shape of the columns
    unpaired_standard_error : ndarray, shape of the columns
        What the error would be on independent paths: what the common ones save.
    n : int
        Number of paths.
    """

    difference: Floats
    standard_error: Floats
    unpaired_standard_error: Floats
    n: int


def _pair(one: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    """Return both samples, paths last."""
    first, second = finite(one, "outcomes"), finite(other, "outcomes")
    if first.shape != second.shape or not first.ndim or len(first) < 2:
        refuse(f"a paired difference takes the same two or more paths twice, not {first.shape} and {second.shape}")
    return np.moveaxis(first, 0, -1), np.moveaxis(second, 0, -1)


def _difference(first: Floats, second: Floats) -> PairedDifference:
    """Compare the means of two samples, paths last."""
    mean, error = mean_and_error(first - second)
    apart = np.hypot(mean_and_error(first)[1], mean_and_error(second)[1])
    return PairedDifference(mean, error, apart, first.shape[-1])


def paired_difference(one: ArrayLike, other: ArrayLike) -> PairedDifference:
    """Estimate how much larger the mean outcome of one choice is than that of another.

    Parameters
    ----------
    one, other : array_like, shape (n, ...)
        Outcomes of the same paths, for instance with and without diversification; n >= 2.

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two paths, or an outcome is not finite.

    Examples
    --------
    >>> gain = paired_difference([3.0, 5.0, 10.0], [2.0, 4.0, 9.0])
    >>> float(gain.difference), float(gain.standard_error), round(float(gain.unpaired_standard_error), 2)
    (1.0, 0.0, 2.94)
    """
    return _difference(*_pair(one, other))


def paired_cvar_difference(one: ArrayLike, other: ArrayLike, level: float) -> PairedDifference:
    """Estimate how much larger the CVaR of the losses of one choice is than that of another.

    Parameters
    ----------
    one, other : array_like, shape (n, ...)
        Losses of the same paths; large is bad; n >= 2.
    level : float
        From 0, below 1.

    Raises
    ------
    ValueError
        As `paired_difference`, or if the tail holds less than one path.

    Notes
    -----
    The error is that of the difference of both influence functions, path by path (see `tail`).

    Examples
    --------
    >>> gain = paired_cvar_difference([0.0, 0.0, 0.0, 8.0], [0.0, 0.0, 0.0, 4.0], 0.75)
    >>> float(gain.difference), float(gain.standard_error)
    (4.0, 4.0)
    """
    check_level(level)
    first, second = _pair(one, other)
    n = first.shape[-1]
    if level == 1.0 or n * (1.0 - level) < 1.0 - n * 1e-12:
        refuse(f"the worst 1 − {level} of {n} paths is less than one path; take more paths or a lower level")
    return _difference(influence(first, level)[1], influence(second, level)[1])

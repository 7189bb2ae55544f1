"""What a vendor's gates let through together: all of them must, so parts multiply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.uncertainty.families import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Doors:
    """What is let through, by path and month.

    Attributes
    ----------
    passes : ndarray, shape (n, months)
        Part of the goods waiting that is let through in the month, 0 to 1.
    quota_binds : ndarray of bool, shape (n, months)
        Whether a quota for each customer binds.
    duty : ndarray, shape (n, months)
        Rate of the duty that is due on an order placed in the month.
    """

    passes: Floats
    quota_binds: Flags
    duty: Floats

    @property
    def is_open(self) -> bool:
        """Whether nothing is ever held back, on any path."""
        return bool((self.passes >= 1.0).all()) and not self.quota_binds.any()


def open_doors(n_paths: int, months: int) -> Doors:
    """Return doors without a gate: everything passes, no quota, no duty.

    Examples
    --------
    >>> open_doors(2, 3).passes.tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    shape = (n_paths, months)
    return Doors(np.broadcast_to(1.0, shape), np.broadcast_to(np.False_, shape), np.broadcast_to(0.0, shape))


def doors(gates: Iterable[Doors], n_paths: int, months: int) -> Doors:
    """Combine the gates that a vendor's goods must all pass.

    Parameters
    ----------
    gates : iterable of Doors
        What each gate lets through; arrays of one row serve all paths. None: open doors.
    n_paths, months : int

    Returns
    -------
    Doors
        Parts multiply, duties (each a rate on the price) add up, a quota binds where any gate says so.

    Raises
    ------
    ValueError
        If a part is not between 0 and 1, or a duty is negative.

    Examples
    --------
    >>> half = Doors(np.full((1, 2), 0.5), np.array([[False, True]]), np.full((1, 2), 0.25))
    >>> both = doors([half, half], 3, 2)
    >>> both.passes[2].tolist(), both.quota_binds[2].tolist(), both.duty[2].tolist()
    ([0.25, 0.25], [False, True], [0.5, 0.5])
    """
    found = open_doors(n_paths, months)
    for gate in gates:
        if not ((gate.passes >= 0.0) & (gate.passes <= 1.0)).all() or not (gate.duty >= 0.0).all():
            msg = "a gate lets through a part between 0 and 1, and its duty is not negative"
            raise ValueError(msg)
        found = Doors(found.passes * gate.passes, found.quota_binds | gate.quota_binds, found.duty + gate.duty)
    return found

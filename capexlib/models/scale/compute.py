"""What a processor budget buys: accelerators, H100-equivalents and the power they need."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def h100_equivalents(units: ArrayLike, tops_8bit: ArrayLike, reference_tops_8bit: float) -> NDArray[np.float64]:
    """Count accelerators in units of one H100 by dense 8-bit operations.

    Parameters
    ----------
    units : array_like
        Accelerators.
    tops_8bit : array_like
        Dense 8-bit tera-operations per second of one.
    reference_tops_8bit : float
        The same of one H100 (SXM: 1,979).

    Returns
    -------
    ndarray
        H100-equivalents, the shape of the broadcast inputs.

    Notes
    -----
    ``units × tops_8bit / reference_tops_8bit``. A ratio of peak rates: memory,
    interconnect and software are not in it.

    References
    ----------
    Epoch AI, "AI chip counts" (github.com/epoch-research/ai-chip-counts).

    Examples
    --------
    >>> float(h100_equivalents(1000, 989.5, 1979))
    500.0
    """
    return np.asarray(units, float) * np.asarray(tops_8bit, float) / reference_tops_8bit


def power_mw(units: ArrayLike, chip_kw: ArrayLike, power_overhead: ArrayLike, pue: ArrayLike) -> NDArray[np.float64]:
    """Power at the meter that accelerators need.

    Parameters
    ----------
    units : array_like
        Accelerators.
    chip_kw : array_like
        Thermal design power of one, kW.
    power_overhead : array_like
        Server and network power as a multiple of the chips' (≥ 1).
    pue : array_like
        Power usage effectiveness: facility power ÷ IT power (≥ 1).

    Returns
    -------
    ndarray
        MW.

    Notes
    -----
    ``units × chip_kw × power_overhead × pue / 1000``.

    Examples
    --------
    The published worked case: 50 MW hold 32,051 chips of 1 kW with an overhead of
    1.3 at a PUE of 1.2.

    >>> round(float(power_mw(32051, 1.0, 1.3, 1.2)), 1)
    50.0
    """
    kilowatts = np.asarray(units, float) * np.asarray(chip_kw, float)
    return kilowatts * np.asarray(power_overhead, float) * np.asarray(pue, float) / 1e3


def affordable_units(budget_usd: ArrayLike, price_usd: ArrayLike) -> NDArray[np.float64]:
    """Accelerators that a budget buys at a price (not rounded down).

    Examples
    --------
    >>> float(affordable_units(400e6, 20_000))
    20000.0
    """
    return np.asarray(budget_usd, float) / np.asarray(price_usd, float)

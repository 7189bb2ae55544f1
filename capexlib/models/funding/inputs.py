"""From judged ranges to draws: every assumption of a part of the params, in the models' units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from capexlib.errors import ParamsError, Problem
from capexlib.models.assumptions import distribution
from capexlib.models.uncertainty import Distribution, stratified
from capexlib.params.schema import Assumption, assumptions_of
from capexlib.units import convert, parse_unit

Floats = NDArray[np.float64]
Inputs = Mapping[str, Floats]

_UNITS = {
    ("time",): "years",
    ("ratio",): "fraction",
    ("USD",): "USD",
    ("USD", "time"): "USD/year",
    ("USD", "energy"): "USD/kWh",
    ("USD", "GPU time"): "USD/GPU-hour",
    ("USD", "power"): "USD/MW",
    ("USD", "power", "time"): "USD/MW/year",
}


def model_unit(unit: str) -> str:
    """Return the unit in which the models count a quantity.

    Raises
    ------
    ValueError
        If it is money of another currency, or a quantity that these models do not use.

    Examples
    --------
    >>> model_unit("months"), model_unit("USD bn")
    ('years', 'USD')
    """
    found = _UNITS.get(parse_unit(unit).dimension)
    if found is None:
        msg = f"{unit!r} is not counted here; money is in US dollars, at the rate that the basis names"
        raise ValueError(msg)
    return found


def laws(parts: Mapping[str, BaseModel]) -> dict[str, Distribution]:
    """Make the law of every assumption, in the models' units.

    Parameters
    ----------
    parts : mapping of str to model
        Parts of the params by their key, for instance ``{"roi": case.roi}``.

    Returns
    -------
    dict of str to Distribution
        By dotted key, in the schema's order. A value without spread is a fixed law.

    Raises
    ------
    ParamsError
        With every assumption whose unit or range does not fit.
    """
    found: dict[str, Distribution] = {}
    problems = []
    for part, params in parts.items():
        for name, assumption in assumptions_of(params, (part,)):
            try:
                found[name] = law(assumption)
            except ValueError as error:
                problems.append(Problem(name, str(error), "Change its unit, its range or its family."))
    if problems:
        raise ParamsError(problems)
    return found


def law(assumption: Assumption) -> Distribution:
    """Make one assumption's law in the models' unit."""
    return distribution(assumption, convert(1.0, assumption.unit, model_unit(assumption.unit)))


def draw(found: Mapping[str, Distribution], n: int, seed: int) -> dict[str, Floats]:
    """Draw every input, each by its name alone: what is held in one case leaves all other draws as they are.

    Parameters
    ----------
    found : mapping of str to Distribution
    n : int
    seed : int

    Returns
    -------
    dict of str to ndarray, shape (n,)
    """
    streams = stratified([f"money/{name}" for name in found], n, seed)
    return {name: np.asarray(one.ppf(streams[f"money/{name}"])) for name, one in found.items()}


def medians(found: Mapping[str, Distribution]) -> dict[str, float]:
    """Return every input's median."""
    return {name: float(one.ppf([0.5])[0]) for name, one in found.items()}

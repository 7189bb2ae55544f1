"""A number with its provenance: fact, assumption or result, and nothing else.

Every number in a brief is a :class:`Figure`. What it rests on travels with it:
the claims, the assumptions, the figures it was computed from, and the weakest
status among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from itertools import chain
from typing import Any, Literal


class Status(StrEnum):
    """How firmly a number stands, strongest first."""

    REPORTED_FILING = "reported_filing"
    OFFICIAL = "official"
    VENDOR_SPEC = "vendor_spec"
    GUIDANCE = "guidance"
    MEDIA_REPORT_UNVERIFIED = "media_report_unverified"
    ANALYST_ESTIMATE = "analyst_estimate"
    ASSUMPTION = "assumption"
    COMPANY_DENIED = "company_denied"

    @property
    def rank(self) -> int:
        """Position, 0 the strongest."""
        return _ORDER[self]

    @property
    def badge(self) -> str:
        """The words printed beside a number of this status."""
        return _BADGES[self]

    @property
    def is_verified(self) -> bool:
        """Whether a filing, an authority or the company itself stands behind it."""
        return self.rank <= Status.GUIDANCE.rank


_ORDER = {status: position for position, status in enumerate(Status)}
_BADGES = {
    Status.REPORTED_FILING: "reported",
    Status.OFFICIAL: "official",
    Status.VENDOR_SPEC: "vendor",
    Status.GUIDANCE: "guidance",
    Status.MEDIA_REPORT_UNVERIFIED: "press, unverified",
    Status.ANALYST_ESTIMATE: "estimate",
    Status.ASSUMPTION: "assumption",
    Status.COMPANY_DENIED: "denied",
}


def weakest(statuses: Iterable[Status]) -> Status:
    """Return the weakest of several statuses; nothing at all counts as an assumption."""
    return max(statuses, key=lambda status: status.rank, default=Status.ASSUMPTION)


Kind = Literal["fact", "assumption", "result"]
Bound = Literal["point", "at_least", "at_most", "range"]
Term = Any
"""A number, a figure's id, or a recipe."""

Recipe = tuple[Term, ...]
"""Simple arithmetic that a page can redo: an operation, then its terms; ``()`` for none.

``("-", ("/", ("*", "part", 1000.0), "whole"), 1.0)`` is part × 1000 / whole − 1.
``+ - * /`` go from left to right over two terms or more; ``("rank", a, b, c)`` is one
more than how many of the others exceed `a`.
"""

AGREEMENT = 1e-9
"""Relative difference up to which a recomputed number agrees: the order of operations may differ."""

_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other if other else math.nan,
}


def evaluate(recipe: Term, value_of: Callable[[str], float]) -> float:
    """Redo a recipe's arithmetic, in the order in which it is written.

    Parameters
    ----------
    recipe : number, str or sequence
        A term.
    value_of : callable
        Number of an operand by its id.

    Returns
    -------
    float
        NaN where it divides by zero.

    Raises
    ------
    ValueError
        If the operation is unknown, or has fewer than two terms.

    Examples
    --------
    >>> evaluate(("-", ("/", "plan", "base"), 1.0), {"plan": 160.0, "base": 150.0}.__getitem__)
    0.06666666666666665
    >>> evaluate(("rank", "b", "a", "c"), {"a": 3.0, "b": 2.0, "c": 1.0}.__getitem__)
    2.0
    """
    if isinstance(recipe, str):
        return value_of(recipe)
    if isinstance(recipe, int | float):
        return float(recipe)
    operation, *terms = recipe
    numbers = [evaluate(term, value_of) for term in terms]
    if operation == "rank" and numbers:
        return 1.0 + sum(other > numbers[0] for other in numbers[1:])
    if operation not in _OPERATIONS or len(numbers) < 2:
        msg = f"{operation!r} of {len(numbers)} terms is no arithmetic"
        raise ValueError(msg)
    return float(reduce(_OPERATIONS[operation], numbers))


def agree(one: float, other: float) -> bool:
    """Tell whether two numbers are the same but for the order of operations."""
    return math.isclose(one, other, rel_tol=AGREEMENT, abs_tol=1e-12)


def recipe_operands(recipe: Term) -> tuple[str, ...]:
    """Return the ids that a recipe names, each once, in order."""
    if isinstance(recipe, str):
        return (recipe,)
    if isinstance(recipe, int | float):
        return ()
    return tuple(dict.fromkeys(chain.from_iterable(recipe_operands(term) for term in recipe[1:])))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with unit, interval and provenance.

    Parameters
    ----------
    id : str
        Dotted and stable across editions, for instance ``"capex.bytedance.2026"``.
    title : str
        What it is, for a reader.
    value : float or None
        Central value in `unit`; None when a source gives only bounds.
    unit : str
        A unit of the vocabulary.
    kind : {"fact", "assumption", "result"}
    status : Status
        Its own, or the weakest of what it rests on.
    low, high : float or None
        The claim's bounds, or a 90 % interval (5th and 95th percentile).
    period : str
        Period label, or empty.
    bound : {"point", "at_least", "at_most", "range"}
        What the source's words bound.
    claims, assumptions : tuple of str
        Ids of what it rests on, directly or through its inputs.
    inputs : tuple of Figure
        What it was computed from.
    formula : str
        How it was computed, in operands' ids.
    note : str
        What a careful reader must know.
    interval : str
        What `low` and `high` cover (the claim's words, rounding, conversion, draws),
        or why there is no interval.
    recipe : tuple
        Its arithmetic in a form that a page can redo, over the ids of `inputs`;
        empty for what a simulation gave, and for facts and assumptions.
    """

    id: str
    title: str
    value: float | None
    unit: str
    kind: Kind
    status: Status
    low: float | None = None
    high: float | None = None
    period: str = ""
    bound: Bound = "point"
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    inputs: tuple[Figure, ...] = ()
    formula: str = ""
    note: str = ""
    interval: str = ""
    recipe: Recipe = ()

    @property
    def operands(self) -> tuple[str, ...]:
        """Ids of the figures that it was computed from."""
        return tuple(figure.id for figure in self.inputs)

    @property
    def best(self) -> float:
        """The one number to compute with: the value, else the bound that is given.

        Raises
        ------
        ValueError
            If there is neither.
        """
        for candidate in (self.value, self.low, self.high):
            if candidate is not None:
                return candidate
        msg = f"figure {self.id} has no number"
        raise ValueError(msg)

    @property
    def is_modelled(self) -> bool:
        """Whether an assumption of ours is inside a computed number."""
        return self.kind == "result" and bool(self.assumptions)

    def renamed(self, figure_id: str, title: str) -> Figure:
        """Return the same number under another id and title."""
        return replace(self, id=figure_id, title=title)

    def row(self) -> dict[str, Any]:
        """Return what a manifest says of it, without what is empty.

        Assumptions that its operands rest on stand with those: a result of a simulation
        would else repeat every input of the model.
        """
        values = {name: getattr(self, name) for name in _ROW}
        inherited = {name for figure in self.inputs for name in figure.assumptions}
        values["assumptions"] = tuple(name for name in self.assumptions if name not in inherited)
        values["modelled"] = self.is_modelled or ""
        kept = {name: value for name, value in values.items() if name in _ALWAYS or value not in ("", ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


_ROW = ("id", "kind", "title", "value", "unit", "low", "high", "interval", "bound", "status", "period",
        "claims", "assumptions", "operands", "formula", "recipe", "note")  # fmt: skip
_ALWAYS = ("id", "kind", "title", "value", "unit", "low", "high", "status", "claims", "assumptions")


def _weighing(operands: Iterable[Figure]) -> list[Status]:
    """Statuses that decide a result's: not assumptions', and not official rates beside amounts."""
    statuses = [figure.status for figure in operands if figure.status is not Status.ASSUMPTION]
    return [status for status in statuses if status is not Status.OFFICIAL] or statuses


def result(  # noqa: PLR0913 - a figure has that many properties
    figure_id: str,
    title: str,
    value: float | None,
    unit: str,
    operands: Iterable[Figure],
    *,
    formula: str,
    low: float | None = None,
    high: float | None = None,
    period: str = "",
    bound: Bound = "point",
    note: str = "",
    interval: str = "",
    recipe: Recipe = (),
) -> Figure:
    """Build a result: claims and assumptions are unioned, the status is the weakest.

    Assumptions do not lower the status of what claims support; they are shown by
    :attr:`Figure.is_modelled` instead. A result of assumptions alone is one. An
    official exchange rate does not lower a filed amount.

    Raises
    ------
    ValueError
        If a recipe does not give the number, or names what is no operand.
    """
    used = tuple(operands)
    claims = dict.fromkeys(claim for figure in used for claim in figure.claims)
    assumed = dict.fromkeys(
        name for figure in used for name in ((figure.id,) if figure.kind == "assumption" else figure.assumptions)
    )
    figure = Figure(
        id=figure_id, title=title, value=value, unit=unit, kind="result",
        status=weakest(_weighing(used)),
        low=low, high=high, period=period, bound=bound, claims=tuple(claims), assumptions=tuple(assumed),
        inputs=used, formula=formula, note=note,
        interval=interval, recipe=recipe,
    )  # fmt: skip
    if recipe:
        _check_recipe(figure)
    return figure


def _check_recipe(figure: Figure) -> None:
    values = {operand.id: operand for operand in figure.inputs}
    if unknown := set(recipe_operands(figure.recipe)) - values.keys():
        msg = f"the recipe of {figure.id} names {', '.join(sorted(unknown))}, which it was not computed from"
        raise ValueError(msg)
    again = evaluate(figure.recipe, lambda name: values[name].best)
    if not agree(again, figure.best):
        msg = f"the recipe of {figure.id} gives {again!r}, not {figure.best!r}"
        raise ValueError(msg)


def lineage(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Return figures and everything they were computed from, by id.

    Raises
    ------
    ValueError
        If two different figures have one id.
    """
    found: dict[str, Figure] = {}
    waiting = list(figures)
    while waiting:
        figure = waiting.pop()
        known = found.setdefault(figure.id, figure)
        if known is figure:
            waiting += figure.inputs
        elif known != figure:
            msg = f"two different figures are called {figure.id!r}"
            raise ValueError(msg)
    return found

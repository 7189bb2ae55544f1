"""The patient rule induction method: thin slices cut off a box, one at a time, and laid on again."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from capexlib.models.decisions.boxes import Box, Restriction, Runs, Truths

Objective = Literal["gain", "mean"]


@dataclass(frozen=True, slots=True)
class _Slice:
    """A candidate: the restriction it would make, the runs it would remove, and how good that is."""

    restriction: Restriction
    removed: NDArray[np.intp]
    score: float
    known: bool


class Peeler:
    """The runs still inside a box that shrinks, each ordered input sorted once.

    Parameters
    ----------
    runs : Runs
    unordered : collection of str
        Inputs that are peeled value by value.
    share : float
        Of the runs inside, in one slice.
    objective : str
        "gain" in density for each run removed, or the new "mean" density alone.
    """

    def __init__(self, runs: Runs, unordered: Collection[str], share: float, objective: Objective) -> None:
        self.runs, self.share, self.objective = runs, share, objective
        self.inside: Truths = np.ones(len(runs.interest), dtype=np.bool_)
        self.now: dict[str, Restriction] = {}
        ordered = {name: values for name, values in runs.inputs.items() if name not in unordered}
        self.order = {name: np.argsort(values, kind="stable") for name, values in ordered.items()}

    def peel(self, smallest: int) -> Iterator[Box]:
        """Yield the box, smaller each time, until no slice raises the density or too few runs are left."""
        yield self.runs.box(())
        while (best := max(self._slices(), key=lambda one: (one.score, one.known), default=None)) is not None:
            if best.score <= 0.0 or np.count_nonzero(self.inside) - len(best.removed) < smallest:
                return
            self.now[best.restriction.name] = best.restriction
            self.inside[best.removed] = False
            self.order = {name: order[self.inside[order]] for name, order in self.order.items()}
            yield self.runs.box(self.now.values())

    def _slices(self) -> Iterator[_Slice]:
        """Yield every slice that leaves something."""
        left = np.flatnonzero(self.inside)
        hits = int(np.count_nonzero(self.runs.interest[left]))
        for name in self.runs.inputs:
            for restriction, removed in self._ends(name) if name in self.order else self._values(name, left):
                keeps = len(left) - len(removed)
                if not keeps:
                    continue
                gain = (hits - np.count_nonzero(self.runs.interest[removed])) / keeps - hits / len(left)
                score = gain / len(removed) if self.objective == "gain" else gain
                yield _Slice(restriction, removed, score, known=name in self.now)

    def _ends(self, name: str) -> Iterator[tuple[Restriction, NDArray[np.intp]]]:
        """Yield the slices at the top and at the bottom: a share of the runs, and whatever ties with them."""
        order = self.order[name]
        values = self.runs.inputs[name][order]
        last = len(values) - 1
        step = int(last * self.share)
        was = self.now.get(name, Restriction(name))
        end = int(np.searchsorted(values, values[last - step], side="left"))
        if end > 0:
            yield Restriction(name, was.low, between(values[end - 1], values[end])[0]), order[end:]
        start = int(np.searchsorted(values, values[step], side="right"))
        if start <= last:
            yield Restriction(name, between(values[start - 1], values[start])[1], was.high), order[:start]

    def _values(self, name: str, left: NDArray[np.intp]) -> Iterator[tuple[Restriction, NDArray[np.intp]]]:
        """Yield, for each value still inside, the slice that gives it up."""
        values = self.runs.inputs[name][left]
        present = frozenset(np.unique(values).tolist())
        for value in sorted(present):
            yield Restriction(name, kept=present - {value}), left[values == value]


def between(below: Any, above: Any) -> tuple[float, float]:
    """Return the highest end that keeps `below` alone, and the lowest that keeps `above` alone.

    Half-way for measured numbers; for whole ones, the numbers themselves.
    """
    if isinstance(below, np.integer):
        return float(below), float(above)
    middle = float(below) + (float(above) - float(below)) / 2.0
    inside = float(below) < middle < float(above)
    return (middle, middle) if inside else (float(below), float(above))


def paste(box: Box, runs: Runs, share: float) -> Box:
    """Lay slices on again while that raises the density.

    Parameters
    ----------
    box : Box
    runs : Runs
    share : float
        Of the runs inside, in one slice; whatever ties is added too.
    """
    while True:
        wider = [
            runs.box((*box.restrictions[:place], changed, *box.restrictions[place + 1 :]))
            for place, restriction in enumerate(box.restrictions)
            for changed in _widened(restriction, box, runs, share)
        ]
        best = max(wider, key=lambda one: one.density, default=box)
        if not best.density > box.density:
            return box
        box = best


def _widened(restriction: Restriction, box: Box, runs: Runs, share: float) -> Iterator[Restriction]:
    """Yield the restriction with one slice laid on, for each of its sides."""
    values = runs.inputs[restriction.name]
    others = runs.within(one for one in box.restrictions if one is not restriction)
    outside = values[others & ~restriction.holds(values)]
    if restriction.kept is not None:
        yield from (Restriction(restriction.name, kept=restriction.kept | {value}) for value in set(outside.tolist()))
        return
    step = max(math.ceil(share * box.inside), 1)
    above, below = np.sort(outside[outside > restriction.high]), np.sort(outside[outside < restriction.low])[::-1]
    if above.size:
        reached = above[min(step, above.size) - 1]
        rest = above[above > reached]
        yield Restriction(restriction.name, restriction.low, between(reached, rest[0])[0] if rest.size else math.inf)
    if below.size:
        reached = below[min(step, below.size) - 1]
        rest = below[below < reached]
        yield Restriction(restriction.name, between(rest[0], reached)[1] if rest.size else -math.inf, restriction.high)

"""What a comparison of two editions finds: changes, and the results that a manifest lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from capexlib.figures import Figure, Status

Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Change:
    """One published result, then and now.

    Parameters
    ----------
    before, now : Figure
    contributions : Mapping
        Group to its part of `difference`, in the result's unit; parts sum to it. Empty
        where the unit changed or the groups could not be separated.
    causes : Mapping
        Group to claims, events or words (data, revision), dotted keys (assumption) or words (method).
    names : Mapping
        Those keys in words.
    """

    before: Figure
    now: Figure
    contributions: Mapping[str, float] = field(default_factory=dict)
    causes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The result's id."""
        return self.now.id

    @property
    def difference(self) -> float | None:
        """Now less before; None where the unit changed."""
        return self.now.best - self.before.best if self.before.unit == self.now.unit else None

    @property
    def size(self) -> float:
        """How large the change is beside the numbers; for shares and chances, in their own points."""
        if self.difference is None:
            return 1.0
        if self.now.unit in ("fraction", "percent"):
            return abs(self.difference) / (100 if self.now.unit == "percent" else 1)
        return abs(self.difference) / max(abs(self.before.best), abs(self.now.best), 1e-300)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since an earlier edition.

    Parameters
    ----------
    state : {"unasked", "first", "compared"}
    since : datetime.date or None
        Date of the earlier edition.
    rows : tuple of Change
        Results that moved, largest first.
    added, gone : tuple of Figure
        Results that only one of the two has.
    unchanged : int
        How many results did not move.
    moved : Mapping
        Group to everything in it that moved: claims, keys.
    note : str
        Why no reasons are given, if they are not.
    """

    state: Literal["unasked", "first", "compared"]
    since: date | None = None
    rows: tuple[Change, ...] = ()
    added: tuple[Figure, ...] = ()
    gone: tuple[Figure, ...] = ()
    unchanged: int = 0
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no published result differs."""
        return not (self.rows or self.added or self.gone)

    def of(self, figure_id: str) -> Change | None:
        """Find a result's change; None if it did not move."""
        return next((row for row in self.rows if row.id == figure_id), None)

    def ordered(self, headline: Sequence[str] = ()) -> tuple[Change, ...]:
        """Return headline results first, each part largest first."""
        return tuple(sorted(self.rows, key=lambda row: (row.id not in headline, -row.size, row.id)))


def published(manifest: Mapping[str, Any], brief: str = "") -> Figures:
    """Read the results that a manifest lists, all of them or a brief's.

    Parameters
    ----------
    manifest : Mapping
        An edition's.
    brief : str
        Name of a brief; empty for all results.

    Returns
    -------
    dict
        Empty if the edition has no such brief.
    """
    briefs = manifest.get("briefs") or {}
    own = set(briefs.get(brief, {}).get("results", ())) if brief and briefs else None
    rows = {row["id"]: row for row in (*manifest.get("figures", ()), *manifest["results"])}
    chosen = (row for row in manifest["results"] if own is None or row["id"] in own)
    return by_id(_figure(row, _assumptions_behind(row["id"], rows, {})) for row in chosen)


def by_id(figures: Iterable[Figure]) -> Figures:
    """Return figures that have a number, by id."""
    return {figure.id: figure for figure in figures if (figure.value, figure.low, figure.high) != (None, None, None)}


def _assumptions_behind(
    name: str, rows: Mapping[str, Mapping[str, Any]], found: dict[str, dict[str, None]]
) -> tuple[str, ...]:
    """Return the assumptions that a row and its operands rest on, each once; `found` remembers."""
    if name not in found:
        row = rows.get(name, {})
        found[name] = dict.fromkeys(row.get("assumptions", ()))
        for operand in row.get("operands", ()):
            own = (operand,) if rows.get(operand, {}).get("kind") == "assumption" else ()
            found[name] |= dict.fromkeys((*own, *_assumptions_behind(operand, rows, found)))
    return tuple(found[name])


def _figure(row: Mapping[str, Any], assumptions: tuple[str, ...]) -> Figure:
    plain = ("id", "title", "value", "unit", "low", "high", "period", "bound", "formula", "note", "interval")
    kept = {"title": row["id"], **{name: row[name] for name in plain if name in row}}
    claims = tuple(entry["id"] if isinstance(entry, Mapping) else str(entry) for entry in row.get("claims", ()))
    status = Status(row.get("status", Status.ASSUMPTION))
    return Figure(**kept, kind="result", status=status, claims=claims, assumptions=assumptions)

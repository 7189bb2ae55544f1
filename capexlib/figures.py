"""A number with its provenance: fact, assumption or result, and nothing else.

Every number in a brief is a :class:`Figure`. What it rests on travels with it:
the claims, the assumptions, the figures it was computed from, and the weakest
status among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


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


def _weighing(operands: Iterable[Figure]) -> list[Status]:
    """Statuses that decide a result's: not assumptions', and not official rates beside amounts."""
    statuses = [figure.status for figure in operands if figure.status is not Status.ASSUMPTION]
    return [status for status in statuses if status is not Status.OFFICIAL] or statuses


def result(
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
) -> Figure:
    """Build a result: claims and assumptions are unioned, the status is the weakest.

    Assumptions do not lower the status of what claims support; they are shown by
    :attr:`Figure.is_modelled` instead. A result of assumptions alone is one. An
    official exchange rate does not lower a filed amount.
    """
    used = tuple(operands)
    claims = dict.fromkeys(claim for figure in used for claim in figure.claims)
    assumed = dict.fromkeys(
        name for figure in used for name in ((figure.id,) if figure.kind == "assumption" else figure.assumptions)
    )
    return Figure(
        id=figure_id, title=title, value=value, unit=unit, kind="result",
        status=weakest(_weighing(used)),
        low=low, high=high, period=period, bound=bound, claims=tuple(claims), assumptions=tuple(assumed),
        inputs=used, formula=formula, note=note,
        interval=interval,
    )  # fmt: skip


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

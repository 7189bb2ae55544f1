"""What the forms that list companies down the page share: an estimate, and the column of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks

ARROW_PX = 22
GUTTER_MAX = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure as a source gives it: a point, a range, a bound, or nothing.

    Parameters
    ----------
    value : float or None
        The point.
    low, high : float or None
        With a value, its interval. Without one: both give a range, `low` alone
        "at least", `high` alone "at most", neither "n/a".
    label : str
        The figure as text, already formatted; the number itself when empty.
    status : str
        A status key of the ledger.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = ""
    status: str = "reported_filing"

    @property
    def edges(self) -> list[float]:
        """Every number given."""
        return [edge for edge in (self.low, self.value, self.high) if edge is not None]

    @property
    def missing(self) -> bool:
        """Whether there is no number at all."""
        return not self.edges

    @property
    def is_floor(self) -> bool:
        """Whether only "at least" is known."""
        return self.value is None and self.low is not None and self.high is None

    @property
    def is_ceiling(self) -> bool:
        """Whether only "at most" is known."""
        return self.value is None and self.high is not None and self.low is None

    @property
    def is_range(self) -> bool:
        """Whether both bounds are known, but no point."""
        return self.value is None and self.low is not None and self.high is not None

    @property
    def rank_value(self) -> float:
        """The number to sort by: the point, the middle of the range, or the bound."""
        if self.value is not None:
            return self.value
        return sum(self.edges) / len(self.edges) if self.edges else 0.0

    @property
    def body(self) -> tuple[float, float]:
        """Where a bar of it begins and ends."""
        if self.low is not None and self.high is not None and self.value is None:
            return self.low, self.high
        return 0.0, self.rank_value

    @property
    def reach(self) -> float:
        """The right-hand end of everything drawn, where the label goes."""
        return max([0.0, *self.edges])

    @property
    def arrow_px(self) -> float:
        """Room for an arrow between the mark and its label."""
        return ARROW_PX if self.is_floor else 0.0

    @property
    def text(self) -> str:
        """The label, or the number in house format with its bound in words."""
        if self.label:
            return self.label
        if self.missing:
            return theme.MISSING
        if self.is_range:
            return f"{theme.number(self.low)}–{theme.number(self.high)}"
        prefix = "at least " if self.is_floor else "up to " if self.is_ceiling else ""
        return prefix + theme.number(self.rank_value)


@dataclass(frozen=True, slots=True)
class Gutter:
    """The column of names at the left.

    Parameters
    ----------
    names : tuple
        For each row its lines, its note (``""`` for none) and whether it is bold.
    px : float
        Where the axis may begin.
    """

    names: tuple[tuple[list[str], str, bool], ...]
    px: float

    @classmethod
    def fit(cls, rows: Sequence[tuple[str, str, bool]], most: float = GUTTER_MAX) -> Gutter:
        """Break (name, note, bold) rows to a column no wider than `most` px."""
        fitted = []
        for name, note, bold in rows:
            lines = layout.wrap(name, most, lines=1 if note else 2, bold=bold)
            fitted.append((lines, layout.shorten(note, most, theme.NOTE_PX), bold))
        widths = [layout.text_px(line, bold=bold) for lines, _, bold in fitted for line in lines]
        widths += [layout.text_px(note, theme.NOTE_PX) for _, note, _ in fitted]
        return cls(tuple(fitted), round(max(widths, default=0.0) + 12))

    def step(self, single: float, double: float) -> float:
        """Choose the pitch of the rows: `double` where one takes two lines."""
        return double if any(note or len(lines) > 1 for lines, note, _ in self.names) else single

    def layers(self, top: float, step: float) -> list[alt.Chart]:
        """Write the names, one every `step` px from `top`."""
        names, notes = [], []
        for index, (lines, note, bold) in enumerate(self.names):
            middle = top + step * (index + 0.5)
            offsets = [-7.0] if note else [0.0] if len(lines) == 1 else [-7.0, 7.0]
            names += [
                {"text": line, "y": middle + offset, "bold": bold} for line, offset in zip(lines, offsets, strict=True)
            ]
            if note:
                notes.append({"text": note, "y": middle + 7, "bold": False})
        return [marks.texts(names, "name"), marks.texts(notes, "note")]

"""Part to whole across companies: what is reported, plus what leases add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

STEP, NOTE_STEP, THICK = 30, 38, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AllIn:
    """One company's reported figure and its leases, in the axis' unit.

    Parameters
    ----------
    name : str
        Who.
    reported : float or None
        The figure as reported; None is ``n/a``.
    leases : float or None
        What capitalised leases add; None when unknown, which is not zero.
    low, high : float or None
        Interval of the sum.
    label, range_label : str
        The sum and its interval, already formatted.
    status, leases_status : str
        Status keys of the two parts.
    case : bool
        Is it the company the brief is about?
    note : str
        A quiet line under the name.
    """

    name: str
    reported: float | None
    leases: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = ""
    range_label: str = ""
    status: str = "reported_filing"
    leases_status: str = "assumption"
    case: bool = False
    note: str = ""

    @property
    def total(self) -> float:
        """Reported figure plus leases."""
        return (self.reported or 0.0) + (self.leases or 0.0)

    @property
    def text(self) -> str:
        """The label, or the sum in house format."""
        return self.label or (theme.MISSING if self.reported is None else theme.number(self.total))

    @property
    def reach(self) -> float:
        """The right-hand end of everything drawn."""
        return max(0.0, self.total, self.high or 0.0)


def all_in(rows: Sequence[AllIn], *, unit: str) -> Spec:
    """Draw reported bars with leases stacked on them, largest sum first: for *part to whole*.

    Parameters
    ----------
    rows : sequence of AllIn
        In any order; rows without a reported figure go last.
    unit : str
        What the axis measures.

    Returns
    -------
    dict
        A Vega-Lite 6 spec; the whisker is the interval of the sum.
    """
    ranked = sorted(rows, key=lambda row: (row.reported is None, -row.total))
    gutter = Gutter.fit([(row.name, row.note, row.case) for row in ranked])
    highest = max([row.reach for row in ranked], default=0.0) or 1.0
    values = layout.ticks(0.0, highest)
    step = gutter.step(STEP, NOTE_STEP)
    drawn = [row for row in ranked if row.reported is not None]
    leases = [row for row in drawn if row.leases]
    extra = [("leases, not reported as capex", "accent")] if leases else []
    key, top = marks.key([row.status for row in drawn], extra=extra)

    frame = marks.Frame(
        0.0, values[-1], gutter.px,
        right=layout.tail([(row.reach / values[-1], _label_px(row, wide=True)) for row in ranked], gutter.px),
        right_narrow=layout.tail(
            [(row.reach / values[-1], _label_px(row, wide=False)) for row in ranked], gutter.px, width=320
        ),
    )  # fmt: skip
    bars, ranges, labels, spans = [], [], [], []
    for index, row in enumerate(ranked):
        middle = top + step * (index + 0.5)
        base = {"name": row.name, "tip": f"{row.text} {row.range_label}".strip(), "bold": row.case, "y": middle}
        role = "case" if row.case else "peer"
        box = {**base, "y": middle - THICK / 2, "y2": middle + THICK / 2}
        if row.reported is not None:
            bars.append({**box, **marks.looks(row.status, role), "x": 0.0, "x2": row.reported})
        if row in leases:
            bars.append({**box, **marks.looks(row.leases_status, "accent"), "fill": "accent_light",
                         "x": row.reported, "x2": row.total, "tip": f"leases: {theme.number(row.leases)}"})  # fmt: skip
        if row.low is not None and row.high is not None and row.low < row.high:
            ranges.append({**base, "low": row.low, "high": row.high})
        labels.append({**base, "x": row.reach, "dx": 8, "text": row.text})
        if row.range_label:
            dx = 15 + layout.text_px(row.text, bold=row.case)
            spans.append({"x": row.reach, "y": middle, "dx": dx, "text": row.range_label, "bold": False})
    bottom = top + step * len(ranked)
    offset = alt.ExprRef("datum.dx")
    layers = [
        *key,
        *marks.grid(values, layout.tick_labels(values), frame, top=top, bottom=bottom, unit=unit),
        marks.boxes(bars, frame.x(), tip=True),
        *marks.whiskers(ranges, frame),
        *gutter.layers(top, step),
        marks.texts(labels, "name", x=frame.x(), dx=offset),
        marks.texts(spans, "note", x=frame.x(), dx=offset, wide=True),
    ]
    return marks.finish(layers, bottom + 36)


def _label_px(row: AllIn, *, wide: bool) -> float:
    width = 10 + layout.text_px(row.text, bold=row.case)
    return width + (layout.text_px(row.range_label, theme.NOTE_PX) + 9 if wide and row.range_label else 0)

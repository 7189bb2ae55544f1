"""Ranking: whose figure is larger, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Estimate, Gutter
from capexlib.exhibits.theme import Spec

STEP, NOTE_STEP, THICK = 28, 34, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar(Estimate):
    """One bar.

    Parameters
    ----------
    name : str
        Who.
    note : str
        A quiet line under the name, e.g. ``"fiscal year to June"``.
    case : bool
        Is it the company the brief is about?
    range_label : str
        The interval, printed after the value, e.g. ``"22.6–23.0"``.
    value, low, high, label, status
        See :class:`~capexlib.exhibits.charts.rows.Estimate`.
    """

    name: str
    note: str = ""
    case: bool = False
    range_label: str = ""


def ranked_bars(rows: Sequence[Bar], *, unit: str) -> Spec:
    """Draw horizontal bars from zero, largest first: for *ranking*.

    Parameters
    ----------
    rows : sequence of Bar
        In any order; rows without any figure go last as ``n/a``.
    unit : str
        What the axis measures, e.g. ``"US$ billion"``.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. A lower bound ends in an open arrow to the right, an
        upper bound in one to the left; a range without a point is drawn from
        its low to its high; outlines tell the statuses apart.
    """
    ranked = sorted(rows, key=lambda row: (row.missing, -row.rank_value))
    key, top = marks.key([row.status for row in ranked if not row.missing])
    gutter = Gutter.fit([(row.name, row.note, row.case) for row in ranked])
    extent = [edge for row in ranked for edge in row.edges]
    values = layout.ticks(min([0.0, *extent]), max([0.0, *extent]) or 1.0)
    low, high = values[0], values[-1]
    step = gutter.step(STEP, NOTE_STEP)

    ends = [(row.reach, _label_px(row)) for row in ranked]
    short = [(row.reach, layout.text_px(row.text, bold=row.case) + row.arrow_px + 12) for row in ranked]
    span = high - low
    frame = marks.Frame(
        low, high, gutter.px,
        right=layout.tail([((reach - low) / span, px) for reach, px in ends], gutter.px),
        right_narrow=layout.tail([((reach - low) / span, px) for reach, px in short], gutter.px, width=320),
    )  # fmt: skip

    bars, ranges, least, most, labels, spans = [], [], [], [], [], []
    for index, row in enumerate(ranked):
        middle = top + step * (index + 0.5)
        role = "case" if row.case else "peer"
        base = {"name": row.name, "tip": f"{row.text} {row.range_label}".strip(), "y": middle, "bold": row.case,
                **marks.looks(row.status, role)}  # fmt: skip
        if not row.missing:
            start, end = row.body
            bars.append({**base, "x": start, "x2": end, "y": middle - THICK / 2, "y2": middle + THICK / 2})
        if row.value is not None and row.low is not None and row.high is not None and row.low < row.high:
            ranges.append({**base, "low": row.low, "high": row.high})
        if row.is_floor:
            least.append({**base, "x": row.low})
        if row.is_ceiling:
            most.append({**base, "x": row.high})
        dx = 8 + row.arrow_px
        labels.append({"x": row.reach, "y": middle, "dx": dx, "text": row.text, "bold": row.case})
        if row.range_label:
            dx += layout.text_px(row.text, bold=row.case) + 7
            spans.append({"x": row.reach, "y": middle, "dx": dx, "text": row.range_label, "bold": False})

    bottom = top + step * len(ranked)
    offset = alt.ExprRef("datum.dx")
    layers = [
        *key,
        *marks.grid(values, layout.tick_labels(values), frame, top=top, bottom=bottom, unit=unit),
        marks.boxes(bars, frame.x(), tip=True),
        *marks.whiskers(ranges, frame),
        *marks.floors(least, frame),
        *marks.ceilings(most, frame),
        *gutter.layers(top, step),
        marks.texts(labels, "name", x=frame.x(), dx=offset),
        marks.texts(spans, "note", x=frame.x(), dx=offset, wide=True),
    ]
    return marks.finish(layers, bottom + 36)


def _label_px(row: Bar) -> float:
    width = 10 + row.arrow_px + layout.text_px(row.text, bold=row.case)
    return width + (layout.text_px(row.range_label, theme.NOTE_PX) + 9 if row.range_label else 0)

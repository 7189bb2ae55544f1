"""Magnitude: one or two ratios of each company side by side, with their ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Estimate, Gutter
from capexlib.exhibits.theme import Spec

STEP, NOTE_STEP = 28, 36
GAP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot(Estimate):
    """One figure of one company; see :class:`~capexlib.exhibits.charts.rows.Estimate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """One company.

    Parameters
    ----------
    name : str
        Who.
    dots : tuple of Dot or None, shape (panels,)
        Its figure in each panel; None is ``n/a``.
    case : bool
        Is it the company the brief is about?
    note : str
        A quiet line under the name.
    """

    name: str
    dots: tuple[Dot | None, ...]
    case: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One measure.

    Parameters
    ----------
    title : str
        Measure and unit, printed above the panel.
    percent : bool
        Are its values shares (decimals)?
    """

    title: str
    percent: bool = False


def dot_ranges(rows: Sequence[DotRow], *, panels: Sequence[Panel]) -> Spec:
    """Draw a dot with its range for each company, panels side by side: for *magnitude*.

    Parameters
    ----------
    rows : sequence of DotRow
        In any order; every panel lists them alike, the largest of the first panel first.
    panels : sequence of Panel
        One to three measures; each has its own axis from zero.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. The panels share one axis underneath, so that they
        keep side by side at any width.
    """
    ranked = sorted(rows, key=_sort_value)
    gutter = Gutter.fit([(row.name, row.note, row.case) for row in ranked], 130 if len(panels) == 1 else 100)
    key, top = marks.key([dot.status for row in rows for dot in row.dots if dot is not None and not dot.missing],
                         points=True)  # fmt: skip
    top += 14 * max(len(_title(panel, len(panels), gutter.px)) for panel in panels) + 4
    step = gutter.step(STEP, NOTE_STEP)
    bottom = top + step * len(ranked)
    frame = marks.Frame(0.0, len(panels) - GAP, gutter.px, 14)
    layers = [*key, *gutter.layers(top, step)]
    for place, panel in enumerate(panels):
        layers += _panel(panel, place, ranked, frame, (top, step, bottom), len(panels))
    return marks.finish(layers, bottom + 20)


def _sort_value(row: DotRow) -> tuple[bool, float]:
    dot = row.dots[0]
    return (True, 0.0) if dot is None or dot.missing else (False, -dot.rank_value)


def _title(panel: Panel, panels: int, left: float) -> list[str]:
    return layout.wrap(panel.title, (theme.NARROWEST - left) / panels - 6, theme.NOTE_PX, lines=3)


def _panel(
    panel: Panel, place: int, ranked: Sequence[DotRow], frame: marks.Frame, box: tuple[float, float, float], panels: int
) -> list[alt.Chart]:
    top, step, bottom = box
    found = [dot for row in ranked if (dot := row.dots[place]) is not None]
    highest = max([edge for dot in found for edge in dot.edges], default=0.0) or 1.0
    lowest = min([0.0, *(edge for dot in found for edge in dot.edges)])
    values = layout.ticks(lowest, highest, max(3, 6 - panels))
    room = (frame.px(place + 1) - frame.px(place)) * (1 - GAP)
    label_px = max([layout.text_px(dot.text, bold=True) + dot.arrow_px + 16 for dot in found], default=0.0)
    usable = (1 - GAP) * (1 - min(0.45, label_px / max(room, 1.0)))

    def across(value: float) -> float:
        return round(place + usable * (value - values[0]) / (values[-1] - values[0]), 5)

    ranges, dots, least, most, labels = [], [], [], [], []
    for index, row in enumerate(ranked):
        middle = top + step * (index + 0.5)
        dot = row.dots[place] or Dot()
        role = "case" if row.case else "peer"
        base = {**marks.looks(dot.status, role), "y": middle, "name": row.name, "bold": row.case,
                "tip": f"{panel.title}: {dot.text}"}  # fmt: skip
        if dot.low is not None and dot.high is not None:
            ranges.append({**base, "x": across(dot.low), "x2": across(dot.high)})
        if not dot.missing and not dot.is_range:
            dots.append({**base, "x": across(dot.rank_value), "size": 110 if row.case else 75})
        if dot.is_floor:
            least.append({**base, "x": across(dot.rank_value)})
        if dot.is_ceiling:
            most.append({**base, "x": across(dot.rank_value)})
        reach = across(max([values[0], *dot.edges]))
        dx = 10 + dot.arrow_px
        free = (theme.NARROWEST - frame.left - frame.right) * (place + 1 - reach) / (panels - GAP) - dx
        labels.append({"x": reach, "y": middle, "dx": dx, "text": dot.text, "bold": row.case,
                       "narrow": layout.shorten(dot.text, free, bold=row.case)})  # fmt: skip
    heads = [
        {"x": place, "y": top - 12 - 14 * line, "text": text}
        for line, text in enumerate(reversed(_title(panel, panels, frame.left)))
    ]
    written = layout.tick_labels(values, as_percent=panel.percent)
    narrow_px = (theme.NARROWEST - frame.left) / panels * usable
    every = max(1, math.ceil(layout.text_px(written[-1], theme.NOTE_PX) * 1.3 * (len(values) - 1) / narrow_px))
    ticks = [
        {"x": across(value), "y": bottom + 12, "text": text, "narrow": text if index % every == 0 else ""}
        for index, (value, text) in enumerate(zip(values, written, strict=True))
    ]
    lines = [{"x": across(value), "y": top, "y2": bottom} for value in values]
    zero = min(range(len(values)), key=lambda index: abs(values[index]))
    point = {"x": frame.x(), "y": marks.down()}
    return [
        marks.texts(heads, "note", x=frame.x()),
        marks.layer(lines[:zero] + lines[zero + 1 :], "rule", style="hairline", y2="y2", **point),
        marks.layer(lines[zero : zero + 1], "rule", style="baseline", y2="y2",
                    strokeOpacity=0.4 if zero else 1.0, **point),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.layer(ranges, "rule", tip=True, x2="x2", stroke=marks.paint("stroke"), strokeWidth=5,
                    strokeOpacity=0.4, strokeCap="round", **point),
        *marks.floors(least, frame),
        marks.dots(dots, frame.x(), tip=True),
        *marks.ceilings(most, frame, offset=-11),
        marks.texts(labels, "name", x=frame.x(), dx=alt.ExprRef("datum.dx"), text=marks.either()),
    ]  # fmt: skip

"""Trade-off: what choices bring against what they risk, with the frontier of the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, LABEL_GAP = 250, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice, as a named point.

    Parameters
    ----------
    name : str
    risk, gain : float
        Its place across and up.
    case : bool
        The one that was reported.
    label : str
        Both numbers as text, for the tooltip.
    """

    name: str
    risk: float
    gain: float
    case: bool = False
    label: str = ""


def tradeoff(
    rows: Sequence[Choice], frontier: Sequence[tuple[float, float]], *, gain: str, risk: str, percent: bool = True
) -> Spec:
    """Draw choices and the frontier, up is better and left is safer: for *correlation* of gain and risk.

    Parameters
    ----------
    rows : sequence of Choice
    frontier : sequence of (risk, gain)
        In order of risk; joined by a line.
    gain, risk : str
        What the axes measure.
    percent : bool
        Are both shares (decimals)?

    Returns
    -------
    dict
        A Vega-Lite 6 spec; neither axis starts at zero.
    """
    places = [(row.risk, row.gain) for row in rows] + list(frontier)
    across, up = zip(*places, strict=True) if places else ((0.0, 1.0), (0.0, 1.0))
    values, levels = layout.ticks(min(across), max(across), 6), layout.ticks(min(up), max(up), 6)
    top = 34.0
    rise = Rise(tuple(levels), top, top + HEIGHT)
    written = layout.tick_labels(levels, as_percent=percent)
    left = max(layout.text_px(text, theme.NOTE_PX) for text in written) + 12
    frame = marks.Frame(values[0], values[-1], left, 40)
    points = [
        {**marks.looks("assumption", "case" if row.case else "peer"), "fill": "case" if row.case else "paper",
         "dash": marks.UNBROKEN, "shape": "circle", "x": row.risk, "y": rise.px(row.gain), "name": row.name,
         "tip": row.label, "size": 110 if row.case else 60}
        for row in sorted(rows, key=lambda row: row.case)
    ]  # fmt: skip
    line = [{"x": risk_at, "y": rise.px(gain_at)} for risk_at, gain_at in frontier]
    label = [{**line[0], "text": "best mixes"}] if line else []
    lines = [{"x": value, "y": rise.top, "y2": rise.bottom} for value in values]
    ticks = [
        {"x": value, "y": rise.bottom + 14, "text": text, "narrow": text if index % 2 == 0 else ""}
        for index, (value, text) in enumerate(zip(values, layout.tick_labels(values, as_percent=percent), strict=True))
    ]
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *marks.levels(levels, written, [rise.px(level) for level in levels], frame),
        marks.layer(lines, "rule", style="hairline", y2="y2", **point),
        marks.texts([{"y": 12.0, "text": gain}], "note"),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.texts([{"x": values[0], "y": rise.bottom + 32, "text": risk}], "note", x=frame.x()),
        marks.layer(line, "line", stroke=alt.ExprRef("paint.accent"), strokeWidth=3, **point),
        marks.texts(label, "note", x=frame.x(), align="left", dx=-2, dy=16),
        marks.dots(points, frame.x(), tip=True),
        *_names(rows, frame, rise),
    ]
    return marks.finish(layers, rise.bottom + 44)


def _names(rows: Sequence[Choice], frame: marks.Frame, rise: Rise) -> list[alt.Chart]:
    """Name the points beside them, moved apart; a point near the right edge is named on its left."""
    edge = theme.PAGE_WIDTH - frame.right
    named = [(row, frame.px(row.risk)) for row in sorted(rows, key=lambda row: rise.px(row.gain))]
    placed = layout.dodge([rise.px(row.gain) for row, _ in named], LABEL_GAP, rise.top, rise.bottom)
    sides: dict[str, marks.Rows] = {"left": [], "right": []}
    for (row, px), y in zip(named, placed, strict=True):
        fits = px + 12 + layout.text_px(row.name, bold=row.case) <= edge + frame.right
        sides["left" if fits else "right"].append({"x": row.risk, "y": y, "text": row.name, "bold": row.case})
    return [
        marks.texts(written, "name", x=frame.x(), align=align, dx=10 if align == "left" else -10)
        for align, written in sides.items()
    ]

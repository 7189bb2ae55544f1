"""Trade-off: what choices bring against what they risk, with the frontier of the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks, placing
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

TOP, HEIGHT, PAD = 30.0, 250, 0.08
NAME, NAME_NARROW, NARROW_PX = 200, 120, 340
FRONTIER = "best mixes"


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
        A Vega-Lite 6 spec; neither axis needs to start at zero, no point stands at its end.
    """
    places = [(row.risk, row.gain) for row in rows] + list(frontier)
    across, up = zip(*places, strict=True) if places else ((0.0, 1.0), (0.0, 1.0))
    low, high = _padded(across)
    values = [tick for tick in layout.ticks(low, high, 6) if low <= tick <= high]
    bottom_value, top_value = _padded(up)
    levels = [tick for tick in layout.ticks(bottom_value, top_value, 6) if bottom_value <= tick <= top_value]
    rise = Rise((bottom_value, top_value), TOP, TOP + HEIGHT)
    written = layout.tick_labels(levels, as_percent=percent)
    left = max(layout.text_px(text, theme.NOTE_PX) for text in written) + 12
    frame = marks.Frame(low, high, left, 14)
    points = [
        {**marks.looks("assumption", "case" if row.case else "peer"), "fill": "case" if row.case else "paper",
         "dash": marks.UNBROKEN, "shape": "circle", "x": row.risk, "y": rise.px(row.gain), "name": row.name,
         "tip": row.label, "size": 110 if row.case else 60}
        for row in sorted(rows, key=lambda row: row.case)
    ]  # fmt: skip
    line = [{"x": risk_at, "y": rise.px(gain_at)} for risk_at, gain_at in frontier]
    lines = [{"x": value, "y": rise.top, "y2": rise.bottom} for value in values]
    ticks = [
        {"x": value, "y": rise.bottom + 14, "text": text, "narrow": text if index % 2 == 0 else ""}
        for index, (value, text) in enumerate(zip(values, layout.tick_labels(values, as_percent=percent), strict=True))
    ]
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *marks.levels(levels, written, [rise.px(level) for level in levels], frame),
        marks.layer(lines, "rule", style="hairline", y2="y2", **point),
        marks.texts([{"y": 10.0, "text": gain}], "note"),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.texts([{"x": low, "y": rise.bottom + 32, "text": risk}], "note", x=frame.x()),
        marks.layer(line, "line", stroke=alt.ExprRef("paint.accent"), strokeWidth=3, **point),
        marks.dots(points, frame.x(), tip=True),
        *_names(rows, frontier, frame, rise),
    ]
    return marks.finish(layers, rise.bottom + 44)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    """Widen the span of the values so that none stands at its end.

    Examples
    --------
    >>> _padded([10.0, 20.0])
    (9.2, 20.8)
    """
    low, high = min(values), max(values)
    pad = (high - low) * PAD or abs(high) * 0.1 or 0.5
    return float(f"{low - pad:.12g}"), float(f"{high + pad:.12g}")


def _names(
    rows: Sequence[Choice], frontier: Sequence[tuple[float, float]], frame: marks.Frame, rise: Rise
) -> list[alt.Chart]:
    """Name the points and the frontier beside them, clear of each other on a wide and on a narrow screen."""
    ranked = sorted(rows, key=lambda row: (not row.case, rise.px(row.gain)))
    named = [(row.risk, row.gain, row.name, row.case) for row in ranked]
    named += [(*frontier[len(frontier) // 2], FRONTIER, False)] if frontier else []
    labels, leaders = [], []
    wide = _spots(named, frontier, frame, rise, theme.PAGE_WIDTH)
    narrow = _spots(named, frontier, frame, rise, NARROW_PX)
    for (risk, gain, _, case), (text, one), (short, other) in zip(named, wide, narrow, strict=True):
        y = rise.px(gain)
        moved = {"dx": round(one.x, 1), "dy": round(one.y, 1), "dxn": round(other.x, 1), "dyn": round(other.y, 1)}
        labels.append({**moved, "x": risk, "y": y, "text": text, "narrow": short, "bold": case})
        ends = {name: _leader(spot) for name, spot in (("dx", one), ("dxn", other))}
        if one.far or other.far:
            leaders.append({**moved, **ends, "x": risk, "y": y})
    dx, dy = (alt.ExprRef(f"{theme.NARROW} ? datum.{name}n : datum.{name}") for name in ("dx", "dy"))
    reach = alt.ExprRef(f"{theme.NARROW} ? (datum.dxn ? datum.dyn : 0) : (datum.dx ? datum.dy : 0)")
    return [
        marks.layer(leaders, "rule", style="leader", x=frame.x(), x2="x", y=marks.down(), y2="y", x2Offset=dx,
                    y2Offset=reach),
        marks.texts(labels, "name", x=frame.x(), dx=dx, dy=dy, text=marks.either()),
    ]  # fmt: skip


def _leader(spot: placing.Spot) -> float:
    """Give how far across a leader line runs to the near end of its label; 0 where there is none."""
    if not spot.far:
        return 0.0
    return spot.x - 2 if spot.x > 0 else spot.x + spot.box.right - spot.box.left + 2


def _spots(
    named: Sequence[tuple[float, float, str, bool]], frontier: Sequence[tuple[float, float]], frame: marks.Frame,
    rise: Rise, width: float,
) -> list[tuple[str, placing.Spot]]:  # fmt: skip
    """Place the names on a page of a width; spots are relative to their points."""
    room = width - frame.left - frame.right
    bounds = placing.Box(frame.left, width, rise.top - 8, rise.bottom + 6)

    def px(risk: float) -> float:
        return frame.left + frame.share(risk) * room

    points = [(px(risk), rise.px(gain)) for risk, gain, name, _ in named if name is not FRONTIER]
    taken = [placing.Box(x - 7, x + 7, y - 7, y + 7) for x, y in points]
    for (x, y), (x2, y2) in pairwise((px(risk), rise.px(gain)) for risk, gain in frontier):
        steps = max(1, int(max(abs(x2 - x), abs(y2 - y)) // 6))
        for step in range(steps + 1):
            at, down = x + (x2 - x) * step / steps, y + (y2 - y) * step / steps
            taken.append(placing.Box(at - 3, at + 3, down - 3, down + 3))
    spots = []
    for risk, gain, name, bold in named:
        text = layout.shorten(name, NAME if width > NARROW_PX else NAME_NARROW, bold=bold)
        at, down = px(risk), rise.px(gain)
        spot = placing.place(at, down, layout.text_px(text, bold=bold), taken, bounds)
        taken.append(spot.box)
        spots.append((text, placing.Spot(spot.x - at, spot.y - down, spot.box, spot.far)))
    return spots

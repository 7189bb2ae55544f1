"""Part to whole over time: what each year's total is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, LABEL_GAP, SERIES = 240, 16, 5
NAME, NAME_NARROW, SWATCH = 170, 84, 10
FILLS = (("case", "case"), ("second", "second"), ("third", "third"), ("case_light", "case"), ("paper", "peer"))
HALF, WIDEST = 0.34, 84


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        The year, or whom it is about.
    values : tuple of float or None
        One a series, in their order; below zero they go down. ``None`` is nothing drawn.
    low, high : float or None
        Interval of the total, drawn as a whisker.
    label : str
        The total as text; the number itself when empty.
    status : str
        A status key of the ledger; anything but solid ones is drawn paler and dashed.
    """

    name: str
    values: tuple[float | None, ...]
    low: float | None = None
    high: float | None = None
    label: str = ""
    status: str = ""

    @property
    def total(self) -> float | None:
        """The sum of what is known; None when nothing is."""
        known = [value for value in self.values if value is not None]
        return sum(known) if known else None


def stacked_columns(rows: Sequence[Column], *, series: Sequence[str], unit: str) -> Spec:
    """Draw columns stacked from zero, up and down, named at the right: for *part to whole* over *time*.

    Parameters
    ----------
    rows : sequence of Column
        From left to right.
    series : sequence of str
        Names, from the bottom of the stack upwards; from the fifth on they are added up as "other".
    unit : str
        What the axis measures.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. The total stands over each column; where something goes
        below zero, a line across the column marks the net.
    """
    names = [*series] if len(series) <= SERIES else [*series[: SERIES - 1], "other"]
    stacks = [_folded(row.values, len(names)) for row in rows]
    up = [sum(max(value or 0.0, 0.0) for value in stack) for stack in stacks]
    down = [sum(min(value or 0.0, 0.0) for value in stack) for stack in stacks]
    edges = [*up, *down, *(edge for row in rows for edge in (row.low, row.high) if edge is not None)]
    key, top = marks.key([row.status for row in rows if row.status])
    rise = Rise.over(edges, top + 38, top + 38 + HEIGHT)
    labels = _names(names, stacks, rise)
    frame = _frame(rows, labels, rise)
    half = min(HALF, WIDEST / 2 / _slot(theme.PAGE_WIDTH, frame))
    parts = [
        {**part, "x": place - half, "x2": place + half}
        for place, row in enumerate(rows)
        for part in _column(row, names, stacks[place], rise)
    ]
    totals, nets, whiskers = _totals(rows, up, down, rise, frame, half)
    measured = f"{unit}; line across: net, printed above" if nets else unit
    heads = _heads(rows, frame, rise.bottom + 14)
    zero = [{"x": frame.low, "x2": frame.high, "y": rise.px(0.0)}]
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *key,
        *marks.levels(rise.ticks, rise.labels, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": top + 10, "text": measured}], "note"),
        marks.boxes(parts, frame.x(), tip=True, fillOpacity=alt.ExprRef("datum.pale ? 0.45 : 1"), strokeWidth=1),
        marks.layer(zero, "rule", style="baseline", x2="x2", **point),
        *_cased(nets, frame),
        *_cased(whiskers, frame),
        marks.texts(totals, "name", x=frame.x(), align="center", text=marks.either()),
        marks.texts(heads, "note", x=frame.x(), align="center", text=marks.either()),
        *_legend(labels, frame),
    ]  # fmt: skip
    return marks.finish(layers, rise.bottom + 26)


def _folded(values: Sequence[float | None], count: int) -> list[float | None]:
    """Bring the values to as many as there are names, the last one taking the rest."""
    filled = [*values, *[None] * (count - len(values))]
    rest = [value for value in filled[count - 1 :] if value is not None] if count else []
    return [*filled[: count - 1], sum(rest) if rest else None] if count else []


def _column(row: Column, names: Sequence[str], stack: Sequence[float | None], rise: Rise) -> marks.Rows:
    style, parts = theme.mark_style(row.status), []
    pale = style.form != "solid"
    reach = {True: 0.0, False: 0.0}
    for (fill, stroke), name, value in zip(FILLS, names, stack, strict=False):
        if not value:
            continue
        start = reach[value > 0]
        reach[value > 0] = end = start + value
        parts.append({
            "y": rise.px(start), "y2": rise.px(end), "fill": fill,
            "stroke": stroke if pale or fill in {"paper", "case_light"} else "paper", "pale": pale, "bold": False,
            "dash": list(style.dash) or marks.UNBROKEN, "name": f"{name}, {row.name}", "tip": theme.number(value),
            "status": style.word if row.status else "",
        })  # fmt: skip
    return parts


def _totals(
    rows: Sequence[Column], up: Sequence[float], down: Sequence[float], rise: Rise, frame: marks.Frame, half: float
) -> tuple[marks.Rows, marks.Rows, marks.Rows]:
    """Give each column's total as text, the net's line where it is not the top, and the whisker."""
    totals, nets, whiskers = [], [], []
    slots = [_slot(width, frame) for width in (theme.PAGE_WIDTH, theme.NARROWEST)]
    for place, row in enumerate(rows):
        text = row.label or theme.number(row.total)
        above = rise.px(max(up[place], row.high or 0.0)) - 9
        wide, narrow = (text if layout.text_px(text) <= slot else "" for slot in slots)
        totals.append({"x": place, "y": above, "text": wide, "narrow": narrow})
        if row.total is not None and down[place] < 0:
            y = rise.px(row.total)
            nets.append({"x": place - half - 0.08, "x2": place + half + 0.08, "y": y, "y2": y})
        if row.low is not None and row.high is not None and row.low < row.high:
            low, high = rise.px(row.low), rise.px(row.high)
            whiskers.append({"x": place, "x2": place, "y": low, "y2": high})
            whiskers += [{"x": place - half * 0.3, "x2": place + half * 0.3, "y": y, "y2": y} for y in (low, high)]
    return totals, nets, whiskers


def _cased(lines: marks.Rows, frame: marks.Frame) -> list[alt.Chart]:
    """Draw lines over the columns, with paper on both sides of them."""
    return [
        marks.layer(lines, "rule", stroke=alt.ExprRef(f"paint.{colour}"), strokeWidth=width, x=frame.x(), x2="x2",
                    y=marks.down(), y2="y2")
        for colour, width in (("paper", 3.75), ("ink", 1.5))
    ]  # fmt: skip


def _names(names: Sequence[str], stacks: Sequence[Sequence[float | None]], rise: Rise) -> marks.Rows:
    """Put each series' name beside its part of the last column that has one."""
    wanted = []
    for index in range(len(names)):
        stack = next((one for one in reversed(stacks) if one[index]), None)
        value = stack[index] if stack else None
        if stack is None or not value:
            wanted.append(rise.px(0.0))
            continue
        before = sum(part for part in stack[:index] if part and (part > 0) == (value > 0))
        wanted.append(rise.px(before + value / 2))
    placed = layout.dodge(wanted, LABEL_GAP, rise.top, rise.bottom)
    return [
        {"y": y, "fill": fill, "stroke": stroke, "dash": marks.UNBROKEN, "bold": False,
         "text": layout.shorten(name, NAME), "narrow": layout.shorten(name, NAME_NARROW)}
        for name, y, (fill, stroke) in zip(names, placed, FILLS, strict=False)
    ]  # fmt: skip


def _legend(labels: marks.Rows, frame: marks.Frame) -> list[alt.Chart]:
    """Draw a swatch and the name of each series right of the columns."""
    ends = [{**label, "x": frame.high} for label in labels]
    look: dict[str, Any] = {"fill": marks.paint("fill"), "stroke": marks.paint("stroke"), "strokeWidth": 1.25}
    swatch = marks.layer(ends, "point", shape="square", size=SWATCH**2, x=frame.x(), y=marks.down(), xOffset=10,
                         opacity=1, **look)  # fmt: skip
    return [swatch, marks.texts(ends, "name", x=frame.x(), dx=20, text=marks.either())]


def _slot(width: float, frame: marks.Frame) -> float:
    narrow = width < theme.PAGE_WIDTH
    room = width - frame.left - ((frame.right_narrow if narrow else 0.0) or frame.right)
    return max(room, 40.0) / (frame.high - frame.low)


def _heads(rows: Sequence[Column], frame: marks.Frame, y: float) -> marks.Rows:
    widest = max((layout.text_px(row.name, theme.NOTE_PX) for row in rows), default=0.0) + 6
    wide, narrow = (
        max(1, math.ceil(min(widest, limit) / _slot(width, frame)))
        for width, limit in ((theme.PAGE_WIDTH, 110), (theme.NARROWEST, 56))
    )
    return [
        {"x": place, "y": y, "text": layout.shorten(row.name, 110, theme.NOTE_PX) if place % wide == 0 else "",
         "narrow": layout.shorten(row.name, 56, theme.NOTE_PX) if place % narrow == 0 else ""}
        for place, row in enumerate(rows)
    ]  # fmt: skip


def _frame(rows: Sequence[Column], labels: marks.Rows, rise: Rise) -> marks.Frame:
    left = max(layout.text_px(text, theme.NOTE_PX) for text in rise.labels) + 12
    wide = max([layout.text_px(label["text"]) for label in labels], default=0.0)
    narrow = max([layout.text_px(label["narrow"]) for label in labels], default=0.0)
    return marks.Frame(-0.55, max(len(rows), 1) - 0.45, left, wide + 26, right_narrow=narrow + 26)

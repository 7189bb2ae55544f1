"""Grid: one figure over two inputs, printed in every cell and shaded by its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.theme import Spec

STEP, NAME, HEAD, FLOOR = 30, 120, 90, 0.45
FIGURE = "\u2212-<>.,0123456789"
SHADES = (0.1, 0.24, 0.42, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row of cells: the figure at one value of the vertical input.

    Parameters
    ----------
    name : str
        The input's value as text, e.g. ``"US$2.00"``.
    values : tuple of float or None
        One a column; ``None`` is ``n/a``.
    labels : tuple of str
        The figures as text; the numbers themselves when empty.
    tips : tuple of str
        What the tooltips say beside the figure: an interval, a chance.
    """

    name: str
    values: tuple[float | None, ...]
    labels: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()


def heat_grid(
    rows: Sequence[GridRow],
    *,
    columns: Sequence[str],
    x_title: str,
    y_title: str,
    base: tuple[int, int] | None = None,
    middle: float | None = 0.0,
    words: tuple[str, str] = ("above zero", "below zero"),
) -> Spec:
    """Draw a grid of shaded cells with their figures: for *correlation* of a figure with two inputs.

    Parameters
    ----------
    rows : sequence of GridRow
        From the top down.
    columns : sequence of str
        The horizontal input's values as text; about nine at most.
    x_title, y_title : str
        What the inputs are.
    base : (int, int) or None
        Row and column of the base case, outlined.
    middle : float or None
        Figures above it are blue, below it orange, with a line between the two; ``None`` shades
        from the smallest to the largest in one colour.
    words : (str, str)
        What above and below `middle` are called in the key.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. A narrow screen prints shorter figures, or ``+`` and
        ``−``; the tooltips say them all.
    """
    count = max([len(columns), *(len(row.values) for row in rows), 1])
    printed = [layout.shorten(row.name, NAME) for row in rows]
    left = max([layout.text_px(name) for name in printed], default=0.0) + 12
    frame = marks.Frame(0, count, left, 2)
    key, top = _key(words, outlined=base is not None, signed=middle is not None, drawn=bool(rows))
    top += 24
    bottom = top + STEP * len(rows)
    cells = _cells(rows, columns, frame, top, middle, base)
    names = [{"text": name, "y": top + STEP * (place + 0.5)} for place, name in enumerate(printed)]
    chosen = [{**cell, "y": cell["y"] + 1.5, "y2": cell["y2"] - 1.5} for cell in cells if cell["bold"]]
    borders = _borders(rows, middle, top)
    heads = _heads(columns, frame, bottom + 12)
    box = {"x": frame.x(), "x2": "x2", "y": marks.down(), "y2": "y2"}
    shade = {"fill": marks.paint("fill"), "fillOpacity": alt.ExprRef("datum.shade")}
    place = {"x": frame.x("mid"), "y": marks.down("yc"), "style": "note", "align": "center"}
    layers = [
        *key,
        marks.texts([{"y": top - 12, "text": y_title}], "note"),
        marks.texts(names, "name"),
        marks.layer(cells, "rect", tip=True, stroke=alt.ExprRef("paint.paper"), strokeWidth=2, **shade, **box),
        marks.layer(borders, "rule", stroke=alt.ExprRef("paint.ink"), strokeWidth=1.75, strokeCap="square", **box),
        marks.layer(chosen, "rect", filled=False, fill=None, stroke=alt.ExprRef("paint.ink"), strokeWidth=2.5, **box),
        marks.layer(cells, "text", text=marks.either(), fill=alt.ExprRef(LEGIBLE),
                    fontWeight=alt.ExprRef("datum.bold ? 700 : 400"), **place),
        marks.texts(heads, "note", x=frame.x(), align="center", text=marks.either()),
        marks.texts([{"x": 0, "y": bottom + 30, "text": x_title}], "note", x=frame.x()),
    ]  # fmt: skip
    return marks.finish(layers, bottom + 42)


LEGIBLE = (
    f"datum.shade < {FLOOR} || contrast(paint.ink, paint[datum.fill]) > contrast(paint.paper, paint[datum.fill])"
    " ? paint.ink : paint.paper"
)


def _cells(rows: Sequence[GridRow], columns: Sequence[str], frame: marks.Frame, top: float, middle: float | None,
           base: tuple[int, int] | None) -> marks.Rows:  # fmt: skip
    known = [value for row in rows for value in row.values if _is_known(value)]
    origin = middle if middle is not None else min(known, default=0.0)
    largest = max((abs(value - origin) for value in known), default=0.0) or 1.0
    span = frame.high - frame.low
    wide, narrow = ((width - frame.left - frame.right) / span - 5 for width in (theme.PAGE_WIDTH, theme.NARROWEST))
    cells: marks.Rows = []
    for line, row in enumerate(rows):
        for place, value in enumerate(row.values):
            text = row.labels[place] if place < len(row.labels) else theme.number(value)
            tip = f"{text}, {row.tips[place]}" if place < len(row.tips) and row.tips[place] else text
            strength = abs(value - origin) / largest if _is_known(value) else -1.0
            above = not _is_known(value) or value >= origin
            cells.append({
                "name": f"{row.name}, {columns[place] if place < len(columns) else place + 1}", "tip": tip,
                "status": "", "bold": (line, place) == base, "x": place, "x2": place + 1, "mid": place + 0.5,
                "y": top + STEP * line, "y2": top + STEP * (line + 1), "yc": top + STEP * (line + 0.5),
                "fill": "case" if above else "accent", "text": _fitting(text, value, origin, wide),
                "narrow": _fitting(text, value, origin, narrow),
                "shade": 0.0 if strength < 0 else SHADES[min(int(strength * len(SHADES)), len(SHADES) - 1)],
            })  # fmt: skip
    return cells


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _fitting(text: str, value: float | None, origin: float, width: float) -> str:
    """Choose the longest of the text, its figure alone, a rounder one and a bare sign that fits."""
    if not _is_known(value):
        return text if layout.text_px(text, theme.NOTE_PX) <= width else "–"
    bare = "".join(char for char in text if char in FIGURE)
    round_ = bare if text != theme.number(value) else theme.number(value, 1 if abs(value) < 10 else 2)
    sign = "+" if value >= origin else "\u2212"
    tried = (text, bare, round_)
    return next((one for one in tried if layout.text_px(one, theme.NOTE_PX, bold=True) <= width), sign)


def _borders(rows: Sequence[GridRow], middle: float | None, top: float) -> marks.Rows:
    """Find the edges between cells above and below the middle."""
    if middle is None:
        return []

    def side(line: int, place: int) -> bool | None:
        value = rows[line].values[place] if line < len(rows) and place < len(rows[line].values) else None
        return value >= middle if _is_known(value) else None

    lines: marks.Rows = []
    for line, row in enumerate(rows):
        for place in range(len(row.values)):
            y, here = top + STEP * line, side(line, place)
            if here is None:
                continue
            if side(line, place + 1) is not None and side(line, place + 1) != here:
                lines.append({"x": place + 1, "x2": place + 1, "y": y, "y2": y + STEP})
            if side(line + 1, place) is not None and side(line + 1, place) != here:
                lines.append({"x": place, "x2": place + 1, "y": y + STEP, "y2": y + STEP})
    return lines


def _heads(columns: Sequence[str], frame: marks.Frame, y: float) -> marks.Rows:
    columns = [layout.shorten(text, HEAD, theme.NOTE_PX) for text in columns]
    widest = max((layout.text_px(text, theme.NOTE_PX) for text in columns), default=0.0) + 6
    span = frame.high - frame.low
    every = {
        name: max(1, math.ceil(widest * span / max(width - frame.left - frame.right, 40)))
        for name, width in (("text", theme.PAGE_WIDTH), ("narrow", theme.NARROWEST))
    }
    return [
        {"x": place + 0.5, "y": y, **{name: text if place % step == 0 else "" for name, step in every.items()}}
        for place, text in enumerate(columns)
    ]


def _key(words: tuple[str, str], *, outlined: bool, signed: bool, drawn: bool) -> tuple[list[alt.Chart], float]:
    """Explain the two colours and the outline."""
    entries = [("case", "case", words[0]), ("accent", "accent", words[1])] if signed else []
    entries += [("paper", "ink", "base case")] if outlined else []
    samples, px = [], 1.0
    for fill, stroke, word in entries if drawn else ():
        samples.append({"px": px, "px2": px + 12, "y": 4.0, "y2": 12.0, "mid": 8.0, "text": word, "fill": fill,
                        "stroke": stroke, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    return marks.swatch_layers(samples), 22.0 if samples else 4.0

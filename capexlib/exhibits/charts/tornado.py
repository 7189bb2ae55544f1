"""Sensitivity: which input moves the outcome most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

STEP, NOTE_STEP, THICK, NAMES = 30, 34, 16, 146


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What one input does to the outcome.

    Parameters
    ----------
    name : str
        The input.
    low, high : float
        The outcome when the input is at its low and at its high; `low` exceeds
        `high` where more of the input gives less of the outcome.
    low_input, high_input : str
        The input's low and high, already formatted.
    """

    name: str
    low: float
    high: float
    low_input: str
    high_input: str

    @property
    def reach(self) -> float:
        """How far apart the two outcomes are."""
        return abs(self.high - self.low)


def tornado(rows: Sequence[Swing], *, central: float, unit: str, central_label: str = "") -> Spec:
    """Draw each input's swing about the central outcome, widest first: for *deviation*.

    Parameters
    ----------
    rows : sequence of Swing
        In any order.
    central : float
        The outcome with every input at its central value.
    unit : str
        What the axis measures.
    central_label : str
        The central outcome as text; the number itself when empty.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. The input's low is drawn solid and its high outlined;
        the input's value stands at its end of the bar
        (in the tooltip on a narrow screen).
    """
    ranked = sorted(rows, key=lambda row: -row.reach)
    gutter = Gutter.fit([(row.name, "", False) for row in ranked], NAMES)
    edges = [central, *(edge for row in ranked for edge in (row.low, row.high))]
    low, high = min(edges), max(edges)
    if low == high:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    inputs = [layout.text_px(text, theme.NOTE_PX) for row in ranked for text in (row.low_input, row.high_input)]
    room = min(max(inputs, default=0.0), 120.0) + 12
    values = [tick for tick in layout.ticks(low, high, 5) if low <= tick <= high]
    frame = marks.Frame(low, high, gutter.px + room, room, right_narrow=12, left_narrow=gutter.px + 4)
    step = gutter.step(STEP, NOTE_STEP)
    top, bottom = 46.0, 46.0 + step * len(ranked)

    bars: marks.Rows = []
    ends: dict[str, marks.Rows] = {"left": [], "right": []}
    for index, row in enumerate(ranked):
        middle = top + step * (index + 0.5)
        for outcome, text, fill in ((row.low, row.low_input, "peer"), (row.high, row.high_input, "paper")):
            side = "left" if outcome < central or (outcome == central and fill == "peer") else "right"
            bars.append({"name": row.name, "tip": f"{text}: {theme.number(outcome)}", "status": "", "bold": False,
                         "x": central, "x2": outcome, "y": middle - THICK / 2, "y2": middle + THICK / 2,
                         "fill": fill, "stroke": "peer", "dash": marks.UNBROKEN})  # fmt: skip
            ends[side].append({"x": outcome, "y": middle, "text": layout.shorten(text, 120, theme.NOTE_PX)})
    ends = {side: _apart(labels) for side, labels in ends.items()}
    shown = central_label or theme.number(central)
    line: list[dict[str, Any]] = [{"x": central, "y": top - 6, "y2": bottom}]
    return marks.finish(
        [
            *_key(),
            *marks.grid(values, layout.tick_labels(values), frame, top=top, bottom=bottom, unit=unit),
            marks.boxes(bars, frame.x(), tip=True),
            marks.layer(line, "rule", x=frame.x(), y=marks.down(), y2="y2", stroke=alt.ExprRef("paint.case"),
                        strokeWidth=1.5),
            marks.texts([{"x": central, "y": top - 14, "text": shown, "bold": True}], "name", x=frame.x(),
                        align="center"),
            *gutter.layers(top, step),
            marks.texts(ends["left"], "note", x=frame.x(), align="right", dx=-6, wide=True),
            marks.texts(ends["right"], "note", x=frame.x(), dx=6, wide=True),
        ],
        bottom + 36,
    )  # fmt: skip


def _apart(labels: marks.Rows) -> marks.Rows:
    """Put two labels of one row, both on the same side of the centre, above each other."""
    shared = {label["y"] for label in labels if sum(other["y"] == label["y"] for other in labels) > 1}
    up = {middle: iter((-6, 6)) for middle in shared}
    return [{**label, "y": label["y"] + next(up[label["y"]])} if label["y"] in up else label for label in labels]


def _key() -> list[alt.Chart]:
    words = (("peer", "input at its low"), ("paper", "at its high"))
    swatches = [
        {"px": 1 + 116 * index, "px2": 13 + 116 * index, "y": 4, "y2": 12, "mid": 8, "text": text, "fill": fill,
         "stroke": "peer", "dash": marks.UNBROKEN, "bold": False}
        for index, (fill, text) in enumerate(words)
    ]  # fmt: skip
    return marks.swatch_layers(swatches)

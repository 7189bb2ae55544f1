"""Part to whole: what a budget is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

STEP, NOTE_STEP, THICK, WHOLE = 30, 38, 14, 26
ROLES = ("case", "second", "third", "peer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the whole.

    Parameters
    ----------
    name : str
        What it is.
    share : float or None
        Share of the whole, a decimal; None is ``n/a``.
    low, high : float or None
        Interval of the share, drawn at the part's end.
    label : str
        Share and amount as text; the whole percent when empty.
    note : str
        A quiet line under the name.
    status : str
        A status key of the ledger.
    """

    name: str
    share: float | None
    low: float | None = None
    high: float | None = None
    label: str = ""
    note: str = ""
    status: str = "reported_filing"


def composition(rows: Sequence[Part]) -> Spec:
    """Draw the whole as one stacked bar, and each part on a line of its own below it: for *part to whole*.

    Parameters
    ----------
    rows : sequence of Part
        In the order of the stack; the shares sum to 1.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. Every part starts where the one before it ends, so
        that small parts keep their name and their interval.
    """
    gutter = Gutter.fit([(row.name, row.note, False) for row in rows])
    key, top = marks.key([row.status for row in rows if row.share is not None])
    step = gutter.step(STEP, NOTE_STEP)
    first = top + WHOLE + 12
    bottom = first + step * len(rows)
    stack, parts, links, ranges, labels = [], [], [], [], []
    start = 0.0
    for index, row in enumerate(rows):
        middle = first + step * (index + 0.5)
        text = row.label or theme.percent(row.share)
        reach = start
        if row.share is not None:
            end = start + row.share
            look = marks.looks(row.status, ROLES[min(index, len(ROLES) - 1)])
            base = {**look, "fill": look["stroke"], "solid": look["fill"] == look["stroke"], "bold": False,
                    "name": row.name, "tip": text, "x": round(start, 6), "x2": round(end, 6)}  # fmt: skip
            stack.append({**base, "y": top, "y2": top + WHOLE})
            parts.append({**base, "y": middle - THICK / 2, "y2": middle + THICK / 2})
            links.append({"x": round(end, 6), "y": top + WHOLE, "y2": middle + THICK / 2})
            reach = end
            if row.low is not None and row.high is not None and row.low < row.high:
                ranges.append({"y": middle, "low": start + row.low, "high": start + row.high})
                reach = max(end, start + row.high)
            start = end
        labels.append({"x": round(reach, 6), "y": middle, "text": text})
    whole = max([1.0, start, *(one["high"] for one in ranges)])
    values = [tick for tick in layout.ticks(0, 1) if tick <= 1]
    ends = [(label["x"] / whole, layout.text_px(label["text"]) + 14) for label in labels]
    frame = marks.Frame(0.0, whole, gutter.px, right=max(layout.tail(ends, gutter.px), 14),
                        right_narrow=max(layout.tail(ends, gutter.px, width=theme.NARROWEST), 14))  # fmt: skip
    opacity = alt.ExprRef("datum.solid ? 1 : 0.4")
    link = {"x": frame.x(), "y": marks.down(), "y2": "y2"}
    layers = [
        *key,
        *marks.grid(values, layout.tick_labels(values, as_percent=True), frame, top=first, bottom=bottom),
        marks.layer(links, "rule", style="leader", strokeDash=[2, 2], **link),
        marks.boxes(stack, frame.x(), tip=True, fillOpacity=opacity),
        marks.boxes(parts, frame.x(), tip=True, fillOpacity=opacity),
        *marks.whiskers(ranges, frame),
        *gutter.layers(first, step),
        marks.texts(labels, "name", x=frame.x(), dx=8),
    ]
    return marks.finish(layers, bottom + 20)

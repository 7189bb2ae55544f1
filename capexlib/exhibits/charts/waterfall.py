"""Build-up: how steps lead to a total, each beginning where the one before it ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

STEP, THICK, TOLERANCE = 30, 17, 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the build-up, or a total.

    Parameters
    ----------
    name : str
        What it is.
    value : float or None
        What it adds (or takes, below zero). A total's value may be left out: the
        steps are added. A step without a value is ``n/a`` and moves nothing.
    low, high : float or None
        Interval of the value, drawn at the bar's end.
    label : str
        The value as text; the number itself, with its sign, when empty.
    range_label : str
        The interval, printed after the value (not on a narrow screen).
    total : bool
        Drawn from zero: where the steps so far have led.
    status : str
        A status key of the ledger; ``""`` is drawn solid.
    """

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = ""
    range_label: str = ""
    total: bool = False
    status: str = ""


def waterfall(rows: Sequence[Step], *, unit: str) -> Spec:
    """Draw steps down the page, joined to each other, with totals from zero: for *part to whole* and *flow*.

    Parameters
    ----------
    rows : sequence of Step
        In order. Give means or one case: medians of steps do not add.
    unit : str
        What the axis measures.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. Totals are dark, steps up grey, steps down orange, each
        with its sign in the label.

    Raises
    ------
    ValueError
        A total is not what the steps before it add up to.

    Examples
    --------
    >>> spec = waterfall([Step(name="Servers", value=3.0), Step(name="All", total=True)], unit="US$ billion")
    >>> spec["height"]
    100
    """
    starts, ends = _levels(rows)
    edges = [0.0, *starts, *ends]
    edges += [_base(row, start) + one for row, start in zip(rows, starts, strict=True) for one in _interval(row)]
    values = layout.ticks(min(edges), max(edges) or 1.0)
    low, high = values[0], values[-1]
    key, top = marks.key([row.status for row in rows if row.value is not None and row.status])
    gutter = Gutter.fit([(row.name, "", row.total) for row in rows], 150)

    bars, ranges, labels, spans = [], [], [], []
    for index, (row, start, end) in enumerate(zip(rows, starts, ends, strict=True)):
        middle = top + STEP * (index + 0.5)
        role = "case" if row.total else "accent" if end < start else "peer"
        missing = row.value is None and not row.total
        text = theme.MISSING if missing else row.label or _signed(row, end - start)
        base = {**marks.looks(row.status, role), "name": row.name, "bold": row.total,
                "tip": f"{text} {row.range_label}".strip()}  # fmt: skip
        if not missing:
            bars.append({**base, "x": start, "x2": end, "y": middle - THICK / 2, "y2": middle + THICK / 2})
        interval = [_base(row, start) + one for one in _interval(row)]
        if interval and interval[0] < interval[1]:
            ranges.append({"y": middle, "low": interval[0], "high": interval[1]})
        reach = max([start, end, *interval])
        labels.append({"x": reach, "y": middle, "dx": 8, "text": text, "bold": row.total})
        dx = 8 + layout.text_px(text, bold=row.total) + 7
        spans.append({"x": reach, "y": middle, "dx": dx, "text": row.range_label})
    frame = _frame(low, high, gutter.px, labels, spans)
    joins = [
        {"x": end, "y": above["y"] + THICK, "y2": below["y"]}
        for (above, below), end in zip(pairwise(bars), (bar["x2"] for bar in bars), strict=False)
    ]
    bottom = top + STEP * len(rows)
    offset = alt.ExprRef("datum.dx")
    beyond = alt.ExprRef(f"{theme.NARROW} ? 0 : datum.dx")  # even an empty text needs room where it stands
    layers = [
        *key,
        *marks.grid(values, layout.tick_labels(values), frame, top=top, bottom=bottom, unit=unit),
        marks.layer(joins, "rule", style="leader", x=frame.x(), y=marks.down(), y2="y2"),
        marks.boxes(bars, frame.x(), tip=True),
        *marks.whiskers(ranges, frame),
        *gutter.layers(top, STEP),
        marks.texts(labels, "name", x=frame.x(), dx=offset),
        marks.texts([one for one in spans if one["text"]], "note", x=frame.x(), dx=beyond, wide=True),
    ]
    return marks.finish(layers, bottom + 36)


def _levels(rows: Sequence[Step]) -> tuple[list[float], list[float]]:
    """Give where each bar begins and ends; check the totals."""
    starts, ends, level = [], [], 0.0
    largest = max((abs(row.value) for row in rows if row.value is not None), default=0.0)
    for row in rows:
        if row.total:
            if row.value is not None and abs(row.value - level) > TOLERANCE * largest:
                msg = f"{row.name!r} is {row.value:g}, but the steps before it add up to {level:g}"
                raise ValueError(msg)
            level = level if row.value is None else row.value
            starts.append(0.0)
        else:
            starts.append(level)
            level += row.value or 0.0
        ends.append(float(f"{level:.12g}"))
    return starts, ends


def _base(row: Step, start: float) -> float:
    return 0.0 if row.total else start


def _interval(row: Step) -> list[float]:
    return [row.low, row.high] if row.low is not None and row.high is not None else []


def _signed(row: Step, change: float) -> str:
    text = theme.number(change)
    return text if row.total or change <= 0 or not math.isfinite(change) else f"+{text}"


def _frame(low: float, high: float, left: float, labels: marks.Rows, spans: marks.Rows) -> marks.Frame:
    def room(width: float, *, wide: bool) -> float:
        ends = []
        for label, span in zip(labels, spans, strict=True):
            px = label["dx"] + layout.text_px(label["text"], bold=label["bold"]) + 4
            px += layout.text_px(span["text"], theme.NOTE_PX) + 9 if wide and span["text"] else 0
            ends.append(((label["x"] - low) / (high - low), px))
        return layout.tail(ends, left, width=width)

    return marks.Frame(low, high, left, room(theme.PAGE_WIDTH, wide=True),
                       right_narrow=room(theme.NARROWEST, wide=False))  # fmt: skip

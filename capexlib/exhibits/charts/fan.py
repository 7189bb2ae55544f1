"""Fan: how an uncertain figure may run over time, as two bands around a median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, LABEL_GAP, LABEL_NARROW, FLAT = 230, 15, 84, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FanPoint:
    """One point in time, summarised from the samples.

    Parameters
    ----------
    label : str
        The time, e.g. ``"Jan 2027"``.
    low, lower, median, upper, high : float
        Quantiles in ascending order: ends of the wide band, of the narrow one, and the middle.
    tip : str
        What the tooltip says.
    """

    label: str
    low: float
    lower: float
    median: float
    upper: float
    high: float
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A line to read the fan against: a plan, a covenant.

    Parameters
    ----------
    name : str
        What it is; stands at its right-hand end.
    values : tuple of float
        One a point; a single value is a level.
    """

    name: str
    values: tuple[float, ...]


def fan(rows: Sequence[FanPoint], *, unit: str, guides: Sequence[Guide] = (), label: str = "") -> Spec:
    """Draw two bands and a median over time, with lines to compare: for *change over time* of a distribution.

    Parameters
    ----------
    rows : sequence of FanPoint
        In order of time.
    unit : str
        What the axis measures.
    guides : sequence of Guide
        Drawn dashed, named at the right.
    label : str
        What stands at the median's end.

    Returns
    -------
    dict
        A Vega-Lite 6 spec.
    """
    last = max(len(rows) - 1, 1)
    edges = [edge for row in rows for edge in (row.low, row.high)] + [v for guide in guides for v in guide.values]
    top = 26.0
    rise = Rise.over(edges, top + 24, top + 24 + HEIGHT)
    wide = [{"x": place, "y": rise.px(row.low), "y2": rise.px(row.high)} for place, row in enumerate(rows)]
    narrow = [{"x": place, "y": rise.px(row.lower), "y2": rise.px(row.upper)} for place, row in enumerate(rows)]
    middle = [
        {"x": place, "y": rise.px(row.median), "name": row.label, "tip": row.tip or theme.number(row.median)}
        for place, row in enumerate(rows)
    ]
    lines = [_guide(guide, rise, last) for guide in guides]
    ends = [(label, middle[-1]["y"], True)] if rows and label else []
    ends += [(guide.name, line[-1]["y"], False) for guide, line in zip(guides, lines, strict=True)]
    placed = layout.dodge([y for _, y, _ in ends], LABEL_GAP, rise.top - 4, rise.bottom + 4)
    labels = [
        {"x": last, "y": y, "bold": bold, "text": layout.shorten(text, 190, bold=bold),
         "narrow": layout.shorten(text, LABEL_NARROW, bold=bold)}
        for (text, _, bold), y in zip(ends, placed, strict=True)
    ]  # fmt: skip
    room = max([layout.text_px(row["text"], bold=row["bold"]) for row in labels], default=0.0)
    short = max([layout.text_px(row["narrow"], bold=row["bold"]) for row in labels], default=0.0)
    left = max(layout.text_px(text, theme.NOTE_PX) for text in rise.labels) + 12
    frame = marks.Frame(0, last, left, room + 26, right_narrow=short + 18)
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *_swatches(drawn=bool(rows)),
        *marks.levels(rise.ticks, rise.labels, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": rise.top - 18, "text": unit}], "note"),
        marks.texts(_times(rows, rise.bottom + 14), "note", x=frame.x(), align="center", text=marks.either()),
        marks.layer(wide, "area", y2="y2", fill=alt.ExprRef("paint.case_light"), opacity=1, line=False, **point),
        marks.layer(narrow, "area", y2="y2", fill=alt.ExprRef("paint.third"), opacity=1, line=False, **point),
        *(
            marks.layer(line, "line", stroke=alt.ExprRef("paint.accent"), strokeWidth=1.5, strokeDash=[5, 3], **point)
            for line in lines
        ),
        marks.layer(middle, "line", stroke=alt.ExprRef("paint.case"), strokeWidth=2.5, **point),
        marks.layer(middle, "circle", size=22, opacity=1, fill=alt.ExprRef("paint.case"), tip=True, **point),
        marks.texts(labels, "name", x=frame.x(), dx=10, text=marks.either()),
    ]
    return marks.finish(layers, rise.bottom + 26)


def _guide(guide: Guide, rise: Rise, last: int) -> marks.Rows:
    if len(guide.values) == 1:
        return [{"x": place, "y": rise.px(guide.values[0])} for place in (0, last)]
    return [{"x": place, "y": rise.px(value)} for place, value in enumerate(guide.values)]


def _times(rows: Sequence[FanPoint], y: float) -> marks.Rows:
    """Label about six of the times, the first and the last among them; fewer on a narrow screen."""
    count = len(rows)
    every = max(1, math.ceil((count - 1) / 6)) if count > 7 else 1
    places = [place for place in range(0, count, every) if count - 1 - place >= every or place == count - 1]
    if count and count - 1 not in places:
        places.append(count - 1)
    return [
        {"x": place, "y": y, "text": rows[place].label,
         "narrow": rows[place].label if index % FLAT == 0 or (place == count - 1 and len(places) % FLAT) else ""}
        for index, place in enumerate(places)
    ]  # fmt: skip


def _swatches(*, drawn: bool) -> list[alt.Chart]:
    """Say what the two bands hold."""
    words = [("case_light", "90 % of draws"), ("third", "50 % of draws"), ("case", "median")]
    swatches, px = [], 1.0
    for colour, word in words if drawn else ():
        swatches.append({"px": px, "px2": px + 12, "y": 4.0, "y2": 12.0, "mid": 8.0, "text": word,
                         "fill": colour, "stroke": colour, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    return marks.swatch_layers(swatches)

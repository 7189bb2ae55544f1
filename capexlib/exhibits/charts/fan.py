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

HEIGHT, LABEL_GAP, LABEL, LABEL_NARROW, TIME = 230, 15, 190, 96, 90
FEW, LONE_PX, STEPS = 13, 16, (1, 2, 4, 6, 12, 24)


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
        What it is; stands at its right-hand end (up to a colon on a narrow screen).
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
        A Vega-Lite 6 spec; the axis holds zero, which is drawn over the bands.
    """
    last = max(len(rows) - 1, 1)
    start = -1 if len(rows) == 1 else 0
    edges = [edge for row in rows for edge in (row.low, row.high)] + [v for guide in guides for v in guide.values]
    rise = Rise.over(edges, 50.0, 50.0 + HEIGHT)
    lines = [_guide(guide, rise, start, last) for guide in guides]
    ends = [(label, rise.px(rows[-1].median), True)] if rows and label else []
    ends += [(guide.name, line[-1]["y"], False) for guide, line in zip(guides, lines, strict=True) if line]
    labels = _ends(ends, last, rise)
    frame = _frame(rows, labels, rise, start, last)
    zero = [{"x": start, "x2": last, "y": rise.px(0.0)}] if rise.ticks[0] < 0 < rise.ticks[-1] else []
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *swatches(drawn=bool(rows)),
        *marks.levels(rise.ticks, rise.labels, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": rise.top - 18, "text": unit}], "note"),
        marks.texts(times([row.label for row in rows], frame, rise.bottom + 14), "note", x=frame.x(), align="center",
                    text=marks.either()),
        *bands(positions(rows, rise), frame, lone=len(rows) == 1),
        marks.layer(zero, "rule", style="baseline", x2="x2", **point),
        *(
            marks.layer(line, "line", stroke=_paint(colour), strokeWidth=width, strokeDash=dash, **point)
            for line in lines
            for colour, width, dash in (("paper", 3.25, marks.UNBROKEN), ("accent", 1.75, [5, 3]))
        ),
        *median(positions(rows, rise), frame, seen=len(rows) <= FEW),
        marks.texts(labels, "name", x=frame.x(), dx=10, text=marks.either()),
    ]  # fmt: skip
    return marks.finish(layers, rise.bottom + 26)


def positions(rows: Sequence[FanPoint], rise: Rise) -> marks.Rows:
    """Place each point's quantiles in px, one row a point at ``x`` 0, 1 and so on."""
    return [
        {
            "x": place, "y": rise.px(row.median), "low": rise.px(row.low), "high": rise.px(row.high),
            "lower": rise.px(row.lower), "upper": rise.px(row.upper), "name": row.label,
            "tip": row.tip or f"{theme.number(row.median)} ({theme.number(row.low)} to {theme.number(row.high)})",
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip


def bands(points: marks.Rows, frame: marks.Frame, *, lone: bool) -> list[alt.Chart]:
    """Draw the wide band and the narrow one over it; a lone point's as bars."""
    drawn = []
    for low, high, colour in (("low", "high", "case_light"), ("lower", "upper", "third")):
        where = {"x": frame.x(), "y": marks.down(low), "y2": high}
        if lone:
            drawn.append(marks.layer(points, "rule", stroke=_paint(colour), strokeWidth=LONE_PX, **where))
        else:
            drawn.append(marks.layer(points, "area", fill=_paint(colour), opacity=1, line=False, **where))
    return drawn


def median(points: marks.Rows, frame: marks.Frame, *, seen: bool) -> list[alt.Chart]:
    """Draw the median, with points that carry the tooltips, `seen` or not."""
    point = {"x": frame.x(), "y": marks.down()}
    return [
        marks.layer(points, "line", stroke=_paint("case"), strokeWidth=2.5, **point),
        marks.layer(points, "circle", size=30 if seen else 90, opacity=1 if seen else 0,
                    fill=_paint("case"), tip=True, **point),
    ]  # fmt: skip


def spread(count: int, gap: float) -> list[int]:
    """Choose places at least `gap` apart, the first and the last among them, whole quarters or years apart.

    Examples
    --------
    >>> spread(25, 3.2), spread(20, 3.2), spread(3, 5)
    ([0, 4, 8, 12, 16, 20, 24], [0, 4, 8, 12, 19], [0, 2])
    """
    every = next((step for step in STEPS if step >= gap), math.ceil(gap))
    places = [place for place in range(0, count, every) if place in {0, count - 1} or count - 1 - place >= gap]
    return places if not count or count - 1 in places else [*places, count - 1]


def times(labels: Sequence[str], frame: marks.Frame, y: float) -> marks.Rows:
    """Label as many of the times as fit, on a wide and on a narrow screen."""
    labels = [layout.shorten(text, TIME, theme.NOTE_PX) for text in labels]
    widest = max((layout.text_px(text, theme.NOTE_PX) for text in labels), default=0.0) + 14
    rooms = {
        "text": theme.PAGE_WIDTH - frame.left - frame.right,
        "narrow": theme.NARROWEST - (frame.left_narrow or frame.left) - (frame.right_narrow or frame.right),
    }
    span = frame.high - frame.low
    chosen = {name: set(spread(len(labels), widest * span / max(room, 40.0))) for name, room in rooms.items()}
    return [
        {"x": place, "y": y, **{name: label if place in kept else "" for name, kept in chosen.items()}}
        for place, label in enumerate(labels)
        if any(place in kept for kept in chosen.values())
    ]


def swatches(*, drawn: bool) -> list[alt.Chart]:
    """Say what the two bands hold."""
    words = [("case_light", "90 % of draws", 4.0), ("third", "50 % of draws", 4.0), ("case", "median", 1.25)]
    samples, px = [], 1.0
    for colour, word, half in words if drawn else ():
        samples.append({"px": px, "px2": px + 12, "y": 8 - half, "y2": 8 + half, "mid": 8.0, "text": word,
                        "fill": colour, "stroke": colour, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    return marks.swatch_layers(samples)


def _paint(name: str) -> alt.ExprRef:
    return alt.ExprRef(f"paint.{name}")


def _guide(guide: Guide, rise: Rise, start: int, last: int) -> marks.Rows:
    if len(guide.values) == 1:
        return [{"x": place, "y": rise.px(guide.values[0])} for place in (start, last)]
    return [{"x": place, "y": rise.px(value)} for place, value in enumerate(guide.values)]


def _ends(ends: Sequence[tuple[str, float, bool]], last: int, rise: Rise) -> marks.Rows:
    placed = layout.dodge([y for _, y, _ in ends], LABEL_GAP, rise.top - 4, rise.bottom + 4)
    labels = []
    for (text, _, bold), y in zip(ends, placed, strict=True):
        head = text if layout.text_px(text, bold=bold) <= LABEL_NARROW else text.partition(":")[0]
        labels.append({"x": last, "y": y, "bold": bold, "text": layout.shorten(text, LABEL, bold=bold),
                       "narrow": layout.shorten(head, LABEL_NARROW, bold=bold)})  # fmt: skip
    return labels


def _frame(rows: Sequence[FanPoint], labels: marks.Rows, rise: Rise, start: int, last: int) -> marks.Frame:
    """Keep room for the levels at the left, the names at the right, and half a time on both sides."""
    halves = [min(layout.text_px(row.label, theme.NOTE_PX), TIME) / 2 for row in rows] or [0.0]
    wide = max([layout.text_px(row["text"], bold=row["bold"]) for row in labels], default=0.0)
    narrow = max([layout.text_px(row["narrow"], bold=row["bold"]) for row in labels], default=0.0)
    left = max([layout.text_px(text, theme.NOTE_PX) for text in rise.labels]) + 12
    return marks.Frame(start, last, max(left, halves[0] + 2), max(wide + 16, halves[-1] + 4),
                       right_narrow=max(narrow + 14, halves[-1] + 4))  # fmt: skip

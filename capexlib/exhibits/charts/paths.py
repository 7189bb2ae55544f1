"""Change over time: several entities by year, with ranges and bounds at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Estimate
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT = 330
LANE, LABEL_GAP = 6, 15
LABEL_NARROW = 84


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPoint(Estimate):
    """One year's figure; see :class:`~capexlib.exhibits.charts.rows.Estimate`.

    Parameters
    ----------
    year : int
        The calendar (or fiscal) year.
    value, low, high, label, status
        The figure.
    """

    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One entity's path.

    Parameters
    ----------
    name : str
        Who.
    points : tuple of YearPoint
        In any order; a year without a point leaves a gap.
    case : bool
        Is it the company the brief is about?
    label : str
        What stands at the right-hand end; name and last figure when empty.
    """

    name: str
    points: tuple[YearPoint, ...]
    case: bool = False
    label: str = ""

    @property
    def known(self) -> list[YearPoint]:
        """The points that hold a number, by year."""
        return sorted((point for point in self.points if not point.missing), key=lambda point: point.year)


def paths(rows: Sequence[Series], *, unit: str, log: bool = False) -> Spec:
    """Draw a line for each entity, named at its end: for *change over time*.

    Parameters
    ----------
    rows : sequence of Series
        Entities without any figure are listed as ``n/a`` under the others.
    unit : str
        What the axis measures.
    log : bool
        Logarithmic axis (figures of zero or less are left out).

    Returns
    -------
    dict
        A Vega-Lite 6 spec. Segments that lead to a figure not yet reported are
        dashed; a final range stands beside the last year; an arrow marks a bound.
    """
    drawn = [row for row in rows if any(point.rank_value > 0 or not log for point in row.known)]
    years = [point.year for row in drawn for point in row.known] or [0, 1]
    first, last = min(years), max(*years, min(years) + 1)
    edges = [edge for row in drawn for point in row.known for edge in point.edges]
    key, top = marks.key([point.status for row in drawn for point in row.known], points=True)
    rise = Rise.over(edges, top + 24, top + 24 + HEIGHT, log=log)

    segments, dots, up, down, spans, ends = [], [], [], [], [], []
    for row in sorted(drawn, key=lambda row: row.case):
        role = "case" if row.case else "peer"
        known = [point for point in row.known if not log or point.rank_value > 0]
        for before, after in pairwise(known):
            if after.year == before.year + 1:
                solid = theme.mark_style(after.status).form == "solid"
                segments.append({"x": before.year, "x2": after.year, "y": rise.px(before.rank_value),
                                 "y2": rise.px(after.rank_value), "stroke": role, "wide": 2.5 if row.case else 1.25,
                                 "dash": marks.UNBROKEN if solid else [5, 3]})  # fmt: skip
        for point in known:
            base = {**marks.looks(point.status, role), "x": point.year, "y": rise.px(point.rank_value),
                    "name": f"{row.name}, {point.year}", "tip": point.text, "bold": row.case}  # fmt: skip
            if not point.is_range:
                dots.append({**base, "size": 60 if row.case else 14 if base["fill"] == role else 28})
            up += [base] if point.is_floor else []
            down += [base] if point.is_ceiling else []
            if point.low is not None and point.high is not None and (row.case or point is known[-1]):
                spans.append({**base, "lane": 0, "last": point is known[-1] and point.year == last, "case": row.case,
                              "y": rise.px(point.low), "y2": rise.px(point.high)})  # fmt: skip
        ends.append((row, known[-1]))
    lanes = [span for span in spans if span["last"]]
    for lane, span in enumerate(sorted(lanes, key=lambda span: span["y"]), 1):
        span["lane"] = 7 + LANE * (lane - 1)
    beside = 10 + LANE * len(lanes)

    absent = [row for row in rows if row not in drawn]
    wanted = [rise.px(point.rank_value) for _, point in ends] + [rise.bottom + 8.0] * len(absent)
    placed = layout.dodge(wanted, LABEL_GAP, rise.top - 4, rise.bottom + 10)
    labels, leaders = [], []
    for (row, point), y in zip([*ends, *((row, None) for row in absent)], placed, strict=True):
        text = row.label or f"{row.name} {point.text if point else theme.MISSING}"
        labels.append({"x": last, "y": y, "bold": row.case, "text": layout.shorten(text, 190, bold=row.case),
                       "narrow": layout.shorten(row.name, LABEL_NARROW, bold=row.case)})  # fmt: skip
        if point is not None:
            leaders.append({"x": point.year, "x2": last, "y": rise.px(point.rank_value), "y2": y})
    room = max([layout.text_px(label["text"], bold=True) for label in labels], default=0.0)
    short = max([layout.text_px(label["narrow"], bold=True) for label in labels], default=0.0)
    written = rise.labels
    left = max(layout.text_px(text, theme.NOTE_PX) for text in written) + 12
    frame = marks.Frame(first, last, left, room + beside + 14, right_narrow=short + beside + 10)

    every = 1 if last - first <= 8 else math.ceil((last - first) / 8)
    marked = [
        {"x": year, "y": rise.bottom + 14, "text": str(year), "narrow": f"’{year % 100:02d}"}
        for year in range(first, last + 1, every)
    ]
    point = {"x": frame.x(), "y": marks.down()}
    lane = alt.ExprRef("datum.lane")
    layers = [
        *key,
        *marks.levels(rise.ticks, written, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": rise.top - 18, "text": unit}], "note"),
        marks.texts(marked, "note", x=frame.x(), align="center", text=marks.either()),
        marks.layer(leaders, "rule", style="leader", x2="x2", y2="y2", x2Offset=beside, strokeOpacity=0.6, **point),
        marks.layer(segments, "rule", x2="x2", y2="y2", stroke=marks.paint("stroke"), strokeCap="butt",
                    strokeWidth=alt.ExprRef("datum.wide"), strokeDash=alt.ExprRef("datum.dash"), **point),
        marks.layer(spans, "rule", y2="y2", stroke=marks.paint("stroke"), xOffset=lane, tip=True,
                    strokeWidth=alt.ExprRef("datum.case ? 4 : 3"), **point),
        *marks.raised(up, frame),
        *marks.lowered(down, frame),
        marks.dots(dots, frame.x(), tip=True, strokeWidth=1.25),
        marks.texts(labels, "name", x=frame.x(), dx=beside + 4, text=marks.either()),
    ]  # fmt: skip
    return marks.finish(layers, rise.bottom + 26)

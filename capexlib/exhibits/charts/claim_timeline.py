"""Change over time of what is *claimed*: points, bounds, ranges, denials and discarded figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import calendar_axis, layout, marks
from capexlib.exhibits.charts.placing import Box, place
from capexlib.exhibits.charts.rows import Estimate
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, STRIP_ROW = 320, 17
OFF_SCALE = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMark(Estimate):
    """One claim, at the day it became known.

    Parameters
    ----------
    known : str
        ISO date, e.g. ``"2025-12-23"``.
    label : str
        Who said it and how much, short: ``"FT: 160"``.
    denial : bool
        A denial: no figure is needed, it stands in the strip below.
    flagged : bool
        Kept out of every aggregate: hollow, crossed out.
    superseded : bool
        Replaced by a later claim: pale.
    adopted : bool
        The claim that the brief rests on: emphasised.
    detail : str
        Tooltip text, e.g. the headline or the reason of the flag.
    value, low, high, status
        See :class:`~capexlib.exhibits.charts.rows.Estimate`.
    """

    known: str
    denial: bool = False
    flagged: bool = False
    superseded: bool = False
    adopted: bool = False
    detail: str = ""
    status: str = "media_report_unverified"

    @property
    def day(self) -> int:
        """The date as a day count."""
        return date.fromisoformat(self.known).toordinal()


def claim_timeline(rows: Sequence[ClaimMark], *, unit: str, log: bool = False, as_of: str = "") -> Spec:
    """Draw every claim at the day it became known: for *change over time*.

    Parameters
    ----------
    rows : sequence of ClaimMark
        In any order. Rows without a figure that are no denial are left out.
    unit : str
        What the axis measures.
    log : bool
        Logarithmic axis.
    as_of : str
        ISO date where the evidence ends, marked by a line; none when empty.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. A flagged figure far above the others stands at the
        top edge and says so. Below 520 px only the adopted claim keeps its label.
    """
    shown = sorted((row for row in rows if not row.missing and not row.denial), key=lambda row: row.day)
    denials = sorted((row for row in rows if row.denial), key=lambda row: row.day)
    sound = [edge for row in shown if not row.flagged for edge in row.edges]
    ceiling = OFF_SCALE * max(sound, default=float("inf"))
    edges = sound + [edge for row in shown if row.flagged for edge in row.edges if log or edge <= ceiling]
    extra = [("flagged, not used", "flagged")] if any(row.flagged for row in shown) else []
    key, top = marks.key([row.status for row in shown if not row.flagged], points=True, extra=extra)
    rise = Rise.over(edges, top + 26, top + 26 + HEIGHT, log=log)
    days = [row.day for row in (*shown, *denials)]
    days += [date.fromisoformat(as_of).toordinal()] if as_of else []
    span = calendar_axis.over(days)
    written = rise.labels
    left = max(layout.text_px(text, theme.NOTE_PX) for text in written) + 14
    frame = marks.Frame(span.first, span.last, left, 14)

    points, crosses, bars, up, down = [], [], [], [], []
    boxes, taken, seen = [], [], []
    for row in shown:
        y, x = rise.px(row.rank_value), frame.px(row.day)
        shift = 0.0
        while any(abs(x + shift - at) < 12 and abs(y - height) < 9 for at, height in seen):
            shift += 13.0
        seen.append((x + shift, y))
        role = "case" if row.adopted else "peer"
        beyond = row.flagged and not log and row.rank_value > ceiling
        tip = f"{row.text}{': ' if row.detail else ''}{row.detail}"
        base = {**marks.looks(row.status, role), "x": row.day, "y": y, "name": row.known, "tip": tip,
                "shift": shift, "bold": row.adopted, "pale": 0.45 if row.superseded else 1, "size": 110 if row.adopted else 60}  # fmt: skip
        if row.flagged:
            crosses.append({**base, "status": "not used", "fill": "paper", "stroke": "flagged",
                            "shape": marks.CROSSED})  # fmt: skip
        elif not row.is_range:
            points.append(base)
        if row.low is not None and row.high is not None:
            bars.append({**base, "y": rise.px(row.low), "y2": rise.px(row.high)})
            taken.append(Box(x + shift - 5, x + shift + 5, rise.px(row.high) - 3, rise.px(row.low) + 3))
        up += [base] if row.is_floor and not row.flagged else []
        down += [base] if row.is_ceiling and not row.flagged else []
        above, below = (22 if row.is_floor else 8), (22 if row.is_ceiling else 8)
        taken.append(Box(x + shift - 7, x + shift + 7, y - above, y + below))
        text = layout.shorten(f"{row.text} (off scale)" if beyond else row.text, 210, theme.NOTE_PX, bold=row.adopted)
        boxes.append((row, text, x, shift, y, layout.text_px(text, theme.NOTE_PX, bold=row.adopted)))
    order = sorted(boxes, key=lambda box: (not box[0].adopted, box[0].flagged, box[0].superseded))
    bounds = Box(left, theme.PAGE_WIDTH, rise.top - 14, rise.bottom + 4)
    labels, leaders = [], []
    for row, text, x, shift, y, width in order:
        spot = place(x + shift, y, width, taken, bounds)
        taken.append(spot.box)
        labels.append({"x": row.day, "y": spot.y, "dx": round(spot.x - x, 1), "text": text, "bold": row.adopted,
                       "narrow": "", "pale": 0.75 if row.superseded else 1})  # fmt: skip
        if spot.far:
            edge = spot.x - 2 if spot.x > x else spot.x + width + 2
            leaders.append({"x": row.day, "y": y, "y2": spot.y, "shift": shift, "dx": round(edge - x, 1)})

    strip, strip_rows = _strip(denials, frame, rise.bottom + 34)
    bottom = rise.bottom + (34 + STRIP_ROW * strip_rows if strip else 4)
    ticks = [{**tick, "y": bottom + 10} for tick in span.ticks]
    limits = [{"x": tick["x"], "y": rise.top, "y2": bottom - 2} for tick in span.ticks]
    point = {"x": frame.x(), "y": marks.down()}
    ref = alt.ExprRef
    pale = ref("datum.pale")
    dx, shift = ref("datum.dx"), ref("datum.shift")
    heads = [{"y": rise.top - 20, "text": unit}]
    end = [{"x": date.fromisoformat(as_of).toordinal(), "y": rise.top, "y2": bottom - 2}] if as_of else []
    ended = [{**one, "y": rise.top - 8, "text": f"as of {_day(as_of)}"} for one in end]
    layers = [
        *key,
        *marks.levels(rise.ticks, written, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts(heads, "note"),
        marks.texts(ended, "note", x=frame.x(), align="right", dx=12),
        marks.layer(limits, "rule", style="hairline", strokeDash=[2, 3], y2="y2", **point),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.layer(end, "rule", style="baseline", y2="y2", strokeDash=[4, 3], **point),
        marks.layer(leaders, "rule", style="leader", x2="x", y2="y2", xOffset=shift, x2Offset=dx, opacity=_wide(), **point),
        marks.layer(bars, "rule", tip=True, xOffset=shift, y2="y2", stroke=marks.paint("stroke"), strokeWidth=5, strokeOpacity=0.4,
                    strokeCap="round", **point),
        *marks.raised(up, frame),
        *marks.lowered(down, frame),
        marks.dots(points, frame.x(), tip=True, opacity=pale),
        marks.dots(crosses, frame.x(), tip=True, strokeWidth=1.25),
        marks.texts([label for label in labels if not label["bold"]], "note", x=frame.x(), dx=dx, wide=True,
                    opacity=pale),
        marks.texts([label for label in labels if label["bold"]], "note", x=frame.x(), dx=dx),
        *strip,
    ]  # fmt: skip
    return marks.finish(layers, bottom + 18)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {calendar_axis.MONTHS[day.month - 1]} {day.year}"


def _wide() -> alt.ExprRef:
    return alt.ExprRef(f"{theme.NARROW} ? 0 : 1")


def _strip(denials: Sequence[ClaimMark], frame: marks.Frame, top: float) -> tuple[list[alt.Chart], int]:
    """Draw denials as crosses under the axis, in as many rows as their texts need."""
    if not denials:
        return [], 0
    ends: list[float] = []
    placed = []
    for row in denials:
        text = layout.shorten(row.label, 200, theme.NOTE_PX)
        width = layout.text_px(text, theme.NOTE_PX) + 14
        x = frame.px(row.day)
        flip = x + width > theme.PAGE_WIDTH - 4
        start, stop = (x - width, x + 6) if flip else (x - 6, x + width)
        line = next((index for index, end in enumerate(ends) if end < start), len(ends))
        ends[line:] = [stop, *ends[line + 1 :]]
        placed.append({"x": row.day, "y": top + STRIP_ROW * line, "text": text, "flip": flip, "name": row.known,
                       "tip": row.detail or row.label, "status": "denied"})  # fmt: skip
    ref = alt.ExprRef
    layers = [
        marks.texts([{"y": top - 15, "text": "Denials"}], "note"),
        marks.layer(placed, "point", tip=True, shape=marks.CROSS, size=60, stroke=ref("paint.ink"), strokeWidth=1.75,
                    opacity=1, x=frame.x(), y=marks.down()),
        marks.texts([one for one in placed if not one["flip"]], "note", x=frame.x(), dx=8, wide=True),
        marks.texts([one for one in placed if one["flip"]], "note", x=frame.x(), dx=-8, align="right", wide=True),
    ]  # fmt: skip
    return layers, len(ends)

"""Change over time of what is *claimed*: points, bounds, ranges, denials and discarded figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import calendar_axis, layout, marks
from capexlib.exhibits.charts.placing import Box, place
from capexlib.exhibits.charts.rows import Estimate
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, STRIP_ROW = 210, 17
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

    limit = frame.px(date.fromisoformat(as_of).toordinal()) - 4 if as_of else theme.PAGE_WIDTH
    drawn = _drawn(shown, frame, rise, ceiling=float("inf") if log else ceiling)
    labels, leaders = _labels(drawn, rise, Box(left, limit, rise.top - 14, rise.bottom + 4))

    strip, strip_rows = _strip(denials, frame, rise.bottom + 34)
    bottom = rise.bottom + (34 + STRIP_ROW * strip_rows if strip else 4)
    ticks = [{**tick, "y": bottom + 10} for tick in span.ticks]
    limits = [{"x": tick["x"], "y": rise.top, "y2": bottom - 2} for tick in span.ticks]
    end = [{"x": date.fromisoformat(as_of).toordinal(), "y": rise.top, "y2": bottom - 2}] if as_of else []
    ended = [{**one, "y": rise.top - 8, "text": f"as of {_day(as_of)}"} for one in end]
    point = {"x": frame.x(), "y": marks.down(), "y2": "y2"}
    layers = [
        *key,
        *marks.levels(rise.ticks, written, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": rise.top - 20, "text": unit}], "note"),
        marks.texts(ended, "note", x=frame.x(), align="right", dx=12),
        marks.layer(limits, "rule", style="hairline", strokeDash=[2, 3], **point),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.layer(end, "rule", style="baseline", strokeDash=[4, 3], **point),
        *_claims(drawn, labels, leaders, frame, rise),
        *strip,
    ]
    return marks.finish(layers, bottom + 18)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A claim with the fields that draw it, its place on the page and its text."""

    claim: ClaimMark
    fields: dict[str, Any]
    x: float
    text: str

    @property
    def y(self) -> float:
        return self.fields["y"]

    def boxes(self, rise: Rise) -> list[Box]:
        """List what its mark covers, its arrow and range included."""
        claim, x = self.claim, self.x
        covered = [Box(x - 7, x + 7, self.y - (22 if claim.is_floor else 8), self.y + (22 if claim.is_ceiling else 8))]
        if claim.low is not None and claim.high is not None:
            covered.append(Box(x - 5, x + 5, rise.px(claim.high) - 3, rise.px(claim.low) + 3))
        return covered


def _drawn(shown: Sequence[ClaimMark], frame: marks.Frame, rise: Rise, ceiling: float) -> list[_Drawn]:
    """Place each claim; claims of about the same day and figure stand side by side."""
    found: list[_Drawn] = []
    for row in shown:
        x, y, shift = frame.px(row.day), rise.px(row.rank_value), 0.0
        while any(abs(x + shift - other.x) < 12 and abs(y - other.y) < 9 for other in found):
            shift += 13.0
        fields: dict[str, Any] = {
            **marks.looks(row.status, "case" if row.adopted else "peer"),
            "x": row.day,
            "y": y,
            "shift": shift,
            "name": row.known,
            "tip": f"{row.text}{': ' if row.detail else ''}{row.detail}",
            "pale": 0.45 if row.superseded else 1,
            "size": 110 if row.adopted else 60,
        }
        if row.flagged:
            fields |= {"status": "not used", "fill": "paper", "stroke": "flagged", "shape": marks.CROSSED}
        off = " (off scale)" if row.flagged and row.rank_value > ceiling else ""
        text = layout.shorten(row.text + off, 210, theme.NOTE_PX, bold=row.adopted)
        found.append(_Drawn(row, fields, x + shift, text))
    return found


def _labels(drawn: Sequence[_Drawn], rise: Rise, bounds: Box) -> tuple[marks.Rows, marks.Rows]:
    """Place the labels, the adopted claim's first, and the leaders of those that had to move away."""
    taken = [box for one in drawn for box in one.boxes(rise)]
    labels, leaders = [], []
    for one in sorted(drawn, key=lambda one: (not one.claim.adopted, one.claim.flagged, one.claim.superseded)):
        bold = one.claim.adopted
        width = layout.text_px(one.text, theme.NOTE_PX, bold=bold)
        spot = place(one.x, one.y, width, taken, bounds)
        taken.append(spot.box)
        at = one.x - one.fields["shift"]
        base = {"x": one.claim.day, "shift": one.fields["shift"]}
        labels.append({**base, "y": spot.y, "dx": round(spot.x - at, 1), "text": one.text, "bold": bold,
                       "pale": 0.75 if one.claim.superseded else 1})  # fmt: skip
        if spot.far:
            edge = spot.x - 2 if spot.x > one.x else spot.x + width + 2
            leaders.append({**base, "y": one.y, "y2": spot.y, "dx": round(edge - at, 1)})
    return labels, leaders


def _claims(
    drawn: Sequence[_Drawn], labels: marks.Rows, leaders: marks.Rows, frame: marks.Frame, rise: Rise
) -> list[alt.Chart]:
    """Draw leaders, ranges, arrows, points and labels, in this order."""
    kept = [one for one in drawn if not one.claim.flagged]
    bars = [
        {**one.fields, "y": rise.px(low), "y2": rise.px(high)}
        for one in drawn
        if (low := one.claim.low) is not None and (high := one.claim.high) is not None
    ]
    ref = alt.ExprRef
    dx, shift = ref("datum.dx"), ref("datum.shift")
    point = {"x": frame.x(), "y": marks.down()}
    return [
        marks.layer(leaders, "rule", style="leader", x2="x", y2="y2", xOffset=shift, x2Offset=dx,
                    opacity=ref(f"{theme.NARROW} ? 0 : 1"), **point),
        marks.layer(bars, "rule", tip=True, y2="y2", xOffset=shift, stroke=marks.paint("stroke"), strokeWidth=5,
                    strokeOpacity=0.4, strokeCap="round", **point),
        *marks.raised([one.fields for one in kept if one.claim.is_floor], frame),
        *marks.lowered([one.fields for one in kept if one.claim.is_ceiling], frame),
        marks.dots([one.fields for one in drawn if one.claim.flagged or not one.claim.is_range], frame.x(), tip=True,
                   opacity=ref("datum.pale")),
        marks.texts([one for one in labels if not one["bold"]], "note", x=frame.x(), dx=dx, wide=True,
                    opacity=ref("datum.pale")),
        marks.texts([one for one in labels if one["bold"]], "note", x=frame.x(), dx=dx),
    ]  # fmt: skip


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {calendar_axis.MONTHS[day.month - 1]} {day.year}"


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

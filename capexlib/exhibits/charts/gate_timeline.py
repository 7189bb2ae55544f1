"""Gate timeline: which state each gate was in, under the measures of both capitals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import calendar_axis, layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

LANE, LEVEL, APART, ROW = 22, 11, 14, 38
SHUT, OPEN = 4, 16
_FULLY_OPEN, _LITTLE = 0.9, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSpell:
    """A time in one state.

    Parameters
    ----------
    start, end : str
        Days, ``YYYY-MM-DD``.
    state : str
        Its name, written over the bar where it fits; the last one's always.
    passes : float
        Part of the goods that gets through, 0 to 1; the bar's thickness and shade.
    judged : bool
        Coded by judgement: drawn with a dashed outline.
    """

    start: str
    end: str
    state: str
    passes: float
    judged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """A gate's spells.

    Parameters
    ----------
    name : str
        The gate.
    spells : tuple of GateSpell
        In order of time.
    """

    name: str
    spells: tuple[GateSpell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A dated measure.

    Parameters
    ----------
    day : str
        ``YYYY-MM-DD``.
    lane : str
        Who took it; one lane each, in order of appearance.
    title : str
        What it was, for the tooltip.
    direction : {"tighten", "loosen", "neutral"}
        Decides the mark: triangle down, up, or a circle.
    binding : bool
        Filled if it binds, hollow if not.
    """

    day: str
    lane: str
    title: str
    direction: str
    binding: bool = True


def gate_timeline(rows: Sequence[GateRow], measures: Sequence[Measure], *, first: str, as_of: str) -> Spec:
    """Draw states as bars and measures as marks over one calendar: for *change over time* of regimes.

    Parameters
    ----------
    rows : sequence of GateRow
        One bar each.
    measures : sequence of Measure
        Those before `first` are left out.
    first : str
        First day shown; earlier spells are cut there.
    as_of : str
        The brief's day, marked by a line.

    Returns
    -------
    dict
        A Vega-Lite 6 spec.
    """
    begin, today = _day(first), _day(as_of)
    kept = sorted((one for one in measures if _day(one.day) >= begin), key=lambda one: one.day)
    lanes = list(dict.fromkeys(one.lane for one in kept))
    gutter = Gutter.fit([*((lane, "", False) for lane in lanes), *((row.name, "", False) for row in rows)], 150)
    axis = calendar_axis.over([begin, today, *(_day(one.day) for one in kept)])
    frame = marks.Frame(begin, max(axis.last, today + 5), max(gutter.px, 30), 16)
    key, top = _key(drawn=bool(rows or kept))
    points, bottom = _points(kept, lanes, frame, top + 16)
    lane_tops = [min(point["top"] for point in points if point["lane"] == lane) for lane in lanes]
    bars_top = bottom + (8 if lanes else 0)
    bottom = bars_top + ROW * len(rows)
    bars, words = [], []
    for index, row in enumerate(rows):
        base = bars_top + ROW * (index + 1) - 7
        spells = [one for one in row.spells if begin <= _day(one.start) <= frame.high or _day(one.end) > begin]
        drawn = [_bar(row.name, one, frame, base) for one in spells if _day(one.start) < frame.high]
        bars += drawn
        words += _states(drawn, frame, base - OPEN - 7)
    ticks = [{**tick, "y": bottom + 12} for tick in axis.ticks if tick["x"] >= begin]
    limits = [{"x": tick["x"], "y": top + 14, "y2": bottom} for tick in ticks]
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *key,
        marks.layer(limits, "rule", style="hairline", strokeDash=[2, 3], y2="y2", **point),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.boxes(bars, frame.x(), tip=True, strokeWidth=1),
        *(
            marks.texts([word for word in words if word["align"] == align], "note", x=frame.x(), align=align,
                        text=marks.either(), fill=alt.ExprRef("paint.ink"))
            for align in ("center", "right")
        ),
        marks.layer([{"x": today, "y": top + 8, "y2": bottom}], "rule", style="baseline", strokeDash=[4, 3],
                    y2="y2", **point),
        marks.texts([{"x": today, "y": top, "text": "as of"}], "note", x=frame.x(), align="center"),
        marks.dots(points, frame.x(), tip=True, strokeWidth=1.25),
        *_names(gutter, points, lane_tops, bars_top),
    ]  # fmt: skip
    return marks.finish(layers, bottom + 26)


def _points(kept: Sequence[Measure], lanes: Sequence[str], frame: marks.Frame, top: float) -> tuple[marks.Rows, float]:
    """Place the measures in lanes, those too close to each other one above the other; give the lanes' end too."""
    points: marks.Rows = []
    for lane in lanes:
        ends: list[float] = []
        mine = []
        for one in (one for one in kept if one.lane == lane):
            px = frame.px(_day(one.day))
            level = next((level for level, end in enumerate(ends) if px - end >= APART), len(ends))
            ends[level : level + 1] = [px]
            mine.append({**_mark(one), "level": level})
        height = max(LANE, LEVEL * len(ends) + 8)
        base = top + (height + LEVEL * (len(ends) - 1)) / 2
        points += [{**point, "top": top, "tall": height, "y": base - LEVEL * point["level"]} for point in mine]
        top += height
    return points, top


def _names(gutter: Gutter, points: marks.Rows, tops: Sequence[float], bars_top: float) -> list[alt.Chart]:
    """Write the lanes' names and the gates' names, whose rows differ in height."""
    tall = {point["top"]: point["tall"] for point in points}
    lanes = [Gutter((name,), gutter.px).layers(top, tall[top]) for name, top in zip(gutter.names, tops, strict=False)]
    gates = Gutter(gutter.names[len(tops) :], gutter.px)
    return [one for drawn in [*lanes, gates.layers(bars_top, ROW)] for one in drawn]


def _states(bars: marks.Rows, frame: marks.Frame, y: float) -> marks.Rows:
    """Name the states over their bars where they fit; the last one ends with its bar and stays on a narrow screen."""
    words: marks.Rows = []
    free = frame.px(frame.high)
    for place, bar in enumerate(reversed(bars)):
        start, end = frame.px(bar["x"]), frame.px(bar["x2"])
        text = layout.shorten(bar["state"], end - frame.left, theme.NOTE_PX) if not place else bar["state"]
        width = layout.text_px(text, theme.NOTE_PX)
        centred = width <= end - start - 4
        if not place:
            short = layout.shorten(text, (theme.NARROWEST - frame.left - frame.right) * 0.9, theme.NOTE_PX)
            words.append({"x": bar["x2"], "y": y, "text": text, "narrow": short, "align": "right"})
            free = end - width - 8
        elif centred and (start + end + width) / 2 <= free:
            words.append({"x": (bar["x"] + bar["x2"]) / 2, "y": y, "text": text, "narrow": "", "align": "center"})
            free = (start + end - width) / 2 - 8
    return words


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _shade(passes: float) -> tuple[str, str]:
    """Choose fill and outline by how much gets through: nothing, little, part, all."""
    if passes <= 0:
        return "accent", "accent"
    if passes >= _FULLY_OPEN:
        return "third", "third"
    return ("accent_light", "accent") if passes < _LITTLE else ("case_light", "third")


def _thickness(passes: float) -> float:
    """Give a bar's thickness in px: the wider the gate, the thicker.

    Examples
    --------
    >>> _thickness(0.0), _thickness(0.5), _thickness(1.0)
    (4.0, 10.0, 16.0)
    """
    return SHUT + (OPEN - SHUT) * min(max(passes, 0.0), 1.0)


def _bar(gate: str, spell: GateSpell, frame: marks.Frame, base: float) -> dict[str, Any]:
    start, end = max(_day(spell.start), frame.low), min(_day(spell.end), frame.high)
    fill, outline = _shade(spell.passes)
    return {
        "x": start, "x2": end, "y": base - _thickness(spell.passes), "y2": base, "fill": fill,
        "stroke": "ink" if spell.judged else outline, "dash": [3, 2] if spell.judged else marks.UNBROKEN,
        "bold": False, "name": gate, "tip": f"{spell.state}, {spell.start} to {spell.end}", "state": spell.state,
    }  # fmt: skip


def _mark(one: Measure) -> dict[str, Any]:
    shape = {"tighten": "triangle-down", "loosen": "triangle-up"}.get(one.direction, "circle")
    colour = {"tighten": "accent", "loosen": "case"}.get(one.direction, "peer")
    return {
        "x": _day(one.day), "lane": one.lane, "shape": shape, "size": 70, "fill": colour if one.binding else "paper",
        "stroke": colour, "dash": marks.UNBROKEN, "name": one.day, "tip": one.title,
    }  # fmt: skip


def _key(*, drawn: bool) -> tuple[list[alt.Chart], float]:
    """Explain shades and marks."""
    if not drawn:
        return [], 8.0
    samples, px = [], 1.0
    for passes, word in ((0.0, "closed"), (0.2, "little passes"), (0.6, "part passes"), (1.0, "open")):
        fill, outline = _shade(passes)
        samples.append({"px": px, "px2": px + 12, "y": 13.5 - _thickness(passes) * 0.7, "y2": 13.5, "mid": 8.0,
                        "text": word, "fill": fill, "stroke": outline, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    points, px = [], 1.0
    for shape, colour, fill, word in (
        ("triangle-down", "accent", "accent", "tightens"),
        ("triangle-up", "case", "case", "loosens"),
        ("circle", "peer", "peer", "neither"),
        ("triangle-up", "case", "paper", "hollow: not binding"),
    ):
        points.append({"px": px, "px2": px + 12, "mid": 27.0, "text": word, "shape": shape, "fill": fill,
                       "stroke": colour, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    return [*marks.swatch_layers(samples), *marks.swatch_layers(points, points=True)], 48.0

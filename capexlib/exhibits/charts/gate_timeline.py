"""Gate timeline: which state each gate was in, under the measures of both capitals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import calendar_axis, layout, marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

LANE, ROW, BAR = 22, 34, 18
_PAINTS = ("accent", "accent_light", "case_light", "third")
_FULLY_OPEN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSpell:
    """A time in one state.

    Parameters
    ----------
    start, end : str
        Days, ``YYYY-MM-DD``.
    state : str
        Its name, written inside where it fits.
    passes : float
        Part of the goods that gets through, 0 to 1; chooses the shade.
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
    kept = [one for one in measures if _day(one.day) >= begin]
    lanes = list(dict.fromkeys(one.lane for one in kept))
    gutter = Gutter.fit([*((lane, "", False) for lane in lanes), *((row.name, "", False) for row in rows)], 150)
    axis = calendar_axis.over([begin, today, *(_day(one.day) for one in kept)])
    frame = marks.Frame(begin, max(axis.last, today + 5), gutter.px, 14)
    key, top = _key(drawn=bool(rows or kept))
    top += 14
    bars_top = top + LANE * len(lanes) + (8 if lanes else 0)
    bottom = bars_top + ROW * len(rows)
    points = [_mark(one, top + LANE * (lanes.index(one.lane) + 0.5)) for one in kept]
    bars, words = [], []
    for index, row in enumerate(rows):
        middle = bars_top + ROW * (index + 0.5)
        for spell in row.spells:
            start, end = max(_day(spell.start), begin), _day(spell.end)
            if end <= begin:
                continue
            bars.append(_bar(row.name, spell, start, end, middle))
            room = frame.px(end) - frame.px(start) - 8
            if layout.text_px(spell.state, theme.NOTE_PX) <= room:
                words.append({"x": (start + end) / 2, "y": middle, "text": spell.state})
    ticks = [{**tick, "y": bottom + 12} for tick in axis.ticks if tick["x"] >= begin]
    limits = [{"x": tick["x"], "y": top, "y2": bottom} for tick in ticks]
    end = [{"x": today, "y": top - 6, "y2": bottom}]
    point = {"x": frame.x(), "y": marks.down()}
    layers = [
        *key,
        marks.layer(limits, "rule", style="hairline", strokeDash=[2, 3], y2="y2", **point),
        marks.texts(ticks, "note", x=frame.x(), align="center", text=marks.either()),
        marks.boxes(bars, frame.x(), tip=True, strokeWidth=1),
        marks.texts(words, "note", x=frame.x(), align="center", wide=True, fill=alt.ExprRef("paint.ink")),
        marks.layer(end, "rule", style="baseline", strokeDash=[4, 3], y2="y2", **point),
        marks.texts([{"x": today, "y": top - 14, "text": "as of"}], "note", x=frame.x(), align="center"),
        marks.dots(points, frame.x(), tip=True, strokeWidth=1.25),
        *gutter_layers(gutter, len(lanes), top, bars_top),
    ]
    return marks.finish(layers, bottom + 26)


def gutter_layers(gutter: Gutter, lanes: int, top: float, bars_top: float) -> list[alt.Chart]:
    """Write the lanes' names and the gates' names, whose rows differ in height."""
    upper, lower = Gutter(gutter.names[:lanes], gutter.px), Gutter(gutter.names[lanes:], gutter.px)
    return [*upper.layers(top, LANE), *lower.layers(bars_top, ROW)]


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _shade(passes: float) -> str:
    """Choose a paint by how much gets through: nothing, little, part, all."""
    if passes <= 0:
        return _PAINTS[0]
    if passes >= _FULLY_OPEN:
        return _PAINTS[3]
    return _PAINTS[1] if passes < 0.25 else _PAINTS[2]


def _bar(gate: str, spell: GateSpell, start: int, end: int, middle: float) -> dict[str, object]:
    return {
        "x": start, "x2": end, "y": middle - BAR / 2, "y2": middle + BAR / 2, "fill": _shade(spell.passes),
        "stroke": "muted" if spell.judged else "paper", "dash": [3, 2] if spell.judged else marks.UNBROKEN,
        "bold": False, "name": gate, "tip": f"{spell.state}, {spell.start} to {spell.end}",
    }  # fmt: skip


def _mark(one: Measure, y: float) -> dict[str, object]:
    shape = {"tighten": "triangle-down", "loosen": "triangle-up"}.get(one.direction, "circle")
    colour = {"tighten": "accent", "loosen": "case"}.get(one.direction, "peer")
    return {
        "x": _day(one.day), "y": y, "shape": shape, "size": 70, "fill": colour if one.binding else "paper",
        "stroke": colour, "dash": marks.UNBROKEN, "name": one.day, "tip": one.title,
    }  # fmt: skip


def _key(*, drawn: bool) -> tuple[list[alt.Chart], float]:
    """Explain shades and marks."""
    shades = [("accent", "closed"), ("accent_light", "little passes"), ("case_light", "part passes"), ("third", "open")]
    swatches, px = [], 1.0
    for colour, word in shades if drawn else ():
        swatches.append({"px": px, "px2": px + 12, "y": 4.0, "y2": 12.0, "mid": 8.0, "text": word,
                         "fill": colour, "stroke": colour, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    forms = [("triangle-down", "accent", "tightens"), ("triangle-up", "case", "loosens"), ("circle", "peer", "neither")]
    points, px = [], 1.0
    for shape, colour, word in forms if drawn else ():
        points.append({"px": px, "px2": px + 12, "mid": 25.0, "text": word, "shape": shape, "fill": colour,
                       "stroke": colour, "dash": marks.UNBROKEN})  # fmt: skip
        px += 17 + layout.text_px(word, theme.NOTE_PX) + 11
    hollow = [{"px": px, "px2": px + 12, "mid": 25.0, "text": "hollow: not binding", "shape": "triangle-up",
               "fill": "paper", "stroke": "case", "dash": marks.UNBROKEN}] if drawn else []  # fmt: skip
    return [*marks.swatch_layers(swatches), *marks.swatch_layers([*points, *hollow], points=True)], 38.0

"""Fan behind a slider: how a figure answers to one input, at each setting of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.fan import FEW, TIME, FanPoint, bands, median, positions, swatches, times
from capexlib.exhibits.charts.vertical import Rise
from capexlib.exhibits.theme import Spec

HEIGHT, STRIP, BAR, PARAM = 200, 54, 14, "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One position of the slider.

    Parameters
    ----------
    value : float
        What the slider shows; evenly spaced over the settings.
    label : str
        The same as text, written in the picture, e.g. ``"US$2.00"``.
    points : tuple of FanPoint
        The figure over the other input, the same labels in every setting.
    chances : tuple of float
        Chance that the figure exceeds zero, one a point, as decimals.
    """

    value: float
    label: str
    points: tuple[FanPoint, ...]
    chances: tuple[float, ...] = ()


def slider_fan(rows: Sequence[Setting], *, unit: str, x_title: str, setting_title: str) -> Spec:
    """Draw one setting's fan over its chances, and a slider that chooses the setting where scripts run.

    Parameters
    ----------
    rows : sequence of Setting
        In ascending order; the picture without scripts is the middle one's.
    unit : str
        What the fan's axis measures.
    x_title : str
        The input along the page.
    setting_title : str
        The slider's input; names the control and heads the picture, before the label.

    Returns
    -------
    dict
        A Vega-Lite 6 spec with the parameter ``setting``, bound to a range input
        where there is more than one setting. Every setting is computed before
        and on the same scale.

    Raises
    ------
    ValueError
        The settings are not evenly spaced.
    """
    step = _step([row.value for row in rows])
    points = [point for row in rows for point in row.points]
    labels = [point.label for point in max((row.points for row in rows), key=len, default=())]
    rise = Rise.over([edge for point in points for edge in (point.low, point.high)], 76.0, 76.0 + HEIGHT)
    base = rise.bottom + 46 + STRIP
    frame = _frame(labels, rise)
    when = times(labels, frame, base + 14)
    fans = [{**one, PARAM: row.value} for row in rows for one in positions(row.points, rise)]
    bars = [one for row in rows for one in _chances(row, base, when, frame)]
    said = [
        {"y": 30.0, "bold": True, "text": layout.shorten(f"{setting_title}: {row.label}", 300, bold=True),
         PARAM: row.value}
        for row in rows
    ]  # fmt: skip
    across = {"x": frame.x(), "y": marks.down()}
    limits = [{"x": frame.low, "x2": frame.high, "y": y} for y in (rise.px(0.0), base)]
    chosen = [
        *bands(fans, frame, lone=len(labels) == 1),
        marks.layer([limits[0]], "rule", style="baseline", x2="x2", **across),
        *median(fans, frame, seen=len(labels) <= FEW),
        marks.layer(bars, "rule", stroke=alt.ExprRef("paint.case"), strokeWidth=BAR, y2="y2", tip=True, **across),
        marks.texts(bars, "note", x=frame.x(), align="center", dy=-9, text=marks.either()).encode(y=marks.down("y2")),
        marks.texts(said, "name"),
    ]
    layers = [
        *swatches(drawn=bool(points)),
        *marks.levels(rise.ticks, rise.labels, [rise.px(tick) for tick in rise.ticks], frame),
        marks.texts([{"y": rise.top - 18, "text": unit}], "note"),
        *(_only(one, step) for one in chosen),
        marks.texts([{"y": rise.bottom + 22, "text": "Chance that it is above zero"}], "note"),
        marks.layer(limits[1:], "rule", style="baseline", x2="x2", **across),
        marks.texts(when, "note", x=frame.x(), align="center", text=marks.either()),
        marks.texts([{"x": frame.low, "y": base + 32, "text": x_title}], "note", x=frame.x()),
    ]
    spec = marks.finish(layers, base + 44)
    return {**spec, "params": [_param(rows, step, setting_title)]} if step else spec


def _step(values: Sequence[float]) -> float:
    """Give the distance of the settings; 0 where there is nothing to choose.

    Examples
    --------
    >>> _step([1.0, 1.5, 2.0]), _step([1.0])
    (0.5, 0.0)
    """
    gaps = [after - before for before, after in pairwise(values)]
    if not gaps:
        return 0.0
    if min(gaps) <= 0 or max(gaps) - min(gaps) > 1e-6 * max(gaps):
        msg = f"the settings of a slider must be evenly spaced and ascend, not {[*values]}"
        raise ValueError(msg)
    return float(f"{gaps[0]:.9g}")


def _param(rows: Sequence[Setting], step: float, title: str) -> dict[str, Any]:
    bind = {"input": "range", "min": rows[0].value, "max": rows[-1].value, "step": step, "name": title}
    return {"name": PARAM, "value": rows[len(rows) // 2].value, "bind": bind}


def _only(drawn: alt.Chart, step: float) -> alt.Chart:
    """Keep the rows of the chosen setting."""
    named = any(PARAM in row for row in drawn.data.values)
    return drawn.transform_filter(f"abs(datum.{PARAM} - {PARAM}) < {step / 2:g}") if step and named else drawn


def _chances(row: Setting, base: float, when: marks.Rows, frame: marks.Frame) -> marks.Rows:
    """Place the bars; where not every chance fits, those over a labelled time are printed."""
    room = theme.NARROWEST - frame.left - frame.right
    fits = {"text": theme.PAGE_WIDTH - frame.left - frame.right, "narrow": room}
    timed = {name: {time["x"] for time in when if time[name]} for name in fits}
    widest = layout.text_px("100 %", theme.NOTE_PX) + 4
    return [
        {
            "x": place, "y": base, "y2": round(base - STRIP * chance, 2), PARAM: row.value, "name": point.label,
            "tip": theme.percent(chance), "status": "",
            **{name: theme.percent(chance) if width / (frame.high - frame.low) >= widest or place in timed[name] else ""
               for name, width in fits.items()},
        }
        for place, (point, chance) in enumerate(zip(row.points, row.chances, strict=False))
    ]  # fmt: skip


def _frame(labels: Sequence[str], rise: Rise) -> marks.Frame:
    halves = [min(layout.text_px(label, theme.NOTE_PX), TIME) / 2 for label in labels] or [0.0]
    levels = max(layout.text_px(text, theme.NOTE_PX) for text in rise.labels) + 12
    start, last = (-1.0, 1.0) if len(labels) == 1 else (0.0, max(len(labels) - 1.0, 1.0))
    return marks.Frame(start - 0.15, last + 0.15, max(levels, halves[0] - 4), max(halves[-1], 18.0) + 2)

"""Distribution: where a figure lies, as fifty equally likely dots, over the claims it was pooled from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import layout, marks
from capexlib.exhibits.charts.rows import Estimate, Gutter
from capexlib.exhibits.theme import Spec

DOTS, BINS, STEP, ROW = 50, 30, 13, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(Estimate):
    """One claim that went into the pool, drawn on its own line under the dots.

    Parameters
    ----------
    name : str
        Who said it.
    weight_label : str
        Its weight as text, printed after the figure.
    adopted : bool
        Does the brief rest on it?
    value, low, high, label, status
        See :class:`~capexlib.exhibits.charts.rows.Estimate`.
    """

    name: str
    weight_label: str = ""
    adopted: bool = False
    status: str = "media_report_unverified"


def distribution(
    samples: Sequence[float],
    *,
    unit: str,
    components: Sequence[Component] = (),
    interval: tuple[float, float] | None = None,
    interval_label: str = "",
    percent: bool = False,
) -> Spec:
    """Draw samples as a quantile dot plot, with the claims behind them below: for *distribution*.

    Parameters
    ----------
    samples : sequence of float, shape (n,)
        Draws; values that are not finite are left out.
    unit : str
        What the axis measures.
    components : sequence of Component
        In the order to list them.
    interval : tuple of float or None
        Ends of the interval, drawn as a bracket; dots inside it are dark.
    interval_label : str
        What the bracket says, e.g. ``"90 %: 19.5–28.4"``.
    percent : bool
        Are the values shares (decimals)?

    Returns
    -------
    dict
        A Vega-Lite 6 spec. Each dot is one chance in fifty.
    """
    quantiles = _quantiles(samples)
    edges = quantiles + [edge for one in components for edge in one.edges] + list(interval or ())
    low, high = (min(edges), max(edges)) if edges else (0.0, 1.0)
    pad = (high - low) * 0.04 or abs(high) * 0.05 or 0.5
    low, high = low - pad, high + pad
    gutter = Gutter.fit([(one.name, "", one.adopted) for one in components], 110)
    left = gutter.px if components else 8.0
    key, top = marks.key([one.status for one in components], points=True)
    width = (high - low) / BINS
    bins = Counter(min(int((value - low) / width), BINS - 1) for value in quantiles)
    tallest = max(bins.values(), default=1)
    step = min(STEP, 200 / tallest)
    base = top + 34 + step * tallest

    dots = []
    for place, count in sorted(bins.items()):
        centre = low + (place + 0.5) * width
        inside = interval is None or interval[0] - width / 2 <= centre <= interval[1] + width / 2
        dots += [
            {"x": float(f"{centre:.6g}"), "y": round(base - step * (index + 0.5), 2), "in": inside}
            for index in range(count)
        ]
    ranges, points, least, most, labels, weights = [], [], [], [], [], []
    for index, one in enumerate(components):
        y = base + 18 + ROW * (index + 0.5)
        row = {**marks.looks(one.status, "case" if one.adopted else "peer"), "y": y, "name": one.name,
               "tip": one.text, "bold": one.adopted, "x": one.rank_value, "size": 75}  # fmt: skip
        if one.low is not None and one.high is not None:
            ranges.append({**row, "x": one.low, "x2": one.high})
        if not one.is_range and not one.missing:
            points.append(row)
        least += [row] if one.is_floor else []
        most += [row] if one.is_ceiling else []
        reach = max(one.edges, default=low)
        dx = 10 + one.arrow_px
        labels.append({"x": reach, "y": y, "dx": dx, "text": one.text, "bold": one.adopted})
        dx += layout.text_px(one.text, bold=one.adopted) + 7
        weights.append({"x": reach, "y": y, "dx": dx, "text": one.weight_label})
    frame = _frame(low, high, left, labels, weights)
    bottom = base + (18 + ROW * len(components) if components else 0)
    values = [tick for tick in layout.ticks(low, high, 6) if low <= tick <= high]
    across = {"x": frame.x(), "y": marks.down()}
    offset = alt.ExprRef("datum.dx")
    span = frame.high - frame.low
    room = f"(width - {frame.left + frame.right:g}) * {width / span:.6g}"
    layers = [
        *key,
        *marks.grid(values, layout.tick_labels(values, as_percent=percent), frame, top=top + 26, bottom=bottom,
                    unit=f"{unit}; each dot is one chance in fifty"),
        marks.layer([{"x": frame.low, "x2": frame.high, "y": base}], "rule", style="baseline", x2="x2", **across),
        marks.layer(dots, "circle", size=alt.ExprRef(f"pow(min({step - 1:g}, max({room}, 4)), 2)"), opacity=1,
                    fill=alt.ExprRef("datum['in'] ? paint.case : paint.third"), **across),
        *_bracket(interval, interval_label, frame, top + 18),
        marks.layer(ranges, "rule", tip=True, x2="x2", stroke=marks.paint("stroke"), strokeWidth=5,
                    strokeOpacity=0.4, strokeCap="round", **across),
        *marks.floors(least, frame),
        marks.dots(points, frame.x(), tip=True),
        *marks.ceilings(most, frame, offset=-11),
        *gutter.layers(base + 18, ROW),
        marks.texts(labels, "name", x=frame.x(), dx=offset),
        marks.texts([one for one in weights if one["text"]], "note", x=frame.x(), dx=offset, wide=True),
    ]  # fmt: skip
    return marks.finish(layers, bottom + 36)


def _quantiles(samples: Sequence[float]) -> list[float]:
    """Take the fifty middle quantiles (i + ½)/50, interpolated."""
    known = sorted(float(value) for value in samples if math.isfinite(value))
    if not known:
        return []
    found = []
    for index in range(DOTS):
        place = (index + 0.5) / DOTS * len(known) - 0.5
        held = min(max(place, 0.0), len(known) - 1.0)
        under, share = int(held), held - int(held)
        over = min(under + 1, len(known) - 1)
        found.append(known[under] * (1 - share) + known[over] * share)
    return found


def _frame(low: float, high: float, left: float, labels: marks.Rows, weights: marks.Rows) -> marks.Frame:
    def room(width: float, *, wide: bool) -> float:
        ends = []
        for label, weight in zip(labels, weights, strict=True):
            px = label["dx"] + layout.text_px(label["text"], bold=label["bold"]) + 4
            px += layout.text_px(weight["text"], theme.NOTE_PX) + 7 if wide and weight["text"] else 0
            ends.append(((label["x"] - low) / (high - low), px))
        return max(layout.tail(ends, left, width=width), 12)

    return marks.Frame(low, high, left, room(theme.PAGE_WIDTH, wide=True),
                       right_narrow=room(theme.NARROWEST, wide=False))  # fmt: skip


def _bracket(interval: tuple[float, float] | None, label: str, frame: marks.Frame, y: float) -> list[alt.Chart]:
    if interval is None:
        return []
    start, end = interval
    line = [{"x": start, "x2": end, "y": y}]
    ends = [{"x": value, "y": y - 4, "y2": y + 4} for value in interval]
    look = {"x": frame.x(), "y": marks.down(), "stroke": alt.ExprRef("paint.ink"), "strokeWidth": 1.25}
    return [
        marks.layer(line, "rule", x2="x2", **look),
        marks.layer(ends, "rule", y2="y2", **look),
        marks.texts([{"x": (start + end) / 2, "y": y - 11, "text": label}], "note", x=frame.x(), align="center"),
    ]

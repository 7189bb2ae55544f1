"""The few marks every form is made of, as Altair layers, and the finished spec.

Rows carry pixel positions down the page in ``y``/``y2`` and values across it in
``x``/``x2``; colours are paints (see :mod:`capexlib.exhibits.theme`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts.layout import text_px
from capexlib.exhibits.theme import Spec

Rows = list[dict[str, Any]]
UNBROKEN = [1, 0]
KEY_PX = 312
CAP_PX = 3.5
CROSS = "M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7"
CROSSED = "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0M-0.6,-0.6L0.6,0.6M-0.6,0.6L0.6,-0.6"
"""Vega shapes: a bare cross, and a crossed-out circle."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A horizontal value axis inside the chart.

    Parameters
    ----------
    low, high : float
        The axis' ends, in values.
    left, right : float
        Free px on both sides of the axis.
    right_narrow : float
        Free px at the right on a narrow screen, where long labels are hidden.
    left_narrow : float
        Free px at the left on a narrow screen; as `left` when zero.
    """

    low: float
    high: float
    left: float
    right: float
    right_narrow: float = 0.0
    left_narrow: float = 0.0

    def share(self, value: float) -> float:
        """Place a value on the axis, 0 (left end) to 1."""
        return (value - self.low) / (self.high - self.low)

    def px(self, value: float) -> float:
        """Place a value on the page of fixed width, in px."""
        return self.left + self.share(value) * (theme.PAGE_WIDTH - self.left - self.right)

    def scale(self) -> alt.Scale:
        """Give the scale that keeps both margins at any width."""
        left, left_narrow = self.left, self.left_narrow or self.left
        narrow = self.right_narrow or self.right
        start = left if left == left_narrow else alt.ExprRef(f"{theme.NARROW} ? {left_narrow:g} : {left:g}")
        end = f"max({left_narrow + 40:g}, width - ({theme.NARROW} ? {narrow:g} : {self.right:g}))"
        return alt.Scale(domain=[self.low, self.high], range=[start, alt.ExprRef(end)], nice=False, zero=False)

    def x(self, field: str = "x") -> alt.X:
        """Encode a field along the axis."""
        return alt.X(f"{field}:Q", scale=self.scale(), axis=None)


def layer(rows: Rows, mark: str, *, tip: bool = False, **options: Any) -> alt.Chart:
    """Draw rows as one mark; channels go to the encoding, everything else to the mark."""
    channels = {key: options.pop(key) for key in list(options) if _is_channel(key, options[key])}
    if tip:
        channels["tooltip"] = [
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("tip:N", title="value"),
            alt.Tooltip("status:N", title="status"),
        ]
    return alt.Chart(alt.Data(values=rows), mark=alt.MarkDef(**{"type": mark, **options})).encode(**channels)


def _is_channel(key: str, option: object) -> bool:
    return key in {"x2", "y2"} or hasattr(option, "_encoding_name")


def down(field: str = "y") -> alt.Y:
    """Encode a field of px down the page."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def paint(field: str) -> alt.ExprRef:
    """Colour by a field that names a paint."""
    return alt.ExprRef(f"paint[datum.{field}]")


def looks(status: str, role: str) -> dict[str, Any]:
    """Give the fields that draw a status in a role: fill, stroke, dash, shape and the status' word."""
    style = theme.mark_style(status)
    return {
        "fill": style.fill(role),
        "stroke": role,
        "dash": list(style.dash) or UNBROKEN,
        "shape": style.shape,
        "status": style.word,
    }


def boxes(rows: Rows, x: alt.X, **options: Any) -> alt.Chart:
    """Draw bars from ``x`` to ``x2`` and ``y`` to ``y2`` in the look of their status."""
    options = {"strokeWidth": alt.ExprRef("datum.bold ? 2 : 1.25"), **options}
    return layer(rows, "rect", x=x, x2="x2", y=down(), y2="y2", fill=paint("fill"), stroke=paint("stroke"),
                 strokeDash=alt.ExprRef("datum.dash"), **options)  # fmt: skip


def whiskers(rows: Rows, frame: Frame) -> list[alt.Chart]:
    """Draw ``low``–``high`` at ``y`` with end caps, cased in paper so that they show on a bar."""
    lines = [{"x": row["low"], "x2": row["high"], "y": row["y"]} for row in rows]
    ends = [{"x": row[end], "y": row["y"] - CAP_PX, "y2": row["y"] + CAP_PX} for row in rows for end in ("low", "high")]
    drawn = []
    for colour, width in (("paper", 3.25), ("ink", 1.25)):
        look: dict[str, Any] = {"stroke": alt.ExprRef(f"paint.{colour}"), "strokeWidth": width}
        drawn.append(layer(lines, "rule", x=frame.x(), x2="x2", y=down(), **look))
        drawn.append(layer(ends, "rule", x=frame.x(), y=down(), y2="y2", **look))
    return drawn


def floors(rows: Rows, frame: Frame) -> list[alt.Chart]:
    """Draw an open arrow to the right of ``x`` at ``y``: the value is at least ``x``."""
    look: dict[str, Any] = {"x": frame.x(), "y": down(), "stroke": paint("stroke"), "strokeWidth": 1.5}
    return [
        layer(rows, "rule", x2="x", x2Offset=14, **look),
        layer(rows, "point", shape="triangle-right", size=50, xOffset=16, fill=alt.ExprRef("paint.paper"),
              opacity=1, **look),
    ]  # fmt: skip


def ceilings(rows: Rows, frame: Frame, *, offset: float = -6) -> list[alt.Chart]:
    """Draw an open arrowhead pointing left beside ``x``, ``y``: the value is at most ``x``."""
    return [
        layer(rows, "point", shape="triangle-left", size=50, xOffset=offset, x=frame.x(), y=down(), opacity=1,
              fill=alt.ExprRef("paint.paper"), stroke=paint("stroke"), strokeWidth=1.5)
    ]  # fmt: skip


def raised(rows: Rows, frame: Frame) -> list[alt.Chart]:
    """Draw an open arrow upwards from ``x``, ``y``: the value is at least that high."""
    return _upright(rows, frame, 1)


def lowered(rows: Rows, frame: Frame) -> list[alt.Chart]:
    """Draw an open arrow downwards from ``x``, ``y``: the value is at most that high."""
    return _upright(rows, frame, -1)


def _upright(rows: Rows, frame: Frame, sign: int) -> list[alt.Chart]:
    shift = alt.ExprRef("datum.shift || 0")
    look: dict[str, Any] = {
        "x": frame.x(),
        "y": down(),
        "xOffset": shift,
        "stroke": paint("stroke"),
        "strokeWidth": 1.5,
    }
    return [
        layer(rows, "rule", y2="y", y2Offset=-17 * sign, **look),
        layer(rows, "point", shape="triangle-up" if sign > 0 else "triangle-down", size=42, yOffset=-18 * sign,
              fill=alt.ExprRef("paint.paper"), opacity=1, **look),
    ]  # fmt: skip


def texts(rows: Rows, style: str, *, x: Any = None, wide: bool = False, **options: Any) -> alt.Chart:
    """Write ``text`` at ``x``, ``y`` in a text style of the theme.

    Rows that are ``bold`` are set so, in the case's colour; with `wide` nothing is
    written on a narrow screen.
    """
    across = alt.XValue(0) if x is None else x
    if any(row.get("bold") for row in rows):
        ink = "muted" if style == "note" else "ink"
        options = {
            "fontWeight": alt.ExprRef("datum.bold ? 700 : 400"),
            "fill": alt.ExprRef(f"datum.bold ? paint.case : paint.{ink}"),
            **options,
        }
    written: Any = alt.ExprRef(f"{theme.NARROW} ? '' : datum.text") if wide else alt.Text("text:N")
    options = {"align": "left", "text": written, **options}
    return layer(rows, "text", x=across, y=down(), style=style, **options)


def grid(values: Sequence[float], labels: Sequence[str], frame: Frame, *, top: float, bottom: float,
         unit: str = "") -> list[alt.Chart]:  # fmt: skip
    """Draw vertical gridlines with labels under them, a darker one at zero, and the unit below the first."""
    lines = [{"x": value, "y": top, "y2": bottom, "style": "zero" if value == 0 else "grid"} for value in values]
    narrow_px = max(theme.NARROWEST - (frame.left_narrow or frame.left) - (frame.right_narrow or frame.right), 40)
    widest = max((text_px(text, theme.NOTE_PX) for text in labels), default=0.0) + 6
    every = max(1, math.ceil(widest * (len(values) - 1) / narrow_px))
    shown = [
        {"x": value, "y": bottom + 12, "text": text, "narrow": text if index % every == 0 else ""}
        for index, (value, text) in enumerate(zip(values, labels, strict=True))
    ]
    drawn = [
        layer([line for line in lines if line["style"] == kind], "rule", style=style, x=frame.x(), y=down(), y2="y2")
        for kind, style in (("grid", "hairline"), ("zero", "baseline"))
    ]
    drawn.append(texts(shown, "note", x=frame.x(), align="center", text=either()))
    if unit:
        named = [{"x": values[0], "y": bottom + 28, "text": unit}]
        drawn.append(texts(named, "note", x=frame.x(), dx=-text_px(labels[0], theme.NOTE_PX) / 2))
    return drawn


def either() -> alt.ExprRef:
    """Write ``text``, or ``narrow`` on a narrow screen."""
    return alt.ExprRef(f"{theme.NARROW} ? datum.narrow : datum.text")


def levels(values: Sequence[float], labels: Sequence[str], places: Sequence[float], frame: Frame) -> list[alt.Chart]:
    """Draw horizontal gridlines at px `places`, labelled at the left, a darker one at zero."""
    lines = [
        {"x": frame.low, "x2": frame.high, "y": y, "text": text, "style": "zero" if value == 0 else "grid"}
        for value, text, y in zip(values, labels, places, strict=True)
    ]
    drawn = [
        layer([line for line in lines if line["style"] == kind], "rule", style=style, x=frame.x(), x2="x2", y=down())
        for kind, style in (("grid", "hairline"), ("zero", "baseline"))
    ]
    return [*drawn, texts(lines, "note")]


def key(
    statuses: Sequence[str], *, extra: Sequence[tuple[str, str]] = (), points: bool = False
) -> tuple[list[alt.Chart], float]:
    """Draw the key of statuses at the top of the chart, one for those drawn alike, strongest first.

    Parameters
    ----------
    statuses : sequence of str
        Status keys that occur.
    extra : sequence of (str, str)
        Further words, with the paint of each: light bars, crossed-out points.
    points : bool
        Show points, not bars.

    Returns
    -------
    tuple
        The layers, and the height in px they take: nothing to explain when every status is drawn solid.
    """
    alike: dict[str, list[str]] = {}
    for one in theme.STATUS_STYLES:
        if one in statuses:
            alike.setdefault(theme.mark_style(one).form, []).append(one)
    words = {" or ".join(theme.mark_style(one).word for one in same): looks(same[0], "peer") for same in alike.values()}
    if not extra and all(look["fill"] == "peer" for look in words.values()):
        return [], 4.0
    solid = {"dash": UNBROKEN}
    for word, colour in extra:
        crossed = {"fill": "paper", "stroke": colour, "shape": CROSSED}
        words[word] = {**solid, **(crossed if points else {"fill": f"{colour}_light", "stroke": colour})}
    swatches: Rows = []
    px, y = 1.0, 8.0
    for word, look in words.items():
        wide = 17 + text_px(word, theme.NOTE_PX)
        if px > 1 and px + wide > KEY_PX:
            px, y = 1.0, y + 16
        swatches.append({**look, "px": px, "px2": px + 12, "y": y - 4, "y2": y + 4, "mid": y, "text": word})
        px += wide + 11
    return swatch_layers(swatches, points=points), y + 18


def swatch_layers(swatches: Rows, *, points: bool = False) -> list[alt.Chart]:
    """Draw a key's swatches from ``px`` to ``px2``, or its points, and the words beside them."""
    if points:
        sample = dots([{**one, "size": 60} for one in swatches], pixels("px"), xOffset=6).encode(y=down("mid"))
    else:
        sample = boxes([{**one, "bold": False} for one in swatches], pixels("px")).encode(x2="px2")
    words = layer(swatches, "text", x=pixels("px"), y=down("mid"), text=alt.Text("text:N"), style="note",
                  align="left", dx=17)  # fmt: skip
    return [sample, words]


def dots(rows: Rows, x: alt.X, **options: Any) -> alt.Chart:
    """Draw points of ``size`` px² in the look and shape of their status."""
    look: dict[str, Any] = {
        "shape": alt.ExprRef("datum.shape"),
        "size": alt.ExprRef("datum.size"),
        "fill": paint("fill"),
        "stroke": paint("stroke"),
        "xOffset": alt.ExprRef("datum.shift || 0"),
        "strokeWidth": 1.75,
        "opacity": 1,
    }
    return layer(rows, "point", x=x, y=down(), **{**look, **options})


def pixels(field: str) -> alt.X:
    """Encode a field of px across the page."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def finish(layers: Iterable[alt.Chart], height: float) -> Spec:
    """Stack layers into one spec of the page's width, without the empty ones."""
    kept = [one for one in layers if one.data.values]
    chart = alt.layer(*kept).properties(
        width=theme.PAGE_WIDTH, height=round(height), autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    spec = chart.to_dict(validate=False)  # the tests validate every form; doing it here doubles the time
    spec["config"] = theme.config()
    return spec

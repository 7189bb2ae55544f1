"""How a printed table's width is shared among its columns, and where long words may break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

_GUTTER = 2
_OTHERS = 0.05
"""What a line saved in a cell counts for beside one saved in a row."""
_KEPT_WHOLE = 14
_LONG_WORD = 22
_BEFORE_UNIT = re.compile("\u00a0(?!%)")
_BADGE_SCALE = 0.85
_FIGURES_SCALE = 1.15
_JOINT = re.compile(r"(?<=[./_\-=&?])(?=\w)")


def column_widths(
    columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]], capacity: int
) -> list[float]:
    """Share the width of the page so that the table is low.

    Each column gets the room of its longest word; then, character by character, the one
    whose widening takes most lines off the rows, a row being as tall as its tallest cell.

    Parameters
    ----------
    columns : sequence of dict
        With ``label``, ``unit``, ``align``, ``nowrap``.
    rows : sequence of rows
        Cells as lists of spans.
    capacity : int
        Characters that fit side by side on the page.

    Returns
    -------
    list of float
        Relative widths.

    Examples
    --------
    >>> text, figure = [{"t": "word " * 20}], [{"t": "7"}]
    >>> head = {"label": "Item", "unit": "", "align": "left", "nowrap": False}
    >>> column_widths([head, head], [[text, figure]], capacity=58)
    [52.0, 6.0]
    """
    if not columns:
        return []
    labels = [max([len(column["unit"]), *map(len, column["label"].split())]) for column in columns]
    rooms = np.array([[_room(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows])
    rooms = rooms.reshape(len(rows), len(columns), 2)
    least = np.maximum(rooms[..., 0].max(0, initial=1), labels) + _GUTTER
    most = np.maximum(rooms[..., 1].max(0, initial=1), labels) + _GUTTER
    spare = capacity - most.sum()
    if spare >= 0:
        widest = int(most.argmax()) if most.max() > _KEPT_WHOLE else 0
        most[widest] += spare
        return most.round(1).tolist()
    return _lowest(least, most, rooms[..., 1] + _GUTTER, capacity).round(1).tolist()


def column_shares(
    columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]], capacity: int
) -> list[float]:
    """Return `column_widths` in per cent of the table.

    Examples
    --------
    >>> head = {"label": "Item", "unit": "", "align": "left", "nowrap": False}
    >>> column_shares([head, head], [[[{"t": "word"}], [{"t": "word"}]]], capacity=58)
    [89.7, 10.3]
    """
    widths = column_widths(columns, rows, capacity)
    return [round(100 * width / sum(widths), 1) for width in widths]


def _lowest(least: Vector, most: Vector, lengths: Vector, capacity: int) -> Vector:
    """Hand out what the longest words leave, a character at a time, where it saves most."""
    widths = least.copy()
    for _ in range(int(capacity - least.sum())):
        wider = widths + np.eye(len(widths))
        lines = np.maximum(lengths[:, None, :] / wider, 1.0)
        height = lines.max(2).sum(0) + _OTHERS * lines.sum((0, 2))
        height[widths >= most] = np.inf
        widths[int(height.argmin())] += 1
    return widths * max(capacity / widths.sum(), 1.0)


def _room(cell: list[dict[str, Any]], column: dict[str, Any]) -> tuple[float, float]:
    """Characters a cell needs at least, and would like."""
    text = "".join(span["t"] for span in cell)
    scale = _BADGE_SCALE if cell and all(span.get("badge") for span in cell) else 1.0
    whole = len(text) * scale
    if column["nowrap"] or scale < 1 or (column["align"] == "right" and len(text) <= _KEPT_WHOLE):
        return whole * _FIGURES_SCALE, whole * _FIGURES_SCALE
    parts = "".join(breakable(span)["t"] for span in cell).replace("\u200b", " ").split(" ")
    scale = _FIGURES_SCALE if column["align"] == "right" else 1.0
    longest = max(map(len, parts)) * scale
    return longest, max(whole, longest)


def breakable(span: dict[str, Any]) -> dict[str, Any]:
    r"""Return a span whose long words (addresses, claim ids) may break at their joints.

    A long figure may break between its number and its unit, but for a per cent sign.

    Examples
    --------
    >>> breakable({"t": "capex.bytedance.fy2026.press"})["t"].split("\u200b")
    ['capex.', 'bytedance.', 'fy2026.', 'press']
    """
    text = span["t"] if len(span["t"]) <= _KEPT_WHOLE else _BEFORE_UNIT.sub(" ", span["t"])
    words = text.split(" ")
    broken = [_JOINT.sub("\u200b", word) if len(word) > _LONG_WORD else word for word in words]
    return {**span, "t": " ".join(broken)}

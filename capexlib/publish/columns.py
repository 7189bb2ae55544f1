"""How a printed table's width is shared among its columns, and where long words may break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_GUTTER = 2
_WIDEST = 90
_PROSE_SHARE = 0.48
_KEPT_WHOLE = 14
_LONG_WORD = 22
_NO_BREAK = "\u00a0"
_BADGE_SCALE = 0.85
_FIGURES_SCALE = 1.15
_JOINT = re.compile(r"(?<=[./_\-=&?])(?=\w)")


def column_widths(
    columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]], capacity: int
) -> list[float]:
    """Share the width of the page, as browsers do.

    Each column gets the room of its longest word, then a part of what is left in
    proportion to how much longer its longest cell is.

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
    least, most = [], []
    for position, column in enumerate(columns):
        cells = [_room(row[position], column) for row in rows]
        words = max(map(len, column["label"].split()), default=1)
        least.append(max([words, len(column["unit"]), *(shortest for shortest, _ in cells)]) + _GUTTER)
        most.append(max([words, len(column["unit"]), *(longest for _, longest in cells)]) + _GUTTER)
    wanted, spare = sum(most) - sum(least), capacity - sum(least)
    if wanted > spare > 0 and (prose := _prose(columns, rows)) is not None:
        return _with_prose(least, most, prose, capacity)
    if spare <= 0:
        return [round(width, 1) for width in least]
    if wanted <= spare:
        widest = most.index(max(most)) if max(most) > _KEPT_WHOLE else 0
        return [round(width + (spare - wanted) * (n == widest), 1) for n, width in enumerate(most)]
    return [round(low + (high - low) * spare / wanted, 1) for low, high in zip(least, most, strict=True)]


def _prose(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]]) -> int | None:
    """Find the one column of running text; None where several are, or none is."""
    longest = [max((sum(len(span["t"]) for span in row[n]) for row in rows), default=0) for n in range(len(columns))]
    found = [n for n, column in enumerate(columns) if column["align"] == "left" and longest[n] > _WIDEST]
    return found[0] if len(found) == 1 else None


def _with_prose(least: list[float], most: list[float], prose: int, capacity: int) -> list[float]:
    """Give running text its share of the width, as far as the other columns' longest words leave it."""
    others = [n for n in range(len(least)) if n != prose]
    own = max(least[prose], min(_PROSE_SHARE * capacity, capacity - sum(least[n] for n in others)))
    spare = capacity - own - sum(least[n] for n in others)
    wanted = sum(most[n] - least[n] for n in others)
    part = min(spare / wanted, 1.0) if wanted else 0.0
    widths = [low + (high - low) * part for low, high in zip(least, most, strict=True)]
    widths[prose] = own + max(spare - wanted, 0.0)
    return [round(width, 1) for width in widths]


def _room(cell: list[dict[str, Any]], column: dict[str, Any]) -> tuple[float, float]:
    """Characters a cell needs at least, and would like."""
    text = "".join(span["t"] for span in cell)
    scale = _BADGE_SCALE if cell and all(span.get("badge") for span in cell) else 1.0
    whole = len(text) * scale
    if column["nowrap"] or scale < 1 or (column["align"] == "right" and len(text) <= _KEPT_WHOLE):
        return whole * _FIGURES_SCALE, whole * _FIGURES_SCALE
    parts = "".join(breakable(span)["t"] for span in cell).replace("\u200b", " ").split(" ")
    scale = _FIGURES_SCALE if column["align"] == "right" else 1.0
    return max(map(len, parts)) * scale, max(min(whole, _WIDEST), max(map(len, parts)) * scale)


def breakable(span: dict[str, Any]) -> dict[str, Any]:
    r"""Return a span whose long words (addresses, claim ids) may break at their joints.

    A long figure may break between its number and its unit.

    Examples
    --------
    >>> breakable({"t": "capex.bytedance.fy2026.press"})["t"].split("\u200b")
    ['capex.', 'bytedance.', 'fy2026.', 'press']
    """
    text = span["t"] if len(span["t"]) <= _KEPT_WHOLE else span["t"].replace(_NO_BREAK, " ")
    words = text.split(" ")
    broken = [_JOINT.sub("\u200b", word) if len(word) > _LONG_WORD else word for word in words]
    return {**span, "t": " ".join(broken)}

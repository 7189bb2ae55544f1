"""How wide a printed table's columns are, and where their long words may break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypedDict

_GUTTER = 2
_LONG = 26
_LONG_WORD = 22
_HEADER = 14
_FIXED_SHARE = 0.7
_JOINT = re.compile(r"(?<=[./_\-=&?])(?=\w)")


class Width(TypedDict):
    """A column's width: so many characters (``ch``), or a share of what is left (``fr``)."""

    size: float
    unit: str


def column_widths(
    columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]], capacity: int
) -> list[Width]:
    """Give short columns the room they need and share the rest by length of text.

    Parameters
    ----------
    columns : sequence of dict
        With ``label`` and ``unit``.
    rows : sequence of rows
        Cells as lists of spans.
    capacity : int
        Characters that fit side by side on the page.

    Returns
    -------
    list of Width
        At least one column takes a share, so that the table fills the page.

    Examples
    --------
    >>> text, figure = [{"t": "w" * 40}], [{"t": "7"}]
    >>> heads = [{"label": "Item", "unit": ""}, {"label": "Cost", "unit": ""}]
    >>> column_widths(heads, [[text, figure]], capacity=100)
    [{'size': 40.0, 'unit': 'fr'}, {'size': 4.0, 'unit': 'ch'}]
    """
    lengths = [[_length(row[position]) for row in rows] or [0] for position in range(len(columns))]
    needs = [max(*_header(column), *cells) for column, cells in zip(columns, lengths, strict=True)]
    flexible = {position for position, need in enumerate(needs) if need > _LONG}
    if sum(needs) + _GUTTER * len(needs) <= capacity:
        flexible = {needs.index(max(needs)) if flexible else 0}
    while sum(need for position, need in enumerate(needs) if position not in flexible) > _FIXED_SHARE * capacity:
        flexible.add(max(set(range(len(needs))) - flexible, key=lambda position: needs[position]))
    flexible = flexible or {0}
    return [
        Width(size=round(_weight(lengths[position], need), 1), unit="fr")
        if position in flexible
        else Width(size=float(need), unit="ch")
        for position, need in enumerate(needs)
    ]


def _length(cell: list[dict[str, Any]]) -> int:
    return sum(len(span["t"]) for span in cell)


def _header(column: dict[str, Any]) -> tuple[int, int, int]:
    """Room of a heading that may break between words."""
    label = column["label"]
    return max(map(len, label.split()), default=1), min(len(label), _HEADER), len(column["unit"])


def _weight(cells: Sequence[int], need: int) -> float:
    typical = (sum(cells) / len(cells) + min(need, 3 * _LONG)) / 2
    return max(typical, 12.0)


def breakable(span: dict[str, Any]) -> dict[str, Any]:
    """Return a span whose long words (addresses, claim ids) may break at their joints.

    Examples
    --------
    >>> breakable({"t": "capex.bytedance.fy2026.press"})["t"].split("\\u200b")
    ['capex.', 'bytedance.', 'fy2026.', 'press']
    """
    words = span["t"].split(" ")
    broken = [_JOINT.sub("\u200b", word) if len(word) > _LONG_WORD else word for word in words]
    return {**span, "t": " ".join(broken)}

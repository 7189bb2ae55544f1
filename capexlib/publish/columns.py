"""How wide a printed table's columns are, and where their long words may break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

AUTO = "auto"
_SHORT = 18
_LONG = 70
_LONG_WORD = 22
_JOINT = re.compile(r"(?<=[./_\-=&?])(?=\w)")


def column_widths(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[list[dict[str, Any]]]]) -> list[float | str]:
    """Return ``"auto"`` for short columns, else a share weighed by the length of the text.

    Parameters
    ----------
    columns : sequence of dict
        With ``align`` and ``nowrap``.
    rows : sequence of rows
        Cells as lists of spans.

    Returns
    -------
    list of float or str
        At least one column takes a share, so that the table fills the page.

    Examples
    --------
    >>> wide, slim = [{"t": "w" * 40}], [{"t": "7"}]
    >>> plain = {"align": "left", "nowrap": False}
    >>> column_widths([plain, plain], [[wide, slim]])
    [13.2, 'auto']
    """
    widths: list[float | str] = []
    for position, column in enumerate(columns):
        lengths = [sum(len(span["t"]) for span in row[position]) for row in rows] or [0]
        longest, mean = max(lengths), sum(lengths) / len(lengths)
        if column["nowrap"] or longest <= _SHORT:
            widths.append(AUTO)
        else:
            typical = (mean + min(longest, _LONG)) / 2
            widths.append(round(max(typical, _SHORT) ** 0.7, 1))
    if widths and all(width == AUTO for width in widths):
        widths[0] = 1.0
    return widths


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

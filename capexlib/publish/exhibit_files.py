"""The exhibits of a brief as files of their own: pictures as SVG, data as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FOLDER = "exhibits"
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
_FORMULA_STARTS = tuple("=+-@\t\r")


def plain_text(cell: str | Iterable[str | Mapping[str, Any]]) -> str:
    """Reduce a cell or a run of text to its characters.

    Parameters
    ----------
    cell : str or list
        A string, or spans: strings and mappings with ``t``.

    Returns
    -------
    str

    Examples
    --------
    >>> plain_text(["about ", {"t": "5", "strong": True}])
    'about 5'
    """
    return cell if isinstance(cell, str) else "".join(span if isinstance(span, str) else span["t"] for span in cell)


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text


def _heading(column: Mapping[str, Any]) -> str:
    return f"{column['label']} ({column['unit']})" if column.get("unit") else column["label"]


def write_exhibits(blocks: Iterable[Mapping[str, Any]], edition: Path) -> list[str]:
    """Write every chart and table of a brief.

    Parameters
    ----------
    blocks : Iterable of Mapping
        The brief's blocks, already checked by an exporter.
    edition : Path
        The folder being built.

    Returns
    -------
    list of str
        Names of the files, relative to `edition`.
    """
    folder = edition / FOLDER
    folder.mkdir(exist_ok=True)
    written = []
    for block in blocks:
        if not block.get("columns") or block["block"] == "change":
            continue
        table = folder / f"{block['id']}.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(_safe(_heading(column)) for column in block["columns"])
            writer.writerows([_safe(plain_text(cell)) for cell in row] for row in block["rows"])
        written.append(table)
        if block["block"] == "chart":
            picture = folder / f"{block['id']}.svg"
            picture.write_text(block["svg"], encoding="utf-8", newline="\n")
            written.append(picture)
    return [path.relative_to(edition).as_posix() for path in written]

"""The exhibits of a brief as files of their own: pictures as SVG and PNG, data as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from capexlib.exhibits.theme import LIGHT_PAPER
from capexlib.publish.fonts import font_directory

FOLDER = "exhibits"
SLIDE_SCALE = 2
"""Pixels of a PNG for each CSS pixel of the picture."""
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


def heading_of(column: Mapping[str, Any]) -> str:
    """Return a column's label with its unit."""
    return f"{column['label']} ({column['unit']})" if column.get("unit") else column["label"]


@cache
def _vl_convert() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(font_directory()))
    return vl_convert


def png_of(svg: str) -> bytes:
    """Draw a chart's picture for slides: on white paper, in the house font, the same bytes each time.

    Parameters
    ----------
    svg : str
        An SVG document, already checked by an exporter.

    Returns
    -------
    bytes
        A PNG of `SLIDE_SCALE` times its size.
    """
    paper = f'<rect width="100%" height="100%" fill="{LIGHT_PAPER}"/>'
    start = svg.index(">", svg.index("<svg")) + 1
    return _vl_convert().svg_to_png(svg[:start] + paper + svg[start:], scale=SLIDE_SCALE)


def write_exhibits(blocks: Iterable[Mapping[str, Any]], edition: Path, brief: str) -> list[str]:
    """Write every chart and table of a brief.

    Parameters
    ----------
    blocks : Iterable of Mapping
        The brief's blocks, already checked by an exporter.
    edition : Path
        The folder being built.
    brief : str
        Name of the brief: its files have a folder of their own, because two briefs may show one id.

    Returns
    -------
    list of str
        Names of the files, relative to `edition`.
    """
    folder = edition / FOLDER / brief
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for block in blocks:
        if not block.get("columns") or block["block"] == "change":
            continue
        table = folder / f"{block['id']}.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(_safe(heading_of(column)) for column in block["columns"])
            writer.writerows([_safe(plain_text(cell)) for cell in row] for row in block["rows"])
        written.append(table)
        if block["block"] == "chart":
            picture = folder / f"{block['id']}.svg"
            picture.write_text(block["svg"], encoding="utf-8", newline="\n")
            slide = folder / f"{block['id']}.png"
            slide.write_bytes(png_of(block["svg"]))
            written += [picture, slide]
    return [path.relative_to(edition).as_posix() for path in written]

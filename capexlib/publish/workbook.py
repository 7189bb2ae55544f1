"""The edition's workbook: a sheet for each exhibit, then results, parameters, claims and sources.

It is made from the executed notebooks' blocks and the briefs' manifests, so it knows no
economics. Numbers are numbers with formats that show what the page prints; every other
text is written as text, so that nothing in the data becomes a formula. Equal inputs give
equal bytes: the dates inside are the edition's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from capexlib.publish.brief import Brief, Element, read_brief
from capexlib.publish.exhibit_files import heading_of, plain_text
from capexlib.publish.readings import cell_number
from capexlib.publish.registers import Register, claims_register, parameters, results_register, sources_register
from capexlib.publish.sheets import Cells, Sheets

WORKBOOK = "tables.xlsx"
TABLES = ("chart", "table", "appendix_table")
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TAIL = 60


def write_workbook(edition: Path, manifests: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write the workbook of an edition from the executed notebooks in its folder.

    Parameters
    ----------
    edition : Path
        The folder being built.
    manifests : Mapping
        Embedded manifest of each brief, by the brief's name.

    Returns
    -------
    list of str
        The file's name, relative to `edition`.

    Raises
    ------
    QualityError
        If a notebook is not a publishable brief.
    """
    briefs = {}
    for name, manifest in sorted(manifests.items()):
        notebook = nbformat.reads((edition / f"{name}.ipynb").read_text(encoding="utf-8"), as_version=4)
        briefs[name] = read_brief(notebook, name, dict(manifest))
    (edition / WORKBOOK).write_bytes(workbook(briefs))
    return [WORKBOOK]


def workbook(briefs: Mapping[str, Brief]) -> bytes:
    """Make the workbook of an edition.

    Parameters
    ----------
    briefs : Mapping
        The briefs by name, as read from their executed notebooks.

    Returns
    -------
    bytes
        An Office Open XML workbook.
    """
    target = io.BytesIO()
    entries = _entries(briefs.values())
    names = sheet_names([(brief, exhibit.id) for brief, _, exhibit in _exhibits(briefs)])
    registers = _registers(briefs, names, entries)
    first = next(iter(briefs.values())).masthead
    with Sheets(target, datetime.fromisoformat(first["as_of"]), f"{first['entity']}, {first['as_of_text']}") as sheets:
        contents = sheets.add("Contents")
        for brief, _, exhibit in _exhibits(briefs):
            _write_exhibit(sheets, names[brief, exhibit.id], exhibit, entries)
        for register in registers:
            _write_register(sheets, register)
        _write_contents(contents, briefs, names, registers)
    return target.getvalue()


def sheet_names(exhibits: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Give each exhibit a sheet name: its id, with the brief's name where two briefs share it.

    Parameters
    ----------
    exhibits : iterable of (str, str)
        Brief and exhibit id.

    Returns
    -------
    dict
        Unique names of at most 31 characters, none of them a register's.

    Examples
    --------
    >>> sheet_names([("roi", "peers"), ("scale", "peers")])
    {('roi', 'peers'): 'peers', ('scale', 'peers'): 'scale peers'}
    """
    taken = {"contents", "results", "parameters", "claims", "sources", "history"}
    names: dict[tuple[str, str], str] = {}
    for brief, exhibit in exhibits:
        wanted = _FORBIDDEN.sub("_", exhibit)
        if wanted.casefold() in taken or len(wanted) > _LONGEST_NAME:
            wanted = f"{brief} {wanted}"[:_LONGEST_NAME].strip()
        name, again = wanted, 2
        while name.casefold() in taken:
            ending = f" {again}"
            name, again = wanted[: _LONGEST_NAME - len(ending)] + ending, again + 1
        taken.add(name.casefold())
        names[brief, exhibit] = name
    return names


def _exhibits(briefs: Mapping[str, Brief]) -> list[tuple[str, Brief, Element]]:
    return [
        (name, brief, element)
        for name, brief in briefs.items()
        for element in brief.elements
        if element.kind in TABLES and element.body["columns"]
    ]


def _entries(briefs: Iterable[Brief]) -> dict[str, Mapping[str, Any]]:
    """Join the numbers of all manifests by id: claims, results and what they were computed from."""
    return {
        entry["id"]: entry
        for brief in briefs
        for part in ("claim_details", "figures", "results")
        for entry in brief.manifest.get(part, [])
    }


def _registers(
    briefs: Mapping[str, Brief],
    names: Mapping[tuple[str, str], str],
    entries: Mapping[str, Mapping[str, Any]],
) -> list[Register]:
    manifests = [brief.manifest for brief in briefs.values()]
    shown: dict[str, dict[str, None]] = {
        entry["id"]: {} for manifest in manifests for entry in manifest.get("results", [])
    }
    for brief, _, exhibit in _exhibits(briefs):
        for figure in _figures(exhibit.body):
            if "kind" in entries.get(figure, {}):
                shown.setdefault(figure, {})[names[brief, exhibit.id]] = None
    found = (
        results_register([(entries[name], list(sheets)) for name, sheets in sorted(shown.items())]),
        parameters(manifests[0]),
        claims_register(manifests),
        sources_register(manifests),
    )
    return [register for register in found if register.rows]


def _write_exhibit(sheets: Sheets, name: str, exhibit: Element, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write title and subtitle, the table, then text, source, notes and what the picture shows."""
    body = exhibit.body
    sheet = sheets.add(name)
    label = f"{exhibit.label}: " if exhibit.label else ""
    sheet.title(f"{label}{exhibit.title}", body["subtitle"])
    rows = [
        [_cell(cell, column, entries) for cell, column in zip(row, body["columns"], strict=True)]
        for row in body["rows"]
    ]
    rights = [column["align"] == "right" for column in body["columns"]]
    sheet.table([heading_of(column) for column in body["columns"]], rows, rights)
    sheet.notes(
        [
            *(plain_text(line) for line in body["text"]),
            *([plain_text(body["source"])] if body["source"] else []),
            *(f"Note: {plain_text(note)}" for note in body["notes"]),
            *([f"Picture: {body['alt']}"] if exhibit.kind == "chart" else []),
        ]
    )


def _figures(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        if value.get("figure"):
            yield str(value["figure"])
        for key in value.keys() & {"rows", "text"}:
            yield from _figures(value[key])
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _figures(child)


def _cell(spans: list[dict[str, Any]], column: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return a cell as a number with its format, an address with its text, or text."""
    text = plain_text(spans)
    figures = [span for span in spans if span.get("figure")]
    if len({span["figure"] for span in figures}) == 1 and spans[0] is figures[0]:
        tail = plain_text(spans[1:])
        entry = None if spans[0].get("part") else entries.get(spans[0]["figure"])
        if len(tail) <= _LONGEST_TAIL and (number := cell_number(spans[0]["t"], entry, tail)):
            return number.value, number.form
    elif column["align"] == "right" and (number := cell_number(text)):
        return number.value, number.form
    addresses = {span["url"] for span in spans if span.get("url")}
    return Cells.link(text, addresses.pop()) if len(addresses) == 1 else text


def _write_register(sheets: Sheets, register: Register) -> None:
    sheet = sheets.add(register.name)
    sheet.title(register.title, register.subtitle)
    sheet.table(register.columns, register.rows, register.rights)


def _write_contents(
    sheet: Any, briefs: Mapping[str, Brief], names: Mapping[tuple[str, str], str], registers: list[Register]
) -> None:
    first = next(iter(briefs.values())).masthead
    sheet.title(f"{first['entity']}, as of {first['as_of_text']}", f"Case {first['case']}. {first['coverage']}".strip())
    rows: list[list[Any]] = []
    for name, brief, exhibit in _exhibits(briefs):
        where = Cells.sheet(names[name, exhibit.id])
        rows.append([where, brief.masthead["kicker"], exhibit.label, exhibit.title])
    rows += [[Cells.sheet(register.name), "", "", register.title] for register in registers]
    sheet.table(["Sheet", "Brief", "Number", "Title"], rows, [False] * 4, is_linked_back=False)
    lines = [f"{brief.masthead['kicker']}: {brief.masthead['title']}" for brief in briefs.values()]
    lines += [brief.masthead["status_line"] for brief in briefs.values() if brief.masthead["status_line"]]
    lines.append(
        "Cells show figures as they are printed; the sheet Results has them unrounded, with the sheets that show them."
    )
    sheet.notes(list(dict.fromkeys(lines)))

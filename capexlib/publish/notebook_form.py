"""The form of a notebook template: prose and calls, no logic and no number.

What a brief says belongs to the study and its exhibits; a template only puts them in
order. So its code is a short list of allowed expressions, read by `ast`. The file is read as
plain JSON: importing nbformat would take longer than the rest of ``capex check``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capexlib.errors import Problem, did_you_mean
from capexlib.publish.notebook_file import parameter_names

MAX_CELLS = 20
MAX_LINES = 5
PARAMETERS = ("params_file", "overrides")

_ALLOWED = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Expr, ast.Assign, ast.AnnAssign, ast.Name,
    ast.Attribute, ast.Call, ast.keyword, ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.expr_context,
)  # fmt: skip
_CELL_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}|[0-9a-f-]{32,36}")
_PATH = re.compile(r"[/\\]|\.(?:ya?ml|csv|json|parquet|xlsx|ipynb)$")
_UNIT = (
    r"%|per ?cent\b|percentage|bn\b|tn\b|m\b|thousand|million|billion|trillion|[kMGT]W\b|[kMGT]Wh\b|×|x\b|"
    r"(?:GPU|chip|user|unit|year|month|week|day|hour|basis point)s?\b"
)
_NUMBER_WITH_UNIT = re.compile(rf"(?:[A-Z]{{0,3}}[$€£¥]|\b(?:RMB|CNY|USD|EUR))\s?\d|\d[\d.,]*[\s\u00a0-]?(?:{_UNIT})")


def check_notebook(path: Path) -> list[Problem]:
    """Check the form of a notebook template.

    Parameters
    ----------
    path : Path
        The ``.ipynb`` file.

    Returns
    -------
    list of Problem
        All departures from the form; empty if there are none.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell["metadata"].get("tags")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return [Problem(path.name, f"is not a readable notebook ({error}).", "Save it again with JupyterLab.")]
    return list(_problems(path.name, notebook))


def _problems(name: str, notebook: Mapping[str, Any]) -> Iterator[Problem]:
    cells = notebook["cells"]
    if len(cells) > MAX_CELLS:
        what = f"has {len(cells)} cells; a brief has at most {MAX_CELLS}."
        yield Problem(name, what, "Move sections to a brief of their own.")
    yield from _check_title(name, cells)
    ids = [cell.get("id", "") for cell in cells]
    for cell, cell_id in zip(cells, ids, strict=True):
        where = f"{name} cell {cell_id!r}"
        if not _CELL_ID.fullmatch(cell_id) or _RANDOM_ID.fullmatch(cell_id) or ids.count(cell_id) > 1:
            what = "has an id that is not a hand-written name of its own."
            yield Problem(where, what, "Name the cell for what it shows, for instance 'peers-chart'.")
        if cell["cell_type"] == "markdown":
            yield from _check_prose(where, cell["source"], is_title=cell is cells[0])
        elif cell["cell_type"] == "code":
            yield from _check_code(where, cell)
        else:
            yield Problem(where, f"is a {cell['cell_type']} cell.", "Use code or markdown.")
    yield from _check_parameters(name, notebook)
    opened = [cell for cell in cells if cell["cell_type"] == "code" and "open_study(params_file" in cell["source"]]
    if len(opened) != 1:
        cure = "Write: study = cx.open_study(params_file, overrides)"
        yield Problem(name, f"opens the study in {len(opened)} cells instead of one.", cure)


def _check_title(name: str, cells: list[Any]) -> Iterator[Problem]:
    first = cells[0] if cells else {"cell_type": "none", "source": ""}
    if first["cell_type"] != "markdown" or not first["source"].startswith("# "):
        yield Problem(name, "does not begin with a title.", "Let the first cell be markdown: '# …'.")
    elif re.search(r"\d", first["source"]):
        yield Problem(name, "has a digit in its title.", "The finding and its numbers come from the study.")


def _check_prose(where: str, source: str, *, is_title: bool) -> Iterator[Problem]:
    from capexlib.publish.markdown import MarkdownError, parse_markdown

    found = _NUMBER_WITH_UNIT.search(source)
    if found:
        cure = "Show it with an exhibit of the study, so that it has a source."
        yield Problem(where, f"holds the number {found.group()!r}.", cure)
    if is_title:
        return
    try:
        parse_markdown(source)
    except MarkdownError as error:
        yield Problem(where, f"holds {error}.", error.cure)


def _check_code(where: str, cell: Mapping[str, Any]) -> Iterator[Problem]:
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield Problem(where, "holds outputs.", "Strip them: nbstripout notebooks/*.ipynb")
    lines = [line for line in cell["source"].splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        what = f"has {len(lines)} lines; at most {MAX_LINES} are read."
        yield Problem(where, what, "Move the work into the study or an exhibit.")
    try:
        tree = ast.parse(cell["source"])
    except SyntaxError as error:
        yield Problem(where, f"is not plain Python ({error.msg}).", "Magic commands are not allowed.")
        return
    is_parameters = "parameters" in cell["metadata"].get("tags", [])
    for node in ast.walk(tree):
        fault = _fault(node, is_parameters=is_parameters)
        if fault:
            yield Problem(where, fault, "Move it into the study, an exhibit or the params.")


def _fault(node: ast.AST, *, is_parameters: bool) -> str:
    """Say what is wrong with one node of a code cell."""
    if not isinstance(node, _ALLOWED):
        return f"holds logic ({type(node).__name__})."
    if isinstance(node, ast.Import) and any(alias.name.split(".")[0] != "capexlib" for alias in node.names):
        return "imports something other than capexlib."
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != "capexlib":
        return "imports something other than capexlib."
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float | complex) and not isinstance(node.value, bool):
            return f"holds the number {node.value!r}."
        if isinstance(node.value, str) and not is_parameters and _PATH.search(node.value):
            return f"holds the path {node.value!r}."
    return ""


def _check_parameters(name: str, notebook: Mapping[str, Any]) -> Iterator[Problem]:
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        what = f"has {len(tagged)} cells tagged 'parameters' instead of one."
        yield Problem(name, what, f"Tag the cell that assigns {' and '.join(PARAMETERS)}.")
        return
    try:
        names = parameter_names(notebook)
    except SyntaxError:
        return
    for extra in sorted(set(names) - set(PARAMETERS)):
        yield Problem(name, f"has a parameter {extra!r}.", did_you_mean(extra, PARAMETERS))
    for missing in sorted(set(PARAMETERS) - set(names)):
        yield Problem(name, f"has no parameter {missing!r}.", "Assign it in the parameters cell.")

"""Notebook files: read, asked for their parameters, cleaned of the machine and the hour, written."""

from __future__ import annotations

import ast
import copy
import logging
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capexlib.errors import NotebookError, Problem

if TYPE_CHECKING:
    import nbformat

logger = logging.getLogger(__name__)

INJECTED_ID = "injected-parameters"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook file.

    Raises
    ------
    NotebookError
        If it cannot be read or is not a notebook.
    """
    import nbformat

    unreadable = (OSError, ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError, Warning)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nbformat mends missing and repeated cell ids in passing
            return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except unreadable as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        cure = "Give an .ipynb file that JupyterLab can open, with cell ids of its own."
        raise NotebookError([Problem(path.name, f"is not a readable notebook ({reason}).", cure)]) from error


def parameter_names(notebook: Mapping[str, Any]) -> list[str]:
    """List the names that the notebook's parameters cell assigns, in order.

    Parameters
    ----------
    notebook : NotebookNode
        The template.

    Returns
    -------
    list of str
        Empty without a cell tagged ``parameters``.
    """
    names: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or "parameters" not in cell["metadata"].get("tags", []):
            continue
        for statement in ast.parse(cell["source"]).body:
            single = getattr(statement, "target", None)
            targets = statement.targets if isinstance(statement, ast.Assign) else [single]
            names.extend(target.id for target in targets if isinstance(target, ast.Name))
    return names


def without_traces(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Copy a notebook less what papermill and the kernel wrote about this machine and hour."""
    import nbformat

    clean = copy.deepcopy(executed)
    clean.metadata = nbformat.from_dict(
        {
            **{key: value for key, value in clean.metadata.items() if key not in ("papermill", "widgets")},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
        }
    )
    for cell in clean.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = INJECTED_ID
    return clean


def scrub(executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove everything from an executed notebook that a second run would not repeat.

    Times, papermill's record, the kernel's version, memory addresses in text, and
    what was written to standard error (which goes to the log instead).

    Parameters
    ----------
    executed : NotebookNode
        As the kernel left it; not changed.

    Returns
    -------
    NotebookNode
    """
    clean = without_traces(executed)
    for cell in clean.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.get("name") == "stderr":
                logger.warning("cell %r wrote: %s", cell.id, output.text.strip())
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = _ADDRESS.sub("", output.data["text/plain"])
    return clean


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook with sorted keys, so that equal notebooks are equal files."""
    import nbformat

    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8", newline="\n")

"""Run a notebook with parameters through papermill, and hand back a notebook fit to publish.

What papermill leaves open is settled here: parameter names are checked before a
kernel starts, the template is never written, the caller's directory never changes,
every way to fail has its own error, and what comes back holds no time and no path
of this machine.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from capexlib.errors import (
    CapexError,
    EvidenceError,
    KernelDiedError,
    NotebookError,
    NotebookTimeoutError,
    ParamsError,
    Problem,
    QualityError,
    did_you_mean,
)
from capexlib.publish.notebook_file import (
    parameter_names,
    read_notebook,
    scrub,
    without_traces,
    write_notebook,
)

if TYPE_CHECKING:
    from capexlib.publish.kernel import CellCallback, NotebookRun

_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*m")
_RAISED_BY_CAPEXLIB = {kind.__name__: kind for kind in (ParamsError, EvidenceError, QualityError, CapexError)}


def _check_parameters(name: str, notebook: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    try:
        known = parameter_names(notebook)
    except SyntaxError as error:
        cure = "Write one assignment a line in the parameters cell."
        raise NotebookError([Problem(name, f"the parameters cell is not Python ({error}).", cure)]) from error
    unknown = [key for key in parameters if key not in known]
    if unknown:
        raise ParamsError(
            Problem(
                name,
                f"has no parameter {key!r}.",
                did_you_mean(key, known) or "Its parameters cell is empty.",
            )
            for key in unknown
        )


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    cwd: Path,
    timeout_s: int = 600,
    on_cell: CellCallback | None = None,
    failed: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> nbformat.NotebookNode:
    """Run a notebook from top to bottom in a fresh kernel.

    Parameters
    ----------
    notebook : Path
        The template; it is read, never written.
    parameters : Mapping
        Values for names of its parameters cell; plain JSON values.
    cwd : Path
        The kernel's working directory.
    timeout_s : int
        Longest time for one cell, in seconds.
    on_cell : callable or None
        Called before each cell with its number (from 1), how many there are, and its id.
    failed : Path or None
        Where the partial notebook is written when the run fails.
    environment : Mapping or None
        Variables to set in the kernel.

    Returns
    -------
    NotebookNode
        Executed and scrubbed: the same inputs give the same notebook.

    Raises
    ------
    ParamsError
        If a parameter is not one of the notebook's; no kernel was started.
    NotebookError
        If a cell raised. When capexlib itself raised in the cell (bad params, bad
        evidence), that error comes back as it was, with its own exit code.
    NotebookTimeoutError
        If a cell ran longer than `timeout_s`.
    KernelDiedError
        If the kernel ended by itself or could not start.
    """
    template = read_notebook(notebook)
    _check_parameters(notebook.name, template, parameters)

    from capexlib.publish.kernel import NotebookRun

    run = NotebookRun(cwd, timeout_s, on_cell, environment)
    try:
        executed = _run_papermill(notebook.name, template, parameters, run)
    except BaseException:
        if failed is not None and run.notebook is not None:
            failed.parent.mkdir(parents=True, exist_ok=True)
            write_notebook(without_traces(run.notebook), failed)
        raise
    finally:
        run.close()
    return scrub(executed)


def _run_papermill(
    name: str, template: nbformat.NotebookNode, parameters: Mapping[str, Any], run: NotebookRun
) -> nbformat.NotebookNode:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    from capexlib.publish.kernel import ENGINE

    def where() -> str:
        return f"{name} cell {run.cell_id!r}" if run.cell_id else name

    try:
        executed = execute_notebook(
            copy.deepcopy(template),
            None,
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            capex_run=run,
        )
    except PapermillExecutionError as error:
        raise _cell_error(where(), error) from error
    except CellTimeoutError as error:
        what = f"ran longer than {run.timeout_s} s and was stopped."
        raise NotebookTimeoutError([Problem(where(), what, "Allow more with --timeout SECONDS.")]) from error
    except (DeadKernelError, RuntimeError) as error:
        what = f"the kernel ended before the cell did ({error})."
        cure = "The machine may be out of memory; free some and run again."
        raise KernelDiedError([Problem(where(), what, cure)]) from error
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # papermill takes SystemExit for a success
                run.cell_id = cell.id
                raise _cell_error(where(), output)
    return executed


def _cell_error(where: str, error: Any) -> CapexError:
    """Turn a cell's exception into ours; what capexlib raised in the kernel keeps its class."""
    message = _TERMINAL_CODES.sub("", str(error.evalue)).strip()
    kind = _RAISED_BY_CAPEXLIB.get(error.ename)
    if kind is None:
        what = f"raised {error.ename}: {message}" if message else f"raised {error.ename}."
        return NotebookError([Problem(where, what, "The partial notebook under failed/ shows the cell.")])
    problems = [line.partition(": ") for line in message.splitlines()]
    return kind(Problem(place, what, "") if what else Problem(where, place, "") for place, _, what in problems)

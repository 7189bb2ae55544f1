"""``capex check``: params, evidence and notebooks, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capexlib.cli.project import find_cases, find_notebooks, find_project
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import CapexError, EvidenceError, NotebookError, ParamsError


class _Findings:
    """All problems of several checks, and the exit code of the first kind."""

    def __init__(self) -> None:
        self.errors: list[CapexError] = []

    def raise_if_any(self) -> None:
        """Raise one error with everything; its class is that of the lowest exit code."""
        if self.errors:
            kind = type(min(self.errors, key=lambda error: error.exit_code))
            raise kind(dict.fromkeys(problem for error in self.errors for problem in error.problems))


@reported
def check(
    params: Annotated[
        list[Path] | None, typer.Argument(help="Params files; all cases if none is given.")
    ] = None,
    *,
    schema: Annotated[bool, typer.Option(help="Print the JSON Schema of params files, for editors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Check params, evidence and notebooks; report every problem at once."""
    if schema:
        from capexlib.params import json_schema

        print_json(json_schema())
        return
    project = find_project(params[0] if params else None)
    cases = params or list(find_cases(project))
    found = _Findings()
    evidence = _check_params(cases, found)
    claims = _check_evidence(evidence, found)
    notebooks = _check_notebooks(project, found)
    found.raise_if_any()
    if as_json:
        names = {"params": [str(path) for path in cases], "claims": claims, "notebooks": notebooks}
        print_json({"ok": True, "exit_code": 0, **names})
    else:
        typer.echo(f"ok: {len(cases)} params files, {claims} claims, {len(notebooks)} notebooks")


def _check_params(cases: list[Path], found: _Findings) -> set[tuple[Path, ...]]:
    """Load each case; return the sets of extra evidence they ask for."""
    from capexlib.params import load_case

    evidence: set[tuple[Path, ...]] = set()
    for path in cases:
        try:
            evidence.add(tuple(load_case(path, {}).evidence))
        except ParamsError as error:
            found.errors.append(error)
    return evidence or {()}


def _check_evidence(evidence: set[tuple[Path, ...]], found: _Findings) -> int:
    """Load the ledger with each set of extra evidence; return how many claims the largest has."""
    from capexlib.facts import load_ledger

    largest = 0
    for folders in sorted(evidence):
        try:
            largest = max(largest, len(load_ledger(folders).claims))
        except EvidenceError as error:
            found.errors.append(error)
    return largest


def _check_notebooks(project: Path, found: _Findings) -> list[str]:
    """Check the form of every notebook; return their names."""
    from capexlib.publish.notebook_form import check_notebook

    try:
        paths = find_notebooks(project)
    except ParamsError as error:
        found.errors.append(error)
        return []
    problems = [problem for path in paths for problem in check_notebook(path)]
    if problems:
        found.errors.append(NotebookError(problems))
    return [path.stem for path in paths]

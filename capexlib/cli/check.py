"""``capex check``: params, evidence and notebooks, or finished editions; every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capexlib.cli.project import find_cases, find_notebooks, find_project
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import CapexError, EvidenceError, NotebookError, ParamsError, QualityError

_MANIFEST = "manifest.json"


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
        list[Path] | None,
        typer.Argument(metavar="[PARAMS|EDITION]...", help="Params files or editions; all cases if none is given."),
    ] = None,
    *,
    schema: Annotated[bool, typer.Option(help="Print the JSON Schema of params files, for editors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Check params, evidence and notebooks, or editions by the quality gate; report every problem at once."""
    if schema:
        from capexlib.params import json_schema

        print_json(json_schema())
        return
    editions = [path for path in params or [] if (path / _MANIFEST).is_file()]
    cases = [path for path in params or [] if path not in editions]
    found = _Findings()
    _check_editions(editions, found)
    if editions and not cases:
        found.raise_if_any()
        if as_json:
            print_json({"ok": True, "exit_code": 0, "editions": [str(path) for path in editions]})
        else:
            typer.echo("\n".join(f"ok: {path}: may go out" for path in editions))
        return
    project = find_project(cases[0] if cases else None)
    cases = cases or list(find_cases(project))
    claims = _check_cases(cases, found)
    notebooks = _check_notebooks(project, found)
    found.raise_if_any()
    if as_json:
        names = {"params": [str(path) for path in cases], "claims": claims, "notebooks": notebooks}
        print_json({"ok": True, "exit_code": 0, **names})
    else:
        typer.echo(f"ok: {len(cases)} params files, {claims} claims, {len(notebooks)} notebooks")


def _check_editions(editions: list[Path], found: _Findings) -> None:
    """Let each edition pass the quality gate."""
    for path in editions:
        from capexlib.publish.gate import check_edition

        if problems := check_edition(path):
            found.errors.append(QualityError(problems))


def _check_cases(cases: list[Path], found: _Findings) -> int:
    """Open each case's study and compute its results; return how many claims the largest ledger has.

    Where no case can be opened, the evidence that all cases share is still read.
    """
    from capexlib.facts import load_ledger
    from capexlib.study import open_study

    sizes: list[int] = []
    for path in cases:
        try:
            study = open_study(path)
            sizes.append(len(study.ledger.claims))
            study.check()
        except (ParamsError, EvidenceError) as error:
            found.errors.append(error)
    try:
        return max(sizes) if sizes else len(load_ledger().claims)
    except EvidenceError as error:
        found.errors.append(error)
        return 0


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

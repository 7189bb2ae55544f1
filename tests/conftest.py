"""Shared by all tests: a project in a temporary folder, run with or without kernel, format and schema."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from acme_briefs import AS_OF, displayed, write_template
from hypothesis import settings
from oracle_counts import pytest_terminal_summary  # noqa: F401 - a hook, found by its name

settings.register_profile("shared cores", deadline=None)  # how long one example takes says what else runs
settings.load_profile("shared cores")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with one brief and one params file."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "acme.yml").write_text("case: acme\nentity: acme\n", encoding="utf-8")
    write_template(tmp_path / "notebooks" / "scale.ipynb", displayed())
    return tmp_path


@pytest.fixture
def acme_case(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Let `load_case` know Acme without a schema; the loaded case can be changed by the test."""
    case = SimpleNamespace(case="acme", entity="acme", as_of=date.fromisoformat(AS_OF))
    loaded = SimpleNamespace(case=case, evidence=(), overridden=())
    monkeypatch.setattr("capexlib.params.load_case", lambda path, overrides=None: loaded)
    return loaded


class TextExporter:
    """Stands for a real exporter: prints the brief's source."""

    file_extension = ".txt"

    def from_notebook_node(self, notebook: Any, resources: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Set a notebook as text."""
        text = "\n".join(cell.source for cell in notebook.cells)
        return f"{resources['metadata']['name']}\n{text}\n", resources


@pytest.fixture
def text_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``txt`` the one known format."""
    entry = SimpleNamespace(load=lambda: TextExporter)
    for module in ("press", "formats"):
        monkeypatch.setattr(f"capexlib.publish.{module}.formats", lambda: {"txt": entry})


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run notebooks without a kernel: a cell's displays are evaluated here."""

    def execute(path: Path, parameters: Any, **_: Any) -> nbformat.NotebookNode:
        notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            shown: list[Any] = []
            code = "\n".join(line for line in cell.source.splitlines() if not line.startswith("from IPython"))
            exec(code, {"display": lambda data, raw, shown=shown: shown.append(data)})  # noqa: S102
            cell.outputs = [nbformat.v4.new_output("display_data", data=data) for data in shown]
        return notebook

    monkeypatch.setattr("capexlib.publish.press.execute", execute)


@pytest.fixture
def capex(project: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in a process of its own, inside the project."""

    def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command: Sequence[str] = [sys.executable, "-m", "capexlib", *arguments]
        environment = {**os.environ, **(env or {})}
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return run

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest
from acme_briefs import write_template

from capexlib.errors import (
    EvidenceError,
    KernelDiedError,
    NotebookError,
    NotebookTimeoutError,
    ParamsError,
    Problem,
)
from capexlib.publish.execute import execute
from capexlib.publish.notebook_file import parameter_names, read_notebook, write_notebook

pytestmark = pytest.mark.kernel
GIVEN = {"params_file": "params/acme.yml", "overrides": {"plan.year": 'x"; 1/0'}}


def text_of(cell: Any) -> str:
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


def test_runs_in_this_interpreter_and_leaves_no_trace(tmp_path: Path) -> None:
    codes = [
        "import os, sys, warnings; warnings.warn('loud')\n"
        "print([params_file, overrides, os.getcwd(), sys.executable, os.environ['PYTHONHASHSEED']])",
        "object()",
    ]
    path = write_template(tmp_path / "a.ipynb", *codes)
    before, here = path.read_bytes(), Path.cwd()
    steps: list[tuple[int, int, str]] = []
    notebook = execute(path, GIVEN, cwd=tmp_path, on_cell=lambda *step: steps.append(step))

    said = ast.literal_eval(text_of(notebook.cells[3]))
    assert said == ["params/acme.yml", GIVEN["overrides"], str(tmp_path), sys.executable, "0"]
    assert text_of(notebook.cells[4]) == "<object>"
    assert [cell.id for cell in notebook.cells] == [
        "title",
        "parameters",
        "injected-parameters",
        "cell-0",
        "cell-1",
    ]
    assert steps[0] == (1, 5, "title")
    assert steps[-1] == (5, 5, "cell-1")
    assert path.read_bytes() == before
    assert Path.cwd() == here

    notebook.cells[3].outputs = []
    written, again = tmp_path / "1.ipynb", tmp_path / "2.ipynb"
    write_notebook(notebook, written)
    text = written.read_text("utf-8")
    assert "papermill" not in text
    assert str(tmp_path) not in text
    second = execute(path, GIVEN, cwd=tmp_path)
    second.cells[3].outputs = []
    write_notebook(second, again)
    assert written.read_bytes() == again.read_bytes()


def test_cell_that_raises_is_named_and_partial_notebook_kept(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.ipynb", "print('before')", "1/0", "print('after')")
    failed = tmp_path / "failed" / "a.ipynb"
    with pytest.raises(NotebookError) as caught:
        execute(path, GIVEN, cwd=tmp_path, failed=failed)
    assert caught.value.problems[0].where == "a.ipynb cell 'cell-1'"
    assert "ZeroDivisionError: division by zero" in caught.value.problems[0].what
    kept = {cell.get("id"): cell for cell in read_notebook(failed).cells}
    assert text_of(kept["cell-0"]) == "before\n"
    assert kept["cell-2"].outputs == []


def test_error_of_capexlib_comes_back_as_itself(tmp_path: Path) -> None:
    code = (
        "from capexlib.errors import EvidenceError, Problem\n"
        "raise EvidenceError([Problem('acme.yml:3 unit', 'is no unit.', 'Mend it.'), Problem('b.yml:1', 'gone.', '')])"
    )
    with pytest.raises(EvidenceError) as caught:
        execute(write_template(tmp_path / "a.ipynb", code), GIVEN, cwd=tmp_path)
    assert caught.value.problems == (
        Problem("acme.yml:3 unit", "is no unit. Mend it.", ""),
        Problem("b.yml:1", "gone.", ""),
    )


def test_exit_in_a_cell_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="SystemExit"):
        execute(write_template(tmp_path / "a.ipynb", "import sys; sys.exit(0)"), GIVEN, cwd=tmp_path)


def test_timeout(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.ipynb", "while True: pass")
    with pytest.raises(NotebookTimeoutError, match=r"cell-0.*ran longer than 1 s"):
        execute(path, GIVEN, cwd=tmp_path, timeout_s=1)


def test_killed_kernel(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.ipynb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(KernelDiedError, match="cell-0"):
        execute(path, GIVEN, cwd=tmp_path)


def test_kernel_that_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_template(tmp_path / "a.ipynb", "1")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(KernelDiedError, match=r"a\.ipynb"):
        execute(path, GIVEN, cwd=tmp_path)


@pytest.mark.parametrize("name", ["parms_file", "x = 1; import os", "overrides.a"])
def test_unknown_parameter_is_refused_before_a_kernel_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("capexlib.publish.kernel.NotebookRun", lambda *_: pytest.fail("a kernel was prepared"))
    with pytest.raises(ParamsError, match="has no parameter") as caught:
        execute(write_template(tmp_path / "a.ipynb"), {**GIVEN, name: 1}, cwd=tmp_path)
    assert caught.value.problems[0].cure in (
        "Did you mean 'params_file'?",
        "Did you mean 'overrides'?",
        "Known: overrides, params_file.",
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("params_file = 'a=b'\noverrides: dict[str, str] = {}", ["params_file", "overrides"]),
        ("a: int | None = None  # comment = 1", ["a"]),
        ("import capexlib as cx", []),
    ],
)
def test_parameter_names(tmp_path: Path, source: str, names: list[str]) -> None:
    assert parameter_names(read_notebook(write_template(tmp_path / "a.ipynb", parameters=source))) == names


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"cells": 3, "nbformat": 4}'])
def test_what_is_no_notebook(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(NotebookError):
        execute(tmp_path / "a.ipynb", GIVEN, cwd=tmp_path)


def test_long_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    execute(write_template(tmp_path / "a.ipynb", "1"), GIVEN, cwd=tmp_path)
    assert not list(long.iterdir())

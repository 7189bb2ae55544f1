from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from capexlib.publish.notebook_form import check_notebook

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = 'params_file: str = "params/acme.yml"\noverrides: dict = {}'
OPEN = "import capexlib as cx\n\nstudy = cx.open_study(params_file, overrides)"


def code(source: str, cell_id: str = "shown") -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, id=cell_id)


def prose(source: str, cell_id: str = "said") -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=cell_id)


def good() -> list[nbformat.NotebookNode]:
    parameters = nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    return [
        prose("# How big is it?", "title"),
        parameters,
        code(OPEN, "study"),
        prose("## The peers\n\nSince 2019 all have grown.", "peers-said"),
        code("cx.peers_chart(study)", "peers-chart"),
    ]


def problems(tmp_path: Path, cells: list[nbformat.NotebookNode]) -> list[str]:
    path = tmp_path / "scale.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return [str(problem) for problem in check_notebook(path)]


def test_good_form(tmp_path: Path) -> None:
    assert problems(tmp_path, good()) == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_own_notebooks(path: Path) -> None:
    assert check_notebook(path) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code("for x in y: cx.chart(x)"), "holds logic (For)"),
        (code("if study: cx.chart(study)"), "holds logic (If)"),
        (code("def f(): return study"), "holds logic (FunctionDef)"),
        (code("[x for x in study]"), "holds logic (ListComp)"),
        (code("(lambda: study)()"), "holds logic (Lambda)"),
        (code("study.a + study.b"), "holds logic (BinOp)"),
        (code("cx.chart(study, 23)"), "holds the number 23"),
        (code("cx.chart(study, -1.5)"), "holds logic (UnaryOp)"),
        (code("cx.chart(study, 'out/a.csv')"), "holds the path 'out/a.csv'"),
        (code("cx.chart(study, 'a.csv')"), "holds the path 'a.csv'"),
        (code("import pandas"), "imports something other than capexlib"),
        (code("from os import system"), "imports something other than capexlib"),
        (code("%matplotlib inline"), "is not plain Python"),
        (code("!ls"), "is not plain Python"),
        (code("\n".join("cx.a(study)" for _ in range(6))), "has 6 lines"),
        (code("cx.a(study)", "3f2b9c1d"), "not a hand-written name"),
        (code("cx.a(study)", "study"), "not a hand-written name"),
        (code("cx.a(study)", "Cell_One"), "not a hand-written name"),
        (prose("Capex is US$23bn."), "holds the number"),
        (prose("It grew 6.7 % a year."), "holds the number"),
        (prose("About 160 billion."), "holds the number"),
        (prose("RMB 160 was said."), "holds the number"),
        (prose("It takes 2 GW."), "holds the number"),
        (prose("<script>alert()</script>"), "holds"),
        (nbformat.v4.new_raw_cell("x", id="raw"), "is a raw cell"),
        (
            nbformat.v4.new_code_cell("study", id="again", metadata={"tags": ["parameters"]}),
            "has 2 cells tagged 'parameters'",
        ),
        (code(OPEN, "again"), "opens the study in 2 cells"),
    ],
)
def test_departures(tmp_path: Path, cell: nbformat.NotebookNode, said: str) -> None:
    assert any(said in problem for problem in problems(tmp_path, [*good(), cell]))


def test_outputs_are_refused(tmp_path: Path) -> None:
    cells = good()
    cells[4].execution_count = 1
    assert any("holds outputs" in problem for problem in problems(tmp_path, cells))


@pytest.mark.parametrize("title", ["# Capex of 2026", "No heading"])
def test_title(tmp_path: Path, title: str) -> None:
    assert any("title" in problem for problem in problems(tmp_path, [prose(title, "title"), *good()[1:]]))


def test_parameters_are_the_two_that_are_passed(tmp_path: Path) -> None:
    cells = good()
    cells[1].source = "params_fil = ''\nseed = None"
    found = problems(tmp_path, cells)
    assert any("has a parameter 'params_fil'. Did you mean 'params_file'?" in problem for problem in found)
    assert any("has a parameter 'seed'" in problem for problem in found)
    assert any("has no parameter 'overrides'" in problem for problem in found)


def test_too_many_cells(tmp_path: Path) -> None:
    cells = [*good(), *(code("cx.a(study)", f"shown-{number}") for number in range(20))]
    assert any("has 25 cells" in problem for problem in problems(tmp_path, cells))


def test_no_notebook(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{", encoding="utf-8")
    assert "is not a readable notebook" in str(check_notebook(tmp_path / "a.ipynb")[0])

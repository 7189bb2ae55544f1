"""Templates and blocks of small briefs on Acme, a company that does not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

BLOCK_MIME = "application/vnd.capex.block+json"
AS_OF = "2026-06-30"

Study = dict[str, Any]


def study_of(case: str = "acme", as_of: str = AS_OF, **more: Any) -> Study:
    """Build the study part of a manifest."""
    results = [{"id": "capex", "value": 16.0, "unit": "USD bn", "claims": ["acme_plan"]}]
    return {"case": case, "entity": "acme", "as_of": as_of, "params": {"seed": 1}, "overridden": [], "seed": 1,
            "claims": ["acme_plan"], "results": results, **more}  # fmt: skip


def show(*blocks: dict[str, Any]) -> str:
    """Write the code of a cell that displays blocks."""
    lines = ["from IPython.display import display"]
    lines += [f"display({{{BLOCK_MIME!r}: {block!r}, 'text/plain': 'x'}}, raw=True)" for block in blocks]
    return "\n".join(lines)


def table_block(block_id: str = "peers") -> dict[str, Any]:
    """Build a small table block."""
    columns = [{"label": "Company"}, {"label": "Capex", "unit": "US$bn", "align": "right"}]
    rows = [["Acme", "16"], ["=Borealis", [{"t": "12", "strong": True}, " to 14"]]]
    return {
        "block": "table",
        "id": block_id,
        "title": "Acme leads",
        "source": "Acme",
        "columns": columns,
        "rows": rows,
    }


def masthead_block() -> dict[str, Any]:
    """Build a masthead block."""
    return {"block": "masthead", "id": "masthead", "title": "Acme leads", "kicker": "Test brief", "case": "acme",
            "entity": "Acme", "as_of": AS_OF, "as_of_text": "30 Jun 2026"}  # fmt: skip


def provenance_block(study: Study) -> dict[str, Any]:
    """Build a provenance block."""
    return {"block": "provenance", "id": "provenance", "study": study}


def template(*codes: str, parameters: str = "params_file = ''\noverrides = {}") -> nbformat.NotebookNode:
    """Build a notebook template from the code of its cells."""
    cells = [
        nbformat.v4.new_markdown_cell("# Acme", id="title"),
        nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
    ]
    cells += [nbformat.v4.new_code_cell(code, id=f"cell-{number}") for number, code in enumerate(codes)]
    return nbformat.v4.new_notebook(cells=cells)


def write_template(path: Path, *codes: str, **more: Any) -> Path:
    """Write a template to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(template(*codes, **more)), encoding="utf-8")
    return path


def displayed(study: Study | None = None, table: str = "peers") -> str:
    """Write the code of a cell that shows a complete small brief."""
    return show(masthead_block(), table_block(table), provenance_block(study or study_of()))

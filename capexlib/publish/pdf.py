"""The printed brief: tagged A4 set by Typst, the same bytes for the same notebook.

Nothing is ever written as Typst markup: the brief travels as a JSON file, the
charts as SVG files. Built with the PDF/UA-1 and PDF/A-3a checks on; any
warning fails.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import List, Unicode, default

from capexlib.errors import Problem, QualityError
from capexlib.exhibits.theme import PAGE_WIDTH
from capexlib.figures import Status
from capexlib.publish import fonts
from capexlib.publish.brief import Brief, Element, particulars, read_brief
from capexlib.publish.checks import anchors_in
from capexlib.publish.columns import breakable, column_widths
from capexlib.publish.lineage import Lineage

_MAIN = """#import "brief.typ": brief
#brief(..json("brief.json"))
"""
_RUNNING_TITLE = 90
_LINE, _SMALL_LINE = 97, 114
"""Characters that fit across the page in a table, at its two sizes."""
_TALL = 1500
"""Characters of a cell from which its row may break over pages."""
_EXHIBITS = frozenset({"chart", "table"})
_GRIDS = frozenset({"change", "table", "appendix_table"})


class CapexPDFExporter(Exporter):
    """nbconvert exporter ``capex_pdf``: an executed notebook as a tagged PDF.

    Parameters
    ----------
    fallback_fonts : list of str
        Font files for characters that the house family lacks.
    """

    fallback_fonts = List(Unicode(), help="Font files for characters outside Lato.").tag(config=True)
    export_from_notebook = "Capex brief (PDF)"
    output_mimetype = "application/pdf"
    default_preprocessors = List([])

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride] - nbconvert's exporters all do
        self,
        nb: NotebookNode,
        resources: Any = None,
        **kw: Any,
    ) -> tuple[bytes, dict[str, Any]]:
        """Set the brief.

        Parameters
        ----------
        nb : NotebookNode
            Executed.
        resources : dict or None
            ``capex_manifest`` (dict) is attached where given.

        Returns
        -------
        (bytes, dict)
            The document and nbconvert's resources.

        Raises
        ------
        QualityError
            If the notebook is not a publishable brief, or Typst warns.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        paths = [Path(path) for path in self.fallback_fonts]
        name = resources["metadata"].get("name") or "notebook"
        brief = read_brief(nb, name, resources.get("capex_manifest"), paths)
        return render_pdf(brief, fallback_fonts=paths), resources


def render_pdf(brief: Brief, *, fallback_fonts: Sequence[Path] = ()) -> bytes:
    """Return the document of a brief.

    Parameters
    ----------
    brief : Brief
    fallback_fonts : sequence of Path
        Font files for characters outside the house family.

    Raises
    ------
    QualityError
        If Typst refuses it or warns.
    """
    with tempfile.TemporaryDirectory(prefix="capex-") as folder:
        root = Path(folder)
        _write_inputs(root, brief, fallback_fonts)
        return _compile(root, brief)


def _compile(root: Path, brief: Brief) -> bytes:
    as_of = datetime.fromisoformat(brief.masthead["as_of"]).replace(tzinfo=UTC)
    try:
        document, warnings = typst.compile_with_warnings(
            root / "main.typ",
            root=root,
            font_paths=[fonts.font_directory(), root / "fonts"],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1", "a-3a"],
            timestamp=int(as_of.timestamp()),
        )
    except typst.TypstError as error:
        raise _refused(brief, [error.message]) from error
    if warnings:
        raise _refused(brief, [warning.message for warning in warnings])
    if not isinstance(document, bytes):
        raise _refused(brief, ["Typst wrote no document"])
    return document


def _refused(brief: Brief, messages: Sequence[str]) -> QualityError:
    cure = "Mend the exhibit it speaks of; a brief is printed without warnings or not at all."
    return QualityError(Problem(brief.name, f"Typst says: {message}.", cure) for message in messages)


def _write_inputs(root: Path, brief: Brief, fallbacks: Sequence[Path]) -> None:
    (root / "fonts").mkdir()
    for path in fallbacks:
        shutil.copy(path, root / "fonts" / path.name)
    template = files("capexlib.publish").joinpath("templates/brief.typ").read_text(encoding="utf-8")
    (root / "brief.typ").write_text(template, encoding="utf-8")
    (root / "main.typ").write_text(_MAIN, encoding="utf-8")
    _write_json(root / "manifest.json", brief.manifest)
    elements = []
    lineage, anchors = Lineage(brief.manifest), list(anchors_in([element.body for element in brief.elements]))
    following = [element.kind for element in brief.elements[1:]] + [""]
    for number, (element, after) in enumerate(zip(brief.elements, following, strict=True), 1):
        body = _led(_printable(element), lineage, anchors) | {"leads": after in _EXHIBITS}
        if element.kind == "chart":
            body["picture"] = f"exhibit-{number}.svg"
            body["share"] = min(1.0, element.body["width"] / PAGE_WIDTH)
            (root / body["picture"]).write_text(element.body["svg"], encoding="utf-8")
        elements.append({
            "kind": element.kind, "id": element.id, "level": element.level, "label": element.label,
            "title": element.title, "heading": _led(element.heading, lineage, anchors), "body": body,
        })  # fmt: skip
    masthead = brief.masthead | {"heading": _led(brief.masthead["heading"], lineage, anchors)}
    _write_json(
        root / "brief.json",
        {
            "masthead": masthead,
            "elements": elements,
            "badges": {status.value: status.badge for status in Status},
            "firm": [status.value for status in Status if status.is_verified],
            "labels": brief.labels,
            "particulars": particulars(brief.manifest),
            "fonts": [fonts.FAMILY, *dict.fromkeys(fonts.family_name(path) for path in fallbacks)],
            "short-title": textwrap.shorten(masthead["title"], _RUNNING_TITLE, placeholder="…"),
            "description": brief.description,
            "keywords": [masthead["entity"], masthead["kicker"], masthead["as_of"]],
        },
    )


def _printable(element: Element) -> dict[str, Any]:
    """Return what the template reads: no chart data, widths and break opportunities for tables."""
    body = {key: value for key, value in element.body.items() if key not in {"svg", "spec", "drawn", "study"}}
    if element.kind == "chart":
        return {key: value for key, value in body.items() if key not in {"columns", "rows"}}
    if element.kind in _GRIDS:
        is_small = element.kind in {"appendix_table", "change"} or body.get("wide", False)
        body["small"] = is_small
        lengths = [sum(len(span["t"]) for span in cell) for row in body["rows"] for cell in row]
        body["tall"] = max(lengths, default=0) > _TALL
        body["widths"] = column_widths(body["columns"], body["rows"], _SMALL_LINE if is_small else _LINE)
        body["rows"] = [[[breakable(span) for span in cell] for cell in row] for row in body["rows"]]
    return body


def _led(value: Any, lineage: Lineage, anchors: list[str]) -> Any:
    """Return a block's fields with, in every span that shows a number, the appendix row that it leads to."""
    if isinstance(value, list | tuple):
        return [_led(child, lineage, anchors) for child in value]
    if not isinstance(value, dict):
        return value
    if "t" not in value:
        return {key: _led(child, lineage, anchors) for key, child in value.items()}
    name = value.get("figure")
    return value | {"row": lineage.anchor(name, anchors) if name else None}


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")

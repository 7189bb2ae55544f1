"""A whole edition on Acme, set from the specimen notebook without a kernel: files, workbook, manifest."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from nbformat import NotebookNode
from publish_specimen import notebook

from capexlib.publish import manifest, verify
from capexlib.publish.checks import spans_in
from capexlib.publish.execute import write_notebook
from capexlib.publish.exhibit_files import write_exhibits
from capexlib.publish.html import CapexHTMLExporter
from capexlib.publish.pdf import CapexPDFExporter
from capexlib.publish.readings import printed_numbers
from capexlib.publish.workbook import WORKBOOK, write_workbook

CLAIMS = [
    {"id": "c1", "entity": "Acme", "quantity": "Cash capital expenditure", "period": "2026", "value": 22.8,
     "unit": "USD bn", "bound": "point", "status": "media_report_unverified", "origin": "Daily Example",
     "stated_on": "2025-12-23", "source": "press"},
    {"id": "c2", "entity": "Acme", "quantity": '=HYPERLINK("https://evil.example")', "period": "2025", "low": 20.0,
     "high": 21.0, "unit": "USD bn", "bound": "range", "status": "reported_filing", "origin": "+Acme 10-K",
     "stated_on": "2025-02-01", "source": "filing"},
]  # fmt: skip
SOURCES = [
    {"id": "press", "publisher": "Daily Example", "url": "https://acme.example/news?a=1&b=2", "tier": "press"},
    {"id": "filing", "publisher": "Acme", "url": "http://acme.example/10-k", "tier": "filing"},
]
PARAMS = {
    "case": "acme",
    "scale": {"pue": {"value": 1.3, "unit": "ratio", "low": 1.1, "high": 1.5, "basis": "Surveys.", "why": "@seen"}},
    "plan": {"period": 2026},
}


def _with_probabilities(block: dict[str, Any]) -> dict[str, Any]:
    """Give every likelihood its probability, and the confidence its level."""
    if block["block"] != "bottom_line":
        return block
    shown = {"likely": "62", "very likely": "81", "roughly even chance": "50"}
    judgements = [
        {**judgement, "figure": [{"t": f"{shown[judgement['word']]}\u00a0%", "figure": f"p.{shown[judgement['word']]}"}]}
        if judgement["word"] else judgement
        for judgement in block["judgements"]
    ]  # fmt: skip
    return {**block, "judgements": judgements}


def _entry(name: str, text: str) -> dict[str, Any]:
    """Write the manifest's row of a figure from what is printed of it."""
    number = next(printed_numbers(text), None)
    value = number.value if number else 3.0
    unit = "fraction" if number and number.suffix == "%" else "USD bn" if number and number.suffix == "bn" else "units"
    return {"id": name, "kind": "result", "title": f"The figure {name}", "unit": unit, "low": None, "high": None,
            "value": value / 100 if unit == "fraction" else value, "status": "media_report_unverified",
            "claims": ["c1"], "assumptions": [], "interval": "no interval", "formula": "c1"}  # fmt: skip


def complete() -> NotebookNode:
    """Return the specimen notebook with every shown figure in its manifest."""
    shown: dict[str, str] = {}

    def collect(block: dict[str, Any]) -> dict[str, Any]:
        block = _with_probabilities(block)
        for span in spans_in(block):
            if span.get("figure"):
                shown.setdefault(span["figure"], span["t"])
        return block

    notebook(rewrite=collect)

    def rewrite(block: dict[str, Any]) -> dict[str, Any]:
        block = _with_probabilities(block)
        if block["block"] != "provenance":
            return block
        results = [_entry(name, text) for name, text in sorted(shown.items())]
        study = {"case": "acme", "entity": "Acme", "as_of": "2025-12-23", "seed": 7, "params": PARAMS, "overridden": ["scale.pue.value"],
                 "claims": ["c1", "c2"], "claim_details": CLAIMS, "source_details": SOURCES, "results": results, "figures": []}  # fmt: skip
        return {**block, "study": study}

    return notebook(rewrite=rewrite)


@cache
def _built() -> Path:
    folder = Path(mkdtemp(prefix="capex-specimen-")) / "2025-12-23"
    folder.mkdir()
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    set_edition(folder, {"scale": complete()})
    return folder


def set_edition(folder: Path, notebooks: dict[str, NotebookNode]) -> dict[str, Any]:
    """Set an edition into an empty folder, as the press does after its kernels."""
    manifests, files, fronts = {}, {}, {}
    for name, executed in notebooks.items():
        manifests[name] = manifest.embedded(name, executed)
        fronts[name] = manifest.front(executed)
        write_notebook(executed, folder / f"{name}.ipynb")
        files[name] = [f"{name}.ipynb"]
        for exporter in (CapexHTMLExporter(), CapexPDFExporter()):
            resources = {"metadata": {"name": name}, "capex_manifest": manifests[name]}
            content, _ = exporter.from_notebook_node(executed, resources=resources)
            path = folder / f"{name}{exporter.file_extension}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            files[name].append(path.name)
        files[name] += write_exhibits(manifest.blocks(executed), folder, name)
    shared = {WORKBOOK: write_workbook(folder, manifests)}
    record = manifest.edition_manifest(manifests, {**files, **shared}, folder, fronts)
    verify.write_manifest(folder, record)
    return record


def edition(into: Path) -> Path:
    """Copy the specimen's edition, so that a test may break it."""
    return Path(shutil.copytree(_built(), into / "2025-12-23"))


def sealed(folder: Path) -> None:
    """Write the digests anew, as somebody would who wants a change to go unnoticed."""
    record = verify.read_manifest(folder)
    for entry in record["files"]:
        path = folder / entry["name"]
        entry |= {"sha256": manifest.sha256(path), "bytes": path.stat().st_size}
    verify.write_manifest(folder, record)

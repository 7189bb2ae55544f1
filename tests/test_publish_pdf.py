from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from publish_specimen import notebook
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from capexlib.errors import QualityError
from capexlib.publish.brief import read_brief
from capexlib.publish.pdf import CapexPDFExporter, render_pdf

RESOURCES = {"metadata": {"name": "scale"}}
HOSTILE = "#sys.version #panic() $x^2$ `raw` *b* _i_ @cite <label> \\ // /* ] { {{ 7*7 }} </script>"


def render(nb: Any = None) -> bytes:
    return CapexPDFExporter().from_notebook_node(nb or notebook(sources=100), dict(RESOURCES))[0]


@pytest.fixture(scope="module")
def document() -> bytes:
    return render()


@pytest.fixture(scope="module")
def reader(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def plain(reader: PdfReader, page: int) -> str:
    return re.sub(r"\s+", " ", reader.pages[page].extract_text())


def fonts_of(reader: PdfReader) -> set[str]:
    found: set[str] = set()

    def walk(resources: DictionaryObject) -> None:
        for font in resources.get("/Font", {}).values():
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
        for inner in resources.get("/XObject", {}).values():
            if "/Resources" in inner.get_object():
                walk(inner.get_object()["/Resources"].get_object())

    for page in reader.pages:
        walk(page["/Resources"].get_object())  # type: ignore[arg-type]
    return found


def structure(reader: PdfReader) -> list[DictionaryObject]:
    """Every element of the tag tree."""
    found: list[DictionaryObject] = []
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]  # type: ignore[index]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, DictionaryObject):
            found += [node] if "/S" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_is_tagged_and_described(reader: PdfReader) -> None:
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    about = reader.metadata
    assert about is not None
    assert about.title is not None
    assert about.title.startswith("Acme’s planned")
    assert about.author == "capexlib"
    assert about.subject is not None
    assert about.subject.startswith("Acme is said to plan")
    assert about["/Keywords"] == "Acme, Scale brief, 2025-12-23"
    assert str(about["/CreationDate"]).startswith("D:20251223")


def test_only_the_house_family(reader: PdfReader) -> None:
    assert {name.partition("-")[0] for name in fonts_of(reader)} == {"Lato"}


def test_bookmarks_are_the_headings(reader: PdfReader) -> None:
    def titles(items: list[Any]) -> list[str]:
        return [t for item in items for t in (titles(item) if isinstance(item, list) else [item.title])]

    brief = read_brief(notebook(sources=100), "scale")
    headings = [element.title for element in brief.elements if element.level]
    assert titles(reader.outline) == [brief.masthead["title"], *headings]


def test_pictures_speak_and_tables_have_headers(reader: PdfReader) -> None:
    tags = structure(reader)
    figures = [tag for tag in tags if tag["/S"] == "/Figure"]
    assert len(figures) == 4
    assert all(str(figure["/Alt"]).startswith("Bars of capital") for figure in figures)
    names = [str(tag["/S"]) for tag in tags]
    assert names.count("/Table") == names.count("/THead") == 2
    assert names.count("/H1") == 1


def test_front_page_carries_the_judgements(reader: PdfReader) -> None:
    front = plain(reader, 0)
    for expected in (
        "Bottom line",
        "Key figures",
        "Roughly even chance",
        "Exhibit 5",
        "In this brief",
        "first edition",
    ):
        assert expected in front
    assert front.index("Bottom line") < front.index("Low confidence") < front.index("Planned capex")


def test_running_header_and_page_numbers(reader: PdfReader) -> None:
    last = len(reader.pages)
    for number in range(1, last):
        page = plain(reader, number)
        assert f"{number + 1} of {last}" in page
        assert "Acme · 23 Dec 2025" in page
        assert "Acme’s planned US$23bn" in page


def test_long_table_repeats_its_header(reader: PdfReader) -> None:
    pages = [plain(reader, number) for number in range(len(reader.pages))]
    with_rows = [page for page in pages if re.search(r"S\d+ \w+ (Street )?says", page)]
    assert len(with_rows) >= 3
    assert all("No. Title Publisher Published Status Claims" in page for page in with_rows)


def test_attaches_the_manifest(reader: PdfReader) -> None:
    (name,) = reader.attachments
    assert name == "manifest.json"
    assert json.loads(reader.attachments[name][0])["case"] == "acme"


def test_links_lead_to_sources_and_exhibits(reader: PdfReader) -> None:
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    addresses = {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}
    assert "https://acme.example/ar2025.pdf" in addresses
    assert any("/Dest" in note or note.get("/A", {}).get("/S") == "/GoTo" for note in notes)


def test_numbers_lead_to_their_rows(reader: PdfReader) -> None:
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    aims = [str(note.get("/Dest") or note.get("/A", {}).get("/D")) for note in notes if note.get("/Subtype") == "/Link"]
    assert sum("/XYZ" in aim for aim in aims) >= 4


def test_markup_in_every_field_survives_as_text() -> None:
    kept = {
        "anchor",
        "block",
        "id",
        "svg",
        "spec",
        "as_of",
        "lang",
        "align",
        "badge",
        "badges",
        "status",
        "url",
        "ref",
        "exhibit",
        "study",
    }

    def hostile(value: Any, key: str = "") -> Any:
        if key in kept:
            return value
        if isinstance(value, str):
            return "" if key == "confidence" else "#sys $x$ *b* <l>" if key == "title" else HOSTILE
        if isinstance(value, list):
            return [hostile(child) for child in value]
        if isinstance(value, dict):
            return {name: hostile(child, name) for name, child in value.items()}
        return value

    reader = PdfReader(io.BytesIO(render(notebook(rewrite=hostile))))
    text = re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in reader.pages))
    assert text.count(re.sub(r"\s", "", HOSTILE)) > 100
    assert reader.metadata is not None
    assert reader.metadata.title == "#sys $x$ *b* <l>"


def test_typst_refusals_are_quality_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capexlib.publish.pdf._MAIN", '#set text(font: "Nowhere")\nx')
    with pytest.raises(QualityError, match="scale: Typst says") as caught:
        render_pdf(read_brief(notebook(), "scale"))
    assert caught.value.exit_code == 7


def test_brief_without_figures_or_sections_is_set() -> None:
    nb = notebook()
    nb.cells = [one for one in nb.cells if one.id in {"cell-masthead", "cell-provenance"}]
    assert len(PdfReader(io.BytesIO(render(nb))).pages) == 1


def test_same_bytes_in_another_process(document: bytes) -> None:
    code = (
        "from publish_specimen import notebook; from capexlib.publish.pdf import CapexPDFExporter; import hashlib;"
        "document, _ = CapexPDFExporter().from_notebook_node(notebook(sources=100), {'metadata': {'name': 'scale'}});"
        "print(hashlib.sha256(document).hexdigest())"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == hashlib.sha256(document).hexdigest()

"""Break one thing in an edition at a time: the quality gate names it, with where and cure."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from edition_specimen import complete, edition, sealed
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from typer.testing import CliRunner

from capexlib.cli.app import app
from capexlib.exhibits.block import BLOCK_MIME
from capexlib.publish import verify
from capexlib.publish.gate import check_edition
from capexlib.publish.gate.markup import read_markup
from capexlib.publish.gate.page import LARGEST, LARGEST_STATIC, PACKED, in_order
from capexlib.publish.html import CapexHTMLExporter

pytestmark = pytest.mark.faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return edition(tmp_path)


def found(folder: Path) -> list[str]:
    sealed(folder)
    problems = check_edition(folder)
    assert all(problem.where and problem.what and problem.cure for problem in problems)
    return [str(problem) for problem in problems]


def page(pattern: str, replacement: str) -> Callable[[Path], None]:
    """Change the HTML in one place."""

    def change(folder: Path) -> None:
        path = folder / "scale.html"
        text = path.read_text("utf-8")
        new, times = re.subn(pattern, replacement, text, count=1, flags=re.DOTALL)
        assert times == 1
        path.write_text(new, encoding="utf-8")

    return change


def block(kind: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the first block of a kind in the executed notebook."""

    def apply(folder: Path) -> None:
        path = folder / "scale.ipynb"
        executed = nbformat.reads(path.read_text("utf-8"), as_version=4)
        blocks = [o.data[BLOCK_MIME] for c in executed.cells for o in c.get("outputs", []) if BLOCK_MIME in o.data]
        change(next(b for b in blocks if b["block"] == kind))
        path.write_text(nbformat.writes(executed), encoding="utf-8")

    return apply


def packed(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the charts' specifications in the page."""

    def apply(folder: Path) -> None:
        path = folder / "scale.html"
        text = path.read_text("utf-8")
        content = read_markup(text).packed(PACKED)
        change(content["specs"])
        new = base64.b64encode(zlib.compress(json.dumps(content).encode())).decode()
        path.write_text(text.replace(read_markup(text).scripts[PACKED], new), encoding="utf-8")

    return apply


def pdf(change: Callable[[PdfWriter], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        writer = PdfWriter(clone_from=PdfReader(folder / "scale.pdf"))
        change(writer)
        writer.write(folder / "scale.pdf")

    return apply


def test_the_specimen_may_go_out(folder: Path) -> None:
    assert check_edition(folder) == []
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert (done.exit_code, done.stdout) == (0, f"ok: {folder}: may go out\n")
    assert json.loads(CliRunner().invoke(app, ["check", str(folder), "--json"]).stdout)["ok"] is True


STRUCTURE = [
    (page("<h1>", "<h1>Two</h1><h1>"), "has 2 h1 headings instead of one"),
    (
        page(r"<h2 id=\"bottom-line\">(.*?)</h2>", r'<h4 id="bottom-line">\1</h4>'),
        "skips a heading level before 'Bottom line'",
    ),
    (page('id="peers"', 'id="paths"'), "has the id 'paths' 2 times"),
]
ACCESSIBILITY = [
    (page('<html lang="en">', "<html>"), "does not say its language"),
    (page("<title>.*?</title>", ""), "has no title"),
    (page('<main id="main" tabindex="-1">', '<div id="main">'), "has no main landmark"),
    (page('<a class="skip" href="#main">.*?</a>', '<a href="https://acme.example">Acme</a>'), "does not begin with a skip link"),
    (page(r' aria-label="Bars of capital[^"]*"', ' aria-label=""'), "1 pictures without alt text"),
    (page(r' aria-label="Bars of capital[^"]*"', ' aria-label=""'), "the chart 'peers' has lost its alt text|pictures without alt text"),
    (page('<caption class="unseen">.*?</caption>', ""), "table 1 has no caption"),
    (page('<th scope="col"', "<th"), "has header cells without scope"),
    (page('href="#parts"', 'href="#nowhere"'), "has a link to '#nowhere', which is not on the page"),
]  # fmt: skip
OFFLINE = [
    (page("<main", '<img alt="A picture of the whole plant" src="https://cdn.example/x.png"><main'), "loads 'https://cdn.example/x.png' (img src)"),
    (page("</head>", '<link rel="stylesheet" href="//cdn.example/x.css"></head>'), "loads '//cdn.example/x.css' (link href)"),
    (page("</style>", "@import 'https://cdn.example/y.css';</style>"), "cdn.example/y.css"),
    (page("<main", '<div style="background:url(http://cdn.example/z)"></div><main'), "loads 'http://cdn.example/z' (div style)"),
    (page("default-src 'none'|default-src &#39;none&#39;", "default-src *"), "has no policy that forbids loading"),
    (page('href="https://www.sec.gov', 'href="javascript:void//www.sec.gov'), "has a link to 'javascript:void"),
    (packed(lambda specs: specs["peers"].update(data={"url": "https://cdn.example/d.json"})), "the chart 'peers' asks for data at an address"),
]  # fmt: skip
NUMBERS = [
    (page('data-figure="p.62">62', 'data-figure="p.62">26'), "shows '26\\xa0%' for 'p.62'; the manifest has 0.62"),
    (page('data-figure="p.62"', 'data-figure="p.99"'), "as the figure 'p.99', which the manifest lacks"),
    (block("key_figures", lambda b: b["items"][0]["value"][0].update(t="US$28.2bn")), "prints 'US$28.2bn', the manifest has value 22.8"),
    (block("key_figures", lambda b: b["items"][0]["value"][0].update(figure="gone")), "names the figure 'gone', which the manifest lacks"),
]  # fmt: skip


def judgement(**changes: Any) -> Callable[[Path], None]:
    return block("bottom_line", lambda b: b["judgements"][0].update(changes))


WORDS = [
    (judgement(word="very likely"), "says 'very likely' of 62 %, which is 'likely'"),
    (judgement(word="probable"), "'probable' is no phrase of ICD 203"),
    (judgement(word="", confidence="some confidence"), "'some confidence' is no level of confidence"),
    (judgement(confidence="low confidence"), "likelihood or its confidence, never both"),
    (judgement(word="", confidence=""), "gives neither likelihood nor confidence"),
    (judgement(figure=[{"t": "US$22.8bn", "figure": "gap"}]), "says 'likely' and shows no probability"),
    (judgement(text="It is likely, with high confidence, that Acme builds."), "mixes likelihood and confidence in one sentence"),
    (judgement(text="It is unlikely (70\u00a0%) that Acme builds."), "says 'unlikely' of 70 %, which is 'likely'"),
    (block("chart", lambda b: b.update(title="A title of far more than the ten words that are read")), "at most 10 are read"),
]  # fmt: skip
CHARTS = [
    (block("chart", lambda b: b.update(spec={})), "spec"),
    (block("chart", lambda b: b.update(svg="")), "svg"),
    (block("chart", lambda b: b.update(alt="")), "alt"),
    (block("chart", lambda b: b.update(rows=[])), "rows"),
    (packed(lambda specs: specs.pop("peers")), "the chart 'peers' has lost its specification"),
    (page('<caption class="unseen">Data of “Every path.*?</caption>', "<caption>Data</caption>"), "the chart 'paths' has lost its table of data"),
]  # fmt: skip
ORDER = [
    (block("bottom_line", lambda b: b.update(block="prose", id="x", text=["Words."]) or [b.pop(k) for k in ("sentences", "judgements")]), "has no bottom line"),
]  # fmt: skip
PROVENANCE = [
    (page(r'(<script type="application/json" id="manifest">.*?"seed":)7', r"\g<1>8"), "embeds another manifest than the edition's"),
    (lambda folder: (folder / "scale.ipynb").write_text("{", encoding="utf-8"), "scale.ipynb: cannot be read"),
]  # fmt: skip


def _retitle(writer: PdfWriter) -> None:
    writer.add_metadata({"/Title": "Untitled"})


def _unmark(writer: PdfWriter) -> None:
    del writer.root_object[NameObject("/Outlines")]


def _untag(writer: PdfWriter) -> None:
    del writer.root_object[NameObject("/MarkInfo")]


def _detach(writer: PdfWriter) -> None:
    for key in ("/Names", "/AF"):
        writer.root_object.pop(NameObject(key), None)


def _refont(writer: PdfWriter) -> None:
    for number in range(len(writer._objects)):
        thing: Any = writer._objects[number]
        if isinstance(thing, dict) and thing.get("/Type") == "/Font" and "/BaseFont" in thing:
            thing[NameObject("/BaseFont")] = NameObject("/ABCDEF+Comic")


DOCUMENT = [
    (pdf(_retitle), "has the title 'Untitled', not the brief's"),
    (pdf(_unmark), "has no bookmark for"),
    (pdf(_untag), "is not tagged"),
    (pdf(_detach), "does not carry manifest.json"),
    (pdf(_refont), "is set in ABCDEF+Comic beside Lato"),
    (lambda folder: (folder / "scale.pdf").write_bytes(b"%PDF-1.7 nothing"), "scale.pdf: cannot be read as a PDF"),
]
EVERY = [*STRUCTURE, *ACCESSIBILITY, *OFFLINE, *NUMBERS, *WORDS, *CHARTS, *ORDER, *PROVENANCE, *DOCUMENT]


@pytest.mark.parametrize(("harm", "said"), EVERY, ids=[said[:40] for _, said in EVERY])
def test_each_fault_is_named(folder: Path, harm: Callable[[Path], None], said: str) -> None:
    harm(folder)
    reported = found(folder)
    assert any(each in problem for problem in reported for each in said.split("|")), reported


def test_sizes(folder: Path) -> None:
    path = folder / "scale.html"
    text = path.read_text("utf-8")
    path.write_text(text.replace("</body>", f"<!--{'x' * LARGEST}--></body>"), encoding="utf-8")
    assert any("more than 1,300,000" in problem for problem in found(folder))
    exporter = CapexHTMLExporter(static=True)
    embedded = read_markup(text).data("manifest")
    static, _ = exporter.from_notebook_node(complete(), {"metadata": {"name": "scale"}, "capex_manifest": embedded})
    path.write_text(static, encoding="utf-8")
    assert found(folder) == []
    path.write_text(static.replace("</body>", f"<!--{'x' * LARGEST_STATIC}--></body>"), encoding="utf-8")
    assert any("more than 300,000" in problem for problem in found(folder))


def test_digests_count_before_anything_else(folder: Path) -> None:
    (folder / "exhibits" / "scale" / "peers.csv").write_text("forged", encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 7
    assert "✗ exhibits/scale/peers.csv" in done.stderr
    assert "was altered" in done.stderr
    assert "→ Run the case again" in done.stderr


def test_an_edition_without_briefs(folder: Path) -> None:
    record = verify.read_manifest(folder)
    verify.write_manifest(folder, {**record, "briefs": {}})
    assert any("lists no brief" in str(problem) for problem in check_edition(folder))


def test_order_of_lists_is_no_difference() -> None:
    assert in_order({"results": [{"id": "b"}, {"id": "a"}]}) == in_order({"results": [{"id": "a"}, {"id": "b"}]})
    assert in_order(None) is None

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from publish_specimen import notebook

from capexlib.publish.html import CapexHTMLExporter

HOSTILE = "</script><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %} #sys.version $x$ *b* [l](j) &amp; <!-- ]]>"
HOSTILE_TITLE = "</script><img src=x onerror=alert(1)> {{ 7*7 }} #sys $x$"
RESOURCES = {"metadata": {"name": "scale"}}
VOID = {"meta", "img", "br", "col", "link", "input", "hr"}


def render(nb: Any = None, **traits: Any) -> str:
    return CapexHTMLExporter(**traits).from_notebook_node(nb or notebook(), dict(RESOURCES))[0]


class Outline(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return render()


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_structure(outline: Outline) -> None:
    names = [tag for tag, _ in outline.tags]
    assert outline.open == []
    assert outline.attributes("html")[0]["lang"] == "en"
    assert names.count("h1") == names.count("main") == names.count("nav") == names.count("header") == 1
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(outline.attributes("caption")) == len(outline.attributes("table"))
    assert {attributes.get("scope") for attributes in outline.attributes("th")} == {"col", "row"}


def test_ids_are_unique_and_links_lead_somewhere(outline: Outline) -> None:
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [str(link["href"]) for link in outline.attributes("a")]
    assert {target[1:] for target in targets if target.startswith("#")} <= set(ids)
    assert all(target.startswith(("#", "https://")) for target in targets)


def test_asks_nothing_of_the_network(page: str, outline: Outline) -> None:
    assert not [tag for tag, attributes in outline.tags if "src" in attributes or tag in {"link", "base", "iframe"}]
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0]
    assert set(re.findall(r"url\(([a-z]+:[a-z/]+)", style)) == {"data:font/woff"}
    assert "@import" not in style


def test_policy_allows_our_script_only(page: str) -> None:
    own = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(own) == 1
    digest = base64.b64encode(hashlib.sha256(own[0].encode()).digest()).decode()
    assert re.findall(r"sha256-([A-Za-z0-9+/=]+)", page) == [digest]


def test_static_variant_has_no_script_and_all_else() -> None:
    page = render(static=True)
    assert "script-src &#39;none&#39;" in page
    assert re.findall(r"<script(?! type=\"application/json\")", page) == []
    assert page.count("<svg") == 4
    assert 'id="manifest"' in page
    assert 'id="packed"' not in page
    assert '"results"' not in page


def test_embeds_the_manifest_it_is_given() -> None:
    given = {"case": "acme", "note": "</script>"}
    page, _ = CapexHTMLExporter(static=True).from_notebook_node(notebook(), {**RESOURCES, "capex_manifest": given})
    embedded = re.findall(r'id="manifest">(.*?)</script>', page, re.DOTALL)
    assert json.loads(embedded[0]) == given


def packed(page: str) -> dict[str, Any]:
    """Read what the page's script inflates."""
    found = re.findall(r'<script type="text/plain" id="packed">(.*?)</script>', page, re.DOTALL)
    return json.loads(zlib.decompress(base64.b64decode(found[0])))


def test_figures_can_be_traced(page: str, outline: Outline) -> None:
    links = {attributes.get("data-figure"): attributes.get("href") for _, attributes in outline.tags}
    assert links["capex.acme.2026"] == "#claim.c1"
    assert packed(page)["words"]["capex.acme.2026"] == ["US$22.8bn", "US$22–24bn (conversion only)"]


def test_what_the_manifest_does_not_know_is_no_link(outline: Outline) -> None:
    assert {"gap", "capex.0"} <= {attributes.get("data-unknown") for _, attributes in outline.tags}


def hostile(value: Any, key: str = "") -> Any:
    kept = {
        "block",
        "anchor",
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
    if key in kept:
        return value
    if isinstance(value, str):
        return "" if key == "confidence" else HOSTILE_TITLE if key == "title" else HOSTILE
    if isinstance(value, list):
        return [hostile(child) for child in value]
    if isinstance(value, dict):
        return {name: hostile(child, name) for name, child in value.items()}
    return value


def test_markup_in_every_field_survives_as_text() -> None:
    page = render(notebook(rewrite=hostile), static=True)
    outline = Outline(page)
    assert not [tag for tag, _ in outline.tags if tag in {"img", "b"}]
    assert not [attributes for _, attributes in outline.tags if any(name.startswith("on") for name in attributes)]
    text = "".join(outline.text)
    assert text.count(HOSTILE) > 100
    assert "49" not in text.replace("149", "")


def test_hostile_manifest_and_spec_stay_in_their_elements() -> None:
    def poison(block: dict[str, Any]) -> dict[str, Any]:
        if block["block"] == "chart":
            block = {**block, "spec": {**block["spec"], "usermeta": {"x": HOSTILE + "\u2028"}}}
        return {**block, "study": {"case": HOSTILE}} if block["block"] == "provenance" else block

    page = render(notebook(rewrite=poison))
    assert Outline(page).open == []
    blocks = re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', page, re.DOTALL)
    assert [name for name, _ in blocks] == ["manifest"]
    specs = packed(page)["specs"].values()
    assert [spec["usermeta"]["x"] for spec in specs] == [HOSTILE + "\u2028"] * 4


def test_sizes() -> None:
    nb = notebook(charts=10, sources=100)
    assert len(render(nb).encode()) <= 1_300_000
    assert len(render(nb, static=True).encode()) <= 300_000


def test_same_bytes_in_another_process(page: str) -> None:
    code = (
        "from publish_specimen import notebook; from capexlib.publish.html import CapexHTMLExporter; import hashlib;"
        "page, _ = CapexHTMLExporter().from_notebook_node(notebook(), {'metadata': {'name': 'scale'}});"
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == hashlib.sha256(page.encode()).hexdigest()

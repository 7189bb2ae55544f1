"""The index of editions in a real browser: offline, narrow and wide, light and dark."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from test_html_brief import opened
from test_index import put

from capexlib.publish.index import write_index

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = tmp_path_factory.mktemp("reports")
    for as_of, value in (("2025-12-23", 16.0), ("2026-03-31", 14.0), ("2026-06-30", 22.0)):
        put(reports, "acme", as_of, value)
    put(reports, "borealis", "2026-01-31", title="A much longer finding, " * 5, badges=["media_report_unverified"])
    return write_index(reports).page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_opens_offline_and_fits(chromium: Any, index: Path, width: int, scheme: str) -> None:
    with opened(chromium, index, width, scripts=False, color_scheme=scheme) as seen:
        assert {url.partition(":")[0] for url in seen.requests} <= {"file", "data"}
        assert seen.messages == []
        assert seen.page.locator("h1").count() == 1
        assert seen.page.locator("svg.sparkline").count() == 1
        assert seen.page.locator("svg.sparkline").is_visible()
    with opened(chromium, index, width, scripts=False, color_scheme=scheme, bypass_csp=True) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(chromium: Any, index: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(index.as_uri())
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_tab_reaches_every_link(chromium: Any, index: Path) -> None:
    with opened(chromium, index, scripts=False) as seen:
        links = seen.page.locator("a").count()
        reached = set()
        for _ in range(links + 8):
            seen.page.keyboard.press("Tab")
            reached.add(seen.page.evaluate("document.activeElement.outerHTML"))
        assert sum(html.startswith("<a ") for html in reached) >= len({*seen.page.locator("a").evaluate_all(
            "links => links.map(link => link.outerHTML)"
        )})  # fmt: skip

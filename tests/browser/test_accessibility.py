"""axe-core on every real brief: no violation of any impact, wide and narrow, light and dark, panel included."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from real_briefs import embedded, shown
from test_html_brief import opened

from capexlib.publish.lineage import Lineage

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def one_of_each_kind(real: Path) -> list[str]:
    """Ids of a computed and a simulated result, an assumption and a claim on the page: their panels differ."""
    lineage = Lineage(embedded(real))
    first: dict[tuple[str, bool], str] = {}
    for name in shown(real):
        row = lineage.rows.get(name, {"kind": "claim"})
        first.setdefault((row["kind"], bool(row.get("operands"))), name)
    assert {kind for kind, _ in first} >= {"result", "assumption", "claim"}
    return list(first.values())


def violations(page: Any, where: str | None = None) -> list[str]:
    """Run axe on the page as it stands, or on one part of it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=where).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {node['html'][:160]}" for rule in found for node in rule["nodes"][:3]]


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(chromium: Any, real: Path, width: int, scheme: str) -> None:
    with opened(chromium, real, width, color_scheme=scheme) as seen:
        page = seen.page
        if (width, scheme) == (1280, "light"):
            assert violations(page) == []
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert violations(page) == []
        for name in one_of_each_kind(real):
            page.evaluate("name => document.querySelector(`[data-figure='${name}']`).click()", name)
            assert page.locator("#lineage").is_visible()
            assert violations(page, "#lineage") == []
            page.keyboard.press("Escape")


def test_scrolling_tables_say_so(chromium: Any, real: Path) -> None:
    with opened(chromium, real, 360) as seen:
        shadows = seen.page.evaluate(
            "[...document.querySelectorAll('.scroll')].map((box) => getComputedStyle(box).backgroundImage)"
        )
        assert shadows
        assert all("radial-gradient" in shadow for shadow in shadows)

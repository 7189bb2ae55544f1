"""axe-core on every real brief: no violation of any impact, wide and narrow, light and dark, panel included."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from real_briefs import Lineage, first_of
from test_html_brief import opened

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def one_of_each_kind(real: Path) -> list[str]:
    """Ids of a result, an assumption and a claim or fact on the page: their panels differ."""

    def kind(lineage: Lineage, name: str) -> str:
        row = lineage.rows.get(name, {"kind": "fact"})
        return "computed" if row.get("operands") else row["kind"]

    wanted = ("computed", "result", "assumption", "fact")
    return [first_of(real, lambda lineage, name, one=one: kind(lineage, name) == one) for one in wanted]


def violations(page: Any) -> list[str]:
    """Run axe on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {node['html'][:160]}" for rule in found for node in rule["nodes"][:3]]


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(chromium: Any, real: Path, width: int, scheme: str) -> None:
    with opened(chromium, real, width, color_scheme=scheme) as seen:
        page = seen.page
        assert violations(page) == []
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert violations(page) == []
        for name in one_of_each_kind(real):
            page.evaluate("name => document.querySelector(`[data-figure='${name}']`).click()", name)
            assert violations(page) == []
            page.keyboard.press("Escape")


def test_scrolling_tables_say_so(chromium: Any, real: Path) -> None:
    with opened(chromium, real, 360) as seen:
        shadows = seen.page.evaluate(
            "[...document.querySelectorAll('.scroll')].map((box) => getComputedStyle(box).backgroundImage)"
        )
        assert shadows
        assert all("radial-gradient" in shadow for shadow in shadows)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.browser

LIVE = "html[data-charts=live]"


@contextmanager
def opened(chromium: Any, brief: Path, width: int = 1280, *, scripts: bool = True, **more: Any) -> Iterator[Any]:
    """Open the brief from disk and record what it asks for and says."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts, **more)
    page = context.new_page()
    seen = SimpleNamespace(page=page, requests=[], messages=[])
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.messages.append(message.text))
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    try:
        page.goto(brief.as_uri())
        if scripts and page.locator(".chart").count():
            page.wait_for_selector(LIVE, timeout=15_000)
        yield seen
    finally:
        context.close()


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_live_charts_without_network(chromium: Any, brief: Path, width: int) -> None:
    with opened(chromium, brief, width) as seen:
        assert {url.partition(":")[0] for url in seen.requests} <= {"file", "data"}
        assert seen.messages == []
        assert seen.page.locator(".chart .live svg").count() == seen.page.locator(".chart").count() == 4
        assert seen.page.locator(".chart .static").first.is_hidden()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        for chart in seen.page.locator(".chart .live svg").all():
            assert chart.bounding_box()["width"] <= min(width, 720)


def test_tooltip_shows(chromium: Any, brief: Path) -> None:
    with opened(chromium, brief) as seen:
        bar = seen.page.locator("#peers").locator("xpath=..").locator('.live path[fill="#12436D"]').first
        bar.hover(position={"x": 40, "y": 5})
        tooltip = seen.page.locator("#vg-tooltip-element.visible")
        tooltip.wait_for(timeout=3000)
        assert "Acme" in tooltip.inner_text()
        assert seen.messages == []


def test_charts_speak_and_follow_the_width(chromium: Any, brief: Path) -> None:
    with opened(chromium, brief) as seen:
        for chart in seen.page.locator(".chart").all():
            assert chart.get_attribute("role") == "img"
            assert str(chart.get_attribute("aria-label")).startswith("Bars of capital")
        live = seen.page.locator(".chart .live svg").first
        wide = live.bounding_box()["width"]
        seen.page.set_viewport_size({"width": 400, "height": 900})
        seen.page.wait_for_function(
            "wide => document.querySelector('.live svg').getBoundingClientRect().width < wide - 200", arg=wide
        )


@pytest.mark.parametrize("width", [1280, 360])
def test_without_scripts_nothing_is_missing(chromium: Any, brief: Path, width: int) -> None:
    with opened(chromium, brief, width, scripts=False) as seen:
        pictures = seen.page.locator(".chart .static svg")
        assert pictures.count() == 4
        assert all(picture.is_visible() for picture in pictures.all())
        assert seen.page.locator("table").count() == 6
        assert seen.page.locator("#sources").is_visible()
        for summary in seen.page.locator("main summary").all():
            summary.click()
        assert all(table.is_visible() for table in seen.page.locator("table").all())


def test_print_uses_the_pictures_in_light(chromium: Any, brief: Path) -> None:
    with opened(chromium, brief, color_scheme="dark") as seen:
        dark = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert dark == "rgb(20, 24, 29)"
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert seen.page.locator(".chart .static").first.is_visible()
        assert seen.page.locator(".chart .live").first.is_hidden()


def test_dark_page_has_no_dark_chart_text(chromium: Any, brief: Path) -> None:
    script = """() => [...document.querySelectorAll('.live text')].map(text => {
        const [r, g, b] = getComputedStyle(text).fill.match(/\\d+/g).map(Number);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })"""
    with opened(chromium, brief, color_scheme="dark") as seen:
        assert min(seen.page.evaluate(script)) > 100


def test_keyboard_reaches_skip_link_and_regions(chromium: Any, brief: Path) -> None:
    with opened(chromium, brief) as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.className") == "skip"
        assert seen.page.locator(".skip").bounding_box()["x"] >= 0
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.id") == "main"
        for region in seen.page.locator(".scroll").all():
            assert region.get_attribute("tabindex") == "0"
            assert region.get_attribute("aria-label")

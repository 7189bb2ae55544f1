"""Every brief of the real case, run by the command, opened from disk as a reader would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from real_briefs import least
from test_html_brief import opened

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


@pytest.mark.parametrize("width", [1280, 360])
def test_a_real_brief_opens_offline(chromium: Any, real: Path, width: int) -> None:
    with opened(chromium, real, width) as seen:
        assert {url.partition(":")[0] for url in seen.requests} <= {"file", "data", "blob"}
        assert seen.messages == []
        assert seen.page.locator(".chart .live svg").count() == seen.page.locator(".chart").count()
        assert seen.page.locator(".chart").count() >= least(real).charts
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.locator("h1").count() == 1


def test_without_scripts_nothing_is_lost(chromium: Any, real: Path) -> None:
    with opened(chromium, real, scripts=False) as seen:
        charts = seen.page.locator(".chart .static svg")
        assert charts.count() >= least(real).charts
        assert all(chart.is_visible() for chart in charts.all())

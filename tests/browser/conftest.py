"""One Chromium for all browser tests; without it they are skipped, on CI they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from real_briefs import BRIEFS

CHROMIUM = "/usr/bin/chromium"
PARAMS = Path(__file__).parents[2] / "params" / "bytedance.yml"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    missing = "playwright" if sync_playwright is None else "" if shutil.which(CHROMIUM) else CHROMIUM
    if missing or sync_playwright is None:
        reason = f"{missing} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-quic", "--no-first-run"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from publish_specimen import notebook

    from capexlib.publish.html import CapexHTMLExporter

    page, _ = CapexHTMLExporter().from_notebook_node(notebook(sources=30), {"metadata": {"name": "scale"}})
    path = tmp_path_factory.mktemp("brief") / "scale.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def edition(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the real case's newest edition with few draws, once for all workers of a test run."""
    own = tmp_path_factory.getbasetemp()
    out = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "edition"
    latest = out / "bytedance" / "latest"
    with FileLock(f"{out}.lock"):
        if not latest.exists():
            command = [sys.executable, "-m", "capexlib", "run", str(PARAMS), "--set", "sampling.draws=256"]
            command += ["--to", "html", "--out", str(out)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    return latest


@pytest.fixture(scope="session", params=BRIEFS)
def real(edition: Path, request: pytest.FixtureRequest) -> Path:
    """Each brief's HTML, as the command makes it."""
    return edition / f"{request.param}.html"

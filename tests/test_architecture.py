from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import capexlib

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "capexlib").rglob("*.py"))
DRAWERS = {"utils", "util", "helpers", "helper", "common", "constants", "config", "core", "data", "misc", "base", "lib"}
PUBLIC = ["CapexError", "EvidenceError", "Figure", "ParamsError", "Status", "Study", "exhibits", "open_study"]


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_layers() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(linter), "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_is_long(path: Path) -> None:
    assert lines_of(path) <= 400


def test_the_middle_module_is_short() -> None:
    assert statistics.median(lines_of(path) for path in MODULES) <= 150


def test_no_drawers() -> None:
    assert [path for path in MODULES if DRAWERS & {path.stem, path.parent.name}] == []


def test_every_module_says_what_it_is() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert [path.relative_to(ROOT).as_posix() for path in silent] == []


def test_public_names() -> None:
    assert sorted(capexlib.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(capexlib, name) is not None


def test_import_is_light() -> None:
    code = "import sys, capexlib; print(sorted({m.split('.')[0] for m in sys.modules} & {'numpy', 'pandas', 'scipy', 'pydantic', 'yaml', 'altair', 'nbformat'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_sending_touches_the_network() -> None:
    network = {"requests", "httpx", "urllib.request", "http.client", "socket", "aiohttp", "smtplib", "ftplib"}
    found = {path.name: used for path in MODULES if (used := network & imports_of(path))}
    assert found == {"mail_delivery.py": {"smtplib", "socket"}}


@pytest.mark.parametrize("name", ["capex_html", "capex_pdf"])
def test_exporters_are_registered(name: str) -> None:
    from nbconvert.exporters import get_exporter

    assert get_exporter(name).__module__.startswith("capexlib.publish.")

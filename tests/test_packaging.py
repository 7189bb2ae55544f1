from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DECLARED = [Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]
PINS = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
NOT_OURS = {
    ".venv",
    ".git",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "__pycache__",
    "reports",
}


def project_files() -> list[Path]:
    """List the files under git, or all that are not build output where there is no git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts)]


def texts() -> dict[Path, str]:
    found = {}
    for path in project_files():
        try:
            found[path] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def requirement_key(requirement: Requirement) -> tuple[str, str, frozenset[str]]:
    return canonicalize_name(requirement.name), str(requirement.specifier), frozenset(requirement.extras)


def test_conda_environment_is_the_twin() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = [entry for entry in listed if isinstance(entry, str) and entry != "pip"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    twin = [Requirement(text) for text in [*conda, *pip]]
    python = next(each for each in twin if each.name == "python")
    assert str(python.specifier) == PROJECT["requires-python"]
    assert sorted(map(requirement_key, (r for r in twin if r.name != "python"))) == sorted(
        map(requirement_key, DECLARED)
    )


def test_every_declared_range_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    quoted = [line for line in lines if re.match(r'    "[A-Za-z0-9-]+(\[\w+\])?>=', line)]
    assert len(quoted) == len(DECLARED)
    plain = [line for line in quoted if "#" not in line]
    assert plain == []


@pytest.mark.parametrize("requirement", DECLARED, ids=str)
def test_declared_ranges_hold_the_pin(requirement: Requirement) -> None:
    pins = dict(line.split("==") for line in PINS)
    assert pins[canonicalize_name(requirement.name)] in requirement.specifier


def test_pins_are_exact_and_name_no_place() -> None:
    assert [line for line in PINS if not re.fullmatch(r"[a-z0-9-]+==[0-9][A-Za-z0-9.]*", line)] == []


def test_no_machine_and_no_registry_is_named() -> None:
    machine = re.compile(
        r"(?<![\w.$}/])/(?:work|root|home|Users|opt|srv)/\w|file://(?!\{)|\b(?:index|find)[-_](?:url|links)\b"
    )
    registry = re.compile(
        "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(?:org|com)", "anaconda" + r"\.org"])
    )
    named = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts().items()
        for match in (*machine.finditer(text), *registry.finditer(text))
        if path != Path(__file__)
    }
    assert named == set()


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "exec make test" in script.read_text("utf-8")
    bash = shutil.which("bash")
    assert bash
    subprocess.run([bash, "-n", str(script)], check=True)


def test_make_refuses_an_old_python_with_a_clear_message(tmp_path: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make")
    old = tmp_path / "bin" / "python3"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\ncase "$2" in *exit*) exit 1;; *) echo 3.9;; esac\n', encoding="utf-8")
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    for tool in ("sh", "cat", "cksum", "cut", "awk", "test", "touch", "rm", "env"):
        found = shutil.which(tool)
        if found:
            (old.parent / tool).symlink_to(found)
    done = subprocess.run(
        [make, "brief"], cwd=tmp_path, env={"PATH": str(old.parent)}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "capexlib needs Python 3.11 or newer; found 3.9." in done.stderr

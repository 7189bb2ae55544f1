"""Arguments that no command can use: each ends in a message and a documented exit code, never in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from edition_specimen import edition
from typer.testing import CliRunner, Result

from capexlib.cli.app import app
from capexlib.cli.project import parse_settings
from capexlib.errors import ParamsError
from capexlib.publish import verify

pytestmark = pytest.mark.faults
PROJECT = Path(__file__).resolve().parents[2]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def refused(done: Result, *codes: int) -> None:
    assert done.exit_code in (codes or (2,)), done.output
    assert done.stderr.strip()
    assert "met a bug" not in done.stderr


# ---------------------------------------------------------------- paths that are none

PATHS: dict[str, Callable[[Path], str]] = {
    "missing": lambda folder: str(folder / "nowhere"),
    "a folder": str,
    "below a file": lambda folder: str(folder / "empty" / "x"),
    "empty": lambda folder: str(folder / "empty"),
    "garbage": lambda folder: str(folder / "garbage"),
    "not UTF-8": lambda folder: str(folder / "latin"),
    "a device": lambda folder: os.devnull,
    "a circle of links": lambda folder: str(folder / "circle"),
    "too long": lambda folder: "x" * 300,
    "with a zero byte": lambda folder: "a\0b",
}
COMMANDS: dict[str, Callable[[str, str], list[str]]] = {
    "check": lambda path, good: ["check", path],
    "run": lambda path, good: ["run", path],
    "new": lambda path, good: ["new", "x", "--from", path],
    "claims": lambda path, good: ["claims", "--params", path],
    "cite": lambda path, good: ["cite", "plan", path],
    "verify": lambda path, good: ["verify", path],
    "diff": lambda path, good: ["diff", path, good],
    "diff, the newer": lambda path, good: ["diff", good, path],
    "send": lambda path, good: ["send", path, "--to", "a@acme.example", "--from", "b@acme.example", "--eml", "x.eml"],
    "publish": lambda path, good: ["publish", path, "store"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with files that nothing can read."""
    (tmp_path / "empty").touch()
    (tmp_path / "garbage").write_bytes(bytes(range(256)))
    (tmp_path / "latin").write_bytes("case: \xe9".encode("latin-1"))
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_path_that_cannot_be_used_is_2(folder: Path, command: str, path: str) -> None:
    before = sorted(folder.iterdir())
    refused(invoke(*COMMANDS[command](PATHS[path](folder), str(folder))))
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("path", ["below a file", "too long", "a circle of links", "a device"])
def test_an_output_folder_that_cannot_be_used_is_told(folder: Path, path: str) -> None:
    place = PATHS[path](folder)
    refused(invoke("index", place))
    refused(invoke("publish", str(edition(folder)), place, "--unchecked"), 8)


def test_an_address_of_nothing_is_2(folder: Path) -> None:
    good = str(edition(folder))
    before = sorted(folder.iterdir())
    refused(invoke("publish", good, " "))
    assert sorted(folder.iterdir()) == before


# ---------------------------------------------------------------- editions whose manifest has another form

WRONG: list[Any] = [None, 5, "x", [5], [{}], [{"id": 5}]]


@pytest.mark.parametrize(
    "part", ["results", "figures", "claim_details", "source_details", "briefs", "params", "claims"]
)
def test_a_manifest_of_another_form_is_no_edition(folder: Path, part: str) -> None:
    broken = edition(folder)
    good = verify.read_manifest(broken)
    for value in WRONG:
        verify.write_manifest(broken, {**good, part: value})
        with pytest.raises(ParamsError, match=f"of another form.*{part}"):
            verify.read_manifest(broken)


def test_a_brief_that_names_what_the_edition_lacks_fails_the_gate(folder: Path) -> None:
    broken = edition(folder)
    verify.write_manifest(broken, {**verify.read_manifest(broken), "results": []})
    done = invoke("check", str(broken))
    refused(done, 7)
    assert "which the brief names" in done.stderr


def test_an_edition_without_a_brief_is_not_sent(folder: Path) -> None:
    broken = edition(folder)
    verify.write_manifest(broken, {**verify.read_manifest(broken), "briefs": {}})
    done = invoke(*COMMANDS["send"](str(broken), ""), "--unchecked")
    refused(done)
    assert "holds no brief" in done.stderr


# ---------------------------------------------------------------- settings

SETTINGS = {
    "not a number": "scale.pue.value=.nan", "infinity": "scale.pue.value=.inf", "the word inf": "scale.pue.value=inf",
    "1e400": "scale.pue.value=1e400", "5000 digits": "scale.pue.value=" + "9" * 5000, "seed": "sampling.seed=" + "9" * 30,
    "date": "as_of=9999-99-99", "period": "plan.period=" + "9" * 50, "open bracket": "scale.pue.value=[",
    "anchor": "scale.pue.value=&a 1", "tag": "scale.pue.value=!!python/none x", "unknown": "nothing=1",
    "empty step": "a..b=1", "dot": ".=1", "deep": "peers=" + "[" * 5000, "path": "case=../x",
    "zero byte": "scale.pue.value=1\0002", "extends": "extends=x", "nothing": "scale.pue.value=",
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_cannot_be_used_is_2(tmp_path: Path, name: str) -> None:
    params, out = str(PROJECT / "params" / "bytedance.yml"), tmp_path / "out"
    refused(invoke("run", params, "--out", str(out), "--set", SETTINGS[name]))
    assert not out.exists()


def test_a_key_that_is_set_twice_is_2() -> None:
    with pytest.raises(ParamsError, match="--set a: is set twice"):
        parse_settings(["a=1", "b=1", " a=2"])


# ---------------------------------------------------------------- where the answer goes


def piped(shell: str) -> subprocess.CompletedProcess[str]:
    command = shell.replace("capex", f"{sys.executable} -m capexlib")
    return subprocess.run(["bash", "-c", command], cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S607


@pytest.mark.parametrize(
    "shell",
    ["capex claims | head -1", "capex claims --entity bytedance >&-", "PYTHONIOENCODING=ascii capex claims --entity bytedance"],
)  # fmt: skip
def test_an_output_that_takes_little_is_no_failure(shell: str) -> None:
    done = piped(shell)
    assert done.returncode == 0
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_told() -> None:
    done = piped("capex claims > /dev/full")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "met a bug" not in done.stderr

"""Real processes, really killed, starved and interrupted."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from acme_briefs import AS_OF, displayed, study_of, write_template

from capexlib.publish.editions import opened
from capexlib.publish.verify import verify_edition

pytestmark = [pytest.mark.faults, pytest.mark.kernel]
SCRIPT = Path(__file__).with_name("press_acme.py")


@pytest.fixture(autouse=True)
def temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give killed processes a short folder for what they leave behind."""
    with tempfile.TemporaryDirectory(prefix="capex-faults-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield


def hear_interrupts() -> None:
    """Undo what a shell does to its background jobs: they and their children ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(project: Path, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(project), *arguments]
    more.setdefault("preexec_fn", hear_interrupts)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def seed_of(project: Path) -> int:
    edition = project / "reports" / "acme" / AS_OF
    assert verify_edition(edition) == []
    return json.loads((edition / "manifest.json").read_text("utf-8"))["seed"]


def change(project: Path, seed: int) -> None:
    write_template(project / "notebooks" / "scale.ipynb", displayed(study_of(seed=seed)))


def kernels_of(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text("utf-8")
            command = status.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if b"ipykernel_launcher" in command and f"PPid:\t{parent}\n" in text:
            found.append(int(status.parent.name))
    return found


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False


def test_killed_at_any_step_the_next_run_finds_a_whole_edition(project: Path) -> None:
    assert finished(start(project))[1] == "created\n"
    change(project, 2)
    killed = 0
    for step in range(1, 14):
        code, _, _ = finished(start(project, str(step)))
        killed += code == -signal.SIGKILL
        with opened(project / "reports", "acme") as shelf:
            assert seed_of(project) in (1, 2)
            assert not [entry for entry in shelf.folder.iterdir() if entry.name.startswith((".building", ".aside"))]
        if code == 0:
            break
        if seed_of(project) == 2:
            change(project, 1)
            assert finished(start(project))[0] == 0
            change(project, 2)
    assert killed >= 9
    assert finished(start(project))[0] == 0
    assert seed_of(project) == 2


def test_two_runs_at_once_both_succeed(project: Path) -> None:
    outcomes = sorted(finished(process)[1] for process in [start(project), start(project)])
    assert outcomes == ["created\n", "unchanged\n"]
    assert seed_of(project) == 1


def test_disk_that_takes_no_more(project: Path) -> None:
    assert finished(start(project))[0] == 0
    change(project, 2)
    notebook = project / "notebooks" / "scale.ipynb"
    limit = 2 * notebook.stat().st_size // 3

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code, _, said = finished(start(project, preexec_fn=starve))
    assert code == 1, said
    assert "Nothing was published" in said
    assert "Traceback" not in said
    assert seed_of(project) == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_run_leaves_no_kernel_and_no_edition(project: Path, sent: signal.Signals) -> None:
    write_template(project / "notebooks" / "scale.ipynb", "open('started', 'w').close()\nwhile True: pass")
    process = start(project)
    deadline = time.monotonic() + 30
    while not (project / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    kernels = kernels_of(process.pid)
    assert len(kernels) == 1
    os.kill(process.pid, sent)
    code, _, _ = finished(process)
    assert code == (130 if sent is signal.SIGINT else -signal.SIGKILL)
    while any(map(is_running, kernels)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_running, kernels))
    assert not (project / "reports" / "acme" / AS_OF).exists()


def test_interrupt_while_the_kernel_starts(project: Path) -> None:
    write_template(project / "notebooks" / "scale.ipynb", "1")
    process = start(project)
    deadline = time.monotonic() + 30
    while not (kernels := kernels_of(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGINT)
    assert finished(process)[0] == 130
    while any(map(is_running, kernels)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kernels
    assert not any(map(is_running, kernels))

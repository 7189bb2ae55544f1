"""The kernel a notebook runs in: this interpreter, private sockets, nothing of the user's own set-up.

A notebook's kernelspec names somebody's environment, so it is not asked: the kernel
is always ``sys.executable``. It talks over Unix sockets in a short private folder,
because TCP ports race when kernels start side by side, and it reads no profile, so
that a start-up file of the user cannot change an edition.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from capexlib.previous import ENVIRONMENT, REVISION, UNASKED

ENGINE = "capexlib"
_HAS_SOCKETS = os.name == "posix"
_LONGEST_SOCKET_FOLDER = 60

CellCallback = Callable[[int, int, str], None]


def kernel_environment(private: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Build the kernel's environment: the caller's, less what would make two runs differ.

    Parameters
    ----------
    private : Path
        A folder of this run's own, for IPython's profile.
    given : Mapping or None
        Variables that this run sets. Which edition to compare with is among them, or is
        nothing, whatever the caller's environment says.

    Returns
    -------
    dict
    """
    fixed = {
        "IPYTHONDIR": str(private),
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        ENVIRONMENT: UNASKED,
        REVISION: "",
    }
    libraries = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS", "NUMBA")
    threads = {f"{library}_NUM_THREADS": "1" for library in libraries}
    return {**os.environ, **threads, **fixed, **(given or {})}


class OwnKernelManager(AsyncKernelManager):
    """A kernel manager that knows one kernel: the interpreter it runs in."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel, whatever a notebook's metadata names."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


class NotebookRun:
    """One notebook's execution: the kernel's private folder, its process, and the notebook as far as it got.

    Parameters
    ----------
    cwd : Path
        The kernel's working directory; the caller's own never changes.
    timeout_s : int
        Longest time for one cell, in seconds.
    on_cell : callable or None
        Called before each cell with its number (from 1), how many there are, and its id.
    environment : Mapping or None
        Variables to set in the kernel.
    """

    def __init__(
        self,
        cwd: Path,
        timeout_s: int,
        on_cell: CellCallback | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.cwd = cwd
        self.environment = environment
        self.timeout_s = timeout_s
        self.on_cell = on_cell
        self.notebook: Any = None
        self.cell_id = ""
        base = tempfile.gettempdir()
        if _HAS_SOCKETS and len(base) > _LONGEST_SOCKET_FOLDER:
            base = "/tmp"  # noqa: S108 - a socket's path may hold 108 bytes; mkdtemp makes the folder private
        self.private = Path(tempfile.mkdtemp(prefix="capex-", dir=base))
        self.manager = OwnKernelManager(kernel_name="python3", connection_file=str(self.private / "kernel.json"))
        if _HAS_SOCKETS:
            self.manager.transport = "ipc"
            self.manager.ip = str(self.private / "k")

    def cell_starts(self, cell: Any, cell_index: int) -> None:
        """Note where the run is, for progress and for error messages."""
        self.cell_id = cell.get("id", str(cell_index))
        if self.on_cell:
            self.on_cell(cell_index + 1, len(self.notebook.cells), self.cell_id)

    def close(self) -> None:
        """End the kernel if it still runs (an interrupt may come while it starts), and tidy up."""
        process = getattr(self.manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if _HAS_SOCKETS else process.kill()
            process.wait()
        shutil.rmtree(self.private, ignore_errors=True)


class _Client(PapermillNotebookClient):
    """papermill's client, with the kernel of a `NotebookRun`."""

    def __init__(self, nb_man: Any, run: NotebookRun, **kwargs: Any) -> None:
        super().__init__(nb_man, km=run.manager, **kwargs)
        self.run = run

    def execute(self, **kwargs: Any) -> Any:
        """Run all cells, and shut the kernel down whatever happens."""
        return super().execute(
            cleanup_kc=True, env=kernel_environment(self.run.private, self.run.environment), **kwargs
        )


class _Engine(NBClientEngine):
    """papermill's engine for a `NotebookRun`; registered in this process only."""

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:  # noqa: ARG003 - papermill's signature
        return "python3"

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:  # noqa: ARG003 - papermill's signature
        return "python"

    @classmethod
    def execute_managed_notebook(  # pyright: ignore[reportIncompatibleMethodOverride] - papermill passes keywords
        cls, nb_man: Any, kernel_name: str, *, capex_run: NotebookRun, **_: Any
    ) -> Any:
        capex_run.notebook = nb_man.nb
        client = _Client(
            nb_man,
            capex_run,
            kernel_name=kernel_name,
            timeout=capex_run.timeout_s,
            resources={"metadata": {"path": str(capex_run.cwd)}},
            on_cell_start=capex_run.cell_starts,
            shutdown_kernel="immediate",
            startup_timeout=120,
        )
        return client.execute()


papermill_engines.register(ENGINE, _Engine)

"""A process of its own that prints Acme with a plain format, to be killed or starved by the tests.

``python press_acme.py PROJECT [STEP]`` kills itself with SIGKILL at the numbered step of the disk.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from acme_briefs import AS_OF

from capexlib.errors import CapexError
from capexlib.publish import formats, press

STEPS = ("rename", "mkdir", "write_text", "write_bytes", "symlink_to", "replace")


class TextExporter:
    """Prints the brief's name."""

    file_extension = ".txt"

    def from_notebook_node(self, notebook: Any, resources: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Set a notebook as text."""
        return f"{resources['metadata']['name']} {len(notebook.cells)}\n", resources


def kill_at(step: int) -> None:
    """Let the numbered step on the disk be this process's last."""
    taken = 0

    def guarded(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    for name in STEPS:
        setattr(Path, name, guarded(getattr(Path, name)))


def main() -> int:
    """Print, and answer with the exit code of the command."""
    project = Path(sys.argv[1])
    entry = SimpleNamespace(load=lambda: TextExporter)
    for module in (press, formats):
        setattr(module, "formats", lambda: {"txt": entry})  # noqa: B010 - pyright knows the real one
    if len(sys.argv) > 2:
        kill_at(int(sys.argv[2]))
    notebooks = tuple((project / "notebooks").glob("*.ipynb"))
    job = press.PrintJob(project / "params" / "acme.yml", "acme", AS_OF, project, project / "reports", notebooks,
                         formats=("txt",))  # fmt: skip
    try:
        print(press.print_edition(job).outcome)  # noqa: T201
    except CapexError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

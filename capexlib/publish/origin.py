"""What made an edition besides its inputs: the versions installed, and the project's revision."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any


@cache
def versions() -> dict[str, Any]:
    """List the versions that an edition's bytes depend on.

    Returns
    -------
    dict
        ``python``, and ``packages``: capexlib and what it requires.
    """
    required = [text for text in metadata.requires("capexlib") or [] if "extra ==" not in text]
    names = {match.group() for text in required if (match := re.match(r"[A-Za-z0-9._-]+", text))}
    packages = {name.lower(): metadata.version(name) for name in sorted({"capexlib", *names})}
    return {"python": platform.python_version(), "packages": packages}


def revision(folder: Path) -> dict[str, Any] | None:
    """Ask git which commit a folder stands at.

    Parameters
    ----------
    folder : Path
        Any folder of the project.

    Returns
    -------
    dict or None
        ``commit``, and ``dirty``: whether anything differs from it. None outside git.
    """
    program = shutil.which("git")
    if program is None:
        return None

    def ask(*arguments: str) -> str | None:
        command = [program, "-C", str(folder), *arguments]
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
        return done.stdout.strip() if done.returncode == 0 else None

    commit = ask("rev-parse", "--verify", "HEAD")
    changes = ask("status", "--porcelain")
    return {"commit": commit, "dirty": bool(changes)} if commit else None

"""The edition that a study is compared with: how a run names it, and what of it counts.

A run puts its address into the kernel's environment, so that a notebook declares no
parameter for it and, opened by hand, compares with nothing. What counts is what the
comparison reads; its digest is an input of the new edition and stands in its manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from capexlib.errors import ParamsError, Problem

ENVIRONMENT = "CAPEX_PREVIOUS"
REVISION = "CAPEX_REVISION"
"""Where a run says at which commit the project stands."""

FIRST, UNASKED = "first", "unasked"
_COMPARED = ("case", "entity", "as_of", "params", "claims", "results")

State = Literal["unasked", "first", "found"]


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier edition, or why there is none.

    Parameters
    ----------
    state : {"unasked", "first", "found"}
        Nothing was asked for, there is no older edition, or `manifest` is it.
    manifest : Mapping
        Its manifest; empty without one.
    """

    state: State = UNASKED
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> dict[str, str]:
        """What the new edition's manifest says about it."""
        if self.state != "found":
            return {"state": self.state}
        named = {name: str(self.manifest[name]) for name in ("case", "as_of")}
        return {"state": self.state, **named, "sha256": digest(self.manifest)}


def digest(manifest: Mapping[str, Any]) -> str:
    """Digest what a comparison reads of a manifest: files, revision and the rest may differ.

    Examples
    --------
    >>> digest({"case": "acme", "files": []}) == digest({"case": "acme"})
    True
    """
    compared = {name: manifest.get(name) for name in _COMPARED}
    text = json.dumps(compared, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_previous(path: Path) -> Previous:
    """Read an edition's manifest for a comparison.

    Raises
    ------
    ParamsError
        If it cannot be read, or lacks what a comparison needs.
    """
    cure = "Run that edition again, or name another with --against."
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        lacking = [name for name in _COMPARED if name not in manifest]
        rows_are_whole = all({"id", "unit", "value"} <= row.keys() for row in manifest.get("results", []))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ParamsError([Problem(str(path), f"cannot be compared with ({error}).", cure)]) from error
    if lacking or not rows_are_whole:
        what = f"cannot be compared with: it lacks {', '.join(lacking) or 'parts of its results'}."
        raise ParamsError([Problem(str(path), what, cure)])
    return Previous("found", manifest)


def code_at_hand(like: Mapping[str, Any]) -> dict[str, Any]:
    """Say what code runs here, in the terms of a manifest: its revision, and the packages that the manifest lists.

    Parameters
    ----------
    like : Mapping
        A manifest.

    Returns
    -------
    dict
        Without a revision where no run has named one.
    """
    listed = (like.get("versions") or {}).get("packages") or {}
    found: dict[str, Any] = {}
    if listed:
        found["versions"] = {"packages": {name: _installed(name) for name in listed}}
    if named := os.environ.get(REVISION):
        found["revision"] = {"commit": named}
    return found


def _installed(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def made_by_other_code(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether two manifests name different commits or packages; what either does not name does not count.

    Examples
    --------
    >>> made_by_other_code({"revision": {"commit": "a"}}, {"revision": {"commit": "b"}})
    True
    >>> made_by_other_code({"revision": {"commit": "a"}}, {})
    False
    """
    pairs = [
        [(side.get(part) or {}).get(name) for side in (old, new)]
        for part, name in (("revision", "commit"), ("versions", "packages"))
    ]
    return any(one is not None and other is not None and one != other for one, other in pairs)


def previous_of_environment() -> Previous:
    """Read what the run that started this kernel named, if a run did."""
    named = os.environ.get(ENVIRONMENT, UNASKED)
    if named in (FIRST, UNASKED, ""):
        return Previous(FIRST if named == FIRST else UNASKED)
    return read_previous(Path(named))

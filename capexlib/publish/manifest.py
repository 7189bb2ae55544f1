"""The manifest: what an edition was made from, what it says, and what its files are.

Three forms of one record. The *study part* comes out of the executed notebook. The
*embedded* manifest adds versions and revision; each HTML and PDF carries it. The
*edition's* manifest joins those of its briefs and lists the files with their digests.
Equal inputs give equal bytes: there is no clock, host or absolute path in any of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from capexlib.errors import CapexError, NotebookError, Problem
from capexlib.publish.origin import versions

SCHEMA = 1
MANIFEST = "manifest.json"
_JOINED = ("claims", "results", "figures")


def canonical_json(value: Any) -> str:
    """Write JSON in the one form that equal values share: sorted keys, indent 1, a last newline."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def sha256(path: Path) -> str:
    """Digest a file's bytes, as hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def blocks(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the blocks that an executed notebook's cells displayed, in order."""
    from capexlib.exhibits.block import BLOCK_MIME

    outputs = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    return [output["data"][BLOCK_MIME] for output in outputs if BLOCK_MIME in output.get("data", {})]


def study_part(name: str, notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Take the study's part of the manifest out of an executed notebook.

    Parameters
    ----------
    name : str
        The notebook's name, for the error.
    notebook : NotebookNode
        Executed.

    Returns
    -------
    dict

    Raises
    ------
    NotebookError
        If there is not exactly one provenance block.
    """
    found = [block["study"] for block in blocks(notebook) if block.get("block") == "provenance"]
    if len(found) != 1:
        what = f"displays {len(found)} provenance blocks instead of one."
        raise NotebookError([Problem(name, what, "End the notebook with one cell that shows the provenance.")])
    return found[0]


def embedded(name: str, notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Build the manifest that a brief carries inside: the edition's, without its files.

    Parameters
    ----------
    name : str
        The notebook's name, for errors.
    notebook : NotebookNode
        Executed. Its metadata ``capex`` holds what the press knew (`inputs`, `revision`);
        a notebook that was run by hand has none.

    Returns
    -------
    dict
    """
    press = {"inputs": None, "revision": None, **notebook["metadata"].get("capex", {})}
    return {**study_part(name, notebook), **press, "schema": SCHEMA, "versions": versions()}


def basis(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Take what briefs of one edition must have in common."""
    return {key: value for key, value in manifest.items() if key not in (*_JOINED, "files", "briefs")}


def _key(entry: Any) -> str:
    return entry["id"] if isinstance(entry, Mapping) else str(entry)


def _joined(manifests: Iterable[Mapping[str, Any]], part: str) -> list[Any]:
    """Unite lists of claims or results; entries of one id must be equal."""
    entries: dict[str, Any] = {}
    for manifest in manifests:
        for entry in manifest.get(part, []):
            if entries.setdefault(_key(entry), entry) != entry:
                what = f"{part[:-1]} {_key(entry)!r} differs between two briefs of one edition."
                raise CapexError.single(MANIFEST, what, "Run all briefs of the case together.")
    return [entries[key] for key in sorted(entries)]


def edition_manifest(
    briefs: Mapping[str, Mapping[str, Any]], files: Mapping[str, Iterable[str]], folder: Path
) -> dict[str, Any]:
    """Join the briefs' manifests and list the edition's files.

    Parameters
    ----------
    briefs : Mapping
        Embedded manifest of each brief, by the brief's name.
    files : Mapping
        Names of each brief's files, relative to `folder`.
    folder : Path
        Where the files are.

    Returns
    -------
    dict

    Raises
    ------
    CapexError
        If the briefs do not rest on one study.
    """
    manifests = list(briefs.values())
    common = basis(manifests[0])
    if any(basis(manifest) != common for manifest in manifests):
        raise CapexError.single(MANIFEST, "the briefs rest on different studies.", "Run all briefs together.")
    paths = {name: folder / name for group in files.values() for name in group}
    return {
        **common,
        **{part: _joined(manifests, part) for part in _JOINED if any(part in manifest for manifest in manifests)},
        "briefs": {
            brief: {"files": sorted(files[brief])}
            | {part: sorted(_key(entry) for entry in manifest.get(part, [])) for part in _JOINED}
            for brief, manifest in briefs.items()
        },
        "files": [
            {"name": name, "sha256": sha256(path), "bytes": path.stat().st_size} for name, path in sorted(paths.items())
        ],
    }


def brief_manifest(manifest: Mapping[str, Any], brief: str) -> dict[str, Any]:
    """Take one brief's embedded manifest back out of an edition's.

    Parameters
    ----------
    manifest : Mapping
        The edition's.
    brief : str
        One of its briefs.

    Returns
    -------
    dict
    """
    own = {part: set(manifest["briefs"][brief][part]) for part in _JOINED if part in manifest}
    kept = {part: [entry for entry in manifest[part] if _key(entry) in own[part]] for part in own}
    return {**basis(manifest), **kept}

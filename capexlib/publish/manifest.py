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
_ALONE = ("claims", "claim_details", "source_details")
_JOINED = (*_ALONE, "results", "figures")


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


def _joined(manifests: Iterable[Mapping[str, Any]], *parts: str) -> dict[str, Any]:
    """Unite lists by id; entries of one id must be equal, whichever list and brief they stand in."""
    entries: dict[str, Any] = {}
    for manifest in manifests:
        for part in parts:
            for entry in manifest.get(part, []):
                if entries.setdefault(_key(entry), entry) != entry:
                    what = f"{part[:-1]} {_key(entry)!r} differs between two briefs of one edition."
                    raise CapexError.single(MANIFEST, what, "Run all briefs of the case together.")
    return {key: entries[key] for key in sorted(entries)}


def _keys(manifests: Iterable[Mapping[str, Any]], part: str) -> set[str]:
    return {_key(entry) for manifest in manifests for entry in manifest.get(part, [])}


def front(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of an executed notebook what a list of editions says about its brief.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.

    Returns
    -------
    dict
        ``title``, ``kicker``, ``entity``, ``status_line`` and ``badges`` of the masthead,
        the ``headline`` sentence, and ``key_figures`` in words, each with its ``figure``'s
        id; what the notebook does not show is absent.
    """
    from capexlib.exhibits.block import words

    shown = {block.get("block"): block for block in blocks(notebook)}
    masthead, line, strip = (shown.get(kind, {}) for kind in ("masthead", "bottom_line", "key_figures"))
    named = ("title", "kicker", "entity", "as_of_text", "status_line", "badges")
    found: dict[str, Any] = {name: masthead[name] for name in named if masthead.get(name)}
    if line.get("sentences"):
        found["headline"] = words([_spoken(span) for span in line["sentences"][0]])
    if strip.get("items"):
        found["key_figures"] = [_key_figure(item, words(item.get("value", ""))) for item in strip["items"]]
    return found


def _spoken(span: str | Mapping[str, Any]) -> str:
    """Read a span as plain text: a badge, a frame on the page, becomes a bracket."""
    return span if isinstance(span, str) else f"({span['t']})" if span.get("badge") else str(span["t"])


def _key_figure(item: Mapping[str, Any], value: str) -> dict[str, Any]:
    names = ("label", "period", "interval", "status", "modelled", "change")
    plain = {name: item[name] for name in names if item.get(name)}
    traced = [span["figure"] for span in item.get("value", ()) if isinstance(span, Mapping) and span.get("figure")]
    return {**plain, "value": value, "figure": traced[0] if traced else ""}


def edition_manifest(
    briefs: Mapping[str, Mapping[str, Any]],
    files: Mapping[str, Iterable[str]],
    folder: Path,
    fronts: Mapping[str, Mapping[str, Any]] | None = None,
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
    fronts : Mapping or None
        What :func:`front` says of each brief, by the brief's name.

    Returns
    -------
    dict
        A figure that one brief publishes as a result and another only computes with
        stands once, among the results.

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
    present = {part for manifest in manifests for part in manifest}
    numbers = _joined(manifests, "results", "figures")
    results = _keys(manifests, "results")
    listed = {"results": results, "figures": set(numbers) - results}
    return {
        **common,
        **{part: [numbers[key] for key in numbers if key in ids] for part, ids in listed.items() if part in present},
        **{part: list(_joined(manifests, part).values()) for part in _ALONE if part in present},
        "briefs": {
            brief: {**(fronts or {}).get(brief, {}), "files": sorted(files[brief])}
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
    own = manifest["briefs"][brief]
    numbers = {_key(entry): entry for part in ("results", "figures") for entry in manifest.get(part, [])}
    kept = {part: [numbers[key] for key in own[part]] for part in ("results", "figures") if part in manifest}
    alone = {part: [e for e in manifest[part] if _key(e) in set(own[part])] for part in _ALONE if part in manifest}
    return {**basis(manifest), **kept, **alone}


def front_of(manifest: Mapping[str, Any], brief: str) -> dict[str, Any]:
    """Take out of an edition's manifest what :func:`front` said of a brief."""
    return {name: value for name, value in manifest["briefs"][brief].items() if name not in (*_JOINED, "files")}

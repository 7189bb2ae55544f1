"""An edition compared with its manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from capexlib.errors import ParamsError, Problem
from capexlib.publish.folder_names import is_case, is_date
from capexlib.publish.lineage import Lineage
from capexlib.publish.manifest import MANIFEST, canonical_json, sha256


def _is_inside(name: object) -> bool:
    if not isinstance(name, str):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in value)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)


def _is_mapping_or_none(value: object) -> bool:
    return value is None or isinstance(value, dict)


def _is_briefs(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(brief, dict) for brief in value.values())


_FORMS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("results", "figures", "claim_details", "source_details"), _is_rows),
    **dict.fromkeys(("params", "previous", "versions"), _is_mapping),
    "claims": _is_names,
    "inputs": _is_mapping_or_none,
    "briefs": _is_briefs,
}
"""What the parts of a manifest must be before anything is read from them."""


def _is_file(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()


def read_manifest(edition: Path) -> dict[str, Any]:
    """Read an edition's manifest.

    Raises
    ------
    ParamsError
        If the folder is not an edition, or one that nobody should trust.
    """
    try:
        manifest = json.loads((edition / MANIFEST).read_text(encoding="utf-8"))
        files = [(entry["name"], entry["sha256"], entry["bytes"]) for entry in manifest["files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        cure = "Give the folder of an edition, for instance reports/acme/latest."
        what = f"has no readable {MANIFEST} ({error})."
        raise ParamsError([Problem(str(edition), what, cure)]) from error
    case, as_of = str(manifest.get("case")), str(manifest.get("as_of"))
    if not is_case(case) or not is_date(as_of):
        what = f"names the case {case!r:.80} and the date {as_of!r:.40}, which cannot name folders."
        raise ParamsError([Problem(str(edition / MANIFEST), what, "Do not trust this edition.")])
    if misshapen := [part for part, is_good in _FORMS.items() if part in manifest and not is_good(manifest[part])]:
        what = f"has parts of another form than an edition's: {', '.join(misshapen)}."
        raise ParamsError([Problem(str(edition / MANIFEST), what, "Do not trust this edition.")])
    outside = [name for name, _, _ in files if not _is_inside(name)]
    if outside:
        what = f"lists files outside the edition: {', '.join(map(repr, outside))}."
        raise ParamsError([Problem(str(edition / MANIFEST), what, "Do not trust this edition.")])
    return manifest


def write_manifest(edition: Path, manifest: Mapping[str, Any]) -> None:
    """Write an edition's manifest in its canonical form."""
    (edition / MANIFEST).write_text(canonical_json(manifest), encoding="utf-8", newline="\n")


def verify_edition(edition: Path) -> list[Problem]:
    """Compare an edition's files with its manifest.

    Parameters
    ----------
    edition : Path
        The folder.

    Returns
    -------
    list of Problem
        One for each file that is missing, altered or not listed, and for each figure that
        does not follow from its operands; empty if all is well.

    Raises
    ------
    ParamsError
        If the folder is not an edition.
    """
    manifest = read_manifest(edition)
    cure = "Run the case again, or take the edition from its archive."
    problems, here = [], edition.resolve()
    listed = {entry["name"]: entry for entry in manifest["files"]}
    for name, entry in listed.items():
        path = edition / name
        if not path.is_file():
            problems.append(Problem(name, "is missing.", cure))
        elif path.resolve() != here / name:
            problems.append(Problem(name, "is a link, not a file of the edition.", cure))
        elif path.stat().st_size != entry["bytes"] or sha256(path) != entry["sha256"]:
            problems.append(Problem(name, "was altered after the edition was made.", cure))
    present = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if _is_file(path)}
    extra = sorted(present - set(listed) - {MANIFEST})
    problems += [Problem(name, "does not belong to the edition.", "Remove it.") for name in extra]
    wrong = Lineage(manifest).disagreements
    problems += [Problem(f"{MANIFEST} {name}", "does not follow from its operands.", cure) for name in wrong]
    if canonical_json(manifest) != (edition / MANIFEST).read_text(encoding="utf-8"):
        problems.append(Problem(MANIFEST, "is not in its canonical form, so it was edited.", cure))
    return problems

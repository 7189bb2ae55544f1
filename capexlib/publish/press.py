"""The press: notebooks in, an edition out.

Runs each brief's notebook, sets it in every format asked for, writes its exhibits and
the manifest, and moves the whole into its place. Which study stands behind it is the
notebooks' business: the press carries their provenance and never looks inside.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from capexlib.errors import CapexError, NotebookError, ParamsError, Problem
from capexlib.previous import ENVIRONMENT, FIRST, REVISION, UNASKED
from capexlib.publish import editions, manifest, verify
from capexlib.publish.execute import execute, write_notebook
from capexlib.publish.exhibit_files import write_exhibits
from capexlib.publish.formats import DEFAULT_FORMATS, WORKBOOK_FORMAT, check_formats, formats
from capexlib.publish.origin import revision
from capexlib.publish.workbook import WORKBOOK, write_workbook

NOTHING = "none"
"""What `PrintJob.against` says for a run that compares with no edition."""

ProgressCallback = Callable[[str, str, int, int], None]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What to print.

    Parameters
    ----------
    params : Path
        The params file.
    case, as_of : str
        Its case's name and date (ISO).
    project : Path
        The folder that holds ``notebooks/``.
    reports : Path
        Where editions go.
    notebooks : tuple of Path
        One for each brief; the file's stem is the brief's name.
    overrides : Mapping
        Dotted key to text, over the params.
    formats : tuple of str
        Names of registered formats.
    timeout_s : int
        Longest time for one cell, in seconds.
    force : bool
        Drop briefs of the edition that this run cannot keep.
    against : str
        Folder of the edition to compare with; empty for the newest older one of the
        case among the reports, ``"none"`` for no comparison.
    """

    params: Path
    case: str
    as_of: str
    project: Path
    reports: Path
    notebooks: tuple[Path, ...]
    overrides: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = DEFAULT_FORMATS
    timeout_s: int = 600
    force: bool = False
    against: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed.

    Parameters
    ----------
    edition : Path
        Its folder.
    outcome : Outcome
        Whether it is new, replaced another, or is the same as before.
    manifest : dict
        As written there.
    """

    edition: Path
    outcome: editions.Outcome
    manifest: dict[str, Any]


def notebook_parameters(job: PrintJob) -> tuple[Path, dict[str, Any]]:
    """Choose the kernel's directory and the parameters, so that no path of this machine is in them.

    Parameters
    ----------
    job : PrintJob
        What to print.

    Returns
    -------
    tuple
        The directory, and ``params_file`` (relative to it) with ``overrides``.
    """
    params = job.params.resolve()
    project = job.project.resolve()
    directory = project if params.is_relative_to(project) else params.parent.parent
    return directory, {
        "params_file": params.relative_to(directory).as_posix(),
        "overrides": dict(sorted(job.overrides.items())),
    }


def print_edition(job: PrintJob, progress: ProgressCallback | None = None) -> Printed:
    """Run and set the briefs of a case, and publish them as its edition.

    Parameters
    ----------
    job : PrintJob
        What to print.
    progress : callable or None
        Called with the brief, what is being done, the step's number and how many there are.

    Returns
    -------
    Printed

    Raises
    ------
    CapexError
        One of its children, by what failed. No edition was touched then.
    """
    check_formats(job.formats)
    directory, parameters = notebook_parameters(job)
    stamp = {"inputs": parameters, "revision": revision(job.params.resolve().parent)}
    with editions.opened(job.reports, job.case) as shelf, shelf.building(job.as_of) as building:
        commit = (stamp["revision"] or {}).get("commit") or ""
        compared = {ENVIRONMENT: _compared_with(job, shelf), REVISION: commit}
        briefs: dict[str, dict[str, Any]] = {}
        files: dict[str, list[str]] = {}
        fronts: dict[str, dict[str, Any]] = {}
        for path in job.notebooks:
            brief = path.stem
            notebook = execute(
                path,
                parameters,
                cwd=directory,
                timeout_s=job.timeout_s,
                on_cell=lambda n, of, cell, brief=brief: progress(brief, cell, n, of) if progress else None,
                failed=shelf.failed(brief),
                environment=compared,
            )
            notebook.metadata["capex"] = stamp
            try:
                briefs[brief] = _checked(path.name, notebook, job)
                if progress:
                    progress(brief, "setting", len(notebook.cells), len(notebook.cells))
                files[brief] = _set(brief, notebook, briefs[brief], building, job.formats)
                fronts[brief] = manifest.front(notebook)
            except CapexError:
                shelf.failed(brief).parent.mkdir(exist_ok=True)
                write_notebook(notebook, shelf.failed(brief))
                raise
            shelf.failed(brief).unlink(missing_ok=True)
        _keep_other_briefs(shelf.edition(job.as_of), building, briefs, files, fronts, force=job.force)
        shared = {WORKBOOK: write_workbook(building, briefs)} if WORKBOOK_FORMAT in job.formats else {}
        record = manifest.edition_manifest(briefs, {**files, **shared}, building, fronts)
        verify.write_manifest(building, record)
        outcome = shelf.commit(building, job.as_of)
        return Printed(shelf.edition(job.as_of), outcome, record)


def _compared_with(job: PrintJob, shelf: editions.Shelf) -> str:
    """Choose the edition to compare with, make sure that it is whole, and name its manifest for the kernel."""
    if job.against == NOTHING:
        return UNASKED
    edition = Path(job.against).resolve() if job.against else shelf.previous(job.as_of)
    if edition is None:
        return FIRST
    earlier = verify.read_manifest(edition)
    found = (str(earlier.get("case")), str(earlier.get("as_of")))
    if found[0] != job.case or found[1] >= job.as_of:
        what = f"is of {found[0]!r} as of {found[1]}; {job.case!r} as of {job.as_of} needs an older one of its own."
        raise ParamsError([Problem(f"--against {job.against}", what, "Name an older edition of the case, or 'none'.")])
    problems = verify.verify_edition(edition)
    if problems:
        cure = "Run that date again, name another with --against EDITION, or compare with nothing: --against none."
        raise ParamsError(
            Problem(f"{edition}: {problem.where}", f"cannot be compared with: it {problem.what}", cure)
            for problem in problems
        )
    return str(edition / manifest.MANIFEST)


def _checked(name: str, notebook: nbformat.NotebookNode, job: PrintJob) -> dict[str, Any]:
    """Take the brief's manifest, and make sure that the notebook ran the case it was given."""
    carried = manifest.embedded(name, notebook)
    ran = (carried.get("case"), carried.get("as_of"))
    if ran != (job.case, job.as_of):
        what = f"ran the case {ran[0]!r} as of {ran[1]} instead of {job.case!r} as of {job.as_of}."
        raise NotebookError([Problem(name, what, "Let it open the study with params_file and overrides.")])
    return carried


def _set(
    brief: str,
    notebook: nbformat.NotebookNode,
    carried: Mapping[str, Any],
    building: Path,
    names: tuple[str, ...],
) -> list[str]:
    """Write a brief's notebook, its formats and its exhibits; return the files' names."""
    written = [f"{brief}.ipynb"]
    write_notebook(notebook, building / written[0])
    known = formats()
    for name in names:
        if name == WORKBOOK_FORMAT:
            continue
        exporter = known[name].load()()
        resources = {"metadata": {"name": brief}, "capex_manifest": carried}
        content, after = exporter.from_notebook_node(notebook, resources=resources)
        file = f"{brief}{after.get('output_extension', exporter.file_extension)}"
        (building / file).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        written.append(file)
    return written + write_exhibits(manifest.blocks(notebook), building, brief)


def _keep_other_briefs(
    edition: Path,
    building: Path,
    briefs: dict[str, dict[str, Any]],
    files: dict[str, list[str]],
    fronts: dict[str, dict[str, Any]],
    *,
    force: bool,
) -> None:
    """Carry over the edition's briefs that were not run, if they rest on the same study.

    They do when everything in the manifests but claims, results and files is equal:
    params, seed, evidence, versions, revision. Otherwise the edition would mix two
    studies; that is refused, unless `force` drops them.
    """
    if not (edition / manifest.MANIFEST).is_file():
        return
    before = verify.read_manifest(edition)
    others = sorted(set(before.get("briefs", {})) - set(briefs))
    if not others:
        return
    same = manifest.basis(before) == manifest.basis(next(iter(briefs.values())))
    if not same or verify.verify_edition(edition):
        if force:
            return
        what = f"holds {', '.join(others)}, made from another study or altered since."
        cure = "Run all briefs together, or use --force to leave only the ones you run."
        raise ParamsError([Problem(str(edition), what, cure)])
    for brief in others:
        briefs[brief] = manifest.brief_manifest(before, brief)
        files[brief] = before["briefs"][brief]["files"]
        fronts[brief] = manifest.front_of(before, brief)
        for name in files[brief]:
            (building / name).parent.mkdir(exist_ok=True)
            if not (building / name).exists():
                shutil.copyfile(edition / name, building / name)

"""``capex verify``: an edition against its manifest, and against a second run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from capexlib.cli.project import find_notebooks, find_project
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import ParamsError, Problem, QualityError


@reported
def verify(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition, for instance reports/acme/latest.")],
    *,
    rerun: Annotated[bool, typer.Option(help="Run the case again and compare every byte.")] = False,
    against: Annotated[
        Path | None, typer.Option(metavar="EDITION", help="The edition it was compared with, if it lies elsewhere.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Compare an edition with its manifest; with --rerun, reproduce it."""
    from capexlib.publish.verify import read_manifest, verify_edition

    manifest = read_manifest(edition)
    problems = verify_edition(edition)
    if rerun and not problems:
        problems = _reproduce(edition.resolve(), manifest, against)
    if problems:
        raise QualityError(problems)
    files = len(manifest["files"])
    done = "reproduced to the byte" if rerun else "as the manifest says"
    if as_json:
        print_json({"ok": True, "exit_code": 0, "edition": str(edition), "files": files, "rerun": rerun})
    else:
        typer.echo(f"ok: {edition}: {files} files, {done}")


def _reproduce(edition: Path, manifest: dict[str, Any], against: Path | None) -> list[Problem]:
    """Run the case into a temporary folder, and list what came out differently."""
    from capexlib.params import load_case
    from capexlib.publish.formats import known_formats
    from capexlib.publish.press import PrintJob, print_edition

    inputs = manifest.get("inputs")
    if not inputs:
        raise ParamsError([Problem(str(edition), "does not say which params it was made from.", "Run it anew.")])
    compared, problem = _compared_with(edition, manifest.get("previous") or {}, against)
    if problem:
        return [problem]
    project = find_project(edition)
    params = project / inputs["params_file"]
    overrides = inputs["overrides"]
    case = load_case(params, overrides).case
    suffixes = {Path(entry["name"]).suffix for entry in manifest["files"]}
    with tempfile.TemporaryDirectory(prefix="capex-verify-") as folder:
        job = PrintJob(
            params=params,
            case=case.case,
            as_of=case.as_of.isoformat(),
            project=project,
            reports=Path(folder),
            notebooks=find_notebooks(project, sorted(manifest["briefs"])),
            overrides=overrides,
            formats=tuple(name for name in known_formats() if f".{name}" in suffixes),
            against=compared,
        )
        again = print_edition(job).manifest
    return _differences(manifest, again)


def _compared_with(edition: Path, record: dict[str, str], against: Path | None) -> tuple[str, Problem | None]:
    """Find the edition that this one was compared with, by its digest; the rerun needs the same."""
    from capexlib.previous import UNASKED, digest
    from capexlib.publish.press import NOTHING
    from capexlib.publish.verify import read_manifest

    if record.get("state") == UNASKED:
        return NOTHING, None
    if record.get("state") != "found":
        return "", None
    earlier = against or edition.parent / record["as_of"]
    where = f"manifest.json previous ({record['as_of']})"
    cure = "Bring that edition back, or name it with --against EDITION; or run this edition anew."
    try:
        found = digest(read_manifest(earlier))
    except ParamsError:
        return "", Problem(where, "the edition that this one was compared with is gone.", cure)
    if found != record["sha256"]:
        return "", Problem(where, "the edition that this one was compared with has changed since.", cure)
    return str(earlier), None


def _differences(before: dict[str, Any], again: dict[str, Any]) -> list[Problem]:
    """Name the manifests' parts and the files that differ."""
    cure = "Look at the parts of the manifest named here; the usual causes are versions and revision."
    parts = sorted(key for key in {*before, *again} - {"files"} if before.get(key) != again.get(key))
    problems = [Problem(f"manifest.json {part}", "came out differently.", cure) for part in parts]
    old, new = ({entry["name"]: entry["sha256"] for entry in each["files"]} for each in (before, again))
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return problems + [Problem(name, "came out differently.", cure) for name in names]

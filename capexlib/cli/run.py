"""``capex run``: params in, editions out."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capexlib.cli.project import REPORTS, find_notebooks, find_project, parse_settings, resolved
from capexlib.cli.reporting import print_json, print_problems, problem_records, reported
from capexlib.errors import CapexError

if TYPE_CHECKING:
    from capexlib.publish.press import Printed, PrintJob


@reported
def run(
    params: Annotated[list[Path], typer.Argument(help="Params files, one for each case.")],
    *,
    brief: Annotated[list[str] | None, typer.Option(help="Only this brief; may be repeated.")] = None,
    to: Annotated[str, typer.Option(help="Formats, separated by commas.")] = "html,pdf,xlsx",
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override a param; may be repeated."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for editions; reports/ of the project if not given.")] = None,
    against: Annotated[
        str,
        typer.Option(metavar="EDITION", help="Edition to compare with; the newest older one if not given, or none."),
    ] = "",
    force: Annotated[bool, typer.Option(help="Drop briefs of the edition that no longer fit.")] = False,
    timeout: Annotated[int, typer.Option(min=1, help="Longest time for one cell, in seconds.")] = 600,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the briefs of each case and publish them as its edition."""
    from capexlib.publish.formats import check_formats

    names = tuple(name.strip() for name in to.split(",") if name.strip())
    check_formats(names)
    overrides = parse_settings(setting or [])
    options = {"overrides": overrides, "formats": names, "timeout_s": timeout, "force": force, "against": against}
    jobs = [_job(path, brief or [], out, options) for path in _distinct(params)]
    records: list[dict[str, Any]] = []
    exit_code = 0
    with _interruptible(), _logging(), _progress(quiet=as_json) as progress:
        for job in jobs:
            record, error = _print(job, progress)
            records.append(record)
            if error is not None:
                exit_code = exit_code or error.exit_code
            if not as_json:
                _say(record, error)
        _list_editions({job.reports for job in jobs if job.reports.is_dir()})
    if as_json:
        print_json({"ok": not exit_code, "exit_code": exit_code, "runs": records})
    if exit_code:
        raise typer.Exit(exit_code)


def _distinct(params: list[Path]) -> list[Path]:
    return list({resolved(path): path for path in params}.values())


def _job(path: Path, briefs: list[str], out: Path | None, options: dict[str, Any]) -> PrintJob:
    """Check a case before anything runs."""
    from capexlib.params import load_case
    from capexlib.publish.editions import case_folder
    from capexlib.publish.press import PrintJob
    from capexlib.study import lacking

    case = load_case(path, options["overrides"]).case
    project = find_project(path)
    notebooks = find_notebooks(project, briefs)
    left_out = {} if briefs else {book.stem: lack for book in notebooks if (lack := lacking(case, book.stem))}
    for name, sections in left_out.items():
        typer.echo(f"! {case.case}: no {name} brief, because the params have no {', '.join(sections)}", err=True)
    reports = out or project / REPORTS
    case_folder(reports, case.case)
    return PrintJob(
        params=path,
        case=case.case,
        as_of=case.as_of.isoformat(),
        project=project,
        reports=reports,
        notebooks=tuple(book for book in notebooks if book.stem not in left_out),
        **options,
    )


def _print(job: PrintJob, progress: Callable[..., None]) -> tuple[dict[str, Any], CapexError | None]:
    """Print one case; a failure is a record too, so that the other cases still run."""
    from capexlib.publish.editions import log_run
    from capexlib.publish.press import print_edition

    started = time.time()
    record: dict[str, Any] = {"case": job.case, "as_of": job.as_of, "params": str(job.params)}
    error = None
    try:
        record |= _described(print_edition(job, progress))
    except CapexError as caught:
        error = caught
        record |= {"ok": False, "exit_code": error.exit_code, "problems": problem_records(error.problems)}
    record["seconds"] = round(time.time() - started, 2)
    log_run(job.reports, job.case, {**record, "started": round(started, 3)})
    return record, error


def _list_editions(folders: set[Path]) -> None:
    """Rebuild the index of each reports folder; its failure is said, and undoes no edition."""
    from capexlib.publish.index import write_index

    logger = logging.getLogger("capexlib.index")
    for reports in sorted(folders):
        try:
            problems = write_index(reports).problems
        except CapexError as error:
            problems = error.problems
        for problem in problems:
            logger.warning("index: %s %s %s", problem.where, problem.what, problem.cure)


def _described(printed: Printed) -> dict[str, Any]:
    files = {name: brief["files"] for name, brief in printed.manifest["briefs"].items()}
    edition = str(printed.edition)
    return {"ok": True, "exit_code": 0, "edition": edition, "outcome": str(printed.outcome), "briefs": files}


def _say(record: dict[str, Any], error: CapexError | None) -> None:
    """One line a brief."""
    if error is not None:
        print_problems(error)
        return
    edition = Path(record["edition"])
    shown = edition.relative_to(Path.cwd()) if edition.is_relative_to(Path.cwd()) else edition
    for brief, files in record["briefs"].items():
        main = min(files, key=lambda name: (not name.startswith(f"{brief}."), name))
        typer.echo("\t".join((record["case"], record["as_of"], brief, record["outcome"], str(shown / main))))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: kernel shut down, nothing published."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _logging() -> Iterator[None]:
    """Show what the library logs as plain lines on standard error."""

    class ToStderr(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            typer.echo(f"! {record.getMessage()}", err=True)

    handler = ToStderr(logging.WARNING)
    logger = logging.getLogger("capexlib")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[..., None]]:
    """Show progress on a terminal, nothing in a pipe."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(brief: str, step: str, number: int, total: int) -> None:
            if brief not in tasks:
                tasks[brief] = bar.add_task(brief, total=total)
            bar.update(tasks[brief], completed=number, total=total, description=f"{brief}: {step}")

        yield show

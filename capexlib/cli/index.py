"""``capex index``: the page and the feed that list all editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capexlib.cli.project import REPORTS, find_project
from capexlib.cli.reporting import print_json, problem_records, reported


@reported
def index(
    reports: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder of editions; reports/ of the project if not given.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """List all editions in index.html and feed.xml; every run does it too."""
    from capexlib.publish.index import write_index

    written = write_index(reports or find_project() / REPORTS)
    if as_json:
        counts = {"cases": written.cases, "editions": written.editions}
        places = {"page": str(written.page), "feed": str(written.feed)}
        print_json({"ok": True, "exit_code": 0, **places, **counts, "left_out": problem_records(written.problems)})
        return
    for problem in written.problems:
        typer.echo(f"! left out: {problem.where} {problem.what} {problem.cure}", err=True)
    cases, editions = (
        f"{count} {word if count == 1 else f'{word}s'}"
        for count, word in ((written.cases, "case"), (written.editions, "edition"))
    )
    typer.echo(f"ok: {written.page}: {cases}, {editions}")

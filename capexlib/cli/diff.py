"""``capex diff``: what changed between two editions, biggest first, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capexlib.cli.project import find_project
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import CapexError, ParamsError, Problem, did_you_mean

if TYPE_CHECKING:
    from capexlib.changes import Changes
    from capexlib.exhibits.since_last import ChangeWords
    from capexlib.facts.ledger import Ledger
    from capexlib.figures import Figure

_FORMS = ("table", "md", "json")
_HEADS = ("Result", "Before", "Now", "Change", "Why")


@reported
def diff(
    old: Annotated[Path, typer.Argument(metavar="EDITION", help="Folder or manifest of the older edition.")],
    new: Annotated[Path, typer.Argument(metavar="EDITION", help="Folder or manifest of the newer one.")],
    *,
    to: Annotated[str, typer.Option(help="table, md or json.")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --to json.")] = False,
) -> None:
    """Say what changed between two editions: data, revision, assumption or method."""
    form = "json" if as_json else to
    if form not in _FORMS:
        raise ParamsError([Problem("--to", f"no form is called {to!r}.", did_you_mean(to, _FORMS))])
    before, now = _read(old), _read(new)
    _check_pair(old, before, new, now)
    headline = [item["figure"] for front in _fronts(now) for item in front.get("key_figures", ()) if item.get("figure")]
    changes, ledger = _compare(before, now, new)
    if form == "json":
        print_json(_record(changes, before, now, headline))
    elif form == "md":
        typer.echo(_markdown(changes, ledger, now, headline))
    else:
        _print_table(changes, ledger, headline)


def _fronts(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((manifest.get("briefs") or {}).values())


def _read(edition: Path) -> Mapping[str, Any]:
    """Read an edition's manifest; of a folder every file must be as it was made."""
    from capexlib.previous import read_previous
    from capexlib.publish.manifest import MANIFEST
    from capexlib.publish.verify import verify_edition

    if edition.is_dir() and (problems := verify_edition(edition)):
        raise ParamsError(Problem(f"{edition}: {p.where}", p.what, p.cure) for p in problems)
    return read_previous(edition / MANIFEST if edition.is_dir() else edition).manifest


def _check_pair(old: Path, before: Mapping[str, Any], new: Path, now: Mapping[str, Any]) -> None:
    if before["entity"] != now["entity"]:
        what = f"is about {now['entity']!r}, and {old} about {before['entity']!r}."
        raise ParamsError([Problem(str(new), what, "Compare two editions about one entity.")])
    if before["as_of"] > now["as_of"]:
        what = f"is of {before['as_of']}, after {now['as_of']}."
        raise ParamsError([Problem(str(old), what, "Give the older edition first.")])


def _compare(before: Mapping[str, Any], now: Mapping[str, Any], place: Path) -> tuple[Changes, Ledger]:
    """Recompute both editions; where today's project cannot, set their numbers side by side."""
    from capexlib.changes import changes_between, side_by_side
    from capexlib.facts import load_ledger
    from capexlib.params.rebuild import rebuilt_case
    from capexlib.study import BRIEFS, Study

    briefs = list(now.get("briefs") or ())
    known = briefs if briefs and all(name in BRIEFS for name in briefs) else [""]

    def run(loaded: Any, ledger: Ledger) -> list[Figure]:
        study = Study(loaded, ledger)
        return [figure for name in known for figure in study.results_of(name)]

    try:
        loaded = rebuilt_case(now["params"], _params_file(now, place))
        ledger = load_ledger(loaded.evidence)
    except CapexError as error:
        problem = error.problems[0]
        note = f"The newer edition's inputs are not at hand: {problem.where}: {problem.what}"
        return side_by_side(before, now, note), load_ledger()
    return changes_between(before, now, loaded, ledger, run), ledger


def _params_file(manifest: Mapping[str, Any], place: Path) -> Path:
    """Say where the params file was: evidence is looked for from there, even if the file has moved."""
    file = (manifest.get("inputs") or {}).get("params_file") or "params/case.yml"
    try:
        return find_project(place) / file
    except ParamsError:
        return Path(file)


def _words(changes: Changes, ledger: Ledger, headline: list[str]) -> list[ChangeWords]:
    from capexlib.exhibits.since_last import change_words

    return [change_words(row, ledger) for row in changes.ordered(headline)]


def _cells(words: ChangeWords) -> tuple[str, ...]:
    return words.title, words.before, words.now, words.change, words.why


def _others(changes: Changes) -> list[tuple[str, list[str]]]:
    """Name the results that only one edition has."""
    from capexlib.exhibits.prose import bounded

    pairs = (("New", changes.added), ("Gone", changes.gone))
    return [(name, [f"{figure.title}: {bounded(figure)}" for figure in figures]) for name, figures in pairs if figures]


def _print_table(changes: Changes, ledger: Ledger, headline: list[str]) -> None:
    import sys

    from capexlib.exhibits.since_last import summary

    rows = [_cells(words) for words in _words(changes, ledger, headline)]
    if not sys.stdout.isatty():
        typer.echo(summary(changes))
        for row in rows:
            typer.echo("\t".join(row))
        for name, lines in _others(changes):
            for line in lines:
                typer.echo(f"{name}\t{line}")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    console.print(Text(summary(changes)))
    if rows:
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 1, 0))
        for head in _HEADS:
            table.add_column(head, justify="right" if head in ("Before", "Now", "Change") else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    for name, lines in _others(changes):
        console.print(Text(name, style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"))


def _markdown(changes: Changes, ledger: Ledger, now: Mapping[str, Any], headline: list[str]) -> str:
    from capexlib.exhibits.since_last import summary

    def safe(text: str) -> str:
        for char in "\\|<*_`[":
            text = text.replace(char, f"\\{char}")
        return " ".join(text.split("\n"))

    lines = [f"# {safe(now['case'])}: what changed by {now['as_of']}", "", safe(summary(changes))]
    if rows := _words(changes, ledger, headline):
        lines += ["", f"| {' | '.join(_HEADS)} |", "|---|---:|---:|---:|---|"]
        lines += [f"| {' | '.join(safe(cell) for cell in _cells(row))} |" for row in rows]
    for name, others in _others(changes):
        lines += ["", f"## {name}", "", *(f"- {safe(line)}" for line in others)]
    return "\n".join(lines)


def _record(
    changes: Changes, before: Mapping[str, Any], now: Mapping[str, Any], headline: list[str]
) -> dict[str, Any]:  # fmt: skip
    """Turn a comparison into JSON-ready values."""
    from capexlib.exhibits.since_last import summary

    def number(figure: Figure) -> dict[str, Any]:
        shown = {"value": figure.best, "unit": figure.unit, "bound": figure.bound, "period": figure.period}
        return {name: value for name, value in shown.items() if value != ""}

    rows = [
        {
            "id": row.id, "title": row.now.title, "headline": row.id in headline, "before": number(row.before),
            "now": number(row.now), "change": row.difference, "contributions": dict(row.contributions),
            "causes": {group: list(names) for group, names in row.causes.items()},
        }
        for row in changes.ordered(headline)
    ]  # fmt: skip
    lists = {
        name: [{"id": figure.id, "title": figure.title, **number(figure)} for figure in figures]
        for name, figures in (("added", changes.added), ("gone", changes.gone))
    }
    moved = {group: list(names) for group, names in changes.moved.items()}
    editions = {name: {"case": each["case"], "as_of": each["as_of"]} for name, each in (("old", before), ("new", now))}
    return {
        "ok": True, "exit_code": 0, **editions, "summary": summary(changes), "rows": rows, **lists,
        "unchanged": changes.unchanged, "moved": moved, "note": changes.note,
    }  # fmt: skip

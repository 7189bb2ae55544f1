"""``capex claims``: what the ledger knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from capexlib.cli.reporting import print_json, reported
from capexlib.errors import ParamsError, Problem, did_you_mean

_COLUMNS = ("id", "entity", "quantity", "period", "figure", "unit", "status", "origin", "known_on", "flag")


@reported
def claims(
    *,
    entity: Annotated[str | None, typer.Option(help="Only claims about this entity.")] = None,
    quantity: Annotated[str | None, typer.Option(help="Only claims of this quantity.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Only what was public on this day (ISO date).")] = None,
    params: Annotated[Path | None, typer.Option(help="Add the evidence of this case, as of its date.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """List claims: who said what, when, how strong."""
    from capexlib.facts import load_ledger

    evidence: tuple[Path, ...] = ()
    day = _day(as_of)
    if params is not None:
        from capexlib.params import load_case

        loaded = load_case(params, {})
        evidence, day = tuple(loaded.evidence), day or loaded.case.as_of
    every = load_ledger(evidence).claims.values()
    chosen = [claim for claim in every if day is None or claim.known_on <= day]
    for option, wanted in (("entity", entity), ("quantity", quantity)):
        if wanted is not None:
            _check_known(option, wanted, {getattr(claim, option) for claim in every})
            chosen = [claim for claim in chosen if getattr(claim, option) == wanted]
    rows = [_row(claim) for claim in sorted(chosen, key=lambda claim: (claim.known_on, claim.id))]
    if as_json:
        print_json({"ok": True, "exit_code": 0, "claims": rows})
    else:
        _print_rows(rows)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        cure = "Write a date such as 2026-06-30."
        raise ParamsError([Problem("--as-of", f"{text!r} is not a date.", cure)]) from error


def _check_known(option: str, wanted: str, known: set[str]) -> None:
    if wanted not in known:
        what = f"the ledger has no {option} {wanted!r}."
        raise ParamsError([Problem(f"--{option}", what, did_you_mean(wanted, known))])


def _row(claim: Any) -> dict[str, Any]:
    """Flatten a claim into JSON-ready values."""
    names = ("id", "entity", "quantity", "period", "value", "low", "high", "unit", "text", "status", "origin",
             "known_on", "source", "flag", "repeats", "note")  # fmt: skip
    row: dict[str, Any] = {}
    for name in names:
        value = getattr(claim, name, None)
        plain = value is None or isinstance(value, bool | int | float)
        row[name] = value if plain else str(getattr(value, "label", value))
    if flag := getattr(claim, "flag", None):
        row["flag"] = f"{flag.kind}: {flag.reason}"
    return row


def _figure(row: dict[str, Any]) -> str:
    """Write a claim's number as it was said: a point, a range, or a bound."""
    value, low, high = row["value"], row["low"], row["high"]
    if value is not None:
        return f"{value:g}" if low is None or high is None else f"{value:g} ({low:g}–{high:g})"
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"up to {high:g}" if high is not None else (row["text"] or "")


def _print_rows(rows: list[dict[str, Any]]) -> None:
    import sys

    shown = [{**row, "figure": _figure(row)} for row in rows]
    cells = [["" if row[name] is None else str(row[name]) for name in _COLUMNS] for row in shown]
    if not sys.stdout.isatty():
        for line in cells:
            typer.echo("\t".join(line))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in _COLUMNS:
        table.add_column(name.replace("_", " "), justify="right" if name == "figure" else "left")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)

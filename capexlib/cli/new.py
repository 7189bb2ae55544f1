"""``capex new``: a params file to start a case from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from capexlib.cli.project import PARAMS, find_project
from capexlib.cli.reporting import print_json, problem_records, reported
from capexlib.errors import CapexError, ParamsError, Problem

_OF_ONE_COMPANY = ("adopt", "parts", "orders", "users", "leases", "checks", "gates", "vendors", "backtests")
"""Sections that speak of claims on one company: another company's case starts without them."""
_OF_ONE_PLAN = ("baseline", "pool")


@reported
def new(
    case: Annotated[str, typer.Argument(help="Name of the case: lower-case letters, digits and hyphens.")],
    *,
    source: Annotated[Path, typer.Option("--from", metavar="PARAMS", help="Params file to build on.")],
    entity: Annotated[str | None, typer.Option(help="Company; that of PARAMS, else CASE, if not given.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Date (ISO); today if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Write params/CASE.yml on top of another file, and say what it still lacks."""
    from capexlib.publish.editions import case_folder

    project = find_project(source)
    case_folder(project, case)
    path = project / PARAMS / f"{case}.yml"
    below = _content(source)
    chosen = entity or below.get("entity") or case.replace("-", "_")
    text = _written(case, chosen, _day(as_of), os.path.relpath(source.resolve(), path.parent), below)
    _write(path, text)
    lacking = _lacking(path)
    if as_json:
        found = problem_records(lacking.problems) if lacking else []
        print_json({"ok": lacking is None, "exit_code": lacking.exit_code if lacking else 0, "params": str(path),
                    "problems": found})  # fmt: skip
        raise typer.Exit(lacking.exit_code if lacking else 0)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    if lacking is None:
        typer.echo(f"ok: {shown}: written; `capex check {shown}` accepts it")
        return
    typer.echo(f"written: {shown}: it still lacks what follows")
    raise lacking


def _day(text: str | None) -> date:
    try:
        return datetime.now(UTC).astimezone().date() if text is None else date.fromisoformat(text)
    except ValueError as error:
        cure = "Write a date such as 2026-06-30."
        raise ParamsError([Problem("--as-of", f"{text!r} is not a date.", cure)]) from error


def _content(source: Path) -> dict[str, Any]:
    """Read what a params file says with everything below it, whether or not it is a whole case."""
    from capexlib.documents import DocumentError
    from capexlib.params.load import merged

    try:
        return merged(source)
    except DocumentError as error:
        raise ParamsError(error.problems) from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        cure = "Choose another name, or edit that file."
        raise ParamsError([Problem(str(path), "is already there.", cure)]) from error
    except OSError as error:
        raise ParamsError([Problem(str(path), f"cannot be written: {error.strerror}.", "Check the folder.")]) from error


def _lacking(path: Path) -> CapexError | None:
    """Open the case as `capex check` does."""
    from capexlib.study import open_study

    try:
        open_study(path).check()
    except CapexError as error:
        return error
    return None


def _written(case: str, entity: str, as_of: date, below: str, content: Mapping[str, Any]) -> str:
    """Compose the file: what must differ, what is taken out, and what may be filled in."""
    is_other = content.get("entity") not in (None, entity)
    plan = content.get("plan") or {}
    lines = [
        f"# {case}: what differs from {Path(below).name}. Nothing else needs to be repeated here.",
        f"extends: {_quoted(Path(below).as_posix())}",
        f"case: {case}",
        f"entity: {_quoted(entity)}",
        f"as_of: {as_of.isoformat()}",
        f"coverage: Public reports and filings to {as_of.day} {as_of:%B %Y}.  # how far you have looked",
        "",
        "# The plan that the case is about: a quantity and a period that claims speak of.",
        "#   capex claims --entity " + entity,
        "plan:",
        f"  quantity: {_quoted(str(plan.get('quantity', 'capex_cash')))}",
        f"  period: {_quoted(str(plan.get('period', as_of.year)))}",
    ]
    if is_other:
        lines += [f"  {key}: null  # the other company's" for key in _OF_ONE_PLAN if key in plan]
    peers = [peer for peer in content.get("peers", []) if peer != entity]
    lines += [
        "",
        "# Whom to compare with: entities that have claims on their own capex.",
        f"peers: [{', '.join(peers)}]",
    ]
    if is_other and (kept := [key for key in _OF_ONE_COMPANY if content.get(key)]):
        lines += ["", f"# {content['entity']}'s own: left out here, to be written anew where there is evidence."]
        lines += [f"{key}: null" for key in kept]
    return "\n".join([*lines, *_guidance(entity)]) + "\n"


def _quoted(text: str) -> str:
    """Return text as a YAML scalar that stays text, or a year that stays a number."""
    import json

    plain = text.replace("_", "").replace("-", "").replace(".", "").replace("/", "")
    return text if plain.isalnum() and plain.isascii() else json.dumps(text, ensure_ascii=False)


def _guidance(entity: str) -> list[str]:
    return f"""
# Claims: what sources say of {entity}. Append them to capexlib/facts/claims/{entity}.yml, each with its source
# in capexlib/facts/sources.yml and the company in entities.yml; or keep your own beside this file:
# evidence: [my-evidence]
#   claims:
#   - id: {entity}_capex_plan          # never changed later; a correction is a new claim with `supersedes`
#     entity: {entity}
#     quantity: capex_cash
#     period: 2026
#     value: ...                       # as printed; low and high where the source gives a range
#     unit: USD bn
#     status: guidance                 # reported_filing, official, guidance, media_report_unverified, ...
#     origin: ...                      # who said it
#     stated_on: ...
#     source: ...                      # an id of sources.yml

# A judgement that differs: only the keys that change. Every one has a value, a range and a reason.
# scale:
#   pue:
#     value: ...
#     low: ...
#     high: ...
#     basis: ...
#     why: ...

# Parts of the plan, orders, chips, users, leases and checks: see the other files in this folder, and
#   capex check --schema > params.schema.json   (completion in your editor)
# Then: capex check, and capex run on this file.""".splitlines()

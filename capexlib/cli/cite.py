"""``capex cite``: what a number rests on, down to the source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capexlib.cli.project import REPORTS, find_project
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import ParamsError, Problem, did_you_mean

if TYPE_CHECKING:
    from rich.tree import Tree

    from capexlib.publish.lineage import Lineage

_KINDS = {"fact": "fact", "assumption": "our assumption", "result": "result", "claim": "claim"}
_DETAILS = (("formula", "= "), ("note", ""), ("basis", "basis: "), ("why", "why: "), ("flag", "kept out, "))


@reported
def cite(
    name: Annotated[str, typer.Argument(metavar="ID", help="A figure's or a claim's id, for instance plan.usd.")],
    edition: Annotated[
        Path | None,
        typer.Argument(help="Folder of an edition; without it the newest edition of every case, then the ledger."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Print the lineage of a number: formula, operands, claims, sources."""
    known: list[str] = []
    for place, lineage in _lineages(edition):
        if name in lineage.rows or name in lineage.claims:
            _answer(lineage.tree(name), place, as_json=as_json)
            return
        known += lineage.ids
    where = str(edition) if edition else "the newest editions and the ledger"
    cure = did_you_mean(name, known) or "Ids stand at the foot of each lineage in the HTML, and in manifest.json."
    raise ParamsError([Problem(name, f"No figure and no claim of {where} is called so.", cure)])


def _lineages(edition: Path | None) -> Any:
    """Yield where to look, with what is there: one edition, or the newest of each case and the ledger."""
    from capexlib.publish.lineage import Lineage
    from capexlib.publish.verify import read_manifest

    if edition is not None:
        yield str(edition), Lineage(read_manifest(edition))
        return
    try:
        shelves = sorted((find_project() / REPORTS).glob("*/latest"))
    except ParamsError:
        shelves = []
    manifests = [(shelf, read_manifest(shelf)) for shelf in shelves]
    for shelf, manifest in sorted(manifests, key=lambda pair: pair[1].get("as_of", ""), reverse=True):
        yield f"{shelf.parent.name}, edition of {manifest.get('as_of')}", Lineage(manifest)
    yield "the ledger", _ledger()


def _ledger() -> Lineage:
    """Return every claim of the ledger, with no edition's date to hide anything."""
    from datetime import date

    from capexlib.facts import load_ledger
    from capexlib.facts.details import claim_details, source_details
    from capexlib.publish.lineage import Lineage

    ledger = load_ledger(())
    parts = {
        "claim_details": claim_details(ledger, ledger.claims),
        "source_details": source_details(ledger, ledger.claims, date.max),
    }
    return Lineage(parts)


def _answer(tree: dict[str, Any], place: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, "exit_code": 0, "found_in": place, "lineage": tree})
        return
    from rich.console import Console

    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False).print(_drawn(tree, place))


def _drawn(row: dict[str, Any], place: str = "") -> Tree:
    """Draw a lineage; texts of sources are never read as markup."""
    from rich.text import Text
    from rich.tree import Tree

    from capexlib.figures import Status

    title = row.get("title") or f"{row['entity']}: {row['quantity']}, {row['period']}"
    head = Text.assemble((row["shown"], "bold"), f"  {title}", (f"  {row['id']}", "dim"))
    tree = Tree(head, guide_style="dim")
    words = [_KINDS[row["kind"]], Status(row["status"]).badge, row.get("interval", "")]
    if row.get("again"):
        tree.add(Text("shown above", style="dim"))
        return tree
    tree.add(Text(" · ".join(word for word in words if word), style="dim"))
    for key, before in _DETAILS:
        if row.get(key):
            tree.add(Text(before + row[key]))
    if "agrees" in row:
        agrees = row["agrees"]
        tree.add(
            Text("recomputed: agrees" if agrees else "recomputed: DOES NOT AGREE", style="dim" if agrees else "red")
        )
    if row["kind"] == "claim":
        _draw_claim(tree, row)
    for child in [*row.get("operands", []), *row.get("claims", []), *row.get("references", [])]:
        tree.add(_drawn(child))
    if place:
        tree.add(Text(f"as in {place}", style="dim"))
    return tree


def _draw_claim(tree: Tree, row: dict[str, Any]) -> None:
    from rich.text import Text

    source = row["source"]
    tree.add(Text(f"said by {row['origin']}, {row['stated']}"))
    if source.get("later"):
        tree.add(Text("read in a page published after the edition's date"))
    elif source:
        words = [source.get("title") or source.get("publisher"), source.get("published"), source.get("url")]
        tree.add(Text("read in " + ", ".join(word for word in words if word)))

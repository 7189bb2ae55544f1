"""From the plan to capital expenditure: every step of the money with the figure that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, column, table
from capexlib.exhibits.prose import amount, part_of, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import figures_of, is_known, spread, told

if TYPE_CHECKING:
    from capexlib.study import Study


def bridge(study: Study) -> Exhibit:
    """Reconcile the plan reported with the capital expenditure of this account, step by step."""
    before_account = (*study.scale.results, *study.policy.results)
    figures = {figure.id: figure for figure in before_account} | figures_of(study)
    classes = study.case.roi.classes if study.case.roi else {}
    chips = [name for name, asset in classes.items() if asset.basis == "payments"]
    steps = [
        ("plan.outcome", "Spent when the year is over", "drawn: plans are missed and beaten"),
        ("policy.budget", "of it, for processors", "outcome × processors' share"),
        *((f"roi.capex.{name}", f"→ {_inside(classes[name].title)}, owned", "paid, net of refunds") for name in chips),
        ("roi.cost.leases", "→ compute leased abroad", "rent for the whole term, a running cost here"),
        ("roi.budget.held", "→ not spent", "waiting when the horizon ends"),
        *((f"roi.capex.{name}", f"+ {_inside(asset.title)}", "follows what arrives and the sites begun")
          for name, asset in classes.items() if name not in chips),
        ("roi.capex", "Capital expenditure in this account", "owned processors and all that is added to them"),
    ]  # fmt: skip
    rows: list[list[Rich]] = [
        [title, told(figures[name]), spread(figures[name]), how]
        for name, title, how in steps
        if name in figures and is_known(figures[name])
    ]
    stated, dollars = figures["plan.stated"], figures["plan.usd"]
    said = f"{amount(stated.best, stated.unit)} ({amount(dollars.best, dollars.unit)})"
    rows.insert(0, ["Plan as reported", part_of(said, "plan.outcome"), "–", "adopted from the claims"])
    before, after = figures["plan.outcome"], figures["roi.capex"]
    rest = [figures[name] for name in ("roi.budget.stranded", "roi.budget.lost") if name in figures]
    return table(
        "bridge", f"Of {amount(before.best, before.unit)} drawn, {amount(after.best, after.unit)} is spent here",
        [column("Step"), column("Median", right=True), column("90 % of paths", right=True), column("How")],
        rows, source=source_line(study, [stated, after]),
        subtitle="From the plan to this account's capital expenditure; medians of the paths",
        notes=["Medians do not add up: each step is summarised by itself, over the same paths."],
        text=[sentence(
            "The plan's remainder beyond processors is not carried over: servers, network and sites are computed from"
            " what is delivered, so that less is spent when less arrives.",
            *([" Payments for processors include ", told(rest[0]), " for what has not arrived and ", told(rest[1]),
               " lost."] if len(rest) == 2 else []),
        )],
    )  # fmt: skip


def _inside(title: str) -> str:
    return title[0].lower() + title[1:]

"""What a blocked or an open gate does to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.held import course_notes
from capexlib.exhibits.prose import amount, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import changed, error_text, figures_of, is_known, spread, told
from capexlib.models.roi.averages import PARTS

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study

_DRAWN = {
    "idle_money": "roi.idle_money", "dscr_average": "funding.dscr_average",
    "company_dscr_min": "funding.company_dscr_min", "breakeven_utilisation": "roi.breakeven_utilisation",
    "breakeven_price": "roi.breakeven_price", "npv": "roi.npv",
}  # fmt: skip
_HEADS = {
    "idle_money": "Idle money, US$", "dscr_average": "Cover, the plan", "company_dscr_min": "Lowest cover, the group",
    "breakeven_utilisation": "Break-even use", "breakeven_price": "Break-even price", "npv": "Value, US$",
}  # fmt: skip
_FEW_WORDS = 4
_SMALL = 0.05


def most_idle(study: Study) -> str | None:
    """Return the named course that leaves most money idle, against the drawn gates; None where none is named."""
    figures = figures_of(study)
    found = {key: figures[f"roi.courses.{key}.idle_money.change"] for key in study.case.scenarios}
    known = {key: figure.best for key, figure in found.items() if is_known(figure)}
    return max(known, key=lambda key: known[key]) if known else None


def courses(study: Study) -> Exhibit:
    """Show idle money, cover and break-even under each named course of the gates."""
    from capexlib.exhibits.charts import Dot, DotRow, Panel, dot_ranges

    figures, scenarios = figures_of(study), study.case.scenarios
    rows = []
    for key in scenarios:
        shown = [figures[f"roi.courses.{key}.{name}.change"]
                 for name in ("idle_money", "dscr_average", "breakeven_price")]  # fmt: skip
        rows.append(DotRow(
            name=scenarios[key].title,
            dots=tuple(
                Dot(value=figure.best, label=f"{_bare(figure.best)}{error_text(figure)}", status="assumption")
                if is_known(figure) else None
                for figure in shown
            ),
        ))  # fmt: skip
    rows = rows or [DotRow(name="No course is named", dots=(None, None, None))]
    worst = most_idle(study)
    table_rows: list[list[Rich]] = [
        [scenario.title, *(_beside(study, key, name) for name in _DRAWN)] for key, scenario in scenarios.items()
    ]
    table_rows.append(["Gates as they may go", *(told(figures[name]) for name in _DRAWN.values())])
    return chart(
        "courses", _title(study, worst),
        dot_ranges(rows, panels=[Panel(title="Idle money, US$bn"), Panel(title="Cover of the plan's debt, times"),
                                 Panel(title="Break-even price, US$")]),
        subtitle="Change against the gates as they may go, all other draws the same; ± is the sampling error",
        alt="Dot chart in three panels: change of idle money, cover, break-even price. " + " ".join(
            f"{row.name}: {', '.join(dot.text for dot in row.dots if dot)}." for row in rows
        ),
        columns=[column("Course of the gates"), *(column(head, right=True) for head in _HEADS.values())],
        rows=table_rows, source=source_line(study, [figures["roi.npv"]]),
        notes=[("Idle money and value: mean of the difference path by path. Covers and break-evens: its median, as on"
               " some paths nothing is owed or nothing breaks even. ± is half of the 90 % sampling range. The plan's"
               " cover is that over the life of its debt."), *course_notes(study)],
        text=[_explained(study, worst)] if worst else [],
    )  # fmt: skip


def _title(study: Study, worst: str | None) -> str:
    if worst is None:
        return "No course of the gates is named"
    more = figures_of(study)[f"roi.courses.{worst}.idle_money.change"].best
    name = study.case.scenarios[worst].title
    who = f"“{name}”" if len(name.split()) <= _FEW_WORDS else "The worst course"
    return f"{who} leaves {amount(more, 'USD bn')} more idle"


def _bare(value: float) -> str:
    """Write a change without its unit, to two digits behind the point."""
    text = f"{abs(value):.2f}"
    return text if not text.strip("0.") else f"{'−' if value < 0 else '+'}{text}"


def _beside(study: Study, key: str, name: str) -> Rich:
    figures = figures_of(study)
    change = figures[f"roi.courses.{key}.{name}.change"]
    return sentence(told(figures[f"roi.courses.{key}.{name}"]), " (", changed(change), f"{error_text(change)})")


def _explained(study: Study, key: str) -> Rich:
    """Say what happens on a course and why each amount moves."""
    figures = figures_of(study)

    def moved(name: str) -> Rich:
        figure = figures[f"roi.courses.{key}.{name}.change"]
        return sentence(changed(figure), error_text(figure))

    return sentence(
        f"“{study.case.scenarios[key].title}”: compute installed changes by ",
        moved("compute"),
        ", money that waits at the gates by ",
        moved("idle_money"),
        ". Committed sites are paid for all the same, so the break-even use moves by ",
        moved("breakeven_utilisation"),
        ", the break-even price by ",
        moved("breakeven_price"),
        ", and the plan's own cover by ",
        moved("dscr_average"),
        ". The group's lowest cover moves by ",
        moved("company_dscr_min"),
        ": what is not bought is not borrowed either." if _is_small(figures, key) else ".",
    )


def _is_small(figures: dict[str, Figure], key: str) -> bool:
    change, before = figures[f"roi.courses.{key}.company_dscr_min.change"], figures["funding.company_dscr_min"]
    return is_known(change) and is_known(before) and 0 <= change.best < _SMALL * abs(before.best)


def explained(study: Study) -> Exhibit:
    """Parts of the change in value on each named course: they add up."""
    figures, scenarios = figures_of(study), study.case.scenarios
    changes = {key: figures[f"roi.courses.{key}.value"] for key in scenarios}
    rows: list[list[Rich]] = [
        [scenarios[key].title, *(changed(figures[f"roi.courses.{key}.value.{name}"]) for name in PARTS),
         sentence(changed(whole), error_text(whole)), spread(figures[f"roi.courses.{key}.npv"])]
        for key, whole in changes.items()
    ]  # fmt: skip
    return table(
        "explained", _finding(study, most_idle(study)),
        [column("Course of the gates"), *(column(title, right=True) for title in PARTS.values()),
         column("Value in all", right=True), column("Value, 90 % of paths", right=True)],
        rows or [["No course is named in this case", *("–" for _ in PARTS), "–", "–"]],
        source=source_line(study, [figures["roi.npv"]]), wide=True,
        subtitle="Mean change against the gates as they may go, US$bn on the as-of date; a saving has a plus",
        text=[_amounts(study, key)] if (key := most_idle(study)) else [],
        notes=["Means on the same paths, so that the parts add up to the change in value."],
    )  # fmt: skip


def _amounts(study: Study, key: str) -> Rich:
    """Say where the change in value comes from on one course."""
    figures = figures_of(study)
    parts = {name: figures[f"roi.courses.{key}.value.{name}"] for name in PARTS}
    whole = figures[f"roi.courses.{key}.value"]
    return sentence(
        f"“{study.case.scenarios[key].title}” changes the mean value by ", changed(whole), error_text(whole),
        ": the hours used change it by ", changed(parts["hours"]), ", running costs by ", changed(parts["running"]),
        ", capital expenditure by ", changed(parts["spending"]), ", tax and what is left by ", changed(parts["tax"]),
        " and ", changed(parts["left"]), ". Lost prepayments and empty sites are paid all the same.",
    )  # fmt: skip


def _finding(study: Study, key: str | None) -> str:
    if key is None:
        return "No course of the gates is named"
    figures = figures_of(study)
    parts = {name: figures[f"roi.courses.{key}.value.{name}"].best for name in PARTS}
    whole = figures[f"roi.courses.{key}.value"].best
    size = amount(abs(whole), "USD bn")
    saved = parts["running"] + parts["spending"] + parts["tax"]
    if whole < 0 and parts["hours"] < 0 < saved:
        return f"Value falls by {size}: lost hours outweigh saved money"
    return (
        f"Value falls by {size} when most money idles" if whole < 0 else f"Value rises by {size} when most money idles"
    )

"""What the plan is for: its parts, reported orders, and the accelerators it could buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import amount, badge, interval_shown, marked, ranged, sentence, shown
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.scale.front import results_by_id
from capexlib.exhibits.theme import percent
from capexlib.figures import Figure
from capexlib.periods import parse_period

if TYPE_CHECKING:
    from capexlib.models.scale.budget import PlanPart
    from capexlib.models.scale.context import PerUser
    from capexlib.study import Study


def composition(study: Study) -> Exhibit:
    """Parts of the plan as one bar; the rest is everything that no report names."""
    from capexlib.exhibits.charts import Part
    from capexlib.exhibits.charts import composition as form

    scale, figures = study.scale, results_by_id(study)
    parts, rows, used = [], [], []
    if scale.parts:
        for part in scale.parts:
            share = part.share
            parts.append(Part(
                name=part.title, share=share.best, low=share.low, high=share.high,
                label=f"{percent(share.best)}, {amount(part.amount.best, part.amount.unit)}",
                status=part.amount.status.value,
            ))  # fmt: skip
            rows.append([part.title, shown(part.amount), shown(part.usd), shown(share), interval_shown(share),
                         [badge(part.amount.status)]])  # fmt: skip
            used += [part.amount, share]
        subtitle = "Share of the plan as the report that names the parts states it"
        modelled = not any(part.of_adopted for part in scale.parts)
    else:
        budget, share = figures["processors.usd"], figures["processors.share"]
        parts.append(Part(name="Processors", share=share.best, low=share.low, high=share.high,
                          label=percent(share.best), status="assumption"))  # fmt: skip
        rows.append(["Processors", "–", shown(budget), shown(share), interval_shown(budget),
                     [badge(budget.status, modelled=True)]])  # fmt: skip
        used.append(budget)
        subtitle, modelled = "Share of the plan, by assumption: no report names the parts", True
    rest = max(0.0, 1 - sum(part.share for part in parts))
    parts.append(Part(name="All else", note="servers, sites, power", share=rest, label=percent(rest),
                      status=parts[0].status))  # fmt: skip
    left = shown(figures["part.rest"]) if "part.rest" in figures else percent(rest)
    rows.append(["All else (the remainder)", "–", "–", left, "no interval: a remainder", "–"])
    note = "The adopted plan's own report names no parts: the split is that of an earlier report." if modelled else (
        "The remainder is arithmetic; no report says how it is split."
    )  # fmt: skip
    return chart(
        "composition", _composition_title(scale.parts, parts[0].share), form(parts), subtitle=subtitle,
        alt=f"One bar: {', '.join(f'{part.name} {percent(part.share)}' for part in parts)}.",
        columns=[column("Part"), column("Amount", right=True), column("US dollars", right=True),
                 column("Share", right=True), column("Interval"), column("Status")],
        rows=rows, source=source_line(study, used), notes=[note], text=_orders(study),
    )  # fmt: skip


def _composition_title(stated: list[PlanPart], share: float) -> str:
    if stated and not any(part.of_adopted for part in stated):
        return f"An earlier plan gave processors {percent(share)}"
    return f"Processors take {percent(share)} of the plan" if stated else f"Processors would take {percent(share)}"


def _orders(study: Study) -> list[Rich]:
    figures = results_by_id(study)
    return [
        sentence(
            f"{order.title}: ", marked(amount(order.units.best, order.units.unit), order.units.id), " at ",
            shown(order.price), " is ", shown(figures[order.value.id], with_badge=True), ", or ",
            shown(figures[order.share.id]), " of the ",
            marked(amount(order.budget.best, order.budget.unit), order.budget.id),
            " for processors in that report (", ranged(order.share), " by rounding).",
        )
        for order in study.scale.orders
    ]  # fmt: skip


def chips(study: Study) -> Exhibit:
    """Accelerators, H100-equivalents and MW that the processor budget buys at each price."""
    scale = study.scale
    rows: list[list[Rich]] = []
    used = []
    for option in scale.chips:
        per_million = option.h100e_per_million_users
        rows.append([
            option.title, shown(option.price), *map(_with_range, (option.units, option.h100e, option.mw)),
            shown(per_million) if per_million else [{"t": "n/a", "missing": True}],
        ])  # fmt: skip
        used += [option.price, option.units, option.mw]
    users = next((row for row in scale.users if row.entity == study.case.entity), None)
    title = "No accelerator is priced in this case"
    if scale.chips:
        fewest = min(option.units.low or option.units.best for option in scale.chips)
        most = max(option.units.high or option.units.best for option in scale.chips)
        title = f"The processor budget buys {amount(fewest, 'units')} to {amount(most, 'units')} accelerators"
    return table(
        "chips", title,
        [column("Were it all spent on"), column("Price of one", right=True), column("Accelerators", right=True),
         column("H100-equivalents", right=True), column("Power at the meter, MW", right=True),
         column("H100-equivalents per million users", right=True)],
        rows, subtitle="Median, 5th to 95th percentile below it; one accelerator at a time, none of it a forecast",
        source=source_line(study, used or [scale.processors.figure]),
        notes=[
            *([f"{scale.processors.figure.note.capitalize()}."] if scale.processors.figure.note else []),
            "H100-equivalents by dense 8-bit operations: memory, interconnect and software are not in the ratio.",
            "Licences, quotas, supply and duties are not in it; they bind first.",
            *([_counted(users)] if users else []),
            *(["The range covers the conversion only."] if any(part.of_adopted for part in scale.parts) else []),
        ],
    )  # fmt: skip


def _counted(row: PerUser) -> Rich:
    return sentence(f"Users: {row.count.label}, ", shown(row.users), f", {parse_period(row.users.period)}.")


def _with_range(figure: Figure) -> Rich:
    value = amount(figure.best, "units")
    low, high = amount(figure.low, "units"), amount(figure.high, "units")
    return [*marked(value, figure.id), " (", *marked(f"{low}–{high}", figure.id), ")"]

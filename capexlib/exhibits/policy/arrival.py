"""What arrives, when, and what becomes of the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.policy.wording import figures_of, with_range
from capexlib.exhibits.prose import (
    amount,
    chance,
    judged,
    marked,
    number,
    part_of,
    sentence,
    shown,
    span_of,
)
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.study import Study

_THOUSAND = 1e3


def arrival(study: Study) -> Exhibit:
    """Compute in service by month, as a fan, beside the plan."""
    from capexlib.exhibits.charts import FanPoint, Guide, fan

    policy, figures = study.policy, figures_of(study)
    setting, reported = policy.setting, policy.reported
    made = reported.fan()
    planned = np.median(reported.planned, axis=0) / _THOUSAND
    labels = [f"{setting.month_start(month):%b %Y}" for month in range(1, setting.months + 1)]
    rows = [
        FanPoint(
            label=label, low=wide.low / _THOUSAND, lower=narrow.low / _THOUSAND, median=wide.median / _THOUSAND,
            upper=narrow.high / _THOUSAND, high=wide.high / _THOUSAND,
            tip=f"{number(wide.median / _THOUSAND)} ({number(wide.low / _THOUSAND)}–{number(wide.high / _THOUSAND)})",
        )
        for label, wide, narrow in zip(labels, made[0.9], made[0.5], strict=True)
    ]  # fmt: skip
    share = figures["policy.share"]
    return chart(
        "arrival", f"{percent(share.best)} of the plan in service after {setting.months} months",
        fan(rows, unit="Thousand H100-equivalents in service",
            guides=[Guide(name=f"plan, open gates: {number(planned[-1])}", values=tuple(planned.tolist()))],
            label=f"median: {number(rows[-1].median)}"),
        subtitle="Effective compute by month, thousand H100-equivalents, base mix of orders; median, 50 and 90 %",
        alt=f"Fan chart. The median rises to {number(rows[-1].median)} thousand H100-equivalents by {labels[-1]}, 90 %"
        f" between {number(rows[-1].low)} and {number(rows[-1].high)}; the plan with open gates reaches"
        f" {number(planned[-1])}.",
        columns=[column("Month"), column("5 %", right=True), column("25 %", right=True), column("Median", right=True),
                 column("75 %", right=True), column("95 %", right=True), column("Plan, median", right=True)],
        rows=[
            [row.label, *(part_of(number(value), "policy.compute")
                          for value in (row.low, row.lower, row.median, row.upper, row.high)),
             part_of(number(plan), "policy.planned_compute")]
            for row, plan in zip(rows, planned.tolist(), strict=True)
        ],
        source=source_line(study, [share]),
        notes=[("The plan is what the same budget, orders and supply would bring with every gate open, without quota"
               " and duty. Months do not add up: each is summarised on its own.")],
        text=[sentence("When the last order is placed, ", shown(figures["policy.share_order_end"]),
                       " of the final plan is in service.")],
    )  # fmt: skip


def chances(study: Study) -> Exhibit:
    """Months to parts of the plan, and the chance of at least so much."""
    policy, figures = study.policy, figures_of(study)
    rows: list[list[Rich]] = []
    for part, name in ((0.5, "half"), (0.9, "ninety")):
        months, never = figures[f"policy.months_to_{name}"], figures[f"policy.never_{name}"]
        beyond = months.bound == "at_least"
        rows.append([
            f"{percent(part)} of the plan in service",
            marked(f"not by month {policy.setting.months}" if beyond else f"month {months.best:.0f}", months.id),
            part_of(_month_range(months.low, months.high), months.id),
            part_of(chance(1 - never.best), never.id), judged(1 - never.best, policy.world.size)[0],
        ])  # fmt: skip
    enough, least = figures["policy.chance_enough"], policy.setting.policy.enough
    rows.append([f"at least {percent(least)} at the end", "–", "–", marked(chance(enough.best), enough.id),
                 judged(enough.best, policy.world.size)[0]])  # fmt: skip
    worst = figures["policy.cvar_shortfall"]
    return table(
        "chances", "Half of the plan is likelier than nine tenths",
        [column("What"), column("Median", right=True), column("90 % of draws", right=True),
         column("Chance", right=True), column("In words")],
        rows, source=source_line(study, [enough]),
        subtitle=f"Within {policy.setting.months} months from {policy.setting.first_month:%B %Y}",
        text=[sentence(
            "In the worst ", part_of(percent(1 - policy.setting.policy.tail), worst.id), " of paths, ", shown(worst),
            " of the plan is missing on average (CVaR); over all paths, ", shown(figures["policy.expected_shortfall"]),
            ".")],
    )  # fmt: skip


def _month_range(low: float | None, high: float | None) -> str:
    if low is None:
        return "–"
    return f"month {low:.0f} to never" if high is None else f"months {low:.0f}–{high:.0f}"


def money(study: Study) -> Exhibit:
    """Spent, stranded, lost and held at the end."""
    from capexlib.exhibits.charts import Bar, ranked_bars

    figures = figures_of(study)
    made = [figures[f"policy.{name}"] for name in ("spent", "held", "stranded", "lost")]
    bars = [
        Bar(name=figure.title, value=figure.best, low=figure.low, high=figure.high, label=amount(figure.best, "USD bn"),
            range_label=span_of(figure.low or 0, figure.high or 0, "USD bn"), status="assumption",
            case=figure.id == "policy.stranded")
        for figure in made
    ]  # fmt: skip
    cost, planned = figures.get("policy.cost"), figures.get("policy.planned_cost")
    text: list[Rich] = []
    if cost and planned:
        text = [sentence("Each H100-equivalent in service costs ", with_range(cost, "USD"), ", money stranded and lost"
                         " included; with open gates it would be ", with_range(planned, "USD"), ".")]  # fmt: skip
    return chart(
        "money", f"{amount(figures['policy.stranded'].best, 'USD bn')} prepaid for goods that have not come",
        ranked_bars(bars, unit="US$bn"),
        subtitle="What has become of the processor budget at the end of the horizon, US$bn, median and 90 % of draws",
        alt="Bar chart. " + " ".join(f"{bar.name}: {bar.label}, {bar.range_label}." for bar in bars),
        columns=[column("Money"), column("Median", right=True), column("90 % of draws", right=True)],
        rows=[[figure.title, shown(figure), marked(span_of(figure.low or 0, figure.high or 0, "USD bn"), figure.id)]
              for figure in made],
        source=source_line(study, made),
        notes=["On every path the four sum to the budget; medians of parts do not."], text=text,
    )  # fmt: skip


def vendors(study: Study) -> Exhibit:
    """Show what each vendor brings on the reported mix, and what was asked of it."""
    policy = study.policy
    figures, rows = figures_of(study), []
    for key, vendor in policy.setting.vendors.items():
        found = [figures.get(f"policy.vendors.{key}.{name}") for name in ("ordered", "delivered", "compute")]
        ordered, delivered, compute = found
        if not (ordered and delivered and compute):
            continue
        mix = policy.setting.case.levers[policy.setting.policy.reported_mix].mix.get(key, 0.0)
        rows.append([
            vendor.title, percent(mix) if mix else "fallback", marked(number(ordered.best), ordered.id),
            marked(number(delivered.best), delivered.id),
            marked(f"{number(delivered.low or 0.0)}–{number(delivered.high or 0.0)}", delivered.id),
            marked(number(compute.best), compute.id),
            ", ".join(policy.setting.gates[gate].params.label for gate in vendor.gates) or "none",
        ])  # fmt: skip
    return table(
        "vendors", "Where the compute comes from",
        [column("Vendor"), column("Share of orders", right=True), column("Ordered, thousand", right=True),
         column("Delivered, thousand", right=True), column("90 % of draws", right=True),
         column("Thousand H100-equivalents", right=True), column("Gates")],
        rows, source=source_line(study, [figures["policy.compute"]]),
        subtitle="Medians over the horizon, base mix of orders; orders include those placed again",
        wide=True,
    )  # fmt: skip

"""Cash in and out, what the money buys, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import amount, chance, marked, part_of, sentence, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.fans import fan_points, fan_rows, year_names, year_of
from capexlib.exhibits.roi.wording import BN, account_span, figures_of, is_known, spread, told, value_text, with_spread
from capexlib.exhibits.theme import percent
from capexlib.models.roi.averages import PARTS

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study

QUANTILES = (
    column("5 %", right=True), column("25 %", right=True), column("Median", right=True), column("75 %", right=True),
    column("95 %", right=True),
)  # fmt: skip


def cash(study: Study) -> Exhibit:
    """Free cash flow by year, as a fan."""
    from capexlib.exhibits.charts import fan

    figures, flows = figures_of(study), study.roi.returns.project_flows
    points = fan_points(flows / BN, year_names(flows.shape[1]), "USD bn")
    ids = [f"roi.flow.{year_of(point.label)}" for point in points]
    never, value = np.isnan(study.roi.returns.payback).mean(), figures["roi.npv"]
    spent = [place for place, point in enumerate(points) if point.median < 0]
    last = points[max(spent)].label.lower() if spent else ""
    enough = "too little" if value.best < 0 else "and enough"
    return chart(
        "cash", f"After {last} cash comes back, {enough}" if last else "Cash comes back from the first year",
        fan(points, unit="US$bn a year, after tax"),
        subtitle=f"Free cash flow of the plan before debt, US$bn; {account_span(study)}; median, 50 and 90 %",
        alt="Fan chart. Medians by year: " + " ".join(
            f"{point.label}: {amount(point.median, 'USD bn')} ({amount(point.low, 'USD bn')} to"
            f" {amount(point.high, 'USD bn')})." for point in points
        ),
        columns=[column("Year"), *QUANTILES], rows=fan_rows(points, "USD bn", ids),
        source=source_line(study, [value]),
        notes=[("An hour that is used counts as income at what renting it would cost. The last year contains what is"
               " left of the assets, at their book value.")],
        text=[sentence("Never earned back: ", part_of(chance(float(never)), "roi.payback"), " of paths; where it is,"
                       " the median takes ", told(figures["roi.payback"]), ". The years' flows are worth ",
                       with_spread(value), " on the as-of date.")],
    )  # fmt: skip


def build_up(study: Study) -> Exhibit:
    """From processors to the whole spending, on average of the paths."""
    from capexlib.exhibits.charts import Step, waterfall

    figures, params = figures_of(study), study.case.roi
    classes = params.classes if params else {}
    means = {name: figures[f"roi.mean.capex.{name}"] for name in classes}
    whole = figures["roi.mean.capex"]
    steps = [
        Step(name=classes[name].title, value=figure.best, label=amount(figure.best, "USD bn"),
             range_label=span_of(*_ends(study, name), "USD bn"))
        for name, figure in means.items()
    ]  # fmt: skip
    steps.append(Step(name="Capital expenditure", total=True, label=amount(whole.best, "USD bn"),
                      range_label=span_of(*_ends(study, ""), "USD bn")))  # fmt: skip
    largest = max(means, key=lambda name: means[name].best)
    rows: list[list[Rich]] = [
        [classes[name].title, told(figure),
         part_of(percent(figure.best / whole.best), figure.id) if whole.best else "–",
         told(figures[f"roi.capex.{name}"]), spread(figures[f"roi.capex.{name}"])]
        for name, figure in means.items()
    ]  # fmt: skip
    rows.append(["Capital expenditure", told(whole), "–", told(figures["roi.capex"]), spread(figures["roi.capex"])])
    lost = figures["roi.written_off"]
    leases, months = figures.get("roi.cost.leases"), study.deployment.months
    text = sentence(
        "Of this, ", with_spread(lost), " is paid for goods lost, or not arrived by the end of the horizon,"
        f" month {months}. What arrives later would raise the value, by at most that amount as long as goods are worth"
        " no more than they cost. ",
        *(["Compute leased abroad is no capital expenditure here: its rent, ", with_spread(leases),
           ", counts as a running cost."] if leases else []),
    )  # fmt: skip
    return chart(
        "build_up", f"{classes[largest].title} take {percent(means[largest].best / whole.best)} of"
        f" {amount(whole.best, 'USD bn')}" if whole.best else "Nothing is bought",
        waterfall(steps, unit="US$bn, mean"),
        subtitle="Capital expenditure of the plan over its life, US$bn, mean of the paths; behind it 90 % of paths",
        alt="Waterfall chart. " + " ".join(f"{step.name}: {step.label}, {step.range_label}." for step in steps),
        columns=[column("Class"), column("Mean", right=True), column("Share", right=True), column("Median", right=True),
                 column("90 % of paths", right=True)],
        rows=rows, source=source_line(study, [whole]),
        notes=[("Means add up, medians do not. Servers and network follow the processors that arrive; sites follow the"
               " power that they need, and part of them is built whatever arrives.")],
        text=[text],
    )  # fmt: skip


def _ends(study: Study, name: str) -> tuple[float, float]:
    figure = figures_of(study)[f"roi.capex.{name}" if name else "roi.capex"]
    return figure.low or 0.0, figure.high or 0.0


def value(study: Study) -> Exhibit:
    """Show what makes the net present value, part by part."""
    from capexlib.exhibits.charts import Step, waterfall

    figures = figures_of(study)
    parts = {name: figures[f"roi.mean.value.{name}"] for name in PARTS}
    whole = figures["roi.mean.value"]
    steps = [Step(name=PARTS[name], value=figure.best, label=amount(figure.best, "USD bn"))
             for name, figure in parts.items()]  # fmt: skip
    steps.append(Step(name="Net present value", total=True, label=amount(whole.best, "USD bn")))
    costs = -sum(figure.best for name, figure in parts.items() if name not in ("hours", "left"))
    got = parts["hours"].best + parts["left"].best
    return chart(
        "value", f"Used hours and remains return {percent(got / costs)} of all costs" if costs else "Nothing is spent",
        waterfall(steps, unit="US$bn on the as-of date, mean"),
        subtitle="Parts of the net present value at the cost of capital after tax, US$bn, mean of the paths",
        alt="Waterfall chart. " + " ".join(f"{step.name}: {step.label}." for step in steps),
        columns=[column("Part"), column("Mean", right=True), column("Sampling error of the mean, 90 %", right=True)],
        rows=[*([PARTS[name], told(figure), spread(figure)] for name, figure in parts.items()),
              ["Net present value", told(whole), spread(whole)]],
        source=source_line(study, [whole]),
        notes=["The mean lies apart from the median in this brief's title: a few very good paths pull it."],
    )  # fmt: skip


def roic(study: Study) -> Exhibit:
    """Return on invested capital by year beside the cost of capital."""
    from capexlib.exhibits.charts import Guide, fan

    figures, made = figures_of(study), study.roi.returns.roic
    points = fan_points(made, year_names(made.shape[1]), "fraction")
    cost = figures["funding.wacc"]
    over = sum(point.median > cost.best for point in points)
    title = "The median return stays below the cost of capital" if points else "No capital is tied up"
    title = title if not over else (
        f"Return beats capital's cost in {over} of {len(points)} years")  # fmt: skip
    percents = [
        type(point)(label=point.label, low=100 * point.low, lower=100 * point.lower, median=100 * point.median,
                    upper=100 * point.upper, high=100 * point.high, tip=point.tip)
        for point in points
    ]  # fmt: skip
    rows = fan_rows(points, "fraction", [f"roi.roic.{year_of(point.label)}" for point in points])
    return chart(
        "roic", title,
        fan(percents, unit="Per cent a year", guides=[Guide(name=f"cost of capital: {percent(cost.best, 1)}",
                                                            values=(100 * cost.best,))]),
        subtitle="Profit after tax over the average capital invested, per cent; median, 50 and 90 % of paths",
        alt="Fan chart. Medians by year: "
        + " ".join(f"{point.label}: {value_text(point.median, 'fraction')}." for point in points)
        + f" The cost of capital is {percent(cost.best, 1)}.",
        columns=[column("Year"), *QUANTILES, column("Economic profit", right=True)],
        rows=[[*row, _profit(study, row[0])] for row in rows] or [["No capital is tied up", *("–" for _ in range(6))]],
        source=source_line(study, [cost]),
        notes=[("Economic profit: profit after tax less the cost of the capital that the year began with, US$bn,"
               " median. In the last years little capital is left, so that ratios swing.")],
        text=[sentence("Capital costs ", with_spread(cost), " after tax, by the mix that pays for the plan.")],
    )  # fmt: skip


def _measured(figure: Figure) -> tuple[Rich, Rich]:
    """Write a measure and its range; an index near one with two digits behind the point."""
    if figure.unit != "ratio" or figure.low is None or figure.high is None:
        return told(figure), spread(figure)
    return marked(f"{figure.best:.2f}", figure.id), marked(f"{figure.low:.2f}–{figure.high:.2f}", figure.id)


def _profit(study: Study, label: Rich) -> Rich:
    return told(figures_of(study)[f"roi.economic_profit.{year_of(str(label))}"])


def returns(study: Study) -> Exhibit:
    """List every measure of the return."""
    figures, made = figures_of(study), study.roi.returns
    asked = float(np.median(study.operations.inputs["funding.cost_of_equity"]))
    cost = figures["funding.wacc"].best
    measures = (
        ("npv", "Net present value", "median above zero", 0.0, made.npv),
        ("equity_npv", "Net present value to shareholders, after debt", "median above zero", 0.0, made.equity_npv),
        ("irr", "Internal rate of return", "median above the cost of capital", cost, made.irr),
        (
            "equity_irr",
            "Internal rate of return to shareholders",
            "median above the return they ask",
            asked,
            made.equity_irr,
        ),
        ("mirr", "Modified internal rate of return", "median above the cost of capital", cost, made.mirr),
        ("profitability", "Profitability index", "median above one", 1.0, made.profitability),
        ("payback", "Payback", "most paths have one", 0.0, made.payback),
        ("discounted_payback", "Discounted payback", "most paths have one", 0.0, made.discounted_payback),
    )
    rows: list[list[Rich]] = []
    passed = []
    for name, title, test, least, samples in measures:
        figure, without = figures[f"roi.{name}"], float(np.isnan(samples).mean())
        passed.append(is_known(figure) and without < 0.5 and figure.best > least)
        rows.append([
            title, *_measured(figure), part_of(chance(without) if without else "none", figure.id), test,
            "yes" if passed[-1] else "no",
        ])  # fmt: skip
    title = f"{sum(passed)} of {len(passed)} measures say yes"
    if len(set(passed)) == 1:
        title = "Every measure says yes" if passed[0] else "Every measure says no"
    return table(
        "returns", title,
        [column("Measure"), column("Median", right=True), column("90 % of paths", right=True),
         column("Paths without it", right=True), column("Passes if"), column("Passes")],
        rows, source=source_line(study, [figures["roi.npv"]]), wide=True,
        subtitle="Of the plan after tax, before debt unless said; each summarised over the paths that have it",
        notes=[("A payback is the median of the paths that pay back at all, and passes if most do. Where a path has"
                " several rates of return, the least positive one is taken, else the largest of the others.")],
    )  # fmt: skip

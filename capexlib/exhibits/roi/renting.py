"""Renting instead: the price of an hour beside its cost, and the whole plan rented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, chart, column
from capexlib.exhibits.prose import amount, chance, marked, sentence, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.cash import QUANTILES
from capexlib.exhibits.roi.fans import fan_points, fan_rows, year_names, year_of
from capexlib.exhibits.roi.wording import figures_of, hour, is_known, spread, told, with_spread

if TYPE_CHECKING:
    from capexlib.study import Study


def levelised(study: Study) -> Exhibit:
    """Rental price by year beside the levelised cost of a used hour."""
    from capexlib.exhibits.charts import Guide, fan

    figures, prices = figures_of(study), study.operations.price
    points = fan_points(prices, year_names(prices.shape[1]), "USD/GPU-hour")
    cost = figures["roi.levelised"]
    over = [point.label for point in points if is_known(cost) and point.median >= cost.best]
    title = "Rents stay below the cost of an hour" if not over else (
        "Rents stay above the cost of an hour" if len(over) == len(points)
        else f"Rents cover the cost of an hour until {over[-1].lower()}")  # fmt: skip
    if not is_known(cost):
        title = "No hour is used, so that none has a cost"
    return chart(
        "levelised", title,
        fan(points, unit="US$ an hour of one H100-equivalent",
            guides=[Guide(name=f"cost: {hour(cost.best)}", values=(cost.best,))] if is_known(cost) else [],
            label=f"rent: {hour(points[-1].median)}"),
        subtitle="What renting one H100-equivalent costs by year, US$ an hour; median, 50 and 90 % of paths",
        alt=f"Fan chart. The median rent goes from {hour(points[0].median)} to {hour(points[-1].median)}."
        + (f" A used hour costs {hour(cost.best)} over the life of the plan." if is_known(cost) else ""),
        columns=[column("Year"), *QUANTILES],
        rows=fan_rows(points, "USD/GPU-hour", [f"roi.price.{year_of(point.label)}" for point in points]),
        source=source_line(study, [cost]),
        notes=[("Levelised cost: all costs less what is left, over the hours used, both discounted, before tax. Price:"
               " returns to a falling level after each swing (Schwartz's first model).")],
        text=[sentence("A used hour costs ", with_spread(cost), ". The plan uses ", with_spread(figures["roi.use"]),
                       " of the hours that it could, ", with_spread(figures["roi.served"]), " in all.")],
    )  # fmt: skip


def own_or_rent(study: Study) -> Exhibit:
    """Cost of the used hours, owned and rented."""
    from capexlib.exhibits.charts import Bar, ranked_bars

    figures = figures_of(study)
    own, rent, saving = (figures[f"roi.{name}"] for name in ("own_cost", "rent_cost", "owning_saves"))
    cheaper = figures["roi.owning_cheaper"]
    named = {"Owning": own, "Renting the same hours": rent}
    bars = [
        Bar(name=name, value=figure.best, low=figure.low, high=figure.high, label=amount(figure.best, "USD bn"),
            range_label=span_of(figure.low or 0, figure.high or 0, "USD bn"), status="assumption", case=figure is own)
        for name, figure in named.items()
    ]  # fmt: skip
    size = amount(abs(saving.best), "USD bn")
    return chart(
        "own_or_rent", f"Owning saves {size} against renting" if saving.best > 0 else f"Renting would save {size}",
        ranked_bars(bars, unit="US$bn on the as-of date"),
        subtitle="Worth of all costs before tax, US$bn, median and 90 % of paths",
        alt="Bar chart. " + " ".join(f"{bar.name}: {bar.label}, {bar.range_label}." for bar in bars),
        columns=[column("Way"), column("Median", right=True), column("90 % of paths", right=True)],
        rows=[*([name, told(figure), spread(figure)] for name, figure in named.items()),
              ["Difference: what owning saves", told(saving), spread(saving)]],
        source=source_line(study, [own]),
        notes=[("Renting pays for used hours only, at the price of the year and a premium; owning pays for idle hours,"
               " stranded goods and empty halls too. What cannot be rented at any price is not in this account.")],
        text=[sentence("Owning is cheaper on ", marked(chance(cheaper.best), cheaper.id), " of paths.")],
    )  # fmt: skip

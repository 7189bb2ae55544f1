"""What an hour would have to be worth, or how full the compute, for the plan to pay; and renting instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import amount, chance, marked, number, sentence, span_of, times
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.cash import QUANTILES
from capexlib.exhibits.roi.wording import (
    BN,
    Floats,
    fan_points,
    fan_rows,
    figures_of,
    hour,
    spread,
    told,
    with_spread,
    year_names,
    year_of,
)
from capexlib.exhibits.theme import percent
from capexlib.models.roi.settings import value_quantiles

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.params import Assumption
    from capexlib.study import Study

_MOST_COLUMNS = 9
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def _level(study: Study) -> Assumption:
    params = study.case.roi
    if params is None:
        msg = "the case has no roi section"
        raise ValueError(msg)
    return params.price_level


def _spread_rows(samples: Floats, figure: Figure, unit: str) -> list[list[Rich]]:
    """Return five quantiles as rows; beyond any number is said in words."""
    rows: list[list[Rich]] = []
    for share in _SHARES:
        value = float(np.quantile(samples, share, method="lower"))
        text = (hour(value) if unit == "USD/GPU-hour" else percent(value)) if np.isfinite(value) else "out of reach"
        rows.append([f"{percent(share)} of paths are below", marked(text, figure.id)])
    return rows


def breakeven_price(study: Study) -> Exhibit:
    """Price level at which shareholders earn their cost, after debt and tax, as a distribution."""
    from capexlib.exhibits.charts import Component, distribution

    figures, samples = figures_of(study), study.roi.break_even_price
    figure, level = figures["roi.breakeven_price"], _level(study)
    known = samples[np.isfinite(samples)]
    below = float(np.mean(samples <= level.value))
    return chart(
        "breakeven_price", f"Break-even needs {hour(figure.best)} an hour, {times(figure.best / level.value)} today's",
        distribution(
            np.minimum(known, float(np.quantile(known, 0.98))).tolist(), unit="US$ an hour",
            components=[Component(name="Expected", value=level.value, low=level.low, high=level.high,
                                  label=hour(level.value), status="assumption")],
            interval=(figure.low or 0.0, figure.high or 0.0),
            interval_label=f"90 %: {span_of(figure.low or 0.0, figure.high or 0.0, 'USD')}",
        ),
        subtitle="Price level today at which shareholders earn just their cost, after debt and tax; fifty draws",
        alt=f"Dot plot of the break-even price. Median {hour(figure.best)}, 90 % between {hour(figure.low or 0)} and"
        f" {hour(figure.high or 0)}; the level expected is {hour(level.value)}.",
        columns=[column("Where"), column("Price of an hour", right=True)],
        rows=_spread_rows(samples, figure, "USD/GPU-hour"), source=source_line(study, [figure]),
        notes=[("Each path keeps its own use, costs, deliveries and debt; only the price is moved until nothing is"
               " lost or gained. The price then falls from that level as assumed.")],
        text=[sentence("On ", marked(chance(below), figure.id), " of paths the level that we expect today, ",
                       marked(hour(level.value), "assumption.roi.price_level"), ", is enough.")],
    )  # fmt: skip


def breakeven_use(study: Study) -> Exhibit:
    """Use of the hours at which shareholders earn their cost, as a distribution."""
    from capexlib.exhibits.charts import Component, distribution

    figures, samples = figures_of(study), study.roi.break_even_use
    figure, out = figures["roi.breakeven_utilisation"], figures["roi.breakeven_out_of_reach"]
    known = samples[np.isfinite(samples)]
    params = study.case.roi
    expected = params.utilisation_mature if params else None
    title = (f"Even full use falls short on {percent(out.best)} of paths" if out.best >= 0.5
             else f"Break-even needs {percent(figure.best)} of the hours used")  # fmt: skip
    return chart(
        "breakeven_use", title,
        distribution(
            np.minimum(known, float(np.quantile(known, 0.98))).tolist(), unit="Part of the hours used",
            percent=True,
            components=[Component(name="Expected", value=expected.value, low=expected.low, high=expected.high,
                                  label=percent(expected.value), status="assumption")] if expected else [],
            interval=(figure.low or 0.0, figure.high or 0.0),
            interval_label=f"90 %: {span_of(figure.low or 0.0, figure.high or 0.0, 'fraction')}",
        ),
        subtitle="Use at which shareholders earn just their cost, after debt and tax; above 100 % it cannot be reached",
        alt=f"Dot plot of the break-even use. Median {percent(figure.best)}, 90 % between {percent(figure.low or 0)}"
        f" and {percent(figure.high or 0)}; on {chance(out.best)} of paths it is above all hours.",
        columns=[column("Where"), column("Use", right=True)], rows=_spread_rows(samples, figure, "fraction"),
        source=source_line(study, [figure]),
        text=[sentence("At the prices expected, no use is enough on ", marked(chance(out.best), out.id), " of paths.")],
    )  # fmt: skip


def levelised(study: Study) -> Exhibit:
    """Rental price by year beside the levelised cost of a used hour."""
    from capexlib.exhibits.charts import Guide, fan

    figures, prices = figures_of(study), study.operations.price
    points = fan_points(prices, year_names(prices.shape[1]), "USD/GPU-hour")
    cost = figures["roi.levelised"]
    over = [point.label for point in points if point.median >= cost.best]
    title = "Rents stay below the cost of an hour" if not over else (
        "Rents stay above the cost of an hour" if len(over) == len(points)
        else f"Rents cover the cost of an hour until {over[-1].lower()}")  # fmt: skip
    return chart(
        "levelised", title,
        fan(points, unit="US$ an hour of one H100-equivalent",
            guides=[Guide(name=f"cost: {hour(cost.best)}", values=(cost.best,))],
            label=f"rent: {hour(points[-1].median)}"),
        subtitle="What renting one H100-equivalent costs by year, US$ an hour; median, 50 and 90 % of paths",
        alt=f"Fan chart. The median rent goes from {hour(points[0].median)} to {hour(points[-1].median)}; a used hour"
        f" costs {hour(cost.best)} over the life of the plan.",
        columns=[column("Year"), *QUANTILES],
        rows=fan_rows(points, "USD/GPU-hour", [f"roi.price.{year_of(point.label)}" for point in points]),
        source=source_line(study, [cost]),
        notes=[("Levelised cost: all costs less what is left, over the hours used, both discounted, before tax. Price:"
               " returns to a falling level after each swing (Schwartz's first model).")],
        text=[sentence("A used hour costs ", with_spread(cost), ". The plan uses ", with_spread(figures["roi.use"]),
                       " of the hours that it could, ", with_spread(figures["roi.served"]), " in all.")],
    )  # fmt: skip


def grid(study: Study) -> Exhibit:
    """Value over use and price: every cell without scripts, the same numbers behind the table."""
    from capexlib.exhibits.charts import GridRow, heat_grid

    figures, made = figures_of(study), study.roi.grid
    places = _picked(len(made.price))
    prices, level = made.price[places], _level(study)
    params = study.case.roi
    expected = params.utilisation_mature.value if params else 0.7
    rows = [
        GridRow(
            name=percent(use), values=tuple((row[places] / BN).tolist()),
            labels=tuple(_cell(cell / BN) for cell in row[places].tolist()),
            tips=tuple(f"chance of a gain: {chance(cell)}" for cell in likely[places].tolist()),
        )
        for use, row, likely in reversed(list(zip(made.utilisation.tolist(), made.median, made.chance, strict=True)))
    ]  # fmt: skip
    near = len(rows) - 1 - int(np.argmin(np.abs(made.utilisation - expected)))
    base = (near, int(np.argmin(np.abs(prices - level.value))))
    use = float(made.utilisation[len(rows) - 1 - near])
    pays = made.price[made.median[len(rows) - 1 - near] > 0]
    title = (f"At {percent(use)} use the plan needs {hour(float(pays[0]))}" if pays.size
             else f"No price shown pays at {percent(use)} use")  # fmt: skip
    heads = [hour(price) for price in prices.tolist()]
    return chart(
        "grid", title,
        heat_grid(rows, columns=heads, x_title="Price level of an hour today, US$", y_title="Use after the ramp",
                  base=base, words=("gains", "loses")),
        subtitle="Net present value by use and price, US$bn, median over all else; outlined: as expected",
        alt=f"Grid of values. {title}. With all hours used the median goes from"
        f" {amount(rows[0].values[0], 'USD bn')} at {heads[0]} to {amount(rows[0].values[-1], 'USD bn')} at"
        f" {heads[-1]}.",
        columns=[column("Use"), *(column(hour(price), right=True) for price in made.price.tolist())],
        rows=[
            [percent(share), *(marked(f"{_cell(cell / BN)} ({chance(likely_)})", "roi.npv")
                               for cell, likely_ in zip(row.tolist(), likely.tolist(), strict=True))]
            for share, row, likely in zip(made.utilisation.tolist(), made.median, made.chance, strict=True)
        ],
        source=source_line(study, [figures["roi.npv"]]),
        notes=[("Computed once for every pair of use and price, the debt left as it is. In the table: value, and in"
               " brackets the chance of a gain.")],
    )  # fmt: skip


def slider(study: Study) -> Exhibit:
    """Value over the price, for the use that the reader chooses where scripts run."""
    from capexlib.exhibits.charts import FanPoint, Setting, slider_fan

    made, figures = study.roi.grid, figures_of(study)
    places = _picked(len(made.price))
    prices = made.price[places]
    ends = value_quantiles(study.operations, study.funding.plan, made.utilisation, prices, _SHARES) / BN
    heads = [hour(price) for price in prices.tolist()]
    settings = [
        Setting(
            value=round(100 * use), label=f"{100 * use:.0f}", chances=tuple(made.chance[row, places].tolist()),
            points=tuple(
                FanPoint(label=head, low=cell[0], lower=cell[1], median=cell[2], upper=cell[3], high=cell[4])
                for head, cell in zip(heads, ends[row].tolist(), strict=True)
            ),
        )
        for row, use in enumerate(made.utilisation.tolist())
    ]  # fmt: skip
    turns = [head for head, share in zip(heads, settings[-1].chances, strict=True) if share > 0.5]
    title = f"Fully used, the odds turn at {turns[0]} an hour" if turns else "No price shown makes a gain likely"
    middle = settings[len(settings) // 2]
    return chart(
        "slider", title,
        slider_fan(settings, unit="Net present value, US$bn", x_title="Price level of an hour today, US$",
                   setting_title="Use after the ramp, per cent"),
        subtitle="Net present value by price at one use, US$bn, median, 50 and 90 % of paths; below, chance of a gain",
        alt=f"Fan chart of the value over the price at {middle.label} per cent use. The median goes from"
        f" {amount(middle.points[0].median, 'USD bn')} at {heads[0]} to {amount(middle.points[-1].median, 'USD bn')} at"
        f" {heads[-1]}; the chance of a gain from {chance(middle.chances[0])} to {chance(middle.chances[-1])}.",
        columns=[column("Use"), *(column(head, right=True) for head in heads)],
        rows=[
            [percent(setting.value / 100), *(marked(f"{_cell(point.low)} to {_cell(point.high)}", "roi.npv")
                              for point in setting.points)]
            for setting in settings
        ],
        source=source_line(study, [figures["roi.npv"]]),
        notes=[("Where scripts run, a slider sets the use; without them the picture shows one use, and the table"
               " every one (90 % of paths, US$bn).")],
    )  # fmt: skip


def _picked(count: int) -> list[int]:
    """Choose at most nine of the columns, the first and the last among them."""
    if count <= _MOST_COLUMNS:
        return list(range(count))
    step = -(-(count - 1) // (_MOST_COLUMNS - 1))
    return sorted({*range(0, count, step), count - 1})


def _cell(value: float) -> str:
    return number(round(value, 1)).replace("-", "−")


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

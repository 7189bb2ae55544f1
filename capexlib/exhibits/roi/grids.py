"""Value over use and price: every pair at once, and behind a slider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, chart, column
from capexlib.exhibits.prose import amount, chance, number, part_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import BN, Floats, figures_of, hour
from capexlib.exhibits.roi.worth import SHARES, price_level
from capexlib.exhibits.theme import percent
from capexlib.models.roi.settings import value_quantiles

if TYPE_CHECKING:
    from capexlib.study import Study

_MOST_COLUMNS = 9


def grid(study: Study) -> Exhibit:
    """Value over use and price: every cell without scripts, the same numbers behind the table."""
    from capexlib.exhibits.charts import GridRow, heat_grid

    figures, made = figures_of(study), study.roi.grid
    places = _picked(len(made.price))
    prices, level = made.price[places], price_level(study)
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
    pays = _turns(made.price, made.median[len(rows) - 1 - near], 0.0)
    title = (f"At {percent(use)} use the plan needs {hour(pays)}" if pays is not None
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
        columns=[column("Use"), *(column(head, right=True) for head in heads)],
        rows=[
            [percent(share), *(part_of(f"{_cell(cell / BN)} ({chance(likely_)})", "roi.npv")
                               for cell, likely_ in zip(row[places].tolist(), likely[places].tolist(), strict=True))]
            for share, row, likely in zip(made.utilisation.tolist(), made.median, made.chance, strict=True)
        ],
        source=source_line(study, [figures["roi.npv"]]),
        notes=["Computed for every pair of use and price, the debt left as it is; between prices, in a straight line."],
    )  # fmt: skip


def slider(study: Study) -> Exhibit:
    """Value over the price, for the use that the reader chooses where scripts run."""
    from capexlib.exhibits.charts import FanPoint, Setting, slider_fan

    made, figures = study.roi.grid, figures_of(study)
    places = _picked(len(made.price))
    prices = made.price[places]
    ends = value_quantiles(study.operations, study.funding.plan, made.utilisation, prices, SHARES) / BN
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
    shown = len(settings) // 2
    middle, used = settings[shown], percent(float(made.utilisation[shown]))
    turns = _turns(made.price, made.chance[shown], 0.5)
    title = (f"At {used} use the odds turn at {hour(turns)}" if turns is not None
             else f"At {used} use no price shown pays")  # fmt: skip
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
            [percent(setting.value / 100), *(part_of(f"{_cell(point.low)} to {_cell(point.high)}", "roi.npv")
                              for point in setting.points)]
            for setting in settings
        ],
        source=source_line(study, [figures["roi.npv"]]),
        notes=[f"The picture shows {used} use; where scripts run, a slider sets another."],
    )  # fmt: skip


def _turns(prices: Floats, found: Floats, level: float) -> float | None:
    """Price at which a rising outcome passes a level, straight between the grid's columns; None beyond them."""
    above = np.flatnonzero(found > level)
    if not above.size:
        return None
    last = int(above[0])
    return float(np.interp(level, found[max(last - 1, 0) : last + 1], prices[max(last - 1, 0) : last + 1]))


def _picked(count: int) -> list[int]:
    """Choose at most nine of the columns, the first and the last among them."""
    if count <= _MOST_COLUMNS:
        return list(range(count))
    step = -(-(count - 1) // (_MOST_COLUMNS - 1))
    return sorted({*range(0, count, step), count - 1})


def _cell(value: float) -> str:
    return number(round(value, 1)).replace("-", "−")

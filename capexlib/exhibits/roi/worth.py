"""What an hour would have to be worth, or how full the compute, for the plan to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import chance, marked, part_of, sentence, span_of, times
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import Floats, figures_of, hour
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.params import Assumption
    from capexlib.study import Study

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def price_level(study: Study) -> Assumption:
    """Return the level that the price of an hour is expected to return to, today.

    Raises
    ------
    ValueError
        If the case says nothing about it.
    """
    params = study.case.roi
    if params is None:
        msg = "the case has no roi section"
        raise ValueError(msg)
    return params.price_level


def _spread_rows(samples: Floats, figure: Figure, unit: str) -> list[list[Rich]]:
    """Return five quantiles as rows; beyond any number is said in words."""
    rows: list[list[Rich]] = []
    for share in SHARES:
        value = float(np.quantile(samples, share, method="lower"))
        text = (hour(value) if unit == "USD/GPU-hour" else percent(value)) if np.isfinite(value) else "out of reach"
        rows.append([f"{percent(share)} of paths are below", part_of(text, figure.id)])
    return rows


def breakeven_price(study: Study) -> Exhibit:
    """Price level at which shareholders earn their cost, after debt and tax, as a distribution."""
    from capexlib.exhibits.charts import Component, distribution

    figures, samples = figures_of(study), study.roi.break_even_price
    figure, level = figures["roi.breakeven_price"], price_level(study)
    known = samples[np.isfinite(samples)]
    below = float(np.mean(samples <= level.value))
    return chart(
        "breakeven_price",
        f"Break-even needs {hour(figure.best)}, {times(figure.best / level.value)} the level expected",
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
        text=[sentence("On ", part_of(chance(below), figure.id), " of paths the level that we expect today, ",
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
            np.minimum(known, float(np.quantile(known, 0.98))).tolist(), unit="Hours used",
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

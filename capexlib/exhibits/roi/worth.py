"""What an hour would have to be worth, or how full the compute, for the plan to pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import chance, marked, part_of, sentence, span_of, times
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import VISIBLE, Floats, figures_of, hour, is_known
from capexlib.exhibits.theme import Spec, percent

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.params import Assumption
    from capexlib.study import Study

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST = 2
NEARLY_ALL = 0.99


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


def breakeven_price(study: Study) -> Exhibit:
    """Price level at which shareholders earn their cost, after debt and tax, as a distribution."""
    figures, samples = figures_of(study), study.roi.break_even_price
    figure, none, level = figures["roi.breakeven_price"], figures["roi.breakeven_none"], price_level(study)
    below = float(np.mean(samples <= level.value))
    title = (f"Break-even needs {hour(figure.best)}, {times(figure.best / level.value)} the level expected"
             if is_known(figure) else f"No price pays on {_nearly(none)}")  # fmt: skip
    return _exhibit(
        study, "breakeven_price", title, _Quantity("Price of an hour", "US$ an hour", samples, figure, level, hour),
        subtitle="Price level today at which shareholders earn just their cost, after debt and tax",
        alt=f"Dot plot of the break-even price. {_found(figure, hour)}; the level expected is {hour(level.value)}.",
        notes=[("Each path keeps its own use, costs, deliveries and debt; only the price is moved until nothing is"
               " lost or gained. The price then falls from that level as assumed.")],
        text=[sentence("On ", part_of(chance(below), figure.id), " of paths the level that we expect today, ",
                       marked(hour(level.value), "assumption.roi.price_level"), ", is enough; on ",
                       marked(chance(none.best), none.id), " no price is.")],
    )  # fmt: skip


def breakeven_use(study: Study) -> Exhibit:
    """Use of the hours at which shareholders earn their cost, as a distribution."""
    figures, samples = figures_of(study), study.roi.break_even_use
    figure, out = figures["roi.breakeven_utilisation"], figures["roi.breakeven_out_of_reach"]
    expected = study.case.roi.utilisation_mature if study.case.roi else None
    title = (f"Even full use falls short on {_nearly(out)}" if out.best >= 0.5
             else f"Break-even needs {percent(figure.best)} of the hours used")  # fmt: skip
    return _exhibit(
        study, "breakeven_use", title, _Quantity("Use", "Hours used", samples, figure, expected, percent),
        subtitle="Use at which shareholders earn just their cost, after debt and tax; above 100 % it cannot be reached",
        alt=f"Dot plot of the break-even use. {_found(figure, percent)}; on {chance(out.best)} of paths it is above all"
        " hours.",
        text=[sentence("At the prices expected, no use is enough on ", marked(chance(out.best), out.id), " of paths.")],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Quantity:
    """What breaks even, path by path: infinite where nothing is enough."""

    head: str
    axis: str
    samples: Floats
    figure: Figure
    expected: Assumption | None
    write: Callable[[float], str]


def _exhibit(
    study: Study, name: str, title: str, what: _Quantity, *, subtitle: str, alt: str, text: list[Rich],
    notes: Sequence[str] = (),
) -> Exhibit:  # fmt: skip
    """Draw the paths that break even, and say what part of all they are; without two of them, a table alone."""
    figure = what.figure
    known = what.samples[np.isfinite(what.samples)]
    columns, rows = [column("Where"), column(what.head, right=True)], _quantiles(what)
    source, without = source_line(study, [figure]), 1 - known.size / what.samples.size
    if known.size < FEWEST:
        return table(name, title, columns, rows, source=source, subtitle=subtitle, notes=notes, text=text)
    dots = f"The dots stand for the {chance(1 - without)} of paths that can break even."
    return chart(
        name, title, _dots(what, np.minimum(known, float(np.quantile(known, 0.98)))),
        subtitle=f"{subtitle}; fifty draws", alt=alt, columns=columns, rows=rows, source=source,
        notes=[*notes, *([dots] if without >= VISIBLE else [])], text=text,
    )  # fmt: skip


def _dots(what: _Quantity, samples: Floats) -> Spec:
    from capexlib.exhibits.charts import Component, distribution

    figure, expected = what.figure, what.expected
    ends = None if figure.low is None or figure.high is None else (figure.low, figure.high)
    return distribution(
        samples.tolist(), unit=what.axis, percent=figure.unit == "fraction",
        components=[Component(name="Expected", value=expected.value, low=expected.low, high=expected.high,
                              label=what.write(expected.value), status="assumption")] if expected else [],
        interval=ends, interval_label=f"90 %: {span_of(*ends, figure.unit.partition('/')[0])}" if ends else "",
    )  # fmt: skip


def _nearly(share: Figure) -> str:
    """Say on how many paths, in the few words of a title."""
    return "almost every path" if share.best > NEARLY_ALL else f"{percent(share.best)} of paths"


def _found(figure: Figure, write: Callable[[float], str]) -> str:
    """Say median and interval in words."""
    if not is_known(figure):
        return "On the median path nothing is enough"
    low, high = figure.low, figure.high
    ends = "" if low is None or high is None else f", 90 % between {write(low)} and {write(high)}"
    return f"Median {write(figure.best)}{ends}"


def _quantiles(what: _Quantity) -> list[list[Rich]]:
    """Return five quantiles as rows; beyond any number is said in words."""
    rows: list[list[Rich]] = []
    for share in SHARES:
        value = float(np.quantile(what.samples, share, method="lower"))
        text = what.write(value) if np.isfinite(value) else "none is enough"
        rows.append([f"{percent(share)} of paths are below", part_of(text, what.figure.id)])
    return rows

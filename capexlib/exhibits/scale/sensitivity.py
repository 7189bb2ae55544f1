"""Which uncertainty moves the headline most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import amount, marked, sentence, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.models.scale.sensitivity import SensitivitySwing
    from capexlib.study import Study

_TITLES = {
    "report": "Which report is right matters most",
    "outcome": "What such reports are worth matters most",
    "conversion": "The exchange rate matters most",
}


def sensitivity(study: Study) -> Exhibit:
    """Tornado of the plan's outcome, with Sobol' indices in the table."""
    from capexlib.exhibits.charts import Swing, tornado

    found = study.scale.sensitivity
    swings = [
        Swing(name=swing.title, low=swing.low, high=swing.high, low_input=swing.low_input, high_input=swing.high_input)
        for swing in found.swings
    ]
    rows: list[list[Rich]] = [
        [swing.title, *_inputs(swing),
         marked(span_of(min(swing.low, swing.high), max(swing.low, swing.high), "USD bn"), f"sensitivity.{swing.id}"),
         *_explained(swing)]
        for swing in found.swings
    ]  # fmt: skip
    if not swings:
        swings = [
            Swing(name="Nothing is uncertain", low=found.central, high=found.central, low_input="", high_input="")
        ]
        rows = [["Nothing is uncertain: the figure is filed", "–", "–", amount(found.central, "USD bn"), "–", "–"]]
    title = _TITLES[found.swings[0].id] if found.swings else "The figure is filed and final"
    return chart(
        "sensitivity", title,
        tornado(swings, central=found.central, unit="US$bn", central_label=amount(found.central, "USD bn")),
        subtitle="Outcome in US$bn as one input moves from its 5th to its 95th percentile, the others at their median",
        alt="Tornado chart. " + " ".join(
            f"{swing.name}: {amount(swing.low, 'USD bn')} to {amount(swing.high, 'USD bn')}." for swing in swings
        ),
        columns=[column("Input"), column("At the 5th percentile", right=True), column("At the 95th", right=True),
                 column("Outcome", right=True), column("Variance alone", right=True),
                 column("Variance with interactions", right=True)],
        rows=rows, source=source_line(study, [rival.usd for rival in study.scale.plan.rivals]),
        notes=[_variance(found.swings)],
    )  # fmt: skip


def _inputs(swing: SensitivitySwing) -> tuple[Rich, Rich]:
    """Return the two ends of an input; those of the exchange rate are an assumption's."""
    if swing.id != "conversion":
        return swing.low_input, swing.high_input
    name = "assumption.scale.conversion_spread"
    return marked(swing.low_input, name), marked(swing.high_input, name)


def _explained(swing: SensitivitySwing) -> tuple[Rich, Rich]:
    """Return the shares of the variance that an input explains, alone and with interactions."""
    name = f"sensitivity.{swing.id}"
    alone, together = (percent(max(index or 0.0, 0.0)) for index in (swing.first, swing.total))
    return marked(alone, f"{name}.alone"), marked(together, f"{name}.with_interactions")


def _variance(swings: tuple[SensitivitySwing, ...]) -> Rich:
    """Return what each input explains, and how the middle comes about."""
    middle = "The middle has every input at its median; it is not the median of the draws."
    parts: list[Rich] = []
    for swing in swings:
        alone, together = _explained(swing)
        parts += ["; " if parts else "", f"{swing.title}: ", alone, " of the variance alone, ", together,
                  " with interactions"]  # fmt: skip
    return sentence(*parts, f" (Sobol' indices). {middle}") if parts else middle

"""Which input moves the verdict, and how much of it the company keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import amount, listed, part_of, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.inputs import input_name, input_value
from capexlib.exhibits.roi.wording import BN, cover_number, figures_of, is_known, share_text
from capexlib.exhibits.theme import percent
from capexlib.models.roi.sensitivity import COVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from capexlib.figures import Figure
    from capexlib.study import Study

_SHOWN, _TOLD = 10, 5
_VISIBLE_SWING = 0.08


def value_sensitivity(study: Study) -> Exhibit:
    """Tornado and Sobol' indices of the net present value."""
    return _exhibit(study, "value_sensitivity", "npv", "roi.npv", 1 / BN, lambda value: amount(value, "USD bn"),
                    "Net present value, US$bn", "US$bn")  # fmt: skip


def cover_sensitivity(study: Study) -> Exhibit:
    """Tornado and Sobol' indices of the group's lowest cover."""
    return _exhibit(study, "cover_sensitivity", "company_dscr_min", "funding.company_dscr_min", 1.0, cover_number,
                    "Lowest debt service cover of the group, times", "times")  # fmt: skip


def _exhibit(
    study: Study, exhibit: str, outcome: str, figure_id: str, scale: float, write: Callable[[float], str], measure: str,
    unit: str,
) -> Exhibit:  # fmt: skip
    from capexlib.exhibits.charts import Swing, tornado

    figures, found, case = figures_of(study), study.roi.sensitivities[outcome], study.case
    least = _VISIBLE_SWING * max((one.width for one in found.swings), default=0.0)
    moving = [one for one in found.swings if one.width > least][:_SHOWN]
    swings = [
        Swing(name=input_name(case, one.name), low=one.outcome_low * scale, high=one.outcome_high * scale,
              low_input=input_value(case, one.name, one.input_low),
              high_input=input_value(case, one.name, one.input_high))
        for one in moving
    ]  # fmt: skip
    central = found.swings[0].outcome_base * scale if found.swings else 0.0
    rows: list[list[Rich]] = [
        [_named(study, outcome, one.name), swing.low_input, swing.high_input,
         part_of(f"{write(min(swing.low, swing.high))} to {write(max(swing.low, swing.high))}", figure_id),
         *_indices(study, outcome, one.name, figure_id)]
        for swing, one in zip(swings, moving, strict=True)
    ]  # fmt: skip
    told_names = {one.name for one in moving}
    others = [name for name in found.indices.names if name not in told_names] if found.indices else []
    rows += [
        [_named(study, outcome, name), "–", "–", "–", *_indices(study, outcome, name, figure_id)] for name in others
    ]
    name = swings[0].name if swings else ""
    title = f"{name} matters most" if name and len(name.split()) < 8 else "One term matters most"
    secret = figures.get(f"roi.unknowns.{outcome}")
    still = "Nothing is uncertain in this case" if found.swings else "No debt service is due"
    return chart(
        exhibit, title if swings else still,
        tornado(swings or [Swing(name=still, low=central, high=central, low_input="", high_input="")],
                central=central, unit=unit, central_label=write(central) if found.swings else ""),
        subtitle=f"{measure}, median of paths with one input at its 5th and 95th percentile, the others as drawn",
        alt="Tornado chart. "
        + (" ".join(f"{one.name}: {write(one.low)} to {write(one.high)}." for one in swings) or f"{still}."),
        columns=[column("Input"), column("At the 5th percentile", right=True), column("At the 95th", right=True),
                 column("Outcome", right=True), column("Variance alone", right=True),
                 column("With interactions", right=True)],
        rows=rows or [[still, "–", "–", "–", "–", "–"]],
        source=source_line(study, [figures[figure_id]]),
        notes=[("The middle is the median of paths as drawn, spread evenly over all outcomes: its last digit may differ"
               " from the headline's. Shares of the variance: Sobol' indices of the widest"
               " inputs and of all that the company keeps to itself, the others at their medians. Deliveries are ranked"
               " by the compute that they bring."), *_about(study, outcome)],
        text=[*_variance(study, outcome, figure_id), *([_secrets(study, outcome)] if secret else [])],
    )  # fmt: skip


def _about(study: Study, outcome: str) -> list[str]:
    """Say what the indices of a cover are about, and which inputs have no swing."""
    if outcome != COVER:
        return []
    said = [
        (
            "A cover has no number where nothing is due: its indices are those of its inverse, the debt burden:"
            " the part of the group's cash flow that debt service takes in the tightest year, at most all of it."
        )
    ]
    found = study.roi.sensitivities[outcome]
    if found.swings and found.freeing:
        names = listed([input_name(study.case, name) for name in found.freeing])
        said.append(f"Not drawn: {names}. At an end of it most paths owe nothing.")
    return said


def _named(study: Study, outcome: str, name: str) -> str:
    mark = " *" if name in study.roi.sensitivities[outcome].unknowns else ""
    return input_name(study.case, name) + mark


def _indices(study: Study, outcome: str, name: str, figure_id: str) -> tuple[Rich, Rich]:
    found = study.roi.sensitivities[outcome].indices
    if found is None or name not in found.names:
        return "–", "–"
    place = found.names.index(name)

    def one(value: float, low: float, high: float) -> Rich:
        share, *ends = (percent(min(max(end, 0.0), 1.0)) for end in (value, low, high))
        return part_of(f"{share} ({'–'.join(end.removesuffix(chr(160) + '%') for end in ends)})", figure_id)

    return (one(found.first[place], found.first_low[place], found.first_high[place]),
            one(found.total[place], found.total_low[place], found.total_high[place]))  # fmt: skip


def _variance(study: Study, outcome: str, figure_id: str) -> list[Rich]:
    """Say the five largest shares of the variance, alone and with interactions."""
    found = study.roi.sensitivities[outcome].indices
    if found is None:
        return []
    largest = sorted(range(len(found.names)), key=lambda place: -found.total[place])[:_TOLD]
    parts: list[Rich] = []
    for place in largest:
        share, whole = (percent(min(max(float(one[place]), 0.0), 1.0)) for one in (found.first, found.total))
        name = input_name(study.case, found.names[place])
        parts.append(sentence(f"{name} ", part_of(f"{share} ({whole})", figure_id)))
    whose = " of the debt burden" if outcome == COVER else ""
    said: list[Rich] = [f"Share of the variance{whose}, alone (with interactions): "]
    for place, part in enumerate(parts):
        said += ["; " if place else "", part]
    return [sentence(*said, ".")]


def _secrets(study: Study, outcome: str) -> Rich:
    figure = figures_of(study)[f"roi.unknowns.{outcome}"]
    what = "the group's debt burden" if outcome == COVER else "the plan's value"
    return sentence(
        "What the company keeps to itself carries ", share_text(figure.best, figure.id), f" of the spread of {what}, ",
        share_text(figure.high or figure.best, figure.id), " with interactions.",
    )  # fmt: skip


def secrets(study: Study) -> Exhibit:
    """How much of each verdict's spread rests on what the company does not publish."""
    figures, case = figures_of(study), study.case
    outcomes = {"npv": "Value of the plan", COVER: "Debt burden of the group"}
    found = {key: figures[f"roi.unknowns.{key}"] for key in outcomes if f"roi.unknowns.{key}" in figures}
    names = study.roi.sensitivities["npv"].unknowns
    rows: list[list[Rich]] = []
    for name in names:
        each = [_indices(study, key, name, f"roi.unknowns.{key}")[0] if key in found else "–" for key in outcomes]
        rows.append([input_name(case, name), *each])
    if found:
        rows.append([[{"t": "All of them, alone", "strong": True}],
                     *(share_text(found[key].best, found[key].id) if key in found else "–"
                       for key in outcomes)])  # fmt: skip
        rows.append([[{"t": "All of them, with interactions", "strong": True}],
                     *(share_text(found[key].high or found[key].best, found[key].id) if key in found else "–"
                       for key in outcomes)])  # fmt: skip
    rows = rows or [["Nothing of the company's is marked as unpublished", "–", "–"]]
    cover = found.get(COVER)
    title = (f"Secrets carry {percent(cover.best)} of the debt burden's spread" if cover and is_known(cover)
             else "No input is marked as the company's secret")  # fmt: skip
    return table(
        "secrets", title,
        [column("What is not published"), *(column(f"Variance of: {words.lower()}", right=True)
                                            for words in outcomes.values())],
        rows, source=source_line(study, [figures["roi.npv"]]),
        subtitle="First-order Sobol' indices, 95 % intervals; each of these inputs is an assumption with its reason",
        notes=["Debt burden: the part of the group's cash flow that debt service takes in the tightest year."],
        text=[("They decide whether the group can carry the debt, hardly whether the plan earns its cost: that rests"
              " on the price of an hour and on what is delivered.")] if _only_cover(found) else [],
    )  # fmt: skip


def _only_cover(found: dict[str, Figure]) -> bool:
    return len(found) == 2 and found["npv"].best < 0.05 < found[COVER].best

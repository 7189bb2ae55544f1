"""What decides the outcome, and what breaks the plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.policy.wording import figures_of, input_name, input_value
from capexlib.exhibits.prose import (
    marked,
    number,
    part_of,
    ranged,
    sentence,
    shown,
)
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent
from capexlib.models.policy.breaking import SHUT
from capexlib.models.policy.decision_results import result_id
from capexlib.models.policy.sensitivity import SHOWN_SWINGS
from capexlib.models.policy.setting import PLAN

if TYPE_CHECKING:
    from capexlib.exhibits.charts import Swing
    from capexlib.models.decisions import Box, Restriction
    from capexlib.study import Study

_THOUSAND = 1e3


def sensitivity(study: Study) -> Exhibit:
    """Tornado of the compute in service, Sobol' indices and rival claims in the table."""
    from capexlib.exhibits.charts import Swing, tornado

    policy, figures = study.policy, figures_of(study)
    found, setting = policy.sensitivity, policy.setting
    swings = [
        Swing(
            name=input_name(setting, swing.name), low=swing.outcome_low / _THOUSAND,
            high=swing.outcome_high / _THOUSAND,
            low_input=input_value(setting, swing.name, swing.input_low),
            high_input=input_value(setting, swing.name, swing.input_high),
        )
        for swing in found.swings[:SHOWN_SWINGS]
    ]  # fmt: skip
    rows: list[list[Rich]] = [
        [swing.name, swing.low_input, swing.high_input,
         ranged(figures[f"policy.swings.{result_id(source.name)}"]), *_indices(study, source.name)]
        for swing, source in zip(swings, found.swings, strict=False)
    ]  # fmt: skip
    if found.indices:
        told = {swing.name for swing in found.swings[:SHOWN_SWINGS]}
        rows += [
            [input_name(setting, name), "–", "–", "–", *_indices(study, name)]
            for name in found.indices.names
            if name not in told
        ]
    central = found.central / _THOUSAND
    if not rows:
        rows = [["Nothing moves it", "–", "–", marked(number(central), "policy.compute"), "–", "–"]]
    drawn = swings or [Swing(name="Nothing is uncertain", low=central, high=central, low_input="", high_input="")]
    return chart(
        "sensitivity", _title(study, swings),
        tornado(drawn, central=central, unit="thousand H100-equivalents", central_label=number(central)),
        subtitle="Mean compute at the end, thousand H100-equivalents, with one input at its 5th and 95th percentile",
        alt="Tornado chart. " + " ".join(f"{one.name}: {number(one.low)} to {number(one.high)}." for one in drawn),
        columns=[column("Input"), column("At the 5th percentile", right=True), column("At the 95th", right=True),
                 column("Compute", right=True), column("Variance alone", right=True),
                 column("With interactions", right=True)],
        rows=rows, source=source_line(study, [figures["policy.compute"]]),
        notes=_notes(study),
    )  # fmt: skip


def _title(study: Study, swings: list[Swing]) -> str:
    found = study.policy.sensitivity.swings
    if not found:
        return "Nothing is uncertain in this case"
    if found[0].name == PLAN:
        return "The plan itself matters most"
    return f"{swings[0].name} matters most" if len(swings[0].name.split()) < 8 else "One term of a vendor matters most"


def _indices(study: Study, name: str) -> tuple[Rich, Rich]:
    found = study.policy.sensitivity.indices
    if found is None or name not in found.names:
        return "–", "–"

    def one(kind: str) -> Rich:
        figure = figures_of(study)[f"policy.variance.{result_id(name)}.{kind}"]
        share, low, high = (percent(max(end or 0.0, 0.0)) for end in (figure.best, figure.low, figure.high))
        return part_of(f"{share} ({low}–{high})", figure.id)

    return one("first"), one("total")


def _notes(study: Study) -> list[Rich]:
    policy, figures = study.policy, figures_of(study)
    notes: list[Rich] = [
        (
            "The middle has every input at its median, averaged over the gates' courses; it is not the median of the"
            " draws. Variance: Sobol' indices with 95 % intervals, of the widest inputs and of each gate's course,"
            " other inputs at their medians."
        )
    ]
    for name, found in policy.sensitivity.claims.items():
        share = figures[f"policy.claims_share.{name}"]
        parts = [
            f"{study.ledger.claims[label].origin if label in study.ledger.claims else label} {percent(part)}"
            for label, part in zip(found.labels, found.contributions, strict=True)
        ]
        notes.append(sentence("Not knowing which report of the plan is right makes ", shown(share),
                              f" of the variance ({'; '.join(parts)})."))  # fmt: skip
    return notes


def breaking(study: Study) -> Exhibit:
    """List the conditions under which less than enough arrives."""
    policy, figures = study.policy, figures_of(study)
    enough = percent(policy.setting.policy.enough)
    columns = [column("Condition"), column("Quasi-p", right=True)]
    source = source_line(study, [figures["policy.share"]])
    if policy.breaking is None or not policy.breaking.chosen.restrictions:
        return table("breaking", f"No condition separates paths with less than {enough}", columns,
                     [["The plan breaks on every path, on none, or whatever holds", "–"]], source=source)  # fmt: skip
    box = policy.breaking.chosen
    chances = {one.name: figures[f"policy.breaks.chance.{result_id(one.name)}"] for one in box.restrictions}
    overall = percent(1 - figures["policy.chance_enough"].best)
    rows: list[list[Rich]] = [
        [_condition(study, one), part_of(_small(chances[one.name].best), chances[one.name].id)]
        for one in box.restrictions
    ]
    return table(
        "breaking", f"{_culprit(box)}: {percent(box.density)} fail, {overall} of all paths", columns, rows,
        source=source,
        subtitle=f"To fail: to bring less than {enough} of the plan. Conditions found by PRIM; all hold together",
        text=[sentence(
            "The conditions cover ", shown(figures["policy.breaks.coverage"]), f" of the paths with less than {enough}"
            " of the plan; where they hold, ", shown(figures["policy.breaks.density"]), " of paths end so, against ",
            part_of(overall, "policy.chance_enough"), " of all paths.")],
        notes=["Quasi-p: how easily chance would make a condition look as good; the same paths suggested it."],
    )  # fmt: skip


def _culprit(box: Box) -> str:
    if any(one.name.startswith(SHUT) for one in box.restrictions):
        return "Shut gates"
    return "Large plan" if any(one.name == PLAN for one in box.restrictions) else "Bad terms"


def _condition(study: Study, one: Restriction) -> str:
    setting, name = study.policy.setting, input_name(study.policy.setting, one.name)
    low, high = math.isfinite(one.low), math.isfinite(one.high)
    whole = one.name.startswith(SHUT)  # months are counted, the box's ends lie between the counts
    least = input_value(setting, one.name, math.ceil(one.low) if whole else one.low) if low else ""
    most = input_value(setting, one.name, math.floor(one.high) if whole else one.high) if high else ""
    if low and high:
        return f"{name}: between {least} and {most}"
    return f"{name}: at least {least}" if low else f"{name}: at most {most}"


def _small(value: float) -> str:
    return "< 0.001" if value < 1e-3 else f"{value:.3f}"

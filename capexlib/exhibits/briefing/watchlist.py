"""What to watch, what it would do, and who should do what next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, table
from capexlib.exhibits.block import column as col
from capexlib.exhibits.prose import MINUS, amount, marked, part_of, sentence
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.models.watch import Watched
    from capexlib.study import Study

_IN_BRIEFS = "Sources, assumptions and method: in the three briefs of this edition."


def watchlist(study: Study) -> Exhibit:
    """Triggers with their state, next date and effect on compute, value and cover."""
    rows = [_row(row) for row in study.watch.rows]
    pulled = [row for row in study.watch.rows if row.pulled]
    months = study.policy.setting.months
    return table(
        "watchlist", _title(study),
        [col("Trigger"), col("State, threshold"), col("Next date"),
         col("Compute, thousand H100e", right=True), col("Value, US$bn", right=True), col("Cover", right=True),
         col("Then")],
        rows or [["No trigger is named in this case", "–", "–", "–", "–", "–", "–"]], source=_IN_BRIEFS, wide=True,
        subtitle=f"Mean change if pulled from the first month on: compute after {months} months, net present value, and"
        " the company's lowest debt-service cover",
        notes=[("Each effect is the models run again with the trigger pulled, on the same draws. Less compute can mean"
               " better cover, because what is not bought is not borrowed for."),
               *([(f"Pulled already: {'; '.join(row.trigger.title for row in pulled)}. Its effect is against gates that"
                  " may move on.")] if pulled else [])],
    )  # fmt: skip


def _title(study: Study) -> str:
    harmful = [row for row in study.watch.rows if row.effects["compute"].best < 0 and not row.pulled]
    if not harmful:
        return "No trigger would lower the compute delivered"
    worst = min(harmful, key=lambda row: row.effects["compute"].best)
    words = worst.trigger.title.split()
    return f"{worst.trigger.title}: the costliest trigger" if len(words) <= 7 else "One trigger costs most compute"


def _row(row: Watched) -> list[Rich]:
    trigger = row.trigger
    when: Rich = f"{day_name(trigger.next)}: {trigger.due}" if trigger.next else "any day"
    return [
        [{"t": trigger.title, "strong": True}, f" ({trigger.who})"], _state(row), when,
        *(_effect(row.effects.get(name)) for name in ("compute", "npv", "dscr")), trigger.action,
    ]  # fmt: skip


def _state(row: Watched) -> Rich:
    word = {True: "pulled: ", False: "not pulled: ", None: ""}[row.pulled]
    if row.state:
        return f"{word}{row.state}"
    if row.fact is None:
        return "no figure by this date"
    what = row.fact.id.split(".")[1].replace("_", " ")
    parts: list[Rich] = [word, marked(amount(row.fact.best, row.fact.unit), row.fact.claims[0])]
    parts += [] if row.threshold else [f" {what}, {parse_period(row.fact.period)}"]
    if row.threshold:
        side = "below" if row.trigger.indicator.passes == "below" else "above"
        parts += [f"; {side} ", part_of(amount(row.threshold.best, row.threshold.unit), row.threshold.id)]
    return sentence(*parts)


def _effect(figure: Figure | None) -> Rich:
    if figure is None:
        return "–"
    sign = MINUS if figure.best < 0 else "+"
    digits = 0 if abs(figure.best) >= 10 else 1 if abs(figure.best) >= 1 else 2
    return marked(f"{sign}{abs(figure.best):.{digits}f}", figure.id)


def steps(study: Study) -> Exhibit:
    """Next steps for each stakeholder."""
    titles = {key: trigger.title for key, trigger in study.case.watch.items()}
    rows: list[list[Rich]] = [
        [[{"t": step.who, "strong": True}], step.what,
         "; ".join(titles[key] for key in step.watch if key in titles) or "–"]
        for step in study.case.steps.values()
    ]  # fmt: skip
    return table(
        "steps", "Next steps", [col("Who"), col("What"), col("Would change with")],
        rows or [["–", "No step is named in this case", "–"]], source=_IN_BRIEFS,
    )  # fmt: skip

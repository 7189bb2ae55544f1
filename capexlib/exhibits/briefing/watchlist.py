"""What to watch, what it would do, and who should do what next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, table
from capexlib.exhibits.block import column as col
from capexlib.exhibits.prose import MINUS, NBSP, amount, marked, number, part_of, sentence, shown
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.models.watch import Watched
    from capexlib.study import Study

_TITLE_WORDS = 10
_A_PAIR = 2
_IN_BRIEFS = "Sources, assumptions and method: in the three briefs of this edition."


def watchlist(study: Study) -> Exhibit:
    """Triggers with their state, next date and effect on compute, value and cover."""
    rows = [_row(row, study) for row in study.watch.rows]
    pulled = [row for row in study.watch.rows if row.pulled]
    months = study.policy.setting.months
    return table(
        "watchlist", _title(study),
        [col("Trigger"), col("Compute", right=True), col("Value", right=True),
         col("Cover", right=True), col("State, threshold"), col("Next date"), col("Then")],
        rows or [["No trigger is named in this case", "–", "–", "–", "–", "–", "–"]], source=_IN_BRIEFS, wide=True,
        subtitle=f"Mean change if pulled now: compute after {months} months (thousand H100e), net present value"
        " (US$bn), lowest debt cover",
        notes=[("H100e: the compute of one Nvidia H100. Gate: a licence or an import permission that goods need. A"
                " trigger is pulled where its state today is the one that it waits for."), _errors(study),
               ("Each effect is the models run again with the trigger pulled from the first month on, on the same"
                " draws; a gate's trigger moves that gate alone. Cover is the company's, a ratio; it can rise as"
                " compute falls: what is not bought is not borrowed for."),
               _levels(study),
               *([(f"Pulled already: {'; '.join(row.trigger.title for row in pulled)}; what is told is the effect of"
                  " staying so, against gates that may move on.")] if pulled else [])],
    )  # fmt: skip


def _title(study: Study) -> str:
    """Name what costs most compute; triggers whose sampling intervals meet are told together."""
    harmful = [row for row in study.watch.rows if row.effects["compute"].best < 0 and not row.pulled]
    if not harmful:
        return "No trigger would lower the compute delivered"
    worst = min(harmful, key=lambda row: row.effects["compute"].best).effects["compute"]
    reach = worst.best if worst.high is None else worst.high
    tied = [row for row in harmful if (row.effects["compute"].low or row.effects["compute"].best) <= reach]
    mean = sum(row.effects["compute"].best for row in tied) / len(tied)
    cost = f"about {number(float(f'{abs(mean):.2g}'))}{NBSP}thousand H100e"
    if len(tied) == 1:
        title = f"{tied[0].trigger.title}: {cost} lost"
        return title if len(title.replace(NBSP, " ").split()) <= _TITLE_WORDS else f"One trigger costs {cost}"
    if all(row.trigger.indicator.gate for row in tied):
        which = "either gate" if len(tied) == _A_PAIR else "any of the gates"
        return f"Closing {which} costs {cost}"
    return f"Each of {len(tied)} triggers costs {cost}"


def _errors(study: Study) -> Rich:
    """Say how far sampling may move the effects: the largest half interval of each column."""
    parts: list[Rich] = []
    for name, word in (("compute", "compute"), ("npv", "value"), ("dscr", "cover")):
        made = [row.effects[name] for row in study.watch.rows if name in row.effects]
        reach = {figure.id: ((figure.high or 0.0) - (figure.low or 0.0)) / 2 for figure in made}
        if reach:
            widest = max(reach, key=reach.__getitem__)
            parts += [", " if parts else "Sampling error (90 %), at most: ", f"{word} ",
                      *[part_of(f"±{NBSP}{number(float(f'{reach[widest]:.2g}'))}", widest)]]  # fmt: skip
    return sentence(*parts, ".") if parts else "No effect is measured."


def _levels(study: Study) -> Rich:
    """Say what the effects are measured against: the medians that the three briefs print."""
    found = {figure.id: figure for figure in study.results_of()}
    wanted = (("policy.compute", ""), ("roi.npv", "net present value "), ("funding.company_dscr_min", "lowest cover "))
    parts: list[Rich] = []
    for name, words in wanted:
        if name in found:
            parts += ["; " if parts else "Without a trigger, medians: ", words, *[shown(found[name])]]
    return sentence(*parts, ".") if parts else "The briefs print no level for these effects."


def _row(row: Watched, study: Study) -> list[Rich]:
    trigger = row.trigger
    ahead = trigger.next is not None and trigger.next > study.case.as_of
    when: Rich = f"{day_name(trigger.next)}: {trigger.due}" if trigger.next and ahead else "any day"
    return [
        [{"t": trigger.title, "strong": True}, f" ({trigger.who})"],
        *(_effect(row.effects.get(name)) for name in ("compute", "npv", "dscr")), _state(row), when, trigger.action,
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
        rows or [["–", "No step is named in this case", "–"]], source=_IN_BRIEFS, wide=True,
    )  # fmt: skip

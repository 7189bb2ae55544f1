"""How right the model would have been, flattering or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, column, table
from capexlib.exhibits.policy.wording import figures_of
from capexlib.exhibits.prose import chance, marked, sentence
from capexlib.periods import day_name

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study


def backtest(study: Study) -> Exhibit:
    """Forecasts of earlier days beside what happened, and their scores beside the base rate's."""
    policy, figures = study.policy, figures_of(study)
    rows: list[list[Rich]] = [
        [one.title, day_name(one.made_on), day_name(one.by),
         *(marked(chance(figures[f"policy.question.{one.key}.{which}"].best), f"policy.question.{one.key}.{which}")
           for which in ("model", "naive")),
         "yes" if one.happened else "no"]
        for one in policy.forecasts
    ]  # fmt: skip
    kinds = [(kind, label) for kind, label in (("asked", "Mean score of the questions above"),
                                               ("quarterly", "Every gate, every quarter: same state half a year on"))
             if f"policy.backtest.{kind}.brier" in figures]  # fmt: skip
    for kind, label in kinds:
        brier, naive, log, naive_log = (
            figures[f"policy.backtest.{kind}.{name}"] for name in ("brier", "naive_brier", "log", "naive_log")
        )
        count = len(policy.forecasts if kind == "asked" else policy.quarterly)
        rows.append([
            [{"t": label, "strong": True}], f"{count} forecasts", "Brier (log)", _scores(brier, log),
            _scores(naive, naive_log), "low is good",
        ])  # fmt: skip
    if not rows:
        rows = [["No question's answer was known by this date", "–", "–", "–", "–", "–"]]
    return table(
        "backtest", _title(figures), [
            column("Question"), column("Asked as of", nowrap=True), column("About", nowrap=True),
            column("Model", right=True), column("Base rate", right=True), column("Happened"),
        ], rows, source="Sources: claims of deliveries and coded regimes in the ledger, each as known on its day.",
        subtitle="The model as it would have stood on the earlier day, against what was known later", wide=True,
        notes=["Few forecasts, and not independent: the scores say little of skill, and are printed whatever they are.",
               ("Base rate: how much of the coded past was spent in the state asked for; one half where nothing of the"
               " kind had been seen. The judgements of December 2025 stand behind the questions on the H200; they were"
               " written down later, so that hindsight cannot be ruled out.")],
        text=[_verdict(study)],
    )  # fmt: skip


def _scores(brier: Figure, log: Figure) -> Rich:
    return sentence(marked(f"{brier.best:.3f}", brier.id), " (", marked(f"{log.best:.2f}", log.id), ")")


def _title(figures: dict[str, Figure]) -> str:
    mine, naive = (figures.get(f"policy.backtest.asked.{name}") for name in ("brier", "naive_brier"))
    if not mine or not naive:
        return "Too early to score the model"
    return "The model did worse than a base rate" if mine.best > naive.best else "The model did better than a base rate"


def _verdict(study: Study) -> Rich:
    asked = study.policy.forecasts
    if not asked:
        return "Nothing that the case asks had been answered by the as-of date."
    missed = sum((one.probability < 0.5) == one.happened for one in asked)
    came = sum(one.probability < 0.5 and one.happened for one in asked)
    said = f"On {missed} of {len(asked)} questions the model gave less than even odds to what happened"
    if 2 * came > len(asked):
        return f"{said}, on {came} of them to something that came: read its probabilities of change as too low."
    return f"{said}; with so few questions, neither skill nor luck can be told apart."

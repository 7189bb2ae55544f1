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

_NAIVE = {"naive_brier": "a base rate", "persistence_brier": "expecting no change"}


def backtest(study: Study) -> Exhibit:
    """Forecasts of earlier days beside what happened, and their scores beside those of two naive ones."""
    policy, figures = study.policy, figures_of(study)
    rows: list[list[Rich]] = [
        [one.title, day_name(one.made_on), day_name(one.by),
         *(marked(chance(figures[f"policy.question.{one.key}.{which}"].best), f"policy.question.{one.key}.{which}")
           for which in ("model", "naive", "persistence")),
         "yes" if one.happened else "no"]
        for one in policy.forecasts
    ]  # fmt: skip
    kinds = [(kind, label) for kind, label in (("asked", "Mean score of the questions above"),
                                               ("quarterly", "Every gate, every quarter: same state half a year on"))
             if f"policy.backtest.{kind}.brier" in figures]  # fmt: skip
    for kind, label in kinds:
        made = [
            _scores(figures[f"policy.backtest.{kind}.{who}brier"], figures[f"policy.backtest.{kind}.{who}log"])
            for who in ("", "naive_", "persistence_")
        ]
        count = len(policy.forecasts if kind == "asked" else policy.quarterly)
        rows.append([
            [{"t": label, "strong": True}], f"{count} forecasts", "Brier (log)", *made, "low is good",
        ])  # fmt: skip
    if not rows:
        rows = [["No question's answer was known by this date", *("–" for _ in range(6))]]
    return table(
        "backtest", _title(study), [
            column("Question"), column("Asked as of", nowrap=True), column("About", nowrap=True),
            column("Model", right=True), column("Base rate", right=True), column("No change", right=True),
            column("Happened"),
        ], rows, source="Sources: claims of deliveries and coded regimes in the ledger, each as known on its day.",
        subtitle="The model as it would have stood on the earlier day, against what was known later", wide=True,
        notes=["Few forecasts, and not independent: the scores say little of skill, and are printed whatever they are.",
               ("Base rate: how much of the coded past was spent in the state asked for; one half where nothing of the"
               " kind had been seen. No change: a gate's state goes on with the chance that Laplace's rule of"
               " succession gives after so long; for a delivery, the model with every gate held as it stood."),
               ("The judgements of December 2025 stand behind the questions on the H200; they were written down later,"
               " so that hindsight cannot be ruled out.")],
        text=[_verdict(study), *_no_change(study)],
    )  # fmt: skip


def _scores(brier: Figure, log: Figure) -> Rich:
    return sentence(marked(f"{brier.best:.3f}", brier.id), " (", marked(f"{log.best:.2f}", log.id), ")")


def scored(study: Study) -> tuple[str, int, Figure, Figure, str] | None:
    """Return what is told of the scores: which forecasts, how many, Brier scores of the model and the better naive one.

    The case's own questions where any is answered, every gate in every quarter otherwise; None without either.
    """
    policy, figures = study.policy, figures_of(study)
    for kind, forecasts in (("asked", policy.forecasts), ("quarterly", policy.quarterly)):
        if forecasts:
            mine, *naive = (figures[f"policy.backtest.{kind}.{name}"] for name in ("brier", *_NAIVE))
            best, words = min(zip(naive, _NAIVE.values(), strict=True), key=lambda one: one[0].best)
            return kind, len(forecasts), mine, best, words
    return None


def verdict(mine: Figure, naive: Figure) -> str:
    """Say which of two scores is the better one, as they are printed."""
    first, second = (f"{figure.best:.3f}" for figure in (mine, naive))
    return "as well as" if first == second else "worse than" if mine.best > naive.best else "better than"


def _title(study: Study) -> str:
    found = scored(study)
    if found is None:
        return "Too early to score the model"
    kind, _, mine, naive, words = found
    did = f"he model did {verdict(mine, naive)} {words}"
    return f"T{did}" if kind == "asked" else f"Quarterly, t{did}"


def _no_change(study: Study) -> list[Rich]:
    """Set the model beside the forecast that nothing changes."""
    found = scored(study)
    if found is None:
        return []
    kind, _, mine, *_ = found
    still = figures_of(study)[f"policy.backtest.{kind}.persistence_brier"]
    return [sentence("Whoever had expected no change would have scored ", marked(f"{still.best:.3f}", still.id),
                     " (Brier): the model did ", verdict(mine, still), " that.")]  # fmt: skip


def _verdict(study: Study) -> Rich:
    asked = study.policy.forecasts
    if not asked:
        return "Nothing that the case asks had been answered by the as-of date."
    given = [(one.probability, one.naive) if one.happened else (1 - one.probability, 1 - one.naive) for one in asked]
    below = sum(mine < naive for mine, naive in given)
    missed = sum(mine < 0.5 for mine, _ in given)
    came = [one for one in asked if one.happened]
    short = sum(one.probability < one.naive for one in came)
    said = (
        f"On {below} of {len(asked)} questions the model gave what happened a lower chance than the base rate did,"
        f" on {missed} less than even odds"
    )
    if came and 2 * short > len(came):
        return (f"{said}; its forecast was below the base rate on {short} of {len(came)} that came true: read its"
                " probabilities of change as too low.")  # fmt: skip
    return f"{said}; with so few questions, skill and luck cannot be told apart."

"""Scenarios and levers: regret, the frontier of mixes, and what each choice is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.policy.wording import error_of, figures_of, points
from capexlib.exhibits.prose import marked, sentence, shown, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.study import Study

_RULES = {
    "expected": "best on average over the scenarios", "tail mean": "best in its worst outcomes",
    "maximin": "best in its worst scenario", "minimax regret": "least largest regret",
    "satisficing": "most often enough",
}  # fmt: skip


def scenarios(study: Study) -> Exhibit:
    """Share of the plan under each named course of the gates."""
    from capexlib.exhibits.charts import Dot, DotRow, Panel, dot_ranges

    figures = figures_of(study)
    found = {key: figures[f"policy.scenarios.{key}.share"] for key in study.case.scenarios}
    rows = [
        DotRow(name=study.case.scenarios[key].title,
               dots=(Dot(value=figure.best, low=figure.low, high=figure.high, label=percent(figure.best),
                         status="assumption"),))
        for key, figure in found.items()
    ]  # fmt: skip
    drawn = figures["policy.share"]
    rows.append(DotRow(name="Gates as they may go", case=True, dots=(
        Dot(value=drawn.best, low=drawn.low, high=drawn.high, label=percent(drawn.best), status="assumption"),
    )))  # fmt: skip
    if found:
        low, high = min(found, key=lambda key: found[key].best), max(found, key=lambda key: found[key].best)
        title = f"{span_of(found[low].best, found[high].best, 'fraction')} of the plan, by the gates"
    else:
        title = "No scenario is named in this case"
    return chart(
        "scenarios", title, dot_ranges(rows, panels=[Panel(title="Share of the plan in service", percent=True)]),
        subtitle="Share of the planned compute at the end of the horizon, reported mix; median and 90 % of draws",
        alt="Dot chart. " + " ".join(f"{row.name}: {row.dots[0].text}." for row in rows if row.dots[0]),
        columns=[column("Course of the gates"), column("What happens"), column("Median", right=True),
                 column("90 % of draws", right=True)],
        rows=[
            [study.case.scenarios[key].title, study.case.scenarios[key].why, shown(figure),
             marked(span_of(figure.low or 0, figure.high or 0, "fraction"), figure.id)]
            for key, figure in found.items()
        ] + [["Gates as they may go", "Drawn from their rates", shown(drawn),
              marked(span_of(drawn.low or 0, drawn.high or 0, "fraction"), drawn.id)]],
        source=source_line(study, [drawn]),
        notes=["In a named course the gates are certain; prices, supply, software and the budget are not."],
    )  # fmt: skip


def regret(study: Study) -> Exhibit:
    """Levers over scenarios: average, tail, regret and how often it is enough."""
    policy, figures = study.policy, figures_of(study)
    made, table_ = policy.scenarios, policy.scenarios.table
    chosen: dict[str, list[str]] = {}
    for rule, place in table_.choices.items():
        chosen.setdefault(made.levers[place], []).append(_RULES[rule])
    rows: list[list[Rich]] = []
    for place, key in enumerate(made.levers):
        name = study.case.levers[key].title
        rows.append([
            [{"t": name, "strong": True}] if key in chosen else name,
            marked(percent(float(table_.expected[place])), f"policy.regret.{key}"),
            marked(percent(float(table_.tail_mean[place])), f"policy.regret.{key}"),
            shown(figures[f"policy.regret.{key}"]),
            marked(percent(float(table_.satisficing[place])), f"policy.regret.{key}"),
            shown(figures[f"policy.levers.{key}.mean"]), shown(figures[f"policy.levers.{key}.cvar"]),
            "; ".join(chosen.get(key, ["–"])),
        ])  # fmt: skip
    best = made.levers[table_.choices["minimax regret"]]
    enough = percent(policy.setting.policy.enough)
    worst = percent(1 - policy.setting.policy.tail)
    return table(
        "regret", f"“{study.case.levers[best].title}” is regretted least",
        [column("Lever"), column("Mean over scenarios", right=True), column(f"Mean of the worst {worst}", right=True),
         column("Largest regret", right=True), column(f"Brings {enough} or more", right=True),
         column("Mean, gates drawn", right=True), column("Tail shortfall, gates drawn", right=True),
         column("Chosen by")],
        rows, source=source_line(study, [figures["policy.share"]]), wide=True,
        subtitle="Share of the plan at the end of the horizon; scenarios weigh alike in the first four columns",
        notes=["Equal weights of the scenarios are a convention, not a forecast; worst outcome and regret use none.",
               "Regret: what the best lever for a scenario would have brought more, in shares of the plan."],
    )  # fmt: skip


def frontier(study: Study) -> Exhibit:
    """Mean share of the plan against the tail of its shortfall: levers, and the best mixes."""
    from capexlib.exhibits.charts import Choice, tradeoff

    policy, figures = study.policy, figures_of(study)
    found, level = policy.frontier, policy.setting.policy.tail
    choices = []
    for key in policy.levers:
        mean, cvar = figures[f"policy.levers.{key}.mean"], figures[f"policy.levers.{key}.cvar"]
        choices.append(Choice(
            name=study.case.levers[key].title, risk=cvar.best, gain=mean.best,
            case=key == policy.setting.policy.reported_mix, label=f"{percent(mean.best)}, tail {percent(cvar.best)}",
        ))  # fmt: skip
    line = sorted(zip(found.cvar.tolist(), found.mean.tolist(), strict=True))
    vendors = [policy.setting.vendors[key].title for key in found.vendors]
    picked = sorted({0, len(found.mean) // 2, len(found.mean) - 1})
    lost, excess = figures["policy.frontier.mean_lost"], figures["policy.frontier.cvar_excess"]
    rows: list[list[Rich]] = [
        [("safest", "middle", "most on average")[place], *(percent(share) for share in found.shares[row]),
         marked(percent(found.mean[row]), lost.id), marked(percent(found.cvar[row]), excess.id)]
        for place, row in enumerate(picked)
    ]  # fmt: skip
    mine = study.case.levers[policy.setting.policy.reported_mix].mix
    rows.append([
        "as reported", *(percent(mine.get(key, 0.0)) for key in found.vendors),
        marked(percent(found.reported_mean), lost.id), marked(percent(found.reported_cvar), excess.id),
    ])  # fmt: skip
    gap = float(found.mixes.gap.max())
    return chart(
        "frontier", "Spreading orders matters more than the last point of mix",
        tradeoff(choices, line, gain="Mean share of the plan",
                 risk=f"Mean shortfall in the worst {percent(1 - level)} of paths (left is safer)"),
        subtitle="Each lever by what it brings and what it risks, shares of the plan; orange: the best mixes",
        alt="Scatter chart of levers. " + " ".join(f"{one.name}: {one.label}." for one in choices),
        columns=[column("Mix"), *(column(name, right=True) for name in vendors), column("Mean", right=True),
                 column("Tail shortfall", right=True)],
        rows=rows, source=source_line(study, [lost]),
        notes=[(f"Rockafellar–Uryasev linear programme over the paths (HiGHS), optimality gap at most {gap:.1g}; each"
               " vendor's falling response is cut into four straight pieces, and the mixes found are simulated again"
               " whole, without ordering again. Even orders, no reserve.")],
        text=[sentence("At the reported mix's tail risk the frontier brings ", points(lost), f" ({error_of(lost)})"
                       " percentage points more of the plan; at its mean, the tail is ", points(excess),
                       f" ({error_of(excess)}) points shorter.")],
    )  # fmt: skip


def worth(study: Study) -> Exhibit:
    """Show what each vendor, and each timing, changes."""
    policy, figures = study.policy, figures_of(study)
    rows: list[list[Rich]] = []
    for kind, found in (("vendors", policy.worths), ("timing", policy.waits)):
        for key in found:
            mean, cvar = (figures[f"policy.worth.{kind}.{key}.{name}"] for name in ("mean", "cvar"))
            name = study.case.vendors[key].title if kind == "vendors" else study.case.levers[key].title
            rows.append([
                name, "against its share spread over the others" if kind == "vendors" else "against the reported lever",
                sentence(points(mean), f" {error_of(mean)}"), sentence(points(cvar), f" {error_of(cvar)}"),
            ])  # fmt: skip
    if not rows:
        rows = [["–", "the case names one vendor and one lever", "–", "–"]]
    return table(
        "worth", "What each vendor and each timing is worth",
        [column("Vendor or timing"), column("Compared with"), column("Mean share, points", right=True),
         column("Tail shortfall, points", right=True)],
        rows, source=source_line(study, [figures["policy.share"]]),
        subtitle="Change of the share of the plan, percentage points, with its 90 % sampling error, on the same paths",
        notes=["A negative tail shortfall is safer."],
    )  # fmt: skip

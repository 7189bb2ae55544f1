"""Scenarios and levers: regret, the frontier of mixes, and what each choice is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.policy.wording import figures_of, with_error
from capexlib.exhibits.prose import marked, sentence, shown, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent
from capexlib.models.policy.decision_results import frontier_points

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study

_ON_THE_LINE = 0.01
_POINTS = {"safest": "safest", "middle": "middle", "most": "most on average", "reported": "as reported"}
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
    made, source = policy.scenarios, source_line(study, [figures["policy.share"]])
    if made is None:
        return table("regret", "No scenario is named, so nothing is regretted", [column("Lever")],
                     [[study.case.levers[key].title] for key in policy.levers], source=source)  # fmt: skip
    chosen: dict[str, list[str]] = {}
    for rule, place in made.table.choices.items():
        chosen.setdefault(made.levers[place], []).append(_RULES[rule])
    rows: list[list[Rich]] = []
    for key in made.levers:
        name = study.case.levers[key].title
        told = [figures[f"policy.regret.{key}.{what}"] for what in ("expected", "worst", "largest", "enough")]
        told += [figures[f"policy.levers.{key}.{what}"] for what in ("mean", "cvar")]
        rows.append([
            [{"t": name, "strong": True}] if key in chosen else name,
            *(marked(percent(figure.best), figure.id) for figure in told), "; ".join(chosen.get(key, ["–"])),
        ])  # fmt: skip
    best = made.levers[made.table.choices["minimax regret"]]
    enough = percent(policy.setting.policy.enough)
    worst = percent(1 - policy.setting.policy.tail)
    return table(
        "regret", f"“{study.case.levers[best].title}” is regretted least",
        [column("Lever"), column("Mean over scenarios", right=True), column(f"Mean of the worst {worst}", right=True),
         column("Largest regret", right=True), column(f"Brings {enough} or more", right=True),
         column("Mean, gates drawn", right=True), column("Tail shortfall, gates drawn", right=True),
         column("Chosen by")],
        rows, source=source, wide=True,
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
    lost, excess = figures["policy.frontier.mean_lost"], figures["policy.frontier.cvar_excess"]
    mine = study.case.levers[policy.setting.policy.reported_mix].mix
    rows: list[list[Rich]] = []
    for point in (*frontier_points(len(found.mean)), "reported"):
        mix = [figures.get(f"policy.frontier.{point}.mix.{key}") for key in found.vendors]
        shares = [
            marked(percent(figure.best), figure.id) if figure else percent(mine.get(key, 0.0))
            for key, figure in zip(found.vendors, mix, strict=True)
        ]
        ends = [figures[f"policy.frontier.{point}.{what}"] for what in ("mean", "cvar")]
        rows.append([_POINTS[point], *shares, *(marked(percent(figure.best), figure.id) for figure in ends)])
    gap = float(found.mixes.gap.max())
    return chart(
        "frontier", _frontier_title(lost),
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
        text=[sentence("At the reported mix's tail risk the frontier brings ", with_error(lost), " percentage points"
                       " more of the plan; at its mean, the tail is ", with_error(excess), " points shorter.")],
    )  # fmt: skip


def _frontier_title(lost: Figure) -> str:
    if lost.best < _ON_THE_LINE:
        return "The reported mix is about as good as the best"
    return f"The best mixes bring {lost.best * 100:.0f} points more at equal risk"


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
                with_error(mean), with_error(cvar),
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

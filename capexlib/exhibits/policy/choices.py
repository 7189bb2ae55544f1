"""Scenarios and levers: regret, the frontier of mixes, and what each choice is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, Span, chart, column, table
from capexlib.exhibits.held import course_notes
from capexlib.exhibits.policy.wording import figures_of, with_error
from capexlib.exhibits.prose import listed, marked, sentence, shown, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.theme import percent
from capexlib.models.policy.decision_results import frontier_points

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study

_ON_THE_LINE = 0.01
_A_SHARE = 0.01
"""A share, or a change of one, that is worth naming."""
_TITLE_WORDS = 10
_POINTS = {"safest": "safest", "middle": "middle", "most": "most on average"}
_COUNTS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}
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
        subtitle="Share of the planned compute at the end of the horizon, base mix of orders; median and 90 % of draws",
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
        notes=["In a named course the gates are certain; prices, supply, software and the budget are not.",
               *course_notes(study)],
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
    least = _least_regretted(study)
    enough = percent(policy.setting.policy.enough)
    worst = percent(1 - policy.setting.policy.tail)
    return table(
        "regret", f"“{study.case.levers[least[0]].title}” is regretted least" if len(least) == 1
        else f"{_COUNTS.get(len(least), 'Many')} levers tie for the least regret",
        [column("Lever"), column("Mean over scenarios", right=True), column(f"Mean of the worst {worst}", right=True),
         column("Largest regret", right=True), column(f"Brings {enough} or more", right=True),
         column("Mean, gates drawn", right=True), column("Tail shortfall, gates drawn", right=True),
         column("Chosen by")],
        rows, source=source, wide=True,
        subtitle="Share of the plan at the end of the horizon; scenarios weigh alike in the first four columns",
        notes=["Equal weights of the scenarios are a convention, not a forecast; worst outcome and regret use none.",
               "Regret: what the best lever for a scenario would have brought more, in shares of the plan."],
        text=[(f"Within the sampling error, {listed([f'“{study.case.levers[key].title}”' for key in least])} have the"
               " same largest regret.")] if len(least) > 1 else [],
    )  # fmt: skip


def _least_regretted(study: Study) -> list[str]:
    """Return the lever of least largest regret, and those whose sampling interval reaches its own."""
    figures = figures_of(study)
    largest = {key: figures[f"policy.regret.{key}.largest"] for key in study.policy.levers}
    order = sorted(largest, key=lambda key: largest[key].best)
    reach = largest[order[0]].high or largest[order[0]].best
    return [key for key in order if key == order[0] or (largest[key].low or largest[key].best) <= reach]


def frontier(study: Study) -> Exhibit:
    """Mean share of the plan against the tail of its shortfall: levers, and the best mixes."""
    from capexlib.exhibits.charts import Choice, tradeoff

    policy, figures = study.policy, figures_of(study)
    found, level = policy.frontier, policy.setting.policy.tail
    shown_as = {f"levers.{key}": study.case.levers[key].title for key in policy.levers}
    shown_as[f"levers.{policy.setting.policy.reported_mix}"] += " (base mix)"
    told = shown_as | {point: f"Best mixes: {_POINTS[point]}" for point in frontier_points(len(found.mean))}
    ends = {key: [figures[f"policy.frontier.{key}.{what}"] for what in ("mean", "cvar")] for key in told}
    choices = [
        Choice(name=study.case.levers[key].title, gain=ends[f"levers.{key}"][0].best,
               risk=ends[f"levers.{key}"][1].best, case=key == policy.setting.policy.reported_mix,
               label=f"{percent(ends[f'levers.{key}'][0].best)}, tail {percent(ends[f'levers.{key}'][1].best)}")
        for key in policy.levers
    ]  # fmt: skip
    line = sorted(zip(found.cvar.tolist(), found.mean.tolist(), strict=True))
    lost, excess = figures["policy.frontier.mean_lost"], figures["policy.frontier.cvar_excess"]
    gap = float(found.mixes.gap.max())
    return chart(
        "frontier", _frontier_title(lost),
        tradeoff(choices, line, gain="Mean share of the plan",
                 risk=f"Mean shortfall in the worst {percent(1 - level)} of paths (left is safer)"),
        subtitle="Shares of the plan, with nothing ordered again; dots: levers, orange line: the best mixes",
        alt="Scatter chart of levers. " + " ".join(f"{one.name}: {one.label}." for one in choices),
        columns=[column("Lever or mix"), column("Mean", right=True), column("Tail shortfall", right=True)],
        rows=[[name, *(marked(percent(figure.best), figure.id) for figure in ends[key])] for key, name in told.items()],
        source=source_line(study, [lost]),
        notes=[(f"Rockafellar–Uryasev linear programme over the paths (HiGHS), optimality gap at most {gap:.1g}; each"
               " vendor's falling response is cut into four straight pieces, and the mixes found are simulated again"
               " whole, even orders and no reserve; mixes that another one then beats on both counts are left out."),
               "Levers bring more where money that comes back is ordered again, as in the other exhibits."],
        text=[sentence("At no more tail risk than the base mix's, the best mix brings ", with_error(lost),
                       " percentage points more of the plan; at no lower mean, its tail shortfall is ",
                       with_error(excess), " points smaller.")],
    )  # fmt: skip


def _frontier_title(lost: Figure) -> str:
    if lost.best < _ON_THE_LINE or (lost.low or 0.0) <= 0.0:
        return "The base mix is about as good as the best"
    return f"Another mix brings {lost.best * 100:.0f} points more at no more risk"


def mixes(study: Study) -> Exhibit:
    """Show how the orders would be split: as reported, most safely, and for the most on average."""
    policy, figures = study.policy, figures_of(study)
    found, mine = policy.frontier, study.case.levers[policy.setting.policy.reported_mix].mix
    points = [point for point in ("safest", "most") if point in frontier_points(len(found.mean))]
    rows: list[list[Rich]] = []
    for key in found.vendors:
        ends = [figures[f"policy.frontier.{point}.mix.{key}"] for point in points]
        if key in mine or any(figure.best >= _A_SHARE for figure in ends):
            rows.append([policy.setting.vendors[key].title, percent(mine.get(key, 0.0)),
                         *(marked(percent(figure.best), figure.id) for figure in ends)])  # fmt: skip
    for what, name in (("mean", "Mean share of the plan"), ("cvar", "Tail shortfall")):
        ends = [figures[f"policy.frontier.{point}.{what}"] for point in ("reported", *points)]
        rows.append([[{"t": name, "strong": True}], *(marked(percent(figure.best), figure.id) for figure in ends)])
    said = moves(study)
    return table(
        "mixes", _mixes_title(study),
        [column("Vendor"), *(column(name, right=True)
                             for name in ("Base mix", *(_POINTS[point].capitalize() for point in points)))],
        rows, source=source_line(study, [figures["policy.frontier.mean_lost"]]),
        subtitle="Shares of the processor budget, then what each split brings; nothing ordered again",
        notes=[("Optima of the sample, with each vendor's supply, price and gates as assumed: read the direction of the"
                " moves, not the last percent.")],
        text=[sentence("At no more tail risk than the base mix, the best one gives ", said, ": ",
                       with_error(figures["policy.frontier.mean_lost"]), " percentage points more of the plan.")
              if said else "No share of the best split at the reported tail risk differs by a point or more."],
    )  # fmt: skip


def _steps(study: Study) -> list[tuple[str, float, Figure]]:
    """Return each vendor's share in the best mix at the reported risk minus the reported share, largest first."""
    policy, figures = study.policy, figures_of(study)
    mine = study.case.levers[policy.setting.policy.reported_mix].mix
    told = {key: figures[f"policy.frontier.equal.mix.{key}"] for key in policy.frontier.vendors}
    made = [(key, figure.best - mine.get(key, 0.0), figure) for key, figure in told.items()]
    return [one for one in sorted(made, key=lambda one: -abs(one[1])) if abs(one[1]) >= _A_SHARE]


def moves(study: Study) -> list[Span]:
    """Say the largest moves from the reported mix to the best one at its risk; empty where there is none."""
    parts: list[Rich] = []
    for more, word in ((True, "more"), (False, "less")):
        step = next(((key, figure) for key, by, figure in _steps(study) if (by > 0) == more), None)
        if step is None:
            continue
        mine = study.case.levers[study.policy.setting.policy.reported_mix].mix.get(step[0], 0.0)
        parts += [" and " if parts else "", f"{word} to {study.case.vendors[step[0]].title} (",
                  marked(percent(step[1].best), step[1].id), f" instead of {percent(mine)})"]  # fmt: skip
    return [span for span in sentence(*parts) if span]


def _mixes_title(study: Study) -> str:
    """Name the vendor that gains most, where the move is worth more than its error."""
    lost, steps = figures_of(study)["policy.frontier.mean_lost"], _steps(study)
    gains = [study.case.vendors[key].title for key, by, _ in steps if by > 0]
    losses = [study.case.vendors[key].title for key, by, _ in steps if by < 0]
    if not gains or not losses or lost.best < _ON_THE_LINE or (lost.low or 0.0) <= 0.0:
        return "No split is clearly better than the base mix"
    title = f"Order more from {gains[0]}, less from {losses[0]}"
    return title if len(title.split()) <= _TITLE_WORDS else "Some orders should move to other vendors"


def worth(study: Study) -> Exhibit:
    """Show what each vendor, and each timing, changes."""
    policy, figures = study.policy, figures_of(study)
    rows: list[list[Rich]] = []
    for kind, found in (("vendors", policy.worths), ("timing", policy.waits)):
        for key in found:
            mean, cvar = (figures[f"policy.worth.{kind}.{key}.{name}"] for name in ("mean", "cvar"))
            name = study.case.vendors[key].title if kind == "vendors" else study.case.levers[key].title
            rows.append([
                name, "against its share spread over the others" if kind == "vendors" else "against the base lever",
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

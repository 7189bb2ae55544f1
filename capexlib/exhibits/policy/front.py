"""The front of the policy brief: masthead, bottom line, key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capexlib.exhibits import since_last
from capexlib.exhibits.block import Exhibit, Rich
from capexlib.exhibits.held import what_if
from capexlib.exhibits.policy.choices import moves
from capexlib.exhibits.policy.past import scored, verdict
from capexlib.exhibits.policy.wording import figures_of, with_error
from capexlib.exhibits.prose import (
    NBSP,
    badge,
    bare,
    bounded,
    chance,
    interval_words,
    judged,
    listed,
    marked,
    sentence,
    shown,
    span_of,
)
from capexlib.exhibits.provenance import has_unverified, run_id
from capexlib.exhibits.theme import percent
from capexlib.figures import Figure
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.study import Study

_YEAR = 12
_MANY = 20
"""Forecasts from which a comparison of scores earns more than low confidence."""
HEADLINE = ("policy.share", "policy.compute", "policy.chance_enough", "policy.stranded", "policy.cost")
_LABELS = ("Share of the plan", "Compute in service", "Chance of enough", "Prepaid, not arrived",
           "Cost per H100-equivalent")  # fmt: skip


def masthead(study: Study) -> Exhibit:
    """Title with the finding, edition, coverage and status."""
    policy, case = study.policy, study.case
    named = study.ledger.entities[case.entity].name
    share = figures_of(study)["policy.share"]
    status = what_if(study)
    if has_unverified([study.scale.plan.stated]):
        status.append("Rests on unverified press reports and on our own judgement of gates and vendors.")
    if keys := list(study.loaded.overridden):
        status.append(f"{len(keys)} parameter{'s' if len(keys) > 1 else ''} overridden for this run: {listed(keys)}.")
    if case.as_of >= parse_period(case.plan.period).start:
        status.append(
            "The whole budget of the plan's year is treated as ordered over the"
            f" {_count_of_months(policy.setting.policy.order_months)} after the as-of date; earlier orders are not"
            " known."
        )
    span = span_of(share.low or 0.0, share.high or 0.0, "fraction")
    months = policy.setting.months
    return Exhibit({
        "block": "masthead", "id": "masthead", "kicker": "Policy brief",
        "title": f"Of {named}'s planned compute, {span} would be in service within {months} months",
        "case": case.case, "entity": named, "as_of": case.as_of.isoformat(), "as_of_text": day_name(case.as_of),
        "coverage": case.coverage, "status_line": " ".join(status), "badges": [study.scale.plan.stated.status.value],
        "run_id": run_id(study), "lang": "en",
    })  # fmt: skip


def _count_of_months(months: int) -> str:
    return "twelve months" if months == _YEAR else "month" if months == 1 else f"{months} months"


def headline(study: Study) -> Exhibit:
    """At most three sentences, then key judgements with likelihood or confidence."""
    return Exhibit({
        "block": "bottom_line", "id": "bottom_line", "sentences": _sentences(study), "judgements": _judgements(study),
    })  # fmt: skip


def _sentences(study: Study) -> list[Rich]:
    policy, figures = study.policy, figures_of(study)
    share, compute, planned = (figures[f"policy.{name}"] for name in ("share", "compute", "planned_compute"))
    base_mix = study.case.levers[policy.setting.policy.reported_mix].title
    first = sentence(
        f"If orders follow “{base_mix}”, a median of ", shown(share), f" (90{NBSP}%: ",
        marked(span_of(share.low or 0.0, share.high or 0.0, "fraction"), share.id), ") of the compute that the budget"
        " would bring through open gates is in service after ",
        f"{policy.setting.months} months: ", shown(compute), " of ", shown(planned), " ",
        [badge(share.status, modelled=True)], ".",
    )  # fmt: skip
    best = max(policy.levers, key=lambda key: policy.levers[key].mean())
    worst = min(policy.levers, key=lambda key: policy.levers[key].mean())
    titles, moved = study.case.levers, moves(study)
    second = sentence(
        f"Of the ways to place the orders, “{titles[best].title}” brings most on average, ",
        shown(figures[f"policy.levers.{best}.mean"]), f", and “{titles[worst].title}” least, ",
        shown(figures[f"policy.levers.{worst}.mean"]), "; with nothing ordered again, the best split brings ",
        with_error(figures["policy.frontier.mean_lost"]), " percentage points more than the base mix at no more"
        " tail risk", [", with ", *moved] if moved else "", ".",
    )  # fmt: skip
    third = sentence(
        "Prepayments for goods that have not arrived come to ", shown(figures["policy.stranded"]),
        f" (90{NBSP}%: ", marked(_span(figures["policy.stranded"]), "policy.stranded"), "), and ",
        shown(figures["policy.lost"]), " (", marked(_span(figures["policy.lost"]), "policy.lost"), ") is lost.",
    )  # fmt: skip
    return [first, second, third]


def _span(figure: Figure) -> str:
    return span_of(figure.low or 0.0, figure.high or 0.0, figure.unit)


def _judgements(study: Study) -> list[dict[str, Any]]:
    policy, figures = study.policy, figures_of(study)
    enough = figures["policy.chance_enough"]
    draws = policy.world.size
    word, warning = judged(enough.best, draws)
    made = [{
        "text": f"At least {percent(policy.setting.policy.enough)} of the planned compute is in service at the end of"
        f" the horizon.{warning}",
        "figure": [{"t": chance(enough.best), "figure": enough.id}], "word": word, "confidence": "",
        "exhibit": "arrival",
    }]  # fmt: skip
    never = figures["policy.never_ninety"]
    word, warning = judged(never.best, draws)
    made.append({
        "text": f"Nine tenths of it is not reached within {policy.setting.months} months.{warning}",
        "figure": [{"t": chance(never.best), "figure": never.id}], "word": word, "confidence": "",
        "exhibit": "chances",
    })  # fmt: skip
    if policy.waits:
        key = min(policy.waits, key=lambda one: float(policy.waits[one].mean.difference))
        figure = figures[f"policy.worth.timing.{key}.mean"]
        made.append({
            "text": f"“{study.case.levers[key].title}” changes the mean share of the plan by this many points.",
            "figure": with_error(figure), "word": "", "confidence": "moderate confidence", "exhibit": "worth",
        })  # fmt: skip
    if policy.worths:
        key = max(policy.worths, key=lambda one: float(policy.worths[one].mean.difference))
        figure = figures[f"policy.worth.vendors.{key}.mean"]
        verb = "adds most to" if figure.best > 0 else "takes least from"
        made.append({
            "text": f"{study.case.vendors[key].title} {verb} the base mix of orders, in points of the plan.",
            "figure": with_error(figure), "word": "", "confidence": "low confidence", "exhibit": "worth",
        })  # fmt: skip
    made += past_judgement(study)
    other = figures["policy.other_way.share"]
    made.append({
        "text": "With the ambiguous regimes coded the other way, the median share of the plan would be this.",
        "figure": shown(other), "word": "", "confidence": "low confidence", "exhibit": "rates",
    })  # fmt: skip
    return made[:5]


def past_judgement(study: Study) -> list[dict[str, Any]]:
    """Return how the model did on earlier days, as a judgement; none before anything can be scored."""
    found = scored(study)
    if found is None:
        return []
    kind, count, mine, naive, words = found
    asked = "the case's questions of earlier days" if kind == "asked" else "every gate, quarter by quarter"
    return [{
        "text": f"On {asked} ({count} forecasts) the model did {verdict(mine, naive)} {words}, the better of"
        " two naive forecasts; Brier scores of both, low is good.",
        "figure": sentence(marked(f"{mine.best:.2f}", mine.id), " against ", marked(f"{naive.best:.2f}", naive.id)),
        "word": "", "confidence": "moderate confidence" if count >= _MANY else "low confidence", "exhibit": "backtest",
    }]  # fmt: skip


def _interval(figure: Figure) -> str:
    """Say an interval; one that is only the error of the sampling is called so."""
    if "sampling error" in figure.interval and figure.low is not None and figure.high is not None:
        return f"{span_of(figure.low, figure.high, figure.unit)} (sampling error only)"
    return interval_words(figure)


def key_figures(study: Study) -> Exhibit:
    """Three to five numbers with unit, period, interval and status."""
    figures, setting = figures_of(study), study.policy.setting
    last = setting.month_start(setting.months)
    when = f"end of {last:%b %Y}"
    periods = {"policy.compute": f"H100-equivalents, {when}", "policy.cost": f"{when}, with what is stranded"}
    items = []
    for label, name in zip(_LABELS, HEADLINE, strict=True):
        figure = figures.get(name)
        if figure is None:
            continue
        items.append({
            "label": label,
            "value": marked(chance(figure.best) if name == "policy.chance_enough" else bare(bounded(figure)), name),
            "period": periods.get(name, when),
            "interval": bare(_interval(figure)), "status": figure.status.value, "modelled": figure.is_modelled,
            "change": since_last.since_words(study, figure.id),
        })  # fmt: skip
    return Exhibit({"block": "key_figures", "id": "key_figures", "items": items})


def changes(study: Study) -> Exhibit:
    """Show what changed since the last edition, the key figures first."""
    return since_last.changes(study, HEADLINE)

"""The front of the scale brief: masthead, bottom line, key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capexlib.exhibits import since_last
from capexlib.exhibits.block import Exhibit, Rich, Span
from capexlib.exhibits.prose import (
    NBSP,
    amount,
    badge,
    bounded,
    chance,
    interval_words,
    judged,
    listed,
    marked,
    ranged,
    sentence,
    shown,
    span_of,
)
from capexlib.exhibits.provenance import has_unverified, run_id
from capexlib.exhibits.scale.wording import count_word, ordinal, year_of_peers, years_compared
from capexlib.figures import Figure, Status
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.study import Study


HEADLINE = ("plan.stated", "plan.usd", "plan.growth", "plan.outcome", "plan.share_of_group")
"""Results of the key-figure strip; changes of these come first."""


def results_by_id(study: Study) -> dict[str, Figure]:
    """Return the scale model's results by id."""
    return {figure.id: figure for figure in study.scale.results}


def masthead(study: Study) -> Exhibit:
    """Title with the finding, edition, coverage and status."""
    scale, case = study.scale, study.case
    plan = scale.plan
    named = study.ledger.entities[case.entity].name
    verb = "plans" if plan.stated.status.is_verified else "is reported to plan"
    if plan.stated.status is Status.REPORTED_FILING:
        verb = "filed"
    title = f"{named} {verb} {bounded(plan.stated)} of capex for {scale.year}{_against_largest(study)}"
    unverified = overridden = ""
    if has_unverified([plan.stated]):
        unverified = "Rests on unverified press reports: the company has confirmed none of the figures."
    if count := len(study.loaded.overridden):
        overridden = f"{count} parameter{'s' if count > 1 else ''} overridden for this run: {listed_keys(study)}."
    return Exhibit({
        "block": "masthead", "id": "masthead", "kicker": "Scale brief", "title": title, "case": case.case,
        "entity": named, "as_of": case.as_of.isoformat(), "as_of_text": day_name(case.as_of),
        "coverage": case.coverage,
        "status_line": " ".join(part for part in (unverified, overridden) if part),
        "badges": [plan.stated.status.value], "run_id": run_id(study), "lang": "en",
    })  # fmt: skip


def listed_keys(study: Study) -> str:
    """Name the overridden parameters."""
    return listed(list(study.loaded.overridden))


def _against_largest(study: Study) -> str:
    scale = study.scale
    largest = max(scale.compared, key=lambda entity: scale.compared[entity].usd.best)
    if len(scale.compared) == 1:
        return ""
    if largest == study.case.entity:
        return ", the most of all compared"
    amount_there = scale.compared[largest].usd
    verb = {Status.GUIDANCE: "guides to", Status.REPORTED_FILING: "spent"}.get(amount_there.status, "is put at")
    year = "" if scale.comparison_year == scale.year else f" in {scale.comparison_year}"
    return f"; {study.ledger.entities[largest].name} {verb} {bounded(amount_there)}{year}"


def headline(study: Study) -> Exhibit:
    """At most three sentences, then key judgements with likelihood or confidence."""
    return Exhibit({
        "block": "bottom_line", "id": "bottom_line", "sentences": _sentences(study), "judgements": _judgements(study),
    })  # fmt: skip


def _sentences(study: Study) -> list[Rich]:
    scale, plan, figures = study.scale, study.scale.plan, results_by_id(study)
    named = study.ledger.entities[study.case.entity].name
    first: list[Span] = sentence(
        f"{named}'s capex plan for {scale.year} is taken as ", shown(figures["plan.stated"]), _dollars(study), " ",
        [badge(plan.stated.status)], f", {_reason(plan.why)}.",
    )  # fmt: skip
    outcome = figures["plan.outcome"]
    if len(plan.rivals) > 1:
        usd = [rival.usd for rival in plan.rivals]
        opening = sentence(
            f"{count_word(len(usd)).capitalize()} reports stand between ",
            _least(usd),
            " and ",
            _most(usd),
            "; ",
            "weighed together, they imply " if scale.pool else "the adopted one implies ",
        )
    else:
        opening = "One report carries the figure; allowing for what such reports have been worth, it implies "
    second = sentence(
        opening, shown(outcome, bound=False), " (", ranged(outcome), f", 90{NBSP}%) spent when the year is over.",
    )  # fmt: skip
    share = figures["plan.share_of_group"]
    others = len(scale.ranking.entities) - 1
    third = sentence(
        "That would be ", shown(share, bound=False), " (", ranged(share), ") of"
        f" what it and {count_word(others)} others spend together{year_of_peers(scale)}.",
    )  # fmt: skip
    return [first, second, third] if others else [first, second]


def _reason(why: str) -> str:
    """Return the first sentence of a reason, to stand inside another sentence."""
    first = why.split(". ", maxsplit=1)[0].strip().rstrip(".")
    return first[0].lower() + first[1:] if first.split()[0] in ("The", "A", "An", "It", "Only") else first


def _least(figures: list[Figure]) -> list[Span]:
    least = min(figures, key=lambda figure: figure.best)
    return marked(amount(least.best, least.unit), least.id)


def _most(figures: list[Figure]) -> list[Span]:
    most = max(figures, key=lambda figure: figure.best)
    return marked(amount(most.best, most.unit), most.id)


def _dollars(study: Study) -> list[Span]:
    plan = study.scale.plan
    if plan.rate.unit == "ratio":
        return []
    per_dollar = 1 / plan.rate.best
    on = parse_period(plan.rate.period)
    when = day_name(on.start) if on.is_day else f"average of {on}"
    return sentence(
        " (", marked(amount(plan.usd.best, "USD bn"), plan.usd.id), " at ", marked(f"{per_dollar:.2f}", plan.rate.id),
        f", {when})",
    )  # fmt: skip


def _judgements(study: Study) -> list[dict[str, Any]]:
    scale, figures = study.scale, results_by_id(study)
    made = []
    if len(scale.ranking.entities) > 1:
        made.append(_rank_judgement(study))
        made += _rival_judgements(study)
    base = study.case.plan.baseline
    if base and scale.plan.growth:
        growth = figures["plan.growth"]
        made.append({
            "text": f"The plan is {'above' if growth.best > 0 else 'below'} what was reported for"
            f" {parse_period(base.period)}.",
            "figure": shown(growth), "word": "", "confidence": _confidence(growth),
            "exhibit": "checks" if scale.checks else "",
        })  # fmt: skip
    made.append(_processor_judgement(study, figures))
    if len(made) < 3 or scale.leases:
        made.append(_lease_judgement(study, figures))
    return made[:5]


def _confidence(figure: Figure) -> str:
    """Confidence by what stands behind a figure."""
    if figure.status.is_verified and not figure.is_modelled:
        return "high confidence"
    return "moderate confidence" if figure.status.is_verified else "low confidence"


def _rank_judgement(study: Study) -> dict[str, Any]:
    scale = study.scale
    first, last, _ = scale.ranking.likely_ranks(study.case.entity)
    figure = results_by_id(study)["rank.likely"]
    word, warning = judged(figure.best, study.case.sampling.draws)
    places = ordinal(first) if first == last else f"{ordinal(first)} to {ordinal(last)}"
    name = study.ledger.entities[study.case.entity].name
    return {
        "text": f"{name}'s spending ranks {places} of {count_word(len(scale.ranking.entities))}"
        f"{year_of_peers(scale)}.{warning}",
        "figure": [{"t": chance(figure.best), "figure": figure.id}], "word": word, "confidence": "", "exhibit": "ranks",
    }  # fmt: skip


def _rival_judgements(study: Study) -> list[dict[str, Any]]:
    """Judge whether the case outspends the peer that it is closest to."""
    figures = results_by_id(study)
    peers = [entity for entity in study.scale.ranking.entities if entity != study.case.entity]
    chances = {entity: figures[f"outspends.{entity}"] for entity in peers}
    nearest = sorted(chances, key=lambda entity: abs(chances[entity].best - 0.5))[:1]
    name = study.ledger.entities[study.case.entity].name
    made = []
    for entity in nearest:
        word, warning = judged(chances[entity].best, study.case.sampling.draws)
        made.append({
            "text": f"{name} outspends {study.ledger.entities[entity].name}{year_of_peers(study.scale)}.{warning}",
            "figure": [{"t": chance(chances[entity].best), "figure": chances[entity].id}],
            "word": word, "confidence": "", "exhibit": "ranks",
        })  # fmt: skip
    return made


def _processor_judgement(study: Study, figures: dict[str, Figure]) -> dict[str, Any]:
    budget = figures["processors.usd"]
    stated = next((part for part in study.scale.parts if part.id == "processors" and part.of_adopted), None)
    if stated and 0.45 <= stated.share.best <= 0.55:
        text = "The report itself sets aside about half of the plan for processors."
    elif stated:
        text = "The report itself sets this much aside for processors."
    elif study.scale.parts:
        text = "If an earlier report's split still holds, processors take this much."
    else:
        text = "At the usual share of such plans, processors take this much."
    return {
        "text": text, "figure": [{"t": _interval(budget), "figure": budget.id}], "word": "",
        "confidence": _confidence(budget), "exhibit": "composition",
    }  # fmt: skip


def _interval(figure: Figure) -> str:
    """Return a drawn figure as its interval: the middle alone would claim too much."""
    if figure.low is None or figure.high is None:
        return bounded(figure)
    return span_of(figure.low, figure.high, figure.unit)


def _lease_judgement(study: Study, figures: dict[str, Figure]) -> dict[str, Any]:
    row = next((row for row in study.scale.leases if row.entity == study.case.entity), None)
    if row is None:
        names = [study.ledger.entities[peer].name for peer in study.case.peers]
        return {
            "text": f"The comparison covers {listed(names) or 'no peer'}; leases outside capex are not known.",
            "figure": [], "word": "", "confidence": "low confidence", "exhibit": "",
        }  # fmt: skip
    return {
        "text": "Leases outside capex, capitalised on our assumptions, would come on top.",
        "figure": [{"t": _interval(figures[row.leases.id]), "figure": row.leases.id}], "word": "",
        "confidence": "low confidence", "exhibit": "all_in",
    }  # fmt: skip


def key_figures(study: Study) -> Exhibit:
    """Three to five numbers with unit, period, interval and status."""
    figures = results_by_id(study)
    labels = ("Plan as reported", "In US dollars", "Growth", "Spent when the year is over", "Share of the group")
    items = []
    for label, name in zip(labels, HEADLINE, strict=True):
        figure = figures.get(name)
        if figure is None:
            continue
        period = ""
        if label == "Growth" and study.case.plan.baseline:
            period = f"on {parse_period(study.case.plan.baseline.period)}"
        elif label == "Share of the group":
            period = years_compared(study.scale)
        items.append({
            "label": label, "value": shown(figure), "period": period or str(parse_period(figure.period)),
            "interval": interval_words(figure), "status": figure.status.value, "modelled": figure.is_modelled,
            "change": since_last.since_words(study, figure.id),
        })  # fmt: skip
    return Exhibit({"block": "key_figures", "id": "key_figures", "items": items})


def changes(study: Study) -> Exhibit:
    """Show what changed since the last edition, the key figures first."""
    return since_last.changes(study, HEADLINE)

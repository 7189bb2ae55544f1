"""The front of the briefing, taken from the fronts of the three briefs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capexlib.exhibits import policy, roi, scale, since_last
from capexlib.exhibits.block import Exhibit
from capexlib.exhibits.held import what_if
from capexlib.exhibits.policy.front import past_judgement
from capexlib.exhibits.prose import span_of
from capexlib.exhibits.provenance import has_unverified, run_id
from capexlib.figures import Figure
from capexlib.periods import day_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from capexlib.study import Study

HEADLINE = ("plan.stated", "plan.outcome", "policy.share", "roi.npv", "roi.breakeven_price")
_FRONTS = (scale, policy, roi)
_LABELS = ("Plan as reported", "Spent when the year is over", "Share of the plan delivered", "Net present value",
           "Break-even rent level")  # fmt: skip
_TAKEN = (2, 2, 1)
"""Key judgements taken from the scale, the policy and the return brief: five in all; one of policy is its back-test."""


def results_by_id(study: Study) -> dict[str, Figure]:
    """Return the results of all models by id."""
    return {figure.id: figure for figure in study.results_of()}


def masthead(study: Study) -> Exhibit:
    """Title with what the three briefs come to."""
    case, figures = study.case, results_by_id(study)
    named = study.ledger.entities[case.entity].name
    share, npv = figures["policy.share"], figures["roi.npv"]
    delivered = span_of(share.low or 0.0, share.high or 0.0, "fraction")
    earns = "earns its cost" if npv.best > 0 else "does not earn its cost at what renting costs"
    verdict = f"{delivered} of it would be delivered, and it {earns}"
    status = what_if(study)
    if has_unverified([study.scale.plan.stated]):
        told = "Rests on unverified press reports and on our own judgement; each brief of this edition says where."
        status.append(told)
    return Exhibit({
        "block": "masthead", "id": "masthead", "kicker": "Briefing", "title": f"{named}'s plan: {verdict}",
        "case": case.case, "entity": named, "as_of": case.as_of.isoformat(), "as_of_text": day_name(case.as_of),
        "coverage": case.coverage, "status_line": " ".join(status), "badges": [study.scale.plan.stated.status.value],
        "run_id": run_id(study), "lang": "en",
    })  # fmt: skip


def headline(study: Study) -> Exhibit:
    """Give the first sentence of each brief, and the first judgements of each."""
    blocks = [front.headline(study).block for front in _FRONTS]
    judgements: list[dict[str, Any]] = []
    for block, taken in zip(blocks, _TAKEN, strict=True):
        mine = block["judgements"][:taken]
        if block is blocks[_FRONTS.index(policy)] and (past := past_judgement(study)):
            mine = [*mine[: taken - 1], *past]
        judgements += [{**made, "exhibit": ""} for made in mine]
    return Exhibit({
        "block": "bottom_line", "id": "bottom_line", "sentences": [block["sentences"][0] for block in blocks],
        "judgements": judgements,
    })  # fmt: skip


def key_figures(study: Study) -> Exhibit:
    """One number or two of each brief, as that brief shows them; how they changed stands below them."""
    wanted = dict(zip(HEADLINE, _LABELS, strict=True))
    figures: dict[str, Any] = {}
    fronts: tuple[Callable[[Study], Exhibit], ...] = (scale.key_figures, policy.key_figures, roi.key_figures)
    for front in fronts:
        for item in front(study).block["items"]:
            for span in item["value"]:
                if isinstance(span, dict) and span.get("figure") in wanted:
                    figures[span["figure"]] = {**item, "label": wanted[span["figure"]], "change": ""}
    items = [figures[name] for name in HEADLINE if name in figures]
    return Exhibit({"block": "key_figures", "id": "key_figures", "items": items, "across": True})


def changes(study: Study) -> Exhibit:
    """Show what changed since the last edition, the key figures first."""
    return since_last.changes(study, HEADLINE, named=since_last.IN_SHORT)

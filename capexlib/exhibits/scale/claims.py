"""What was claimed about the plan, when, by whom: the timeline, the pool, the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import MINUS, amount, badge, bounded, marked, ranged, sentence, shown
from capexlib.exhibits.provenance import claim_words, source_line, stated
from capexlib.exhibits.scale.front import results_by_id
from capexlib.exhibits.scale.wording import count_word
from capexlib.facts.records import Claim, as_fact
from capexlib.models.scale.comparison import to_usd_bn
from capexlib.models.scale.side_results import pool_weight
from capexlib.units import parse_unit

if TYPE_CHECKING:
    from capexlib.study import Study


def timeline(study: Study) -> Exhibit:
    """Every claim about the plan by the day it was known: bounds, denials and flags visible."""
    from capexlib.exhibits.charts import ClaimMark, claim_timeline

    claims = study.scale.plan.told
    adopted = study.scale.plan.claim
    superseded = {old for claim in claims if claim.is_adoptable for old in claim.supersedes}
    marks, rows = [], []
    for claim in claims:
        low, value, high = (None, None, None) if claim.is_statement else _usd(study, claim)
        said = claim.text if claim.is_statement else marked(claim_words(claim), claim.id)
        rows.append([stated(claim), claim.origin, said, _standing(claim, adopted.id, superseded),
                     [badge(claim.status)]])  # fmt: skip
        if claim.repeats and not claim.flag:
            continue
        marks.append(ClaimMark(
            known=claim.known_on.isoformat(), label=_label(study, claim), value=value, low=low, high=high,
            status=claim.status.value, denial=claim.is_statement,
            flagged=claim.flag is not None,
            superseded=claim.id in superseded, adopted=claim.id == adopted.id,
            detail=claim.flag.reason if claim.flag else claim.note,
        ))  # fmt: skip
    usd = [rival.usd.best for rival in study.scale.plan.rivals]
    year = study.case.plan.period
    title = (
        f"Reports put the {year} plan between {amount(min(usd), 'USD bn')} and {amount(max(usd), 'USD bn')}"
        if len(usd) > 1 else f"One report carries the figure for {year}"
    )  # fmt: skip
    form = claim_timeline(marks, unit="US$bn", log=_needs_log(marks), as_of=_as_of_line(study, claims))
    return chart(
        "timeline", title, form,
        subtitle=f"Claims about the plan for {year} by the day on which they were public, US$bn at that day's rate",
        alt=f"Timeline of {len(marks)} claims. " + " ".join(
            f"{stated(c)}, {c.origin}: {claim_words(c)} ({_standing(c, adopted.id, superseded)})." for c in claims
        ),
        columns=[column("Stated"), column("Said by"), column("Claim"), column("Standing"), column("Status")],
        rows=rows, source=source_line(study, [rival.stated for rival in study.scale.plan.rivals]),
        notes=[("Crossed marks are errors or stale figures: kept in the ledger with the reason, never adopted"
               " nor aggregated; reprints are left out. Silence is not a denial, and a denial gives no other"
               " figure.")],
        text=[sentence("Adopted: ", shown(results_by_id(study)["plan.stated"], with_badge=True),
                       f" ({adopted.origin}, {stated(adopted)}).")],
    )  # fmt: skip


def _usd(study: Study, claim: Claim) -> tuple[float | None, float | None, float | None]:
    currency = parse_unit(claim.unit).currency or "USD"
    rate = study.facts.exchange.rate_for(currency, "USD", claim.span, claim.known_on)
    figure = to_usd_bn(as_fact(claim), rate)
    return (None, figure.value, None) if claim.bound == "point" else (figure.low, None, figure.high)


def _label(study: Study, claim: Claim) -> str:
    """Name who said it; for an error or a stale print, the page that made it."""
    who = study.ledger.sources[claim.source].publisher if claim.flag else claim.origin
    who = who.split(" (")[0].split(" via ")[0]
    if claim.is_statement:
        return f"{who}: {'denial' if claim.denies else 'no confirmation'}"
    bound = {"at_least": "≥ ", "at_most": "≤ "}.get(claim.bound, "")
    why = f", {claim.flag.kind.replace('_', ' ')}" if claim.flag else ""
    return f"{who}: {bound}{amount(claim.best, claim.unit)}{why}"


def _standing(claim: Claim, adopted: str, superseded: set[str]) -> str:
    if claim.id == adopted:
        return "adopted"
    if claim.flag:
        return f"kept out ({claim.flag.kind.replace('_', ' ')}): {claim.flag.reason}"
    if claim.repeats:
        return "a reprint, not counted again"
    if claim.is_statement:
        return "denial" if claim.denies else "statement"
    return "superseded" if claim.id in superseded else "rival"


def _as_of_line(study: Study, claims: Sequence[Claim]) -> str:
    """Return the day to mark as that of the edition, none where it would stand on the newest claim."""
    newest = max(claim.known_on for claim in claims)
    return study.case.as_of.isoformat() if (study.case.as_of - newest).days > 14 else ""


def _needs_log(marks: list) -> bool:
    numbers = [n for mark in marks for n in (mark.low, mark.value, mark.high) if n]
    return bool(numbers) and max(numbers) > 12 * min(numbers)  # beyond this a linear axis hides the small


def pooled(study: Study) -> Exhibit:
    """Say what will have been spent: the spread of the claims and of what such claims are worth."""
    from capexlib.exhibits.charts import Component, distribution

    scale = study.scale
    figure = results_by_id(study)["plan.outcome"]
    weights = dict(zip(scale.pool.claims, scale.pool.weights, strict=True)) if scale.pool else {}
    marks, rows = [], []
    for rival in scale.plan.rivals:
        claim, usd = rival.claim, rival.usd
        is_adopted = claim.id == scale.plan.claim.id
        if (weights and claim.id not in weights) or (not weights and not is_adopted):
            continue
        share = weights.get(claim.id, 1.0)
        marks.append(Component(
            name=claim.origin, label=bounded(usd), value=usd.value if claim.bound == "point" else None, low=usd.low,
            high=usd.high, weight_label=f"weight {amount(share, 'fraction')}", status=claim.status.value,
            adopted=is_adopted,
        ))  # fmt: skip
        reason = study.case.plan.pool[claim.id].why if claim.id in study.case.plan.pool else scale.plan.why
        weight = marked(amount(share, "fraction"), pool_weight(study.case, claim.id).id) if weights else "–"
        rows.append([f"{claim.origin}, {stated(claim)}", shown(rival.stated), shown(usd), weight, reason])  # fmt: skip
    own = scale.ranking.samples[:, scale.ranking.entities.index(study.case.entity)]
    low, high = scale.plan_outcome.low, scale.plan_outcome.high
    ends = amount(low, "USD bn"), amount(high, "USD bn")
    title = f"Nine draws in ten end between {ends[0]} and {ends[1]}" if len(set(ends)) > 1 else (
        f"{ends[0]} is filed: nothing is left to draw")  # fmt: skip
    return chart(
        "outcome", title,
        distribution(own.tolist(), unit="US$bn", components=marks, interval=(low, high), interval_label="90 %"),
        subtitle=f"What will have been spent in {scale.year}, US$bn; each dot is one chance in fifty",
        alt=f"Quantile dot plot from {amount(low, 'USD bn')} (5th percentile) to {amount(high, 'USD bn')} (95th), "
        f"median {amount(figure.best, 'USD bn')}.",
        columns=[column("Claim"), column("Stated", right=True), column("US dollars", right=True),
                 column("Weight", right=True), column("Why")],
        rows=rows, source=source_line(study, [rival.usd for rival in scale.plan.rivals]),
        notes=[("Each claim is multiplied by a ratio of outcome to claim (see the"
               " assumptions); floors move up, ceilings down.")],
    )  # fmt: skip


def checks(study: Study) -> Exhibit:
    """Return the story's own arithmetic, redone."""
    done = study.scale.checks
    tested = [item for item in done if item.printed]
    agreeing = sum(item.verdict == "agrees" for item in tested)
    rows: list[list[Rich]] = []
    for item in done:
        computed = item.computed
        bounds: Rich = (
            ranged(computed)
            if computed.low is not None and computed.high is not None and computed.low != computed.high else "–"
        )  # fmt: skip
        rows.append([
            sentence(item.check.title, *([f" {item.check.note}"] if item.check.note else [])),
            shown(computed), bounds, shown(item.printed) if item.printed else "–",
            "nothing to compare" if item.verdict == "not printed" else item.verdict,
        ])  # fmt: skip
    if tested:
        title = f"{count_word(agreeing).capitalize()} of {count_word(len(tested))} printed figures survive a recount"
    else:
        title = "Nothing printed can be recounted" if done else "No check is set for this story"
    figures = [item.computed for item in done] + [item.printed for item in done if item.printed]
    return table(
        "checks", title,
        [column("Question"), column("Computed", right=True), column("Range", right=True), column("Printed", right=True),
         column("Verdict")],
        rows or [["The case names no relation between its claims", "–", "–", "–", "–"]],
        subtitle="Arithmetic on the claims; ranges from the rounding of what was printed",
        source=source_line(study, figures) if figures else "Sources: none needed.",
    )  # fmt: skip


def _judged(study: Study, claim: Claim) -> str:
    """Return what the case says of a claim, else the first sentence of the ledger's note."""
    pooled_claim = study.case.plan.pool.get(claim.id)
    return pooled_claim.why if pooled_claim else claim.note.split(". ")[0].rstrip(".") or "–"


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else MINUS if change < 0 else ''}{amount(abs(change), 'fraction')}"


def if_adopted(study: Study) -> Exhibit:
    """Say what would change our mind: the brief's headline under each rival report."""
    scale = study.scale
    figures = results_by_id(study)
    rows: list[list[Rich]] = []
    for rival in scale.plan.rivals:
        name = f"if_adopted.{rival.claim.id}"
        position = marked(f"{figures[f'{name}.rank'].best:.0f} of {len(scale.compared)}", f"{name}.rank")
        adopted = rival.claim.id == scale.plan.claim.id
        rows.append([
            f"{rival.claim.origin}, {stated(rival.claim)}" + (" (adopted)" if adopted else ""),
            shown(rival.stated), shown(rival.usd), position,
            "–" if adopted else marked(_signed(figures[f"{name}.change"].best), f"{name}.change"),
            _judged(study, rival.claim),
        ])  # fmt: skip
    title = "Another report would move the plan and its rank" if len(rows) > 1 else "A second report would be news"
    return table(
        "if_adopted", title,
        [column("If this report is right"), column("Plan", right=True), column("US dollars", right=True),
         column("Rank", right=True), column("Against the adopted", right=True), column("What to know")],
        rows, subtitle=f"The headline for {scale.year} under each report known on the date; ranks by stated figures",
        source=source_line(study, [rival.usd for rival in scale.plan.rivals]),
        notes=[("Watch for a filing, a statement by the company, or a second newsroom with its own source: each"
                " outranks or outdates what stands here, and the next run adopts it or stops for a new ruling.")],
    )  # fmt: skip

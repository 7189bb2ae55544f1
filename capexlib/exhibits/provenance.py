"""Where numbers come from: source lines, assumptions, sources, rates and the study itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from capexlib.changes.naming import param_words
from capexlib.exhibits.block import Exhibit, Rich, Span, column, table
from capexlib.exhibits.prose import amount, badge, marked, sentence, span_of
from capexlib.facts.details import stated
from capexlib.facts.records import Claim
from capexlib.figures import Figure, Status
from capexlib.periods import first_day

if TYPE_CHECKING:
    from capexlib.study import Study

_MOST_NAMED = 5
_INFORMS, _SHOWN = "informs an assumption", "not used"
_ELSEWHERE = {"roi": ("funding.", "roi.")}
"""Briefs that list only their own assumptions, with what those keys begin with: the policy brief lists the rest."""


def run_id(study: Study) -> str:
    """Eight characters that identify what a study was computed from."""
    text = json.dumps(study.manifest(), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def source_line(study: Study, figures: Iterable[Figure]) -> Rich:
    """Return the source line under an exhibit, from the claims its figures rest on."""
    claims = [study.ledger.claims[name] for name in dict.fromkeys(n for figure in figures for n in figure.claims)]
    dated: dict[str, set[int]] = {}
    for claim in claims:
        dated.setdefault(claim.origin, set()).add(claim.known_on.year)
    named = [f"{origin} ({_years(years)})" for origin, years in dated.items()]
    more = len(named) - _MOST_NAMED
    shown = "; ".join(named[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
    return [f"Sources: {shown or 'own assumptions'}. ", {"t": "Claims used", "ref": "sources"}, "."]


def _years(years: set[int]) -> str:
    first, last = min(years), max(years)
    return str(first) if first == last else f"{first}–{last}"


def assumptions(study: Study) -> Exhibit:
    """Every assumption of the brief with its range, basis and reason; overridden ones are marked."""
    changed = set(study.loaded.overridden)
    rows: list[list[Rich]] = []
    own = _ELSEWHERE.get(study.brief, ())
    for key, item in study.assumptions().items():
        if own and not key.startswith(own):
            continue
        is_changed = any(name == key or name.startswith(f"{key}.") for name in changed)
        shown = span_of(item.low, item.high, item.unit) if item.low != item.high else "fixed"
        label = param_words(key, study.loaded.resolved)
        has_title = ":" in label
        name: list[Span] = [*([f"{label} "] if has_title else []),
                            {"t": key, "code": True, "anchor": f"assumption.{key}"}]  # fmt: skip
        rows.append([
            sentence(name, " (overridden)") if is_changed else name,
            marked(amount(item.value, item.unit), f"assumption.{key}"),
            marked(shown, f"assumption.{key}") if item.low != item.high else shown, item.family,
            sentence(item.basis, " ", item.why),
        ])  # fmt: skip
    for claim, pooled in () if own else study.case.plan.pool.items():
        key = f"plan.pool.{claim}.weight"
        said = study.ledger.claims[claim]
        words = f"Weight of {said.origin}, {stated(said)}" + (" (overridden)" if key in changed else "")
        name = [{"t": words, "anchor": f"assumption.{key}"}]
        weight = marked(amount(pooled.weight, "fraction"), f"assumption.{key}")
        rows.append([name, weight, "chosen", "weight", pooled.why])
    rest = (
        "The plan, the gates and the vendors rest on further assumptions; the policy brief of this edition lists"
        " them, and the manifest all of them."
    )
    columns = [column("Assumption"), column("Value", right=True), column("Range (P5–P95)", right=True),
               column("Family"), column("What it rests on, and why")]  # fmt: skip
    return table(
        "assumptions", "Assumptions", columns, rows, appendix=True, wide=True, source="",
        subtitle="Our own judgements: value, 5th and 95th percentile, basis and reason", notes=[rest] if own else [],
    )  # fmt: skip


def sources(study: Study) -> Exhibit:
    """Every claim used, its words' bound, its status, its source and address."""
    manifest = study.manifest()
    used = set(manifest["claims"])
    informing = {name for item in study.assumptions().values() for name in item.reference}
    named = [row["id"] for row in manifest["claim_details"]]
    rows = [_source_row(study, study.ledger.claims[name], _role(name, used, informing)) for name in named]
    columns = [column("Claim"), column("Says"), column("Said by, on"), column("Status"), column("Read through")]
    return table(
        "sources", "Claims and their sources", columns, rows, appendix=True, wide=True, source="",
        subtitle="In alphabetical order of the claim's id; the date is that of the origin",
        notes=[
            f"Claims marked “{_INFORMS}” are among the grounds of a range that we judged.",
            f"Those marked “{_SHOWN}” are only shown; no result rests on them.",
        ],
    )  # fmt: skip


def _role(name: str, used: set[str], informing: set[str]) -> str:
    """Say how a claim counts; nothing where a result rests on it directly."""
    return "" if name in used else _INFORMS if name in informing else _SHOWN


def _source_row(study: Study, claim: Claim, role: str) -> list[Rich]:
    source = study.ledger.sources[claim.source]
    entity = study.ledger.entities[claim.entity].name
    where: list[Span] = [{"t": source.publisher, "url": source.url} if source.url else source.publisher]
    if source.published and first_day(source.published) > study.case.as_of:
        where = ["a later page; its address is in the ledger"]
    elif source.tier == "note":
        where.append(" (public note that quotes the origin)")
    if claim.confirmed is False:
        where.append(" – not found a second time")
    about = f"{entity}, {study.ledger.quantities[claim.quantity].title}, {claim.span}: "
    words = claim_words(claim)
    says = about + words if claim.is_statement else sentence(about, marked(words, claim.id))
    name: list[Span] = [{"t": claim.id, "code": True, "anchor": f"claim.{claim.id}"}]
    if role:
        name.append(f" ({role})")
    return [name, says, f"{claim.origin}, {stated(claim)}", [badge(claim.status)], where]


def claim_words(claim: Claim) -> str:
    """Return a claim's number with the bound that its words give."""
    if claim.is_statement:
        return claim.text
    if claim.bound == "range" and claim.low is not None and claim.high is not None:
        return span_of(claim.low, claim.high, claim.unit)
    words = {"at_least": "at least ", "at_most": "up to "}.get(claim.bound, "")
    return words + amount(claim.best, claim.unit)


def overrides(study: Study) -> Exhibit | None:
    """Overridden keys of the run, None when there are none."""
    if not study.loaded.overridden:
        return None
    rows: list[list[Rich]] = [[[{"t": key, "code": True}], _value_at(study, key)] for key in study.loaded.overridden]
    return table("overrides", "Overridden parameters", [column("Key"), column("Value")], rows, appendix=True, source="")


def _value_at(study: Study, key: str) -> str:
    value: object = study.loaded.resolved
    for part in key.split("."):
        value = value.get(part, "removed") if isinstance(value, dict) else value
    return str(value)


def provenance(study: Study) -> Exhibit:
    """Say what the edition was computed from, for the manifest."""
    text: list[Rich] = [
        (
            f"Computed from {len(study.manifest()['claims'])} claims with {study.case.sampling.draws:,} draws,"
            f" seed {study.case.sampling.seed}. The manifest that comes with this brief lists every parameter, claim"
            " and result; the same inputs give the same bytes."
        ),
        (
            "The evidence and the assumptions are those of the as-of date; nothing published later was used. This brief"
            " informs; it is not investment advice."
        ),
    ]
    return Exhibit({"block": "provenance", "id": "provenance", "study": study.manifest(), "text": text})


def has_unverified(figures: Iterable[Figure]) -> bool:
    """Whether any of the figures rests on claims that nobody answerable stands behind."""
    return any(not figure.status.is_verified for figure in figures if figure.status is not Status.ASSUMPTION)

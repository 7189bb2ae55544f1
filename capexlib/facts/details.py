"""Claims and sources as an edition carries them: what was said, by whom, when, and where it was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim, Source
from capexlib.periods import day_name, first_day, last_day


def stated(claim: Claim) -> str:
    """Return the date on which a claim was made, as precisely as it is known."""
    first, last = first_day(claim.stated_on), last_day(claim.stated_on)
    if first == last:
        return day_name(first)
    if ".." in claim.stated_on:
        return f"by {day_name(last)}"
    return day_name(first).split(" ", 1)[1] if first.month == last.month else str(first.year)


def claim_details(ledger: Ledger, claims: Iterable[str]) -> list[dict[str, Any]]:
    """Write claims out for a manifest.

    Parameters
    ----------
    ledger : Ledger
    claims : iterable of str
        Ids.

    Returns
    -------
    list of dict
        By id, each once; without what is empty.
    """
    return [_claim_row(ledger, ledger.claims[name]) for name in sorted(set(claims))]


def source_details(ledger: Ledger, claims: Iterable[str], as_of: date) -> list[dict[str, Any]]:
    """Write out the sources through which claims were read.

    Parameters
    ----------
    ledger : Ledger
    claims : iterable of str
        Ids of the claims.
    as_of : datetime.date
        A page published later is not named: an edition knows nothing later than its date.

    Returns
    -------
    list of dict
        By id, each once; without what is empty.
    """
    names = sorted({ledger.claims[name].source for name in claims})
    return [_source_row(ledger.sources[name], as_of) for name in names]


def _claim_row(ledger: Ledger, claim: Claim) -> dict[str, Any]:
    quantity = ledger.quantities[claim.quantity]
    row = {
        "id": claim.id, "entity": ledger.entities[claim.entity].name, "quantity": quantity.title,
        "definition": quantity.definition, "period": str(claim.span), "value": claim.value, "low": claim.low,
        "high": claim.high, "unit": claim.unit, "bound": claim.bound, "text": claim.text, "status": claim.status.value,
        "origin": claim.origin, "stated_on": claim.stated_on, "stated": stated(claim), "source": claim.source,
        "repeats": claim.repeats,
        "flag": f"{claim.flag.kind.replace('_', ' ')}: {claim.flag.reason}" if claim.flag else "",
        "confirmed": claim.confirmed,
    }  # fmt: skip
    if claim.is_statement:
        del row["bound"]
    return {name: value for name, value in row.items() if value not in ("", None)}


def _source_row(source: Source, as_of: date) -> dict[str, Any]:
    row: dict[str, Any] = {"id": source.id, "tier": source.tier}
    if source.published and first_day(source.published) > as_of:
        return row | {"later": True}
    row |= {"publisher": source.publisher, "title": source.title, "url": source.url, "published": source.published}
    return {name: value for name, value in row.items() if value not in ("", None)}

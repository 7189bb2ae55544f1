"""Claims that a case names: public by its date, unflagged, numbers; and what their currency was worth."""

from __future__ import annotations

from dataclasses import replace

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.facts.records import as_fact
from capexlib.figures import Figure
from capexlib.units import parse_unit


def known_claim(facts: Facts, claim_id: str, where: str) -> Figure:
    """Return a claim that the params name, as a fact, if it was public.

    Raises
    ------
    EvidenceError
        If it is unknown, not yet public on the date, flagged or words only.
    """
    claim = facts.ledger.claims.get(claim_id)
    if claim is None:
        raise EvidenceError([Problem(where, f"Unknown claim {claim_id!r}.", "Name a claim of the ledger.")])
    if claim.known_on > facts.as_of:
        what = f"Claim {claim_id!r} was not public on {facts.as_of} (surely only on {claim.known_on})."
        raise EvidenceError([Problem(where, what, "Name an earlier claim or move as_of.")])
    if claim.flag or claim.is_statement:
        what = f"Claim {claim_id!r} is {'flagged' if claim.flag else 'words, not a number'}."
        raise EvidenceError([Problem(where, what, "Name a claim that stands on its own.")])
    return replace(as_fact(claim), id=claim_id)


def dollar_rate(facts: Facts, figure: Figure) -> Figure:
    """Dollars per one of the currency of a claim's figure, on the claim's day."""
    claim = facts.ledger.claims[figure.claims[0]]
    currency = parse_unit(figure.unit).currency
    if currency is None:
        raise EvidenceError([Problem(claim.id, f"{figure.unit!r} is not money.", "Name a claim about money.")])
    return facts.exchange.rate_for(currency, "USD", claim.span, claim.known_on)

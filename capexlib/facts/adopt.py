"""From rival claims to one fact, by a written rule, as of a date.

Only what was public on the date counts. Flagged claims, reprints and claims that
a known one supersedes never become facts. Then the firmest status wins, then the
newest. What is still tied and differs by more than 5 % needs a ruling with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.exchange import Exchange
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim, Event, Regime, as_fact
from capexlib.figures import Figure
from capexlib.params.schema import Ruling
from capexlib.periods import first_day, parse_period
from capexlib.units import parse_unit

TIE_TOLERANCE = 0.05
_Dated = TypeVar("_Dated", Event, Regime)


@dataclass(frozen=True, slots=True)
class Facts:
    """The ledger as it was known on a date, with a case's rulings.

    Parameters
    ----------
    ledger : Ledger
    as_of : datetime.date
    rulings : mapping
        ``"entity/quantity/period"`` to a :class:`Ruling`.
    exchange : Exchange
        Dated rates as known on the date.
    """

    ledger: Ledger
    as_of: date
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    exchange: Exchange = field(init=False, repr=False)
    _index: dict[tuple[str, str], list[Claim]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Index what is known, and refuse rulings that the evidence cannot carry."""
        object.__setattr__(self, "exchange", Exchange(self.ledger, self.as_of))
        for claim in self.ledger.claims.values():
            if claim.known_on <= self.as_of:
                self._index.setdefault((claim.entity, claim.quantity), []).append(claim)
        problems = [problem for key, ruling in self.rulings.items() for problem in self._ruling_problems(key, ruling)]
        if problems:
            raise EvidenceError(problems)

    def claims(self, entity: str, quantity: str) -> list[Claim]:
        """Every claim known on the date, flagged ones and reprints included."""
        return self._index.get((entity, quantity), [])

    def about(self, entity: str, quantity: str, period: str) -> list[Claim]:
        """Every claim known on the date about one span, however its period is written."""
        return [claim for claim in self.claims(entity, quantity) if _same_span(claim, period)]

    def candidates(self, entity: str, quantity: str, period: str) -> list[Claim]:
        """Claims that may become the fact, best first by the rule."""
        known = self.claims(entity, quantity)
        open_claims = [claim for claim in known if claim.is_adoptable]
        superseded = {old for claim in open_claims for old in claim.supersedes}
        return sorted(
            (claim for claim in open_claims if _same_span(claim, period) and claim.id not in superseded),
            key=lambda claim: (claim.status.rank, -claim.known_on.toordinal(), claim.bound != "point", claim.id),
        )

    def fact(self, entity: str, quantity: str, period: str) -> Figure | None:
        """Adopt the fact of an entity, quantity and period.

        Returns
        -------
        Figure or None
            None when nothing usable was known.

        Raises
        ------
        EvidenceError
            If the best claims are tied, differ by more than 5 % and no ruling chooses.
        """
        key = f"{entity}/{quantity}/{period}"
        candidates = self.candidates(entity, quantity, period)
        if not candidates:
            return None
        tied = self._tied(candidates)
        if ruling := self._ruling(entity, quantity, period):
            judged = _judged(candidates, ruling.on) if ruling.on else tied
            chosen = next((claim for claim in judged if claim.id == ruling.claim), None)
            if chosen is None:
                raise EvidenceError([_overtaken(key, ruling, candidates)])
            return as_fact(chosen, ruling.why)
        if any(self._distance(candidates[0], claim) > TIE_TOLERANCE for claim in tied):
            raise EvidenceError([_tie_problem(key, tied)])
        return as_fact(candidates[0])

    def events(self) -> list[Event]:
        """Events public on the date, the earliest first, without what was learnt of them later.

        Returns
        -------
        list of Event
            A scheduled event stands among them from the day it was announced.
        """
        known = (self._as_known(event) for event in self.ledger.events.values() if event.known_on <= self.as_of)
        return sorted(known, key=lambda event: (first_day(event.date), event.id))

    def regimes(self, gate: str) -> list[Regime]:
        """Our coding of a gate as of the date: its spells in order, the last one right-censored.

        A spell counts once it had begun and its event was public. The last one known lasts to the
        date of the view, or to the last page that shows it.
        """
        spells = [spell for spell in self.ledger.regimes if spell.gate == gate]
        known: list[Regime] = []
        for spell in spells:
            event = self.ledger.events.get(spell.start_event)
            if max(spell.first_day, event.known_on if event else spell.first_day) > self.as_of:
                break
            known.append(self._as_known(spell))
        if known:
            last = known[-1]
            seen = last.last_day if len(known) == len(spells) and last.last_day else self.as_of
            ends = {"end": min(seen, self.as_of).isoformat(), "right_censored": True}
            known[-1] = last.model_copy(update=ends)
        return known

    def _as_known(self, item: _Dated) -> _Dated:
        """Return an event or spell with only those later remarks that were public."""
        public = tuple(remark for remark in item.later if remark.known_on <= self.as_of)
        return item if public == item.later else item.model_copy(update={"later": public})

    def _ruling(self, entity: str, quantity: str, period: str) -> Ruling | None:
        """Find the case's decision, under whatever label its claim names the period."""
        for ruling in self.rulings.values():
            claim = self.ledger.claims[ruling.claim]
            if (claim.entity, claim.quantity) == (entity, quantity) and _same_span(claim, period):
                return ruling
        return None

    def periods(self, entity: str, quantity: str) -> list[str]:
        """Periods for which something could be adopted, in order of their start."""
        claims = [claim for claim in self.claims(entity, quantity) if claim.is_adoptable]
        by_span = {(claim.span.start, claim.span.end): claim.period for claim in reversed(claims)}
        return [by_span[span] for span in sorted(by_span)]

    def _tied(self, candidates: list[Claim]) -> list[Claim]:
        """Return the first claim and those as firm and as new as it.

        A partly dated claim ("May 2026") is as new as any on a day it may mean.
        """
        best = candidates[0]
        return [claim for claim in candidates if claim.status is best.status and claim.known_on >= best.earliest_known]

    def _distance(self, one: Claim, other: Claim) -> float:
        """Relative difference of two claims, in one currency where they share it."""
        share = parse_unit(one.unit).dimension == parse_unit(other.unit).dimension
        a, b = (_amount(one), _amount(other)) if share else (self._in_dollars(one), self._in_dollars(other))
        return abs(a - b) / max(abs(a), abs(b), 1e-300)

    def _in_dollars(self, claim: Claim) -> float:
        unit = parse_unit(claim.unit)
        if not unit.currency or unit.is_exchange_rate:
            return _amount(claim)
        return _amount(claim) * self.exchange.rate(unit.currency, "USD", claim.known_on).best

    def _ruling_problems(self, key: str, ruling: Ruling) -> list[Problem]:
        where = f"adopt.{key}"
        claim = self.ledger.claims.get(ruling.claim)
        if claim is None:
            return [Problem(where, f"Unknown claim {ruling.claim!r}.", "Name a claim of the ledger.")]
        about = f"{claim.entity}/{claim.quantity}/{claim.period}"
        if about != key:
            return [Problem(where, f"Claim {claim.id!r} is about {about}.", "Choose a claim about the same thing.")]
        if claim.known_on > self.as_of:
            what = f"Claim {claim.id!r} was not public on {self.as_of} (surely only on {claim.known_on})."
            return [Problem(where, what, "Drop the ruling or move as_of.")]
        if not claim.is_adoptable:
            what = f"Claim {claim.id!r} is flagged, a reprint or a statement."
            return [Problem(where, what, "Choose a claim that stands on its own.")]
        return []


def _same_span(claim: Claim, period: str) -> bool:
    span = parse_period(period)
    return (claim.span.start, claim.span.end) == (span.start, span.end)


def _amount(claim: Claim) -> float:
    return claim.best * parse_unit(claim.unit).factor


def _judged(candidates: list[Claim], on: date) -> list[Claim]:
    """Return the claims that a ruling of a day had before it; none if news has come since."""
    if any(claim.known_on > on for claim in candidates):
        return []
    return [claim for claim in candidates if claim.status is candidates[0].status]


def _overtaken(key: str, ruling: Ruling, candidates: list[Claim]) -> Problem:
    news = [claim for claim in candidates if ruling.on and claim.known_on > ruling.on] or candidates
    firmer = f"{news[0].id!r} ({news[0].status.badge}, {news[0].stated_on}) is firmer or newer"
    return Problem(
        f"adopt.{key}",
        f"The ruling for {ruling.claim!r} is overtaken: {firmer}.",
        "Drop the ruling, or rule again with a reason and 'on:' with the day of the decision.",
    )


def _tie_problem(key: str, tied: list[Claim]) -> Problem:
    shown = "; ".join(
        f"{c.id} ({c.bound.replace('_', ' ')} {c.best:g} {c.unit}, {c.status.badge}, {c.stated_on})" for c in tied
    )
    return Problem(
        f"adopt.{key}",
        f"Equally firm and new claims differ by more than {TIE_TOLERANCE:.0%}: {shown}.",
        f"Add to the params file: adopt: {{{key}: {{claim: {tied[0].id}, why: your reason}}}}",
    )

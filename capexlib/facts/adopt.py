"""From rival claims to one fact, by a written rule, as of a date.

Only what was public on the date counts. Flagged claims, reprints and claims that
a known one supersedes never become facts. Then the firmest status wins, then the
newest. What is still tied and differs by more than 5 % needs a ruling with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.exchange import Exchange
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim, as_fact
from capexlib.figures import Figure
from capexlib.units import parse_unit

TIE_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Ruling:
    """A case's decision between claims that the rule leaves tied.

    Parameters
    ----------
    claim : str
        Id of the claim to adopt.
    why : str
        The reason, printed in the brief.
    """

    claim: str
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The ledger as it was known on a date, with a case's rulings.

    Parameters
    ----------
    ledger : Ledger
    as_of : datetime.date
    rulings : mapping
        ``"entity/quantity/period"`` to a :class:`Ruling`.
    """

    ledger: Ledger
    as_of: date
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    _index: dict[tuple[str, str], list[Claim]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Index what is known, and refuse rulings that the evidence cannot carry."""
        for claim in self.ledger.claims.values():
            if claim.known_on <= self.as_of:
                self._index.setdefault((claim.entity, claim.quantity), []).append(claim)
        problems = [problem for key, ruling in self.rulings.items() for problem in self._ruling_problems(key, ruling)]
        if problems:
            raise EvidenceError(problems)

    @property
    def exchange(self) -> Exchange:
        """Dated exchange rates as known on the date."""
        return Exchange(self.ledger, self.as_of)

    def claims(self, entity: str, quantity: str) -> list[Claim]:
        """Every claim known on the date, flagged ones and reprints included."""
        return self._index.get((entity, quantity), [])

    def candidates(self, entity: str, quantity: str, period: str) -> list[Claim]:
        """Claims that may become the fact, best first by the rule."""
        known = self.claims(entity, quantity)
        open_claims = [claim for claim in known if claim.is_adoptable]
        superseded = {old for claim in open_claims for old in claim.supersedes}
        return sorted(
            (claim for claim in open_claims if claim.period == period and claim.id not in superseded),
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
        ruling = self.rulings.get(f"{entity}/{quantity}/{period}")
        if ruling:
            return as_fact(self.ledger.claims[ruling.claim], ruling.why)
        candidates = self.candidates(entity, quantity, period)
        if not candidates:
            return None
        chosen, rivals = candidates[0], self._tied(candidates)
        if rivals:
            raise EvidenceError([_tie_problem(f"{entity}/{quantity}/{period}", [chosen, *rivals])])
        return as_fact(chosen)

    def periods(self, entity: str, quantity: str) -> list[str]:
        """Periods for which something could be adopted, in order of their start."""
        found = {c.period: c.span for c in self.claims(entity, quantity) if c.is_adoptable}
        return sorted(found, key=lambda label: (found[label].start, found[label].end))

    def _tied(self, candidates: list[Claim]) -> list[Claim]:
        """Claims as firm and as new as the first that say something else.

        A partly dated claim ("May 2026") is as new as any on a day it may mean.
        """
        best = candidates[0]
        equals = [
            claim for claim in candidates[1:] if claim.status is best.status and claim.known_on >= best.earliest_known
        ]
        return [claim for claim in equals if self._distance(best, claim) > TIE_TOLERANCE]

    def _distance(self, one: Claim, other: Claim) -> float:
        """Relative difference of two claims in one unit."""
        a, b = self._comparable(one), self._comparable(other)
        return abs(a - b) / max(abs(a), abs(b), 1e-300)

    def _comparable(self, claim: Claim) -> float:
        unit = parse_unit(claim.unit)
        amount = claim.best * unit.factor
        if unit.currency and not unit.is_exchange_rate:
            amount *= self.exchange.rate(unit.currency, "USD", claim.known_on).best
        return amount

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


def _tie_problem(key: str, tied: list[Claim]) -> Problem:
    shown = "; ".join(
        f"{c.id} ({c.bound.replace('_', ' ')} {c.best:g} {c.unit}, {c.status.badge}, {c.stated_on})" for c in tied
    )
    return Problem(
        f"adopt.{key}",
        f"Equally firm and new claims differ by more than {TIE_TOLERANCE:.0%}: {shown}.",
        f"Add to the params file: adopt: {{{key}: {{claim: {tied[0].id}, why: your reason}}}}",
    )

"""The inputs of two editions, in groups that can be switched one at a time.

*data*: claims about what had no figure before, and the date itself. *revision*: claims
that supersede a known one, or speak of what already had a figure. *assumption*: params.
What remains when all are old again is *method*: the formulas or the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim
from capexlib.params import LoadedCase

GROUPS = ("data", "revision", "assumption", "method")
_EVIDENCE = frozenset({"data", "revision"})
_UNCOUNTED = frozenset({"case", "as_of", "coverage", "evidence"})
_WORDS = frozenset({"why", "basis", "reference", "title", "label", "note"})
_MISSING = object()


@dataclass(frozen=True, slots=True)
class News:
    """Claims that one edition knew and an earlier one did not.

    Parameters
    ----------
    data, revision : frozenset of str
        Claim ids.
    """

    data: frozenset[str]
    revision: frozenset[str]

    def hidden(self, on: frozenset[str]) -> frozenset[str]:
        """Return the claims that are out of sight when only these groups are new."""
        return (frozenset() if "data" in on else self.data) | (frozenset() if "revision" in on else self.revision)


def _subject(claim: Claim) -> tuple[str, str, date, date]:
    return claim.entity, claim.quantity, claim.span.start, claim.span.end


def news_between(ledger: Ledger, before: date, after: date, late: Iterable[str] = ()) -> News:
    """Sort what became known between two dates into new data and revisions.

    Parameters
    ----------
    ledger : Ledger
    before, after : datetime.date
        The editions' dates.
    late : iterable of str
        Claims of earlier days that entered the ledger only after the first edition.

    Returns
    -------
    News
    """
    late = frozenset(late)
    known = {c.id: c for c in ledger.claims.values() if c.known_on <= before and c.id not in late}
    figures = {_subject(claim) for claim in known.values() if claim.is_adoptable}
    fresh = [c for c in ledger.claims.values() if before < c.known_on <= after or c.id in late]
    revised = {
        claim.id
        for claim in fresh
        if any(old in known for old in claim.supersedes) or (claim.is_adoptable and _subject(claim) in figures)
    }
    return News(frozenset(claim.id for claim in fresh) - revised, frozenset(revised))


def changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the params that differ in a way that can move a number.

    Parameters
    ----------
    old, new : Mapping
        Resolved params.

    Returns
    -------
    tuple of str
        Dotted keys, an assumption by its own; words, dates and file names do not count.

    Examples
    --------
    >>> changed_keys({"scale": {"pue": {"value": 1.2, "why": "old"}}}, {"scale": {"pue": {"value": 1.3, "why": "new"}}})
    ('scale.pue',)
    """
    found: dict[str, None] = {}
    for key in dict.fromkeys((*old, *new)):
        if key not in _UNCOUNTED:
            one, two = (side.get(key, {}) for side in (old, new))
            found |= dict.fromkeys(_differences(one, two, key))
    return tuple(found)


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        is_assumption = "value" in old and "value" in new
        for key in [*old, *(key for key in new if key not in old)]:
            if key not in _WORDS:
                found = _differences(old.get(key, _MISSING), new.get(key, _MISSING), f"{path}.{key}")
                yield from (path for _ in found) if is_assumption else found
    elif old != new:
        yield path


@dataclass(frozen=True, slots=True)
class Inputs:
    """Two editions' inputs, and every mixture of them.

    Parameters
    ----------
    old, new : LoadedCase
    ledger : Ledger
        Today's; it is only ever appended to.
    news : News
    """

    old: LoadedCase
    new: LoadedCase
    ledger: Ledger
    news: News

    @property
    def changed(self) -> tuple[str, ...]:
        """Params that differ, less the rulings that go with the evidence."""
        led = {f"adopt.{key}" for key in self._led_by_news()}
        keys = changed_keys(self.old.resolved, self.new.resolved)
        return tuple(key for key in keys if not any(key == name or key.startswith(f"{name}.") for name in led))

    @property
    def moved(self) -> tuple[str, ...]:
        """Groups that differ between the two, in the order of their names above."""
        dates_differ = self.old.case.as_of != self.new.case.as_of
        differs = {
            "data": bool(self.news.data) or (dates_differ and not self.news.revision),
            "revision": bool(self.news.revision),
            "assumption": bool(self.changed),
        }
        return tuple(group for group in GROUPS if differs.get(group))

    def at(self, on: frozenset[str]) -> tuple[LoadedCase, Ledger]:
        """Return the inputs when these groups are new and the others old.

        The date moves with the first evidence that does. A ruling on something that
        news speaks of goes with the evidence, since it settles how to read it; a
        ruling for a claim out of sight is dropped.
        """
        hidden = self.news.hidden(on)
        claims = {name: claim for name, claim in self.ledger.claims.items() if name not in hidden}
        base = self.new if "assumption" in on else self.old
        evidence = self.new if on & _EVIDENCE or not self._has_news() else self.old
        as_of = (self.new if on & _EVIDENCE else self.old).case.as_of
        led = self._led_by_news()
        rulings = {key: ruling for key, ruling in base.case.adopt.items() if key not in led}
        rulings |= {key: ruling for key, ruling in evidence.case.adopt.items() if key in led}
        sighted = {
            key: ruling
            for key, ruling in rulings.items()
            if (claim := claims.get(ruling.claim)) and claim.known_on <= as_of
        }
        case = base.case.model_copy(update={"as_of": as_of, "adopt": sighted})
        return replace(base, case=case), replace(self.ledger, claims=claims)

    def _has_news(self) -> bool:
        return bool(self.news.data or self.news.revision)

    def _led_by_news(self) -> set[str]:
        """Rulings on something that a claim among the news is about."""
        claims = self.ledger.claims
        subjects = {_subject(claims[name]) for name in self.news.data | self.news.revision}
        return {
            key
            for side in (self.old, self.new)
            for key, ruling in side.case.adopt.items()
            if ruling.claim in claims and _subject(claims[ruling.claim]) in subjects
        }

"""Published results of two editions set against each other, every change with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from capexlib.changes.attribution import shares
from capexlib.changes.inputs import GROUPS, Inputs, news_between
from capexlib.changes.naming import param_words
from capexlib.changes.reasons import Background, assumptions_behind, causes_of
from capexlib.changes.records import Change, Changes, Figures, by_id, published
from capexlib.errors import CapexError
from capexlib.facts.ledger import Ledger
from capexlib.figures import Figure
from capexlib.params import LoadedCase
from capexlib.params.rebuild import rebuilt_case
from capexlib.previous import Previous, code_at_hand, made_by_other_code

SAME, NOTHING = 1e-9, 1e-12
"""Relative and absolute difference up to which two numbers are one: the same sum in another order."""

Run = Callable[[LoadedCase, Ledger], Iterable[Figure]]


def changes_since(
    previous: Previous, new: LoadedCase, ledger: Ledger, figures: Iterable[Figure], run: Run, brief: str = ""
) -> Changes:
    """Compare a study with the edition before it.

    Parameters
    ----------
    previous : Previous
    new : LoadedCase
    ledger : Ledger
        Today's.
    figures : iterable of Figure
        The study's results.
    run : callable
        Recomputes the results of other params on another ledger.
    brief : str
        The brief whose results are compared; empty for all. One that the earlier edition
        did not have is compared where another brief of it published the same result.

    Returns
    -------
    Changes
    """
    if previous.state != "found":
        return Changes("first" if previous.state == "first" else "unasked")
    now = by_id(figures)
    before = published(previous.manifest, brief)
    if brief and brief not in (previous.manifest.get("briefs") or {brief}):
        before = {name: figure for name, figure in published(previous.manifest).items() if name in now}
    if not before:
        return Changes("first")
    other = made_by_other_code(previous.manifest, code_at_hand(previous.manifest))
    return _compared(previous.manifest, before, new, ledger, now, run, recomputed=now, is_other_code=other)


def changes_between(
    old: Mapping[str, Any], new: Mapping[str, Any], loaded: LoadedCase, ledger: Ledger, run: Run
) -> Changes:
    """Compare two editions by their manifests, recomputing both.

    Parameters
    ----------
    old, new : Mapping
        Manifests.
    loaded : LoadedCase
        The newer one's case, rebuilt.
    ledger : Ledger
        Today's.
    run : callable
        As for :func:`changes_since`.

    Returns
    -------
    Changes
        What today's code does not reproduce of either edition counts as method.
    """
    recomputed = _results(run, loaded, ledger)
    if recomputed is None:
        return side_by_side(old, new, "The newer edition could not be recomputed with today's ledger and code.")
    other = made_by_other_code(old, new)
    return _compared(old, published(old), loaded, ledger, published(new), run, recomputed, is_other_code=other)


def side_by_side(old: Mapping[str, Any], new: Mapping[str, Any], note: str) -> Changes:
    """Compare two editions' numbers without reasons.

    Parameters
    ----------
    old, new : Mapping
        Manifests.
    note : str
        Why there are no reasons.

    Returns
    -------
    Changes
    """
    return _set_side_by_side(date.fromisoformat(old["as_of"]), published(old), published(new), {}, Background(), note)


def _compared(
    manifest: Mapping[str, Any], before: Figures, new: LoadedCase, ledger: Ledger, now: Figures, run: Run,
    recomputed: Figures, *, is_other_code: bool,
) -> Changes:  # fmt: skip
    """Recompute the old edition, switch groups of inputs, and set the results side by side."""
    since = date.fromisoformat(manifest["as_of"])
    try:
        old = rebuilt_case(manifest["params"], new.path, new.resolved)
    except CapexError as error:
        note = f"The earlier edition's params cannot be rebuilt: {error.problems[0]}"
        return _set_side_by_side(since, before, now, {}, Background(), note)
    inputs = Inputs(old, new, ledger, news_between(ledger, since, new.case.as_of))
    again = _results(run, *inputs.at(frozenset()))
    if again is None:
        note = "The earlier edition could not be recomputed with today's ledger and code."
        return _set_side_by_side(since, before, now, {}, Background(), note)
    inputs, again = _without_late_claims(inputs, again, before, run)
    everything = frozenset(inputs.moved)

    def value(on: frozenset[str]) -> dict[str, float] | None:
        if not on:
            found = again
        elif on == everything:
            found = recomputed
        else:
            found = _results(run, *inputs.at(on))
        return None if found is None else {name: figure.best for name, figure in found.items()}

    shared = shares(inputs.moved, value)
    for name in shared.keys() & before.keys() & now.keys():
        from_old = again[name].best - before[name].best
        to_new = now[name].best - recomputed[name].best
        shared[name]["method"] = from_old + to_new
    groups: dict[str, tuple[str, ...]] = {
        "data": tuple(sorted(inputs.news.data)),
        "revision": tuple(sorted(inputs.news.revision)),
        "assumption": inputs.changed,
    }
    behind = Background(
        {name: ids for name, ids in groups.items() if ids},
        frozenset(assumptions_behind([*before.values(), *now.values()])), _rates(ledger),
        _events_between(ledger, since, new.case.as_of), is_later=new.case.as_of > since, is_other_code=is_other_code,
    )  # fmt: skip
    names = {key: param_words(key, new.resolved, old.resolved) for key in inputs.changed}
    return _set_side_by_side(since, before, now, shared, behind, "", names)


def _rates(ledger: Ledger) -> frozenset[str]:
    """Claims about what one currency costs in another."""
    kinds = {entity.id for entity in ledger.entities.values() if entity.kind == "currency_pair"}
    return frozenset(claim.id for claim in ledger.claims.values() if claim.entity in kinds)


def _events_between(ledger: Ledger, before: date, after: date) -> tuple[str, ...]:
    """Measures of authorities that became known after one date and by another, the latest first."""
    fresh = [
        event for event in ledger.events.values() if before < event.known_on <= after and event.actor[0] != "firm"
    ]  # fmt: skip
    return tuple(event.id for event in sorted(fresh, key=lambda event: (event.known_on, event.id), reverse=True))


def _results(run: Run, loaded: LoadedCase, ledger: Ledger) -> Figures | None:
    """Compute a mixture of inputs; None if it is no case: params may name claims that are out of sight."""
    try:
        return by_id(run(loaded, ledger))
    except (CapexError, ValueError, ArithmeticError, LookupError):
        return None


def _without_late_claims(inputs: Inputs, again: Figures, before: Figures, run: Run) -> tuple[Inputs, Figures]:
    """Hide claims of earlier days that the ledger got only later, where that gives the old numbers back.

    Such claims are data. Where hiding them does not help, the method changed.
    """
    late: set[str] = set()
    for name, figure in again.items():
        was = before.get(name)
        if was and was.formula == figure.formula and not _same(was.best, figure.best):
            late |= set(figure.claims) - set(was.claims)
    if not late:
        return inputs, again
    dates = (inputs.old.case.as_of, inputs.new.case.as_of)
    hiding = Inputs(inputs.old, inputs.new, inputs.ledger, news_between(inputs.ledger, *dates, late))
    found = _results(run, *hiding.at(frozenset()))
    both = again.keys() & before.keys()
    if found is None or _distance(found, before, both) >= _distance(again, before, both):
        return inputs, again
    return hiding, found


def _distance(found: Figures, before: Figures, names: Iterable[str]) -> int:
    return sum(name not in found or not _same(found[name].best, before[name].best) for name in names)


def _same(one: float, two: float) -> bool:
    return abs(one - two) <= max(SAME * max(abs(one), abs(two)), NOTHING)


def _set_side_by_side(
    since: date, before: Figures, now: Figures, shared: Mapping[str, Mapping[str, float]],
    behind: Background, note: str, names: Mapping[str, str] | None = None,
) -> Changes:  # fmt: skip
    common = [name for name in now if name in before]
    rows = []
    for name in common:
        was, is_now = before[name], now[name]
        if was.unit == is_now.unit and _same(was.best, is_now.best):
            continue
        parts = _clean(shared.get(name, {}), was, is_now)
        causes = causes_of(was, is_now, parts, behind)
        keys = {key: (names or {})[key] for key in causes.get("assumption", ()) if key in (names or {})}
        rows.append(Change(was, is_now, parts, causes, keys))
    rows.sort(key=lambda row: (-row.size, row.id))
    return Changes(
        "compared", since, tuple(rows), tuple(now[name] for name in now if name not in before),
        tuple(before[name] for name in before if name not in now), len(common) - len(rows), behind.moved, note,
    )  # fmt: skip


def _clean(parts: Mapping[str, float], was: Figure, now: Figure) -> dict[str, float]:
    """Drop shares that are nothing but rounding, and all of them where units differ."""
    if was.unit != now.unit:
        return {}
    nothing = max(SAME * max(abs(was.best), abs(now.best)), NOTHING)
    return {group: parts[group] for group in GROUPS if abs(parts.get(group, 0.0)) > nothing}

"""What changed since the last edition, in words: old, new, and why, biggest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from capexlib.changes.inputs import GROUPS
from capexlib.changes.records import Change, Changes
from capexlib.exhibits.block import Exhibit, Rich, Span, column, words
from capexlib.exhibits.prose import MINUS, amount, bounded, listed, shown
from capexlib.facts.details import stated
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim
from capexlib.figures import Figure
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.study import Study

OTHERS_SHOWN = 3
"""Rows beside the headline's."""

_NAMED = 2
_VISIBLE = 5e-4
"""Share of a number below which a part of its change would print as nothing."""

FIRST = "First edition: nothing to compare with."
UNASKED = "Not compared with an earlier edition."


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One change as a reader sees it.

    Parameters
    ----------
    title, before, now, change, why : str
    """

    title: str
    before: str
    now: str
    change: str
    why: str


def signed(value: float, unit: str, *, short: bool = False) -> str:
    r"""Write a difference with its sign; shares and chances in percentage points.

    Examples
    --------
    >>> signed(5.7, "USD bn"), signed(-0.0146, "fraction"), signed(0.2, "fraction", short=True)
    ('+US$5.7bn', '−1.5 percentage points', '+20 points')
    """
    sign = MINUS if value < 0 else "+"
    if unit in ("fraction", "percent"):
        points = abs(value) * (100 if unit == "fraction" else 1)
        rounded = f"{points:.1f}".removesuffix(".0") if points >= 0.05 else f"{points:.1g}"
        return f"{sign}{rounded} {'points' if short else 'percentage points'}"
    return sign + amount(abs(value), unit)


def change_words(row: Change, ledger: Ledger) -> ChangeWords:
    """Put one change into words.

    Parameters
    ----------
    row : Change
    ledger : Ledger
        Names the claims.

    Returns
    -------
    ChangeWords
    """
    periods_differ = row.before.period != row.now.period
    before, now = (bounded(f) + (f" ({_period(f)})" if periods_differ else "") for f in (row.before, row.now))
    change = "another unit" if row.difference is None else signed(row.difference, row.now.unit)
    return ChangeWords(row.now.title, before, now, change, words(why(row, ledger)))


def _period(figure: Figure) -> str:
    return str(parse_period(figure.period)) if figure.period else "no period"


def why(row: Change, ledger: Ledger) -> list[Span]:
    """Say which groups of inputs made a change, each with its part and what it was; claims can be opened."""
    if row.difference is None:
        fresh = _claims([name for name in row.now.claims if name not in row.before.claims], ledger, _NAMED)
        return ["restated in another unit", *([": ", *fresh] if fresh else [])]
    if not row.contributions:
        return ["the reasons could not be separated"]
    least = _VISIBLE * max(abs(row.before.best), abs(row.now.best))
    parts = sorted(row.contributions.items(), key=lambda part: (-abs(part[1]), GROUPS.index(part[0])))
    said: list[Span] = []
    for place, (group, value) in enumerate(parts):
        if place and abs(value) < least:
            continue
        causes, most = row.causes.get(group, ()), 1 if place else _NAMED
        named = _claims(causes, ledger, most) if group in ("data", "revision") else _first(list(causes), most)
        said += ["; "] if said else []
        said.append(f"{group} {signed(value, row.now.unit, short=True)}")
        said += [" (", *named, ")"] if named else []
    return said


def _claims(names: Sequence[str], ledger: Ledger, most: int) -> list[Span]:
    """Name the newest of some claims; claims with one origin and day stand for each other."""
    known = [ledger.claims[name] for name in names if name in ledger.claims]
    newest = sorted(known, key=lambda claim: (-claim.known_on.toordinal(), claim.id))
    told: dict[str, Span] = {}
    for claim in newest:
        told.setdefault(_said(claim), {"t": _said(claim), "figure": claim.id, "part": True})
    return _first(list(told.values()), most)


def _said(claim: Claim) -> str:
    day = stated(claim)
    return claim.origin if day in claim.origin else f"{claim.origin}, {day}"


def _first(items: list[Any], most: int) -> list[Span]:
    shown_items = [span for item in items[:most] for span in ("; ", item)][1:]
    more = len(items) - most
    return [*shown_items, f"; {more} more"] if more > 0 else shown_items


def summary(changes: Changes) -> str:
    """Say in a few sentences what moved, and what stands behind it.

    Parameters
    ----------
    changes : Changes

    Returns
    -------
    str
    """
    if changes.since is None:
        return FIRST if changes.state == "first" else UNASKED
    since = day_name(changes.since)
    inputs = listed(list(_inputs(changes)))
    if changes.is_empty:
        return f"No change since {since}" + (f": {inputs} moved no published result." if inputs else ".")
    rows, unchanged = len(changes.rows), changes.unchanged
    counts = [f"{rows} {'result' if rows == 1 else 'results'} moved"]
    counts += [f"{len(changes.added)} came new"] if changes.added else []
    counts += [f"{len(changes.gone)} went"] if changes.gone else []
    counts += [f"{unchanged} stayed"] if unchanged else []
    said = [f"Since the edition of {since}, {listed(counts)}."]
    if changes.note:
        said.append(f"Reasons are not given. {changes.note}")
        return " ".join(said)
    if inputs:
        said.append(f"Behind it: {inputs}.")
    if len(changes.moved) > 1:
        said.append("The parts of a change add up to it: averages over the orders in which inputs can be renewed.")
    return " ".join(said)


def _inputs(changes: Changes) -> Iterator[str]:
    phrases = {
        "data": "new claim{s} (data)",
        "revision": "claim{s} on what already had a figure (revision)",
        "assumption": "changed param{s} (assumption)",
    }
    for group, phrase in phrases.items():
        if count := len(_behind(changes, group)):
            yield f"{count} {phrase.format(s='' if count == 1 else 's')}"


def _behind(changes: Changes, group: str) -> set[str]:
    """Find what of a group stands behind the results that moved or came; all of it where none did."""
    moved = set(changes.moved.get(group, ()))
    if changes.is_empty or changes.note:
        return moved
    named = {name for row in changes.rows for name in row.causes.get(group, ())}
    return named | {name for figure in changes.added for name in figure.claims if name in moved}


def changes(study: Study, headline: Sequence[str] = (), *, others: int = OTHERS_SHOWN) -> Exhibit:
    """Show what changed since the last edition: old, new, why; the headline's results first, each part biggest first.

    Parameters
    ----------
    study : Study
    headline : sequence of str
        Ids of the results that lead.
    others : int
        Rows beside the headline's.

    Returns
    -------
    Exhibit
        A change block, also where there is nothing to compare with.
    """
    found = study.changes
    leading = sum(row.id in headline for row in found.rows)
    ordered = found.ordered(headline)[: leading + others]
    title = f"What changed since {day_name(found.since)}" if found.since else "What changed"
    text = summary(found)
    if more := len(found.rows) - len(ordered):
        among = "the headline's and the largest others" if others else "the headline's"
        text += f" Shown are {among}; capex diff lists the other {more}."
    return Exhibit({
        "block": "change", "id": "changes", "title": title, "text": [text],
        "columns": [column("Result"), column("Before", right=True), column("Now", right=True),
                    column("Change", right=True), column("Why")],
        "rows": [_row(row, study.ledger) for row in ordered],
    })  # fmt: skip


def _row(row: Change, ledger: Ledger) -> list[Rich]:
    said = change_words(row, ledger)
    traced = [*shown(row.now), said.now.removeprefix(bounded(row.now))]
    return [said.title, said.before, [span for span in traced if span], said.change, why(row, ledger)]


def since_words(study: Study, figure_id: str) -> str:
    """Say how a key figure changed since the last edition; empty without one.

    Parameters
    ----------
    study : Study
    figure_id : str
        A result's id.

    Returns
    -------
    str
        For instance "+US$5.7bn since 23 Dec 2025".
    """
    found = study.changes
    if found.since is None:
        return ""
    row, since = found.of(figure_id), f"since {day_name(found.since)}"
    if row is None:
        return f"{'new' if any(figure.id == figure_id for figure in found.added) else 'unchanged'} {since}"
    if row.difference is None:
        return f"restated {since}"
    then = f", then for {_period(row.before)}" if row.before.period != row.now.period else ""
    return f"{signed(row.difference, row.now.unit)} {since}{then}"

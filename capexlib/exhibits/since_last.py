"""What changed since the last edition, in words: old, new, and why, biggest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from capexlib.changes.inputs import GROUPS
from capexlib.changes.records import Change, Changes
from capexlib.exhibits.block import Exhibit, Rich, Span, column, words
from capexlib.exhibits.prose import MINUS, amount, bare, bounded, listed, marked, named_unit
from capexlib.facts.details import stated
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim
from capexlib.figures import Figure
from capexlib.periods import day_name, parse_period

if TYPE_CHECKING:
    from capexlib.study import Study

NAMED = (2, 1)
"""How many causes are named behind a change's largest part, and behind each other part."""
IN_SHORT = (1, 0)
"""The same where room is short."""
_FOLDED = 0.05
"""Part of the largest contribution below which others stand together as "other"."""
_MORE_DIGITS = 4
"""Digits that two ends may take beyond the usual ones so that their difference shows."""
_LONG_TITLE = 90
_DIGITS = re.compile(r"[0-9][0-9,.]*")

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


def signed(value: float, unit: str) -> str:
    r"""Write a difference with its sign; shares and chances in percentage points.

    Examples
    --------
    >>> signed(5.7, "USD bn"), signed(-0.0146, "fraction")
    ('+US$5.7bn', '−1.5 percentage points')
    """
    sign = MINUS if value < 0 else "+"
    if unit in ("fraction", "percent"):
        points = abs(value) * (100 if unit == "fraction" else 1)
        rounded = f"{points:.1f}".removesuffix(".0") if points >= 0.05 else f"{points:.1g}"
        return f"{sign}{rounded} percentage points"
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
        Both ends to as many digits as their difference takes, so that the three add up as printed.
    """
    before, now, change = _three(row)
    periods_differ = row.before.period != row.now.period
    if periods_differ:
        before, now = (f"{text} ({_period(f)})" for text, f in ((before, row.before), (now, row.now)))
    return ChangeWords(row.now.title, before, now, change, words(why(row, ledger)))


def _three(row: Change) -> tuple[str, str, str]:
    """Write both ends and the difference so that they add up as printed."""
    if row.difference is None:
        return bounded(row.before), bounded(row.now), "another unit"
    if "range" in (row.before.bound, row.now.bound):
        return bounded(row.before), bounded(row.now), signed(row.difference, row.now.unit)
    unit, places = row.now.unit, _places(row)
    ends = [round_to(figure.best, unit, places) for figure in (row.before, row.now)]
    texts = [bounded_at(figure, places) for figure in (row.before, row.now)]
    return texts[0], texts[1], _signed_at(ends[1] - ends[0], unit, places)


def _places(row: Change) -> int:
    """Decimals with which two ends are printed: enough that their difference shows two digits."""
    unit, scale = row.now.unit, _scale(row.now.unit)
    ends = [abs(figure.best) * scale for figure in (row.before, row.now)]
    largest, gap = max(ends), abs(row.difference or 0.0) * scale
    whole = 0 if unit in ("fraction", "percent") else 2 - floor(log10(largest)) if largest else 0
    if unit in ("fraction", "percent") and largest < 10:
        whole = 1
    needed = 1 - floor(log10(gap)) if gap else whole
    if unit in ("fraction", "percent"):
        needed = min(needed, 1) if gap >= 0.05 else needed
    return min(max(whole, needed), whole + _MORE_DIGITS)


def _scale(unit: str) -> float:
    return 100.0 if unit == "fraction" else 1.0


def round_to(value: float, unit: str, places: int) -> float:
    """Round a number to decimals as printed: of a share, those of its percentage."""
    return round(value * _scale(unit), places) / _scale(unit)


def bounded_at(figure: Figure, places: int) -> str:
    """Write a figure with its bound to a number of decimals."""
    return bounded(figure).replace(amount(figure.best, figure.unit), _amount_at(figure.best, figure.unit, places))


def _amount_at(value: float, unit: str, places: int) -> str:
    """Write an amount to a number of decimals, which may be negative."""
    plain = amount(value, unit)
    scaled = round(abs(value) * _scale(unit), places)
    text = f"{scaled:,.{max(places, 0)}f}"
    found = _DIGITS.search(plain)
    if found is None:
        return plain
    short = text.rstrip("0").rstrip(".") if "." in text else text
    exact = float(short.replace(",", "")) == abs(value) * _scale(unit)
    return plain[: found.start()] + (short if exact else text) + plain[found.end() :]


def _signed_at(value: float, unit: str, places: int, *, short: bool = False) -> str:
    """Write a difference with its sign, to a number of decimals."""
    if unit in ("fraction", "percent"):
        text = f"{abs(value) * _scale(unit):.{max(places, 0)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{MINUS if value < 0 else '+'}{text} {'points' if short else 'percentage points'}"
    text = _amount_at(abs(value), unit, places)
    return (MINUS if value < 0 else "+") + (bare(text) if short else text)


def _period(figure: Figure) -> str:
    return str(parse_period(figure.period)) if figure.period else "no period"


def why(row: Change, ledger: Ledger, named: tuple[int, int] = NAMED) -> list[Span]:
    """Say which groups of inputs made a change, each with its part and what it was; claims can be opened.

    Parts that are small beside the largest stand together as one, and all of them add up to the change as printed.
    """
    if row.difference is None:
        fresh = _claims([name for name in row.now.claims if name not in row.before.claims], ledger, named[0])
        return ["restated in another unit", *([": ", *fresh] if fresh else [])]
    if not row.contributions:
        return ["the reasons could not be separated"]
    unit, places = row.now.unit, _places(row)
    parts = sorted(row.contributions.items(), key=lambda part: (-abs(part[1]), GROUPS.index(part[0])))
    large = [part for part in parts if abs(part[1]) >= _FOLDED * abs(parts[0][1])]
    rounded = {group: round_to(value, unit, places) for group, value in large}
    ends = [round_to(figure.best, unit, places) for figure in (row.before, row.now)]
    rest = ends[1] - ends[0] - sum(rounded.values())
    if len(large) == len(parts):
        rounded[large[0][0]] += rest
        rest = 0.0
    said: list[Span] = []
    for place, (group, value) in enumerate(rounded.items()):
        behind = _causes(row, group, ledger, named[min(place, 1)])
        said += ["; "] if said else []
        said.append(f"{group} {_signed_at(value, unit, places, short=True)}")
        said += [" (", *behind, ")"] if behind else []
    if abs(rest) * _scale(unit) >= 0.5 * 10.0**-places:
        said.append(f"; other {_signed_at(rest, unit, places, short=True)}")
    return said


def _causes(row: Change, group: str, ledger: Ledger, most: int) -> list[Span]:
    """Name what stands behind a part: words, how many events and the latest, the newest claims, params by title."""
    if not most:
        return []
    causes = row.causes.get(group, ())
    if group not in ("data", "revision"):
        return _first([row.names.get(name, name) for name in causes], most)
    named: list[Any] = [name for name in causes if name not in ledger.claims and name not in ledger.events]
    events = [ledger.events[name].title for name in causes if name in ledger.events]
    if events:
        many = f"{len(events)} new event{'s' if len(events) > 1 else ''}"
        latest = " and ".join(_short(title) for title in events[:most])
        named.append(f"{many}: {latest}" if len(events) <= most else f"{many}, the latest: {latest}")
    claims = _claims(causes, ledger, most)
    said: list[Span] = [span for item in named for span in ("; ", item)][1:]
    return [*said, *(["; "] if said and claims else []), *claims]


def _short(title: str) -> str:
    """Cut a long title at a word."""
    return title if len(title) <= _LONG_TITLE else title[:_LONG_TITLE].rsplit(" ", 1)[0].rstrip(",;:") + "…"


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


def summary(changes: Changes, *, explain: bool = True) -> str:
    """Say in a few sentences what moved, and what stands behind it.

    Parameters
    ----------
    changes : Changes
    explain : bool
        Whether to say how the parts of a change are computed.

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
    if explain and len(changes.moved) > 1:
        said.append("The parts of a change add up to it: averages over the orders in which inputs can be renewed.")
    return " ".join(said)


def _inputs(changes: Changes) -> Iterator[str]:
    phrases = {
        "data": "new claim{s} (data)",
        "revision": "claim{s} on what already had a figure (revision)",
        "assumption": "changed parameter{s} (assumption)",
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
    return (named & moved) | {name for figure in changes.added for name in figure.claims if name in moved}


def changes(study: Study, headline: Sequence[str] = (), *, named: tuple[int, int] = NAMED) -> Exhibit:
    """Show what changed of the headline since the last edition: old, new, why; each part biggest first.

    Parameters
    ----------
    study : Study
    headline : sequence of str
        Ids of the results that are shown; ``capex diff`` lists the others.
    named : (int, int)
        How many causes are named behind a change's largest part, and behind each other part.

    Returns
    -------
    Exhibit
        A change block, also where there is nothing to compare with.
    """
    found = study.changes
    ordered = [row for row in found.ordered(headline) if row.id in headline]
    title = f"What changed since {day_name(found.since)}" if found.since else "What changed"
    text = summary(found, explain=named != IN_SHORT)
    if more := len(found.rows) - len(ordered):
        text += f" Shown are the headline's; capex diff lists the other {more}."
    return Exhibit({
        "block": "change", "id": "changes", "title": title, "text": [text],
        "columns": [column("Result"), column("Before", right=True), column("Now", right=True),
                    column("Change", right=True), column("Why")],
        "rows": [_row(row, study.ledger, named) for row in ordered],
    })  # fmt: skip


def _row(row: Change, ledger: Ledger, named: tuple[int, int]) -> list[Rich]:
    """Set one change as a row; a long unit stands once, beside the title."""
    said = change_words(row, ledger)
    unit = named_unit(said.change)
    before, now = (bare(text) if unit else text for text in (said.before, said.now))
    number = now.split(" (", 1)[0] if row.before.period != row.now.period else now
    traced = [span for span in (*marked(number, row.now.id), now.removeprefix(number)) if span]
    title = f"{said.title}, {unit}" if unit else said.title
    return [title, before, traced, _shortly(said.change), why(row, ledger, named)]


def _shortly(change: str) -> str:
    return bare(change).replace("percentage points", "points")


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
    return f"{_shortly(_three(row)[2])} {since}{then}"

"""What a gate did so far: spells of states, moves between them, and the time they could have been seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from capexlib.facts.adopt import Facts
from capexlib.facts.records import Regime

DAYS_PER_YEAR = 365.25
Move = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spell:
    """A time that a gate spent in one state without a break.

    Parameters
    ----------
    state : str
    start, end : datetime.date
        `end` is the day of the next state, or the last on which this one was seen.
    lasts : bool
        Whether the end is not known: the spell is right-censored.
    event : str
        Id of the event that began it, or words where none did.
    is_judgement : bool
        Whether it could be coded the other way.
    """

    state: str
    start: date
    end: date
    lasts: bool
    event: str
    is_judgement: bool

    @property
    def days(self) -> int:
        """Days seen in it."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class GateHistory:
    """A gate's past as a date's view knew it.

    Parameters
    ----------
    gate : str
    as_of : datetime.date
    spells : tuple of Spell
        In order, adjoining spells of one state merged.
    other_way : bool
        Whether judgement calls are coded the other way.

    Examples
    --------
    >>> first = Spell("closed", date(2024, 1, 1), date(2025, 1, 1), lasts=False, event="", is_judgement=False)
    >>> second = Spell("open", date(2025, 1, 1), date(2025, 3, 1), lasts=True, event="rule", is_judgement=True)
    >>> history = GateHistory("licence", date(2025, 4, 1), (first, second))
    >>> history.state, history.moves
    ('open', {('closed', 'open'): ('rule',)})
    """

    gate: str
    as_of: date
    spells: tuple[Spell, ...] = ()
    other_way: bool = False

    @property
    def state(self) -> str | None:
        """State when last seen; None where nothing is coded."""
        return self.spells[-1].state if self.spells else None

    @property
    def seen_until(self) -> date | None:
        """Day of the last page that shows the state."""
        return self.spells[-1].end if self.spells else None

    @property
    def moves(self) -> dict[Move, tuple[str, ...]]:
        """Moves seen, (from, to), each with the events that made them."""
        found: dict[Move, tuple[str, ...]] = {}
        for before, after in pairwise(self.spells):
            move = before.state, after.state
            found[move] = (*found.get(move, ()), after.event)
        return found

    @property
    def exposure_years(self) -> dict[str, float]:
        """Years seen in each state, censored spells included, in order of first appearance."""
        years: dict[str, float] = {}
        for spell in self.spells:
            years[spell.state] = years.get(spell.state, 0.0) + spell.days / DAYS_PER_YEAR
        return years


def gate_history(facts: Facts, gate: str, *, other_way: bool = False) -> GateHistory:
    """Read a gate's past from the coded spells.

    Parameters
    ----------
    facts : Facts
        The view: spells whose event was not public on its date do not exist.
    gate : str
    other_way : bool
        Code each ambiguous spell the other way.

    Returns
    -------
    GateHistory
        Empty where the ledger codes nothing for the gate.

    Notes
    -----
    Every move of the coding counts as an event. A spell that does not begin with a binding measure
    of a government is a judgement call (the ledger's own rule), and its spell says so.
    """
    return GateHistory(gate, facts.as_of, _merged(facts.regimes(gate), other_way=other_way), other_way)


def _merged(regimes: Iterable[Regime], *, other_way: bool) -> tuple[Spell, ...]:
    """Return spells; one that goes on in the state of the last is no move."""
    spells: list[Spell] = []
    for regime in regimes:
        state = regime.otherwise if other_way and regime.otherwise else regime.state
        end = regime.last_day or regime.first_day
        spell = Spell(state, regime.first_day, end, regime.right_censored, regime.start_event, regime.ambiguous)
        if spells and spells[-1].state == state:
            last = spells.pop()
            judged = last.is_judgement or spell.is_judgement
            spell = Spell(state, last.start, end, spell.lasts, last.event, judged)
        spells.append(spell)
    return tuple(spells)

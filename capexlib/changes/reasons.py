"""Which claims, events, params or formulas can have moved a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from capexlib.figures import Figure
from capexlib.units import parse_unit

LATER_DATE, LATER_START = "later date", "later start"
ANOTHER_FORMULA, ANOTHER_CODE, UNATTRIBUTED = "another formula", "another version of the code", "not attributed"

_BEHIND_ALL = frozenset({"entity", "plan", "peers", "sampling", "adopt"})
_AHEAD = ("policy.", "funding.", "roi.", "watch.")
"""Results that are simulated from the as-of date on."""


@dataclass(frozen=True, slots=True)
class Background:
    """What all results of a comparison have behind them.

    Parameters
    ----------
    moved : Mapping
        Group to the claims or keys in it that moved.
    assumed : frozenset of str
        Keys that any result rests on as assumptions.
    rates : frozenset of str
        Those of the claims that are exchange rates: they move money and nothing else.
    events : tuple of str
        Measures that became known between the two dates, the latest first.
    is_later : bool
        Whether the two are of different dates.
    is_other_code : bool
        Whether they are known to be made by different code.
    """

    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    rates: frozenset[str] = frozenset()
    events: tuple[str, ...] = ()
    is_later: bool = False
    is_other_code: bool = False


def causes_of(was: Figure, now: Figure, parts: Mapping[str, float], behind: Background) -> dict[str, tuple[str, ...]]:
    """Name what in each group can have moved one result: claims, events, keys of params, or words."""
    found: dict[str, tuple[str, ...]] = {}
    dated = "data" if "data" in parts else "revision"
    for group in parts:
        if group == "assumption":
            found[group] = _params(was, now, behind)
        elif group == "method":
            of_code = ANOTHER_CODE if behind.is_other_code else UNATTRIBUTED
            found[group] = (ANOTHER_FORMULA if was.formula != now.formula else of_code,)
        else:
            found[group] = _evidence(was, now, behind, group, is_dated=group == dated)
    return found


def _params(was: Figure, now: Figure, behind: Background) -> tuple[str, ...]:
    mine, named = assumptions_behind((was, now)), set(now.id.split("."))
    changed = behind.moved.get("assumption", ())
    own = tuple(key for key in changed if _is_among(key, mine))
    rest = [key for key in changed if not _is_among(key, behind.assumed) and _may_concern(key, named)]
    drawn = tuple(key for key in rest if key.startswith("sampling."))
    return own + drawn if own else tuple(rest)


def _evidence(was: Figure, now: Figure, behind: Background, group: str, *, is_dated: bool) -> tuple[str, ...]:
    """Name claims; with the group that the date moves with also what the date brings."""
    fresh = set(now.claims) - set(was.claims)
    is_ahead, is_money = now.id.startswith(_AHEAD), parse_unit(now.unit).currency is not None
    if is_ahead or not is_money:
        fresh -= behind.rates
    claims = tuple(name for name in behind.moved.get(group, ()) if name in fresh)
    if not (is_dated and behind.is_later):
        return claims
    if is_ahead:
        return LATER_START, *behind.events, *claims
    return claims or (LATER_DATE,)


def assumptions_behind(figures: Iterable[Figure]) -> set[str]:
    """Keys of the params that figures rest on as assumptions."""
    return {name.removeprefix("assumption.") for figure in figures for name in figure.assumptions}


def _is_among(key: str, assumed: Iterable[str]) -> bool:
    return any(name == key or name.startswith(f"{key}.") for name in assumed)


def _may_concern(key: str, named: set[str]) -> bool:
    """Whether a changed key that is no assumption's may lie behind a result whose id has these parts.

    The plan, the peers and the draws lie behind all; an entry of a list (a chip, a lease)
    behind the results that carry its name.
    """
    section, _, entry = key.partition(".")
    return section in _BEHIND_ALL or entry.split(".")[0] in named

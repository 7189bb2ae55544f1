"""Which claims, params or formulas can have moved a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capexlib.figures import Figure

_BEHIND_ALL = frozenset({"entity", "plan", "peers", "sampling", "adopt"})


def causes_of(
    was: Figure, now: Figure, parts: Mapping[str, float], moved: Mapping[str, tuple[str, ...]], assumed: set[str]
) -> dict[str, tuple[str, ...]]:
    """Name what in each group can have moved one result."""
    fresh = set(now.claims) - set(was.claims)
    found: dict[str, tuple[str, ...]] = {}
    for group in parts:
        all_of_it = moved.get(group, ())
        if group == "assumption":
            behind = assumptions_behind((was, now))
            named = set(now.id.split("."))
            own = tuple(key for key in all_of_it if _is_among(key, behind))
            rest = [key for key in all_of_it if not _is_among(key, assumed) and _may_concern(key, named)]
            drawn = tuple(key for key in rest if key.startswith("sampling."))
            found[group] = own + drawn if own else tuple(rest)
        elif group == "method":
            found[group] = ("another formula",) if was.formula != now.formula else ("another version of the code",)
        else:
            found[group] = tuple(name for name in all_of_it if name in fresh)
    return found


def assumptions_behind(figures: Iterable[Figure]) -> set[str]:
    """Keys of the params that figures rest on as assumptions."""
    return {name.removeprefix("assumption.") for figure in figures for name in figure.assumptions}


def _is_among(key: str, assumed: set[str]) -> bool:
    return any(name == key or name.startswith(f"{key}.") for name in assumed)


def _may_concern(key: str, named: set[str]) -> bool:
    """Whether a changed key that is no assumption's may lie behind a result whose id has these parts.

    The plan, the peers and the draws lie behind all; an entry of a list (a chip, a lease)
    behind the results that carry its name.
    """
    section, _, entry = key.partition(".")
    return section in _BEHIND_ALL or entry.split(".")[0] in named

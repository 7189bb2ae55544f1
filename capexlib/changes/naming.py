"""Params in words: what a changed key is called in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WHOLE = {
    "plan.pool": "weights of rival reports",
    "sampling.draws": "number of draws",
    "sampling.seed": "seed of the draws",
}
_PLURAL = {
    "gates": "gate", "vendors": "vendor", "levers": "lever", "scenarios": "scenario", "parts": "part of the plan",
    "chips": "chip", "leases": "lease", "orders": "order", "checks": "check", "adopt": "ruling on",
    "steps": "step", "users": "users", "watch": "trigger", "backtests": "back-test",
}  # fmt: skip
_ENDS = {"passes": "part let through", "duty": "duty", "quota": "whether a quota binds", "probability": "chance"}


def param_words(key: str, *params: Mapping[str, Any]) -> str:
    """Say a dotted key in words, with the titles that the params give.

    Parameters
    ----------
    key : str
    *params : Mapping
        Resolved params; titles are looked for in the first that has them.

    Returns
    -------
    str

    Examples
    --------
    >>> states = {"conditional": {"title": "passes on conditions"}}
    >>> param_words("gates.door.states.conditional.passes", {"gates": {"door": {"title": "Door", "states": states}}})
    'Door: part let through when passes on conditions'
    >>> param_words("plan.pool", {}), param_words("roi.price_level", {})
    ('weights of rival reports', 'price level')
    """
    if key in _WHOLE:
        return _WHOLE[key]
    section, *rest = key.split(".")
    titles = [_title(params, [section, *rest[: depth + 1]]) for depth in range(len(rest))]
    if section == "gates" and len(rest) >= 3 and rest[1] in ("states", "scheduled"):
        what = _ENDS.get(rest[-1], "") if len(rest) > 3 else ""
        joint = " when " if rest[1] == "states" else " of "
        inner = titles[2] or _plain(rest[2])
        return f"{titles[0] or _plain(rest[0])}: {what}{joint}{inner}" if what else f"{titles[0]}: {inner}"
    if section == "gates" and len(rest) == 3 and rest[1] in ("moves", "rates"):
        states = [_title(params, [section, rest[0], "states", name]) or _plain(name) for name in rest[2].split(">")]
        return f"{titles[0] or _plain(rest[0])}: {'pace' if rest[1] == 'rates' else 'moves'} from {' to '.join(states)}"
    named = next((place for place, title in enumerate(titles) if title), None)
    if named is not None:
        tail = " ".join(_plain(part) for part in rest[named + 1 :])
        return f"{titles[named]}: {tail}" if tail else titles[named]
    if section in _PLURAL and rest:
        return " ".join([_PLURAL[section], *(_plain(part) for part in rest)])
    return ", ".join(_plain(part) for part in rest) or _plain(section)


def _title(params: tuple[Mapping[str, Any], ...], path: list[str]) -> str:
    """Return what stands under a path as a short name or a title, in the first params that have one."""
    for content in params:
        part: Any = content
        for name in path:
            part = part.get(name) if isinstance(part, Mapping) else None
        if isinstance(part, Mapping) and (found := part.get("short") or part.get("title")):
            return str(found)
    return ""


def _plain(part: str) -> str:
    return part.replace("_", " ").replace("/", ", ")

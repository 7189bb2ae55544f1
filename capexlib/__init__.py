"""capexlib: briefs on capital-expenditure plans, every number with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capexlib import exhibits
    from capexlib.errors import CapexError, EvidenceError, ParamsError
    from capexlib.figures import Figure, Status
    from capexlib.study import Study, open_study

__version__ = "0.1.0"

_HOMES = {
    "CapexError": "capexlib.errors",
    "EvidenceError": "capexlib.errors",
    "ParamsError": "capexlib.errors",
    "Figure": "capexlib.figures",
    "Status": "capexlib.figures",
    "Study": "capexlib.study",
    "open_study": "capexlib.study",
}

__all__ = ["CapexError", "EvidenceError", "Figure", "ParamsError", "Status", "Study", "exhibits", "open_study"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "exhibits":
        return import_module("capexlib.exhibits")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'capexlib' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

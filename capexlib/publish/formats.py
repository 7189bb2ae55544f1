"""The formats a brief, or a whole edition, can be set in."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from capexlib.errors import ParamsError, Problem, did_you_mean

DEFAULT_FORMATS = ("html", "pdf", "xlsx")
WORKBOOK_FORMAT = "xlsx"
"""Not a brief's format but the edition's: one workbook for all briefs."""
_PREFIX = "capex_"


def formats() -> dict[str, EntryPoint]:
    """List the formats a brief can be set in: nbconvert exporters named ``capex_<format>``."""
    found = entry_points(group="nbconvert.exporters")
    return {entry.name.removeprefix(_PREFIX): entry for entry in found if entry.name.startswith(_PREFIX)}


def known_formats() -> tuple[str, ...]:
    """List every format that can be asked for."""
    return (*formats(), WORKBOOK_FORMAT)


def check_formats(names: tuple[str, ...]) -> None:
    """Refuse unknown formats before anything runs.

    Raises
    ------
    ParamsError
        With every unknown name.
    """
    known = known_formats()
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        asked = unknown or [""]
        raise ParamsError(
            Problem("--to", f"no format is called {name!r}.", did_you_mean(name, known)) for name in asked
        )

"""The house style in one typed place: palette, type, sizes, statuses, numbers.

Charts never name a colour: they name a *paint* (a role), and the paint's colour
comes from the config. A dark page therefore restyles a finished chart by
replacing its config with ``config(DARK)``, without touching its marks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Spec: TypeAlias = dict[str, Any]
Form: TypeAlias = Literal["solid", "light", "hollow", "dotted"]

FONT = "Lato"
PAGE_WIDTH = 660
NARROWEST = 320
TEXT_PX = 12
NOTE_PX = 11
MISSING = "n/a"
NARROW = "width < 520"

LIGHT_PAPER = "#FFFFFF"
DARK_PAPER = "#14181D"
CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")

LIGHT: dict[str, str] = {
    "case": "#12436D",
    "case_light": "#BFD3E6",
    "peer": "#7C828A",
    "peer_light": "#DDE0E4",
    "accent": "#F46A25",
    "accent_light": "#FCDCCB",
    "second": "#2073BC",
    "third": "#6BACE6",
    "flagged": "#7C828A",
    "ink": "#1F2328",
    "muted": "#5B626B",
    "hairline": "#E3E6EA",
    "paper": LIGHT_PAPER,
}
DARK: dict[str, str] = {
    "case": "#7DB7EC",
    "case_light": "#23486B",
    "peer": "#959CA6",
    "peer_light": "#3B424B",
    "accent": "#F78A52",
    "accent_light": "#6A3318",
    "second": "#4A90D0",
    "third": "#2C6196",
    "flagged": "#959CA6",
    "ink": "#ECEFF2",
    "muted": "#AEB5BE",
    "hairline": "#2E353D",
    "paper": DARK_PAPER,
}


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How a figure of some status is drawn, in colour and in black and white.

    Parameters
    ----------
    form : {"solid", "light", "hollow", "dotted"}
        Solid fill; light fill with a solid outline; hollow with a dashed
        outline; hollow with a dotted outline.
    word : str
        What the chart's key calls it.
    dash : tuple of float
        Outline dash in px; empty is unbroken.
    shape : str
        Vega symbol of a point of this status.
    """

    form: Form
    word: str
    dash: tuple[float, ...]
    shape: str

    def fill(self, role: str) -> str:
        """Name the paint inside the mark for a role such as ``"case"``."""
        if self.form == "solid":
            return role
        return f"{role}_light" if self.form == "light" else "paper"


_REPORTED = MarkStyle("solid", "reported", (), "circle")
_ESTIMATE = MarkStyle("dotted", "estimate", (1.5, 1.75), "diamond")
_PRESS = MarkStyle("hollow", "press, unverified", (4, 2), "circle")

STATUS_STYLES: dict[str, MarkStyle] = {
    "reported_filing": _REPORTED,
    "official": MarkStyle("solid", "official", (), "circle"),
    "vendor_spec": MarkStyle("solid", "vendor", (), "circle"),
    "guidance": MarkStyle("light", "guidance", (), "circle"),
    "media_report_unverified": _PRESS,
    "company_denied": MarkStyle("hollow", "denied", (4, 2), "circle"),
    "analyst_estimate": _ESTIMATE,
    "assumption": MarkStyle("dotted", "assumption", (1.5, 1.75), "diamond"),
}


def mark_style(status: str) -> MarkStyle:
    """Look up how a status is drawn.

    Parameters
    ----------
    status : str
        A status key, e.g. ``"guidance"``; ``""`` is drawn as reported.

    Returns
    -------
    MarkStyle

    Raises
    ------
    KeyError
        The status is not in ``STATUS_STYLES``.

    Examples
    --------
    >>> mark_style("guidance").form
    'light'
    """
    return STATUS_STYLES[status] if status else _REPORTED


def number(value: float | None, digits: int = 3) -> str:
    """Format a number to significant figures, with a true minus.

    Parameters
    ----------
    value : float or None
        ``None`` and NaN give ``"n/a"``.
    digits : int
        Significant figures.

    Returns
    -------
    str
        Thousands are set apart by a comma.

    Examples
    --------
    >>> number(22.7596), number(-1234.5), number(0.00667), number(None)
    ('22.8', '−1,230', '0.00667', 'n/a')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    decimals = max(digits - 1 - int(exponent), 0)
    text = f"{float(f'{mantissa}e{exponent}'):,.{decimals}f}"
    return text.replace("-", "\u2212")


def percent(share: float | None, digits: int = 0) -> str:
    r"""Format a share (a decimal) as a whole percentage.

    Examples
    --------
    >>> percent(0.5313), percent(None)
    ('53\xa0%', 'n/a')
    """
    if share is None or not math.isfinite(share):
        return MISSING
    return f"{100 * share:.{digits}f}\u00a0%".replace("-", "\u2212")


def config(paints: Mapping[str, str] = MappingProxyType(LIGHT)) -> Spec:
    """Give the Vega-Lite config of the house (a fresh copy).

    Parameters
    ----------
    paints : mapping of str to str
        The colour of every paint; the light page's unless given.

    Returns
    -------
    dict
        Marks look their colours up in its parameter ``paint``.
    """
    text = {"font": FONT, "fontSize": TEXT_PX, "baseline": "middle"}
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "padding": 0,
        "params": [{"name": "paint", "value": dict(paints)}],
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "gridColor": paints["hairline"],
            "labelColor": paints["muted"],
            "labelFont": FONT,
            "labelFontSize": NOTE_PX,
            "labelPadding": 6,
            "ticks": False,
            "title": None,
        },
        "style": {
            "name": {**text, "color": paints["ink"]},
            "note": {**text, "color": paints["muted"], "fontSize": NOTE_PX},
            "hairline": {"color": paints["hairline"], "strokeWidth": 1},
            "baseline": {"color": paints["muted"], "strokeWidth": 1},
            "leader": {"color": paints["peer"], "strokeWidth": 0.75},
        },
    }


def for_container(spec: Spec) -> Spec:
    """Copy a spec so that it fills its HTML container instead of the page's fixed width.

    Parameters
    ----------
    spec : dict
        What a chart form returned.

    Returns
    -------
    dict
        The same chart; labels that need room hide themselves below 520 px.
    """
    live = deepcopy(spec)
    live["width"] = "container"
    return live

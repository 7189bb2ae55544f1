"""Draw a Vega-Lite spec as SVG, offline, in the house font and byte for byte the same.

vl-convert crashes when called from threads: call it from one thread a process,
and never before a fork.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from capexlib.errors import Problem, QualityError
from capexlib.exhibits.theme import Spec

VEGA_LITE = "6.4"
_TAG = re.compile(r"<g [^<>]*>|<path [^<>]*>")
_ROLE = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[a-z ]*"|aria-hidden="true")')


@cache
def _vl_convert() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_lato") / "files"))
    return vl_convert


def to_svg(spec: Spec) -> str:
    """Render a spec to SVG text.

    Parameters
    ----------
    spec : dict
        A Vega-Lite 6 spec whose data are inline.

    Returns
    -------
    str
        An SVG document without outside address or roles of its own (the figure
        around it carries the alt text); the same spec gives the same text.

    Raises
    ------
    QualityError
        The spec is not valid Vega-Lite, or asks for data at an address.
    """
    if address := _data_address(spec):
        msg = f"The chart's data are at an address ({address})."
        raise _unusable(msg)
    try:
        svg = _vl_convert().vegalite_to_svg(vl_spec=spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise _unusable(str(error).strip().splitlines()[0]) from error
    return _TAG.sub(lambda tag: _ROLE.sub("", tag[0]), svg)


def _data_address(node: object) -> str:
    """Find the first ``{"data": {"url": …}}`` anywhere in the spec."""
    if isinstance(node, dict):
        data = node.get("data")
        if isinstance(data, dict) and "url" in data:
            return str(data["url"])
        children = [child for key, child in node.items() if key not in {"datasets", "values"}]
        return next((found for child in children if (found := _data_address(child))), "")
    if isinstance(node, list):
        return next((found for child in node if (found := _data_address(child))), "")
    return ""


def _unusable(what: str) -> QualityError:
    return QualityError([Problem("chart spec", what, "Give a valid Vega-Lite 6 spec with inline data.")])

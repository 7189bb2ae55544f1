"""A chart's picture, made safe and small enough to stand inside a page.

The picture comes out of a notebook, hence is data: only drawing elements are
let through, nothing that runs, loads or styles from outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
BLEED = 3
"""Room added on each side, CSS px: renderers measure type without its descenders."""

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS = frozenset(
    "svg g path rect line circle ellipse polygon polyline text tspan defs clipPath linearGradient "
    "radialGradient stop pattern title desc use".split()
)
_DEFAULTS = frozenset({("opacity", "1"), ("stroke-dasharray", "1,0")})
_DROPPED = frozenset({"role", "class", "pointer-events", "version", "cursor", "tabindex", "font-family"})
_INHERITED = frozenset(
    "fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap font-size font-weight "
    "font-style text-anchor".split()
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_GEOMETRY = frozenset("d transform x y x1 x2 y1 y2 cx cy r rx ry width height points dx dy stroke-dasharray".split())


class SvgError(ValueError):
    """The picture holds something that must not be published."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned SVG.

    Parameters
    ----------
    markup : str
        The SVG element, ids prefixed so that several can share a page.
    width, height : float
        Its natural size in CSS pixels.
    text : str
        Every string it draws.
    """

    markup: str
    width: float
    height: float
    text: str


def clean_svg(svg: str, prefix: str, family: str) -> Picture:
    """Check and compact a chart's SVG.

    Parameters
    ----------
    svg : str
        What the renderer wrote.
    prefix : str
        Put before each id, to keep clip paths of several charts apart.
    family : str
        The font family that every text must name first.

    Returns
    -------
    Picture

    Raises
    ------
    SvgError
        If it is not SVG, holds anything but drawing, points outside, or names
        another font.
    """
    if "<!" in svg:
        msg = "declarations (<!…) are not allowed"
        raise SvgError(msg)
    try:
        root = ET.fromstring(svg)  # noqa: S314 - no DTD can be declared, see above
    except ET.ParseError as error:
        msg = f"it does not parse: {error}"
        raise SvgError(msg) from error
    if root.tag != f"{{{SVG}}}svg":
        msg = "its root is not an svg element"
        raise SvgError(msg)
    width, height = _size(root)
    texts: list[str] = []
    _clean(root, prefix, family, "", texts)
    width, height = width + 2 * BLEED, height + 2 * BLEED
    view = f"{-BLEED} {-BLEED} {width:g} {height:g}"
    root.attrib.update({"viewBox": view, "width": f"{width:g}", "height": f"{height:g}", "font-family": family})
    ET.register_namespace("", SVG)
    markup = ET.tostring(root, encoding="unicode").replace(" />", "/>")  # ">" of a text is escaped
    return Picture(markup, width, height, "\n".join(texts))


def _size(root: ET.Element) -> tuple[float, float]:
    try:
        _, _, width, height = map(float, root.get("viewBox", "").split())
    except ValueError as error:
        msg = "it has no viewBox"
        raise SvgError(msg) from error
    return width, height


def _clean(element: ET.Element, prefix: str, family: str, inherited: str, texts: list[str]) -> None:
    name = element.tag.removeprefix(f"{{{SVG}}}")
    if name not in _ELEMENTS:
        msg = f"the element {name!r} is not a drawing element"
        raise SvgError(msg)
    font = element.get("font-family", inherited)
    is_frame = element.get("class") in {"background", "foreground"}
    element.attrib = {
        key: kept for key, value in element.attrib.items() if (kept := _kept(key, value, prefix)) is not None
    }
    if is_frame and not {"fill", "stroke"} & element.attrib.keys():
        element.set("display", "none")
    if name in {"text", "tspan"} and (element.text or "").strip():
        if font.split(",")[0].strip("'\" ") != family:
            msg = f"the text {element.text!r} is set in {font or 'no named font'!r}, not in {family}"
            raise SvgError(msg)
        texts.append(element.text or "")
    for child in list(element):
        _clean(child, prefix, family, font, texts)
    element[:] = [drawn for child in element for drawn in _drawn(child)]
    if name == "g":
        _hoist(element)


def _kept(key: str, value: str, prefix: str) -> str | None:
    plain = key.rpartition("}")[2]
    if plain.lower().startswith("on"):
        msg = f"the attribute {plain!r} would run a script"
        raise SvgError(msg)
    if key == _XLINK_HREF or plain == "href":
        if not value.startswith("#"):
            msg = f"the address {value!r} leads outside the picture"
            raise SvgError(msg)
        return f"#{prefix}{value[1:]}"
    if plain in _DROPPED or plain.startswith("aria-") or (plain, value) in _DEFAULTS:
        return None
    if plain == "id":
        return prefix + value
    if plain in _GEOMETRY:
        return _NUMBER.sub(lambda number: f"{float(number.group()):.2f}".rstrip("0").rstrip("."), value)
    value = _REFERENCE.sub(rf"url(#{prefix}\1)", value)
    if "url(" in value.replace(f"url(#{prefix}", ""):
        msg = f"the value {value!r} leads outside the picture"
        raise SvgError(msg)
    return value


def _hoist(group: ET.Element) -> None:
    """Write once, on the group, what all its children inherit alike."""
    if len(group) < 2:
        return
    shared = set.intersection(*(set(child.attrib.items()) for child in group))
    for key, value in sorted(shared):
        if key in _INHERITED:
            group.set(key, value)
            for child in group:
                del child.attrib[key]


def _drawn(element: ET.Element) -> list[ET.Element]:
    """Return what an element draws: nothing, itself, or its children when it is a bare group."""
    if element.get("display") == "none":
        return []
    if element.tag == f"{{{SVG}}}g" and not element.attrib.keys() - {"fill"}:
        groups = [child for child in element if not element.attrib.items() - child.attrib.items()]
        if not element.attrib or len(groups) == len(element):
            return list(element)
    if element.tag == f"{{{SVG}}}g" and len(element) == 0:
        return []
    return [element]

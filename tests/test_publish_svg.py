from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from publish_specimen import picture

from capexlib.publish.svg import BLEED, SVG, clean_svg


@pytest.mark.parametrize("form", ["bars", "lines", "parts"])
def test_keeps_what_is_drawn(form: str) -> None:
    _, svg = picture(form)
    cleaned = clean_svg(svg, "x-", "Lato")
    root = ET.fromstring(cleaned.markup)  # noqa: S314
    drawn = [text.text for text in root.iter(f"{{{SVG}}}text") if text.text]
    assert drawn == [text.text for text in ET.fromstring(svg).iter(f"{{{SVG}}}text") if text.text]  # noqa: S314
    assert cleaned.text == "\n".join(drawn)
    assert len(cleaned.markup) < 0.6 * len(svg)


def test_grows_by_the_bleed() -> None:
    cleaned = clean_svg(f'<svg xmlns="{SVG}" viewBox="0 0 90 60"/>', "x-", "Lato")
    assert (cleaned.width, cleaned.height) == (90 + 2 * BLEED, 60 + 2 * BLEED)


def test_ids_of_two_pictures_cannot_meet() -> None:
    svg = (
        f'<svg xmlns="{SVG}" viewBox="0 0 9 9"><defs><clipPath id="clip0"><rect width="9" height="9"/></clipPath></defs>'
        '<g clip-path="url(#clip0)"><rect width="1" height="2" fill="red"/></g></svg>'
    )
    markup = clean_svg(svg, "peers-", "Lato").markup
    assert 'id="peers-clip0"' in markup
    assert 'clip-path="url(#peers-clip0)"' in markup


def test_writes_shared_paint_once() -> None:
    bars = "".join(f'<path d="M{n}.123456,0h1" fill="red" stroke="{n}"/>' for n in range(3))
    markup = clean_svg(f'<svg xmlns="{SVG}" viewBox="0 0 9 9"><g transform="a">{bars}</g></svg>', "x-", "Lato").markup
    assert markup.count('fill="red"') == 1
    assert "M0.12,0h1" in markup


def test_text_takes_the_font_of_its_group() -> None:
    svg = f'<svg xmlns="{SVG}" viewBox="0 0 9 9"><g font-family="Lato, sans-serif"><text>a</text></g></svg>'
    assert clean_svg(svg, "x-", "Lato").text == "a"

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from publish_specimen import notebook

from capexlib.publish import fonts
from capexlib.publish.columns import column_widths
from capexlib.publish.html import CapexHTMLExporter
from capexlib.publish.pdf import CapexPDFExporter

REGULAR = fonts.font_directory() / "Lato-Regular.ttf"


def test_subset_holds_what_was_asked_for_and_no_clock() -> None:
    data = fonts.subset_woff(REGULAR, frozenset("Acme 7−"))
    font = TTFont(io.BytesIO(data))
    assert {ord(char) for char in "Acme 7−"} == set(font.getBestCmap() or {})
    assert font["head"].modified == TTFont(REGULAR)["head"].modified
    assert len(data) < 10_000


def font_with_triangle(folder: Path) -> Path:
    """Build a font of one sign that Lato lacks."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 700))
    pen.lineTo((1000, 0))
    pen.closePath()
    glyphs = {".notdef": pen.glyph(), "triangle": pen.glyph()}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord("▲"): "triangle"})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Acme Signs", "styleName": "Regular", "psName": "AcmeSigns-Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = folder / "signs.ttf"
    builder.save(path)
    return path


def test_declared_fallback_covers_what_the_family_lacks(tmp_path: Path) -> None:
    signs = font_with_triangle(tmp_path)
    assert fonts.uncovered("a▲b") == "▲"
    assert fonts.uncovered("a▲b", [signs]) == ""
    nb = notebook(rewrite=lambda block: {**block, "text": ["Up ▲ it goes."]} if block["block"] == "prose" else block)
    page, _ = CapexHTMLExporter(static=True, fallback_fonts=[str(signs)]).from_notebook_node(nb)
    assert '"Lato Fallback"' in page
    document, _ = CapexPDFExporter(fallback_fonts=[str(signs)]).from_notebook_node(nb)
    assert b"AcmeSigns" in document


def test_columns_share_the_page() -> None:
    def head(**more: object) -> dict[str, object]:
        return {"label": "Head", "unit": "", "align": "left", "nowrap": False, **more}

    def row(*texts: str) -> list[list[dict[str, object]]]:
        return [[{"t": text}] for text in texts]

    wide, slim = column_widths([head(), head(align="right")], [row("word " * 40, "1,234")], 100)
    assert wide + slim == pytest.approx(100, abs=0.2)
    assert 7 < slim < 9
    three = column_widths([head(), head(), head(nowrap=True)], [row("word " * 30, "word " * 30, "12 Nov 2025")], 100)
    assert abs(three[0] - three[1]) <= 1.2
    assert 13 < three[2] < 16
    assert column_widths([], [], 100) == []


def test_running_text_gets_the_room_that_figures_can_spare() -> None:
    head = {"label": "Head", "unit": "", "align": "left", "nowrap": False}
    texts = ("two words", "word " * 60, "a name of some words")
    widths = column_widths([head, head, head], [[[{"t": text}] for text in texts]] * 3, 100)
    assert widths[1] > 60
    assert max(len(text) / width for text, width in zip(texts, widths, strict=True)) < 4

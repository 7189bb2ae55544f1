"""The one type family of a brief: where it lies, what it covers, what a page needs of it.

The files come from a font package, so that a bare machine gives the same bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import fontpkg_lato
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Lato"
FACES = {
    (400, "normal"): "Lato-Regular.ttf",
    (700, "normal"): "Lato-Bold.ttf",
    (400, "italic"): "Lato-Italic.ttf",
}
"""Faces that an HTML page embeds, by weight and style."""

FEATURES = ["ccmp", "kern", "lnum", "locl", "mark", "tnum"]
BASIC_LATIN = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0–—‘’“”…−×±→"
_CONTROLS = frozenset({"Cc", "Cf"})
WITHOUT_GLYPH = frozenset("\n\t\u200b\u00ad")
"""Characters that set no glyph: line breaks and break opportunities. Other controls, bidi ones too, are refused."""


def font_directory() -> Path:
    """Return the folder that holds the family's files."""
    return Path(fontpkg_lato.__file__).parent / "files"


@lru_cache(maxsize=16)
def coverage(path: Path) -> frozenset[int]:
    """Return the code points that a font file has glyphs for.

    Parameters
    ----------
    path : Path
        A TrueType or OpenType file, or a collection (its first face counts).
    """
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def family_name(path: Path) -> str:
    """Return the family name a font file gives itself."""
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return str(font["name"].getBestFamilyName())


def uncovered(text: str, fallbacks: Sequence[Path] = ()) -> str:
    """Return the characters of a text that no font in use can show, in order.

    Parameters
    ----------
    text : str
        Any text of the brief.
    fallbacks : sequence of Path
        Font files declared beside the family.

    Examples
    --------
    >>> uncovered("Acme 字")
    '字'
    """
    unknown = {char: None for char in text if char not in WITHOUT_GLYPH and ord(char) not in _family_coverage()}
    missing = [char for char in unknown if not any(ord(char) in coverage(path) for path in fallbacks)]
    return "".join(missing)


@cache
def _family_coverage() -> frozenset[int]:
    shared = frozenset.intersection(*(coverage(font_directory() / name) for name in FACES.values()))
    return frozenset(code for code in shared if unicodedata.category(chr(code)) not in _CONTROLS)


@lru_cache(maxsize=16)
def subset_woff(path: Path, characters: frozenset[str]) -> bytes:
    """Return a WOFF with only some characters, the same bytes each time.

    Parameters
    ----------
    path : Path
        The full font file.
    characters : frozenset of str
        What it must still show.

    Returns
    -------
    bytes
        A WOFF 1.0 file (zlib), unhinted, with kerning and tabular figures.
    """
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [1, 2]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "FFTM", "GDEF"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(char) for char in characters}))
    target = io.BytesIO()
    # Lazy: of the kerning pairs only those that stay are read, a third of the time.
    with TTFont(path, fontNumber=0, recalcTimestamp=False, lazy=True) as font:
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(target, reorderTables=True)
    return target.getvalue()

"""Where things go: text widths, line breaks, ticks and labels that give way to each other.

Pure geometry in CSS pixels; nothing here draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from capexlib.exhibits.theme import PAGE_WIDTH, TEXT_PX, number, percent

# Advance widths of Lato Regular in em, read from the font's hmtx table.
_ADVANCES = {
    0.25: " '.,:;|ijl!()I",
    0.31: "{}[]",
    0.36: 'frt"-',
    0.43: "*Jsz/?\\`",
    0.50: "ackxL",
    0.53: "gvyeS",
    0.57: "bdhnpquFo",
    0.61: "TPZYR",
    0.67: "BXKCAV",
    0.75: "&GUDHN",
    0.81: "w%OQm@",
    0.94: "M",
    1.04: "W",
}
_WIDTH = {char: em for em, chars in _ADVANCES.items() for char in chars}
_DEFAULT_EM, _WIDE_EM = 0.58, 1.0
TAIL_MIN = 18


def text_px(text: str, size: float = TEXT_PX, *, bold: bool = False) -> float:
    """Estimate how wide a line of Lato is.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Font size in px.
    bold : bool
        Bold runs about 4 % wider.

    Returns
    -------
    float
        Width in px.

    Examples
    --------
    >>> text_px("100", 10)
    17.4
    """
    em = sum(_WIDTH.get(char, _DEFAULT_EM if ord(char) < 0x2E80 else _WIDE_EM) for char in text)
    return round(em * size * (1.04 if bold else 1.0), 1)


def shorten(text: str, width: float, size: float = TEXT_PX, *, bold: bool = False) -> str:
    """Cut a line to a width, ending in an ellipsis when something was cut.

    Examples
    --------
    >>> shorten("Acme", 100), shorten("Acme Industrial Holdings", 60)
    ('Acme', 'Acme Ind…')
    """
    if text_px(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and text_px(kept + "…", size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, width: float, size: float = TEXT_PX, *, lines: int = 2, bold: bool = False) -> list[str]:
    """Break a name into at most `lines` lines of `width` px, the last one shortened.

    Examples
    --------
    >>> wrap("Acme Industrial Holdings", 90)
    ['Acme Industrial', 'Holdings']
    """
    words, done = text.split() or [""], []
    while words and len(done) < lines - 1:
        line = [words.pop(0)]
        while words and text_px(" ".join([*line, words[0]]), size, bold=bold) <= width:
            line.append(words.pop(0))
        done.append(shorten(" ".join(line), width, size, bold=bold))
    if words:
        done.append(shorten(" ".join(words), width, size, bold=bold))
    return done


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Choose about `count` round values from `low` to the first round value at or above `high`.

    Examples
    --------
    >>> ticks(0, 187)
    [0.0, 50.0, 100.0, 150.0, 200.0]
    """
    span = high - low
    if not (math.isfinite(span) and span > 0):
        span = abs(high) or 1.0
        low, high = min(low, 0.0), max(low, 0.0) + span
    raw = span / (count - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= raw * 0.85)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Choose 1-2-5 values (1-10 ones over more than three decades) that enclose `low` to `high`.

    Examples
    --------
    >>> log_ticks(1.5, 90)
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    """
    steps = (1, 2, 5) if high / low <= 1000 else (1,)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [float(f"{k * 10.0**decade:.12g}") for decade in decades for k in steps]
    start = max(index for index, tick in enumerate(every) if index == 0 or tick <= low)
    end = next((index for index, tick in enumerate(every) if tick >= high), len(every) - 1)
    return every[start : max(end, start + 1) + 1]


def tick_labels(values: Sequence[float], *, as_percent: bool = False) -> list[str]:
    r"""Write tick values with just the decimals their spacing needs.

    Examples
    --------
    >>> tick_labels([0.0, 0.25, 0.5]), tick_labels([0, 0.5, 1], as_percent=True)
    (['0', '0.25', '0.50'], ['0\xa0%', '50\xa0%', '100\xa0%'])
    """
    scale = 100 if as_percent else 1
    gaps = [abs(b - a) * scale for a, b in pairwise(values)]
    largest = max((abs(value) for value in values), default=0.0) * scale
    if largest >= 1e9 or (gaps and min(gaps) < 1e-6):
        return [f"{value * scale:.3g}".replace("-", "\u2212") for value in values]
    smallest = min(gaps, default=1.0)
    decimals = 0
    while decimals < 6 and abs(smallest * 10**decimals - round(smallest * 10**decimals)) > 1e-6:
        decimals += 1
    if as_percent:
        return [percent(value, decimals) for value in values]
    return [number(value) if value == 0 else f"{value:,.{decimals}f}".replace("-", "\u2212") for value in values]


def dodge(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart by the least total squared shift, keeping their order.

    Parameters
    ----------
    wanted : sequence of float, shape (n,)
        Where each label would like its centre, in px.
    gap : float
        Least distance of two centres; it shrinks when n labels do not fit.
    low, high : float
        The centres stay inside.

    Returns
    -------
    list of float, shape (n,)
        In the order of `wanted`.

    Examples
    --------
    >>> dodge([10.0, 10.0, 50.0], 12, 0, 100)
    [4.0, 16.0, 50.0]
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = wanted[index] - rank * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        blocks.append((mean, size))
    bases = [mean for mean, size in blocks for _ in range(size)]
    ceiling = high - (len(wanted) - 1) * gap
    placed = [0.0] * len(wanted)
    for rank, (index, base) in enumerate(zip(order, bases, strict=True)):
        placed[index] = round(min(max(base, low), ceiling) + rank * gap, 2)
    return placed


def tail(ends: Iterable[tuple[float, float]], left: float, width: float = PAGE_WIDTH) -> float:
    """Find the px to keep free at the right so that every label fits.

    Parameters
    ----------
    ends : iterable of (float, float)
        For each label, where it is anchored as a share of the axis (0–1), and its width in px.
    left : float
        Where the axis begins, in px.
    width : float
        Of the whole chart, in px.

    Returns
    -------
    float
        At least half a tick label, at most 60 % of the room right of `left`.

    Examples
    --------
    >>> tail([(1.0, 50.0), (0.5, 80.0)], left=100)
    50
    """
    room = width - left
    needed = [(width_px - (1 - share) * room) / share for share, width_px in ends if share > 0]
    return max(TAIL_MIN, math.ceil(min(max(needed, default=0.0), 0.6 * room)))

"""Printed numbers read back: what a text says in figures, and whether a manifest's entry says the same.

The workbook turns printed cells into numbers with it; the quality gate compares what a
page shows with what the manifest holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SIGNIFICANT = 3
"""House rule: money and counts are printed to three significant figures."""

_NUMBER = re.compile(r"(?<![\w.,])([\u2212-]?)(\d[\d,]*(?:\.\d+)?)(?:\u00a0?(%|[A-Za-z]+))?")
_CELL = re.compile(
    r"((?:at least |up to |about |less than |more than )?(?:[+\u2212-])?(?:[A-Z]{3}\u00a0|US\$|[€£¥$])?)"
    r"([\u2212-]?)(\d[\d,]*(?:\.\d+)?)([^\d\"]{0,40})"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "tn": 1e12,
    "trillion": 1e12,
}  # fmt: skip
_NAME_OR_COVER = re.compile(r"-[A-Za-z]|[A-Za-z]+\d|[\u00a0 ]?% of ")
"""What follows digits that are no figure: "8-GPU", or what an interval covers, "90 % of draws"."""
_RATE = re.compile(r"[A-Z]{3}/[A-Z]{3}")
"""An exchange rate: it is printed the way people quote it, which may be the other way round."""
_SLACK = 1.000001


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in a text.

    Parameters
    ----------
    value : float
        As printed, a percentage not divided.
    half : float
        Half a unit of its last significant digit: how far a rounded number may be off.
    suffix : str
        The word or sign behind it, such as ``"bn"`` or ``"%"``.
    before : str
        The text in front of it.
    """

    value: float
    half: float
    suffix: str
    before: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell as a spreadsheet holds it.

    Parameters
    ----------
    value : float
        A share as a decimal, everything else in the printed unit.
    form : str
        Number format that shows the printed text again.
    """

    value: float
    form: str


def printed_numbers(text: str) -> Iterator[Printed]:
    r"""Yield the numbers of a text, digits that belong to a name ("H100", "2026Q2") left out.

    Examples
    --------
    >>> [(n.value, n.suffix) for n in printed_numbers("US$195–205bn of H100, −6.7\u00a0%")]
    [(195.0, ''), (205.0, 'bn'), (-6.7, '%')]
    """
    for match in _NUMBER.finditer(text):
        sign, digits, suffix = match.groups()
        if not _GROUPED.fullmatch(digits) or _NAME_OR_COVER.match(text, match.end(2)):
            continue
        value = float(digits.replace(",", ""))
        yield Printed(-value if sign else value, _half_unit(digits), suffix or "", text[: match.start()])


def _half_unit(digits: str) -> float:
    whole, _, decimals = digits.replace(",", "").partition(".")
    return 0.5 * 10.0 ** (-len(decimals) if decimals else max(len(whole) - SIGNIFICANT, 0))


def agrees(text: str, entry: Mapping[str, Any]) -> bool:
    r"""Tell whether every number of a text is the entry's value, low or high, rounded.

    Parameters
    ----------
    text : str
        What is printed of a figure.
    entry : mapping
        A row of the manifest: ``value``, ``low``, ``high``, ``unit``; shares that its
        ``note`` tells count too, and what they leave of 100 % (how often a rank was drawn, for instance).

    Returns
    -------
    bool
        True for a text without numbers.

    Examples
    --------
    >>> entry = {"value": 0.0667, "low": None, "high": 0.14, "unit": "fraction"}
    >>> agrees("6.7\u00a0%", entry), agrees("7.6\u00a0%", entry)
    (True, False)
    """
    known = [float(entry[key]) for key in ("value", "low", "high") if entry.get(key) is not None]
    if _RATE.fullmatch(str(entry.get("unit", ""))):
        known += [1 / value for value in known if value]
    told = [number.value for number in printed_numbers(str(entry.get("note", ""))) if number.suffix == "%"]
    told += [max(0.0, 100 - sum(told))] if told else []
    numbers = [number for number in printed_numbers(text) if not number.before.endswith((" of ", " in ", " at "))]
    return all(
        any(_same(number, value, str(entry.get("unit", ""))) for value in known)
        or (number.suffix == "%" and any(_same(number, share, "percent") for share in told))
        for number in numbers
    )


def _same(number: Printed, value: float, unit: str) -> bool:
    for factor in _factors(number.suffix, unit):
        exact, half = abs(value) * factor, number.half * _SLACK
        if number.before.endswith("more than ") and exact >= abs(number.value):
            return True
        if number.before.endswith("less than ") and exact <= abs(number.value):
            return True
        if math.isclose(exact, abs(number.value), rel_tol=1e-9, abs_tol=half):
            return True
    return False


def _factors(suffix: str, unit: str) -> set[float]:
    """Give the factors from the entry's unit to the printed one that the words allow."""
    if unit == "fraction":
        return {100.0} if suffix == "%" else {1.0, 100.0}
    own = next((_SCALES[word] for word in re.split(r"[ /]", unit) if word in _SCALES), 1.0)
    if suffix in _SCALES:
        return {own / _SCALES[suffix], 1.0} if own == 1.0 else {own / _SCALES[suffix]}
    return {1.0, own}


def cell_number(text: str, entry: Mapping[str, Any] | None = None, tail: str = "") -> Cell | None:
    r"""Read a printed cell as one number with a format that shows it again.

    Parameters
    ----------
    text : str
        The printed cell.
    entry : mapping or None
        The manifest's row of the figure in it: its value is taken in full where the
        format rounds it to what is printed.
    tail : str
        Words that follow the number in its cell, an interval for instance; the format shows them.

    Returns
    -------
    Cell or None
        None where the cell is a range, has several numbers or is words.

    Examples
    --------
    >>> cell_number("US$22.8bn", {"value": 22.7657, "unit": "USD bn"})
    Cell(value=22.7657, form='"US$"0.0"bn";"−US$"0.0"bn"')
    >>> cell_number("53\u00a0%").value, cell_number("US$195–205bn")
    (0.53, None)
    """
    match = _CELL.fullmatch(text)
    if match is None or not _GROUPED.fullmatch(match[3]) or '"' in tail:
        return None
    before, sign, digits, after = match.groups()
    if "\u2212" in before or "-" in before:
        before, sign = before.replace("\u2212", "").replace("-", ""), "-"
    number = float(digits.replace(",", "")) * (-1 if sign else 1)
    decimals = len(digits.partition(".")[2])
    core = ("#,##0" if "," in digits else "0") + ("." + "0" * decimals if decimals else "")
    scale = 0.01 if after.lstrip("\u00a0 ").startswith("%") else 1.0
    value = round(number * scale, decimals + 4)
    exact = entry.get("value") if entry else None
    if exact is not None and _rounds_to(float(exact), value, scale, decimals):
        value = float(exact)
    shape = core + _percent_or_words(after) + _quoted(tail)
    positive = _quoted(before) + shape
    return Cell(value, f"{positive};{_quoted(chr(0x2212) + before)}{shape}")


def _rounds_to(exact: float, value: float, scale: float, decimals: int) -> bool:
    """Tell whether a cell's format would print the exact value as the printed one."""
    return math.isclose(exact / scale, value / scale, rel_tol=0, abs_tol=0.5 * 10.0**-decimals)


def _percent_or_words(after: str) -> str:
    head, sign, tail = after.partition("%")
    return _quoted(head) + sign + _quoted(tail)


def _quoted(words: str) -> str:
    return f'"{words}"' if words else ""

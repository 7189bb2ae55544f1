"""Words that the scale brief's exhibits share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.models.scale.comparison import YearAmount

if TYPE_CHECKING:
    from capexlib.models.scale import Scale

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_METHODS = {
    "as stated": "as stated",
    "exact from parts": "exact, from quarters",
    "weighted fiscal years": "fiscal years weighted by days",
    "nearest fiscal year": "fiscal year as it is",
}


def count_word(count: int) -> str:
    """Small whole numbers in words."""
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def ordinal(rank: int) -> str:
    """Ranks in words."""
    return _ORDINALS[rank] if rank < len(_ORDINALS) else f"number {rank}"


def year_of_peers(scale: Scale) -> str:
    """Return the year of the comparison, said aloud when it is not the plan's."""
    if scale.comparison_year == scale.year:
        return f" in {scale.year}"
    return f" (plan for {scale.year} against peers' {scale.comparison_year})"


def years_compared(scale: Scale) -> str:
    """Name the year or years that a comparison is about, for subtitles and strips."""
    if scale.comparison_year == scale.year:
        return str(scale.year)
    return f"plan {scale.year}, peers {scale.comparison_year}"


def capex_id(scale: Scale, amount: YearAmount) -> str:
    """Id under which an amount is published: by company and year, else its own."""
    known = (amount.entity, amount.year) in scale.capex
    return f"capex.{amount.entity}.{amount.year}" if known else amount.usd.id


def method(amount: YearAmount) -> str:
    """How a calendar year came about, in a few words."""
    if amount.method == "part of the year":
        return amount.local.note.split(":")[0].removeprefix("only ").replace(" is known", " only")
    return _METHODS[amount.method]

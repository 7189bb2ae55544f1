"""Checks across a whole brief: links that lead nowhere, characters no font can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capexlib.errors import did_you_mean
from capexlib.publish.fonts import uncovered

if TYPE_CHECKING:
    from capexlib.publish.brief import Element
    from capexlib.publish.numbering import Report

_NOT_PRINTED = frozenset({"spec", "svg", "url", "ref", "figure", "anchor", "badge", "id", "block", "study"})
_EXCERPT = 60


def check_references(elements: Iterable[Element], labels: Mapping[str, str], report: Report) -> None:
    """Report internal links whose exhibit is not in the brief.

    Parameters
    ----------
    elements : iterable of Element
    labels : mapping
        Printed label of each numbered exhibit, by id.
    report : callable
        Takes where, what and cure of each problem.
    """
    elements = tuple(elements)
    anchors = {element.id for element in elements} | set(labels)
    for element in elements:
        for target in _targets(element.body):
            if target not in anchors:
                what = f"A link leads to {target!r}, which is not in the brief."
                report(element.where, what, did_you_mean(target, labels))
    met: set[str] = set()
    for element in elements:
        for anchor in anchors_in(element.body):
            if anchor in met:
                report(element.where, f"{anchor!r} is introduced twice.", "Show its table once.")
            met.add(anchor)


def check_characters(texts: Iterable[tuple[str, Any]], fallbacks: Sequence[Path], report: Report) -> None:
    """Report texts that the fonts in use cannot show, each set of characters once a cell.

    Parameters
    ----------
    texts : iterable of (str, object)
        Where, and a JSON value whose strings are printed.
    fallbacks : sequence of Path
        Font files declared beside the house family.
    report : callable
        Takes where, what and cure of each problem.
    """
    reported: set[tuple[str, str]] = set()
    for where, value in texts:
        for text in printed_texts(value):
            missing = uncovered(text, fallbacks)
            if missing and (where, missing) not in reported:
                reported.add((where, missing))
                named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in missing[:5])
                what = f"No font in use can show {named} in {text[:_EXCERPT]!r}."
                report(where, what, "Use the romanised form, or give a font that covers it.")


def printed_texts(value: object) -> Iterator[str]:
    """Yield every string of a JSON value that a reader sees.

    Examples
    --------
    >>> list(printed_texts({"t": "Acme", "url": "https://acme.example", "rows": [["7"]]}))
    ['Acme', '7']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            if key not in _NOT_PRINTED:
                yield from printed_texts(child)
    elif isinstance(value, Sequence):
        for child in value:
            yield from printed_texts(child)


def spans_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield every span of a block's fields: the mappings that hold a text `t`."""
    if isinstance(value, dict):
        if "t" in value:
            yield value
        for key, child in value.items():
            if key not in {"spec", "svg", "study"}:
                yield from spans_in(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from spans_in(child)


def anchors_in(value: object) -> Iterator[str]:
    """Yield the anchors that a block's texts introduce."""
    return (span["anchor"] for span in spans_in(value) if span.get("anchor"))


def _targets(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if key in {"ref", "exhibit"} and isinstance(child, str) and child:
                yield child
            elif key not in {"spec", "svg", "study"}:
                yield from _targets(child)
    elif isinstance(value, list):
        for child in value:
            yield from _targets(child)

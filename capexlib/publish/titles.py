"""Numbers in titles lead where the same numbers in the brief's texts and tables lead.

Exhibits write their titles as plain text. A number there opens only if the same words
stand for one figure, and one only, in the exhibit itself or, failing that, in the brief.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from capexlib.publish.blocks import Span

Words = dict[str, list[dict[str, Any]]]
"""Spans that show a figure, by their words."""

_SIGNS = "+\u2212"
_TELLING = 4
"""Characters below which a number elsewhere in the brief says too little to be the same."""


def words_for_figures(spans: Iterable[dict[str, Any]]) -> Words:
    """Collect the spans that show a figure, by their words, with and without a sign."""
    found: Words = defaultdict(list)
    for span in spans:
        text = span["t"].strip()
        if span.get("figure") and any(char.isdigit() for char in text):
            for words in {text, text.lstrip(_SIGNS)}:
                found[words].append(span)
    return found


def linked(title: str, own: Words, brief: Words) -> list[dict[str, Any]]:
    """Split a title into spans, its numbers standing for the figures that the same words stand for.

    Parameters
    ----------
    title : str
    own, brief : Words
        Of the exhibit, which decides, and of the whole brief.

    Returns
    -------
    list of dict
        Spans; their texts joined are the title.

    Examples
    --------
    >>> own = words_for_figures([{"t": "58 %", "figure": "policy.share"}])
    >>> [(span["t"], span["figure"]) for span in linked("58 % of the plan in 24 months", own, {})]
    [('58 %', 'policy.share'), (' of the plan in 24 months', None)]
    """
    known = {words: span for words in {*own, *brief} if (span := _only(words, own, brief))}
    choices = "|".join(map(re.escape, sorted(known, key=lambda words: (-len(words), words))))
    parts: Sequence[str] = [title]
    if choices:
        parts = re.split(rf"(?<![\w.,$–+\u2212])({choices})(?![\w–]|[.,]\d)", title)
    spans = []
    for number, part in enumerate(parts):
        shown = known[part] if number % 2 else {}
        if part:
            spans.append(Span(t=part, figure=shown.get("figure"), part=shown.get("part", False)).model_dump())
    return spans


def _only(words: str, own: Words, brief: Words) -> dict[str, Any] | None:
    """Find the one figure that some words stand for; None where they stand for several."""
    spans = own.get(words) or (brief.get(words, []) if len(words) >= _TELLING else [])
    return spans[0] if len({span["figure"] for span in spans}) == 1 else None

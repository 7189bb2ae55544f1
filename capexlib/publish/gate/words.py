"""Words of uncertainty: the phrase fits its number, and likelihood never mixes with confidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from capexlib.errors import Problem
from capexlib.exhibits.prose import likelihood
from capexlib.publish.brief import Brief
from capexlib.publish.exhibit_files import plain_text

PHRASES = ("almost no chance", "very unlikely", "unlikely", "roughly even chance", "very likely", "likely",
           "almost certain")  # fmt: skip
CONFIDENCES = ("low confidence", "moderate confidence", "high confidence")
_PHRASE = rf"\b({'|'.join(PHRASES)})\b"
_WITH_NUMBER = re.compile(rf"{_PHRASE}\s*\((\d+)[\s\u00a0]?%\)", re.IGNORECASE)
_CONFIDENCE = re.compile(r"\b(?:low|moderate|high) confidence\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CURE = "Compute the phrase from the number (ICD 203)."


def check_words(brief: Brief, numbers: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Check every judgement and every sentence of a brief.

    Parameters
    ----------
    brief : Brief
    numbers : mapping
        The manifest's entries by id.

    Yields
    ------
    Problem
    """
    for element in brief.of_kind("bottom_line"):
        for number, judgement in enumerate(element.body["judgements"], 1):
            yield from _check_judgement(f"{element.where}, judgement {number}", judgement, numbers)
    for element in brief.elements:
        for text in _running_texts(element.body):
            yield from _check_text(f"{element.where}, {element.kind} {element.id!r}", text)


def _running_texts(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield texts as they are read: spans joined."""
    for value in body.values():
        lines = value if isinstance(value, list | tuple) else [value]
        for line in lines:
            if isinstance(line, list | tuple) and all(isinstance(span, Mapping) and "t" in span for span in line):
                yield plain_text(line)
            elif isinstance(line, str):
                yield line
            elif isinstance(line, list | tuple):
                yield from (plain_text(cell) for cell in line if isinstance(cell, list | tuple))
            elif isinstance(line, Mapping) and "text" in line:
                yield plain_text(line["text"])


def _check_judgement(
    where: str, judgement: Mapping[str, Any], numbers: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    word, confidence = judgement["word"], judgement["confidence"]
    if word and word not in PHRASES:
        yield Problem(where, f"{word!r} is no phrase of ICD 203.", f"Known: {', '.join(PHRASES)}.")
    if confidence and confidence not in CONFIDENCES:
        yield Problem(where, f"{confidence!r} is no level of confidence.", f"Known: {', '.join(CONFIDENCES)}.")
    if not word and not confidence:
        yield Problem(where, "gives neither likelihood nor confidence.", "Give one of them.")
    if word not in PHRASES:
        return
    entries = [numbers[span["figure"]] for span in judgement["figure"] if span.get("figure") in numbers]
    chances = [entry["value"] for entry in entries if entry.get("unit") == "fraction" and entry["value"] is not None]
    if not chances:
        yield Problem(where, f"says {word!r} and shows no probability.", "Show the probability as its figure.")
    for chance in chances:
        fitting = likelihood(round(min(max(chance, 0.0), 1.0), 2))
        if fitting != word:
            yield Problem(where, f"says {word!r} of {100 * chance:.0f} %, which is {fitting!r}.", _CURE)


def _check_text(where: str, text: str) -> Iterator[Problem]:
    for phrase, number in _WITH_NUMBER.findall(text):
        fitting = likelihood(min(int(number), 100) / 100)
        if fitting != phrase.lower():
            yield Problem(where, f"says {phrase!r} of {number} %, which is {fitting!r}.", _CURE)
    for sentence in _SENTENCE.split(text):
        if _CONFIDENCE.search(sentence) and re.search(_PHRASE, sentence, re.IGNORECASE):
            what = f"mixes likelihood and confidence in one sentence ({sentence[:60]!r})."
            yield Problem(where, what, "Say one of them, or make two sentences.")

"""A notebook's markdown as paragraphs, headings and lists, and nothing else.

What a brief cannot set alike in HTML and in print (images, raw HTML, tables,
code blocks) is refused by name instead of being dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import mistune
from pydantic import ValidationError

from capexlib.publish.blocks import Span

_ALLOWED = "Use headings (## or ###), paragraphs, lists, emphasis, links and inline code only."
_HEADING_LEVELS = (2, 3)

Style = tuple[tuple[str, bool | str], ...]
"""Span attributes gathered on the way down to a text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, a paragraph or a list of a markdown cell.

    Parameters
    ----------
    kind : {"heading", "paragraph", "list"}
    lines : tuple of tuple of Span
        One entry for a heading or paragraph, one an item for a list.
    level : int
        Of a heading, 2 or 3; else 0.
    ordered : bool
        Whether a list is numbered.
    """

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[tuple[Span, ...], ...]
    level: int = 0
    ordered: bool = False


class MarkdownError(ValueError):
    """Markdown holds something that a brief cannot print; `cure` says what to do."""

    def __init__(self, what: str, cure: str = _ALLOWED) -> None:
        self.cure = cure
        super().__init__(what)


def parse_markdown(source: str) -> tuple[Passage, ...]:
    """Parse one cell.

    Parameters
    ----------
    source : str
        Markdown.

    Returns
    -------
    tuple of Passage

    Raises
    ------
    MarkdownError
        If it holds anything outside the restricted set.

    Examples
    --------
    >>> parse_markdown("## Who *leads*")[0].lines[0][1].t
    'leads'
    """
    tokens = mistune.create_markdown(renderer=None)(source)
    return tuple(_passages(tokens if isinstance(tokens, list) else []))


def _passages(tokens: list[dict[str, Any]]) -> Iterator[Passage]:
    for token in tokens:
        match token["type"]:
            case "blank_line":
                continue
            case "heading":
                level = token["attrs"]["level"]
                if level not in _HEADING_LEVELS:
                    msg = f"a heading of level {level}"
                    raise MarkdownError(msg, "The masthead is the title; sections begin with ## or ###.")
                yield Passage("heading", (_line(token["children"]),), level=level)
            case "paragraph":
                yield Passage("paragraph", (_line(token["children"]),))
            case "list":
                items = tuple(_item(item) for item in token["children"])
                yield Passage("list", items, ordered=token["attrs"]["ordered"])
            case other:
                raise MarkdownError(_named(other, token))


def _item(item: dict[str, Any]) -> tuple[Span, ...]:
    children = [child for child in item["children"] if child["type"] != "blank_line"]
    if len(children) != 1 or children[0]["type"] not in {"block_text", "paragraph"}:
        msg = "a list item with more than one paragraph, or a list inside a list"
        raise MarkdownError(msg, "Keep lists flat, one paragraph an item.")
    return _line(children[0]["children"])


def _line(tokens: list[dict[str, Any]]) -> tuple[Span, ...]:
    try:
        return tuple(
            Span.model_validate({**dict(style), "t": "".join(text for text, _ in run)})
            for style, run in groupby(_runs(tokens, ()), key=lambda run: run[1])
        )
    except ValidationError as error:
        what = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise MarkdownError(what, "Write a full https:// address behind words that name it.") from error


def _runs(tokens: list[dict[str, Any]], style: Style) -> Iterator[tuple[str, Style]]:
    for token in tokens:
        match token["type"]:
            case "text":
                yield token["raw"], style
            case "codespan":
                yield token["raw"], (*style, ("code", True))
            case "softbreak" | "linebreak":
                yield " ", style
            case "emphasis":
                yield from _runs(token["children"], (*style, ("em", True)))
            case "strong":
                yield from _runs(token["children"], (*style, ("strong", True)))
            case "link":
                yield from _runs(token["children"], (*style, ("url", token["attrs"]["url"])))
            case other:
                raise MarkdownError(_named(other, token))


def _named(kind: str, token: dict[str, Any]) -> str:
    excerpt = " ".join(str(token.get("raw", "")).split())[:40]
    return kind.replace("_", " ") + (f" ({excerpt!r})" if excerpt else "")

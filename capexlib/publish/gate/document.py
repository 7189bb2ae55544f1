"""The PDF of a brief: title, tags, bookmarks, attachment, fonts, text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capexlib.errors import Problem
from capexlib.publish.brief import Brief
from capexlib.publish.fonts import FAMILY
from capexlib.publish.gate.page import in_order

_RUN_AGAIN = "Run the case again; a file of an edition is never edited."
_ATTACHED = "manifest.json"


def check_document(path: Path, brief: Brief | None, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Check a PDF.

    Parameters
    ----------
    path : Path
    brief : Brief or None
        The brief it was set from; None if that cannot be read.
    manifest : mapping
        The brief's part of the edition's manifest.

    Yields
    ------
    Problem
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        for what in _findings(PdfReader(path), brief, manifest):
            yield Problem(path.name, what, _RUN_AGAIN)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield Problem(path.name, f"cannot be read as a PDF ({type(error).__name__}).", _RUN_AGAIN)


def _findings(reader: Any, brief: Brief | None, manifest: Mapping[str, Any]) -> Iterator[str]:
    root = reader.trailer["/Root"]
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "is not tagged for screen readers."
    if not root.get("/Lang"):
        yield "does not say its language."
    title = (reader.metadata.title if reader.metadata else None) or ""
    if not title or (brief is not None and not title.startswith(brief.masthead["title"])):
        yield f"has the title {title[:60]!r}, not the brief's."
    strangers = sorted(name for name in _fonts(reader) if not name.rpartition("+")[2].startswith(FAMILY))
    if strangers:
        yield f"is set in {', '.join(strangers)} beside {FAMILY}."
    attached = reader.attachments.get(_ATTACHED)
    if not attached:
        yield f"does not carry {_ATTACHED}."
    elif in_order(json.loads(attached[0])) != in_order(manifest):
        yield "carries another manifest than the edition's."
    if brief is not None:
        marks = set(_bookmarks(reader.outline))
        lost = [e.title for e in brief.elements if e.level == 2 and _plain(e.title) not in marks]
        if lost:
            yield f"has no bookmark for {', '.join(map(repr, lost[:3]))}."
    if not reader.pages[0].extract_text().strip():
        yield "has a first page without text."


def _plain(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def _bookmarks(outline: Any) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _bookmarks(entry)
        else:
            yield _plain(str(entry.title))


def _fonts(reader: Any) -> set[str]:
    found: set[str] = set()
    waiting = [page.get("/Resources") for page in reader.pages]
    seen: set[int] = set()
    while waiting:
        resources = waiting.pop()
        resources = resources.get_object() if resources is not None else {}
        if id(resources) in seen:
            continue
        seen.add(id(resources))
        fonts = resources.get("/Font", {})
        for font in getattr(fonts, "get_object", lambda fonts=fonts: fonts)().values():
            found.add(str(font.get_object()["/BaseFont"]).removeprefix("/"))
        inner = resources.get("/XObject", {})
        pictures = getattr(inner, "get_object", lambda inner=inner: inner)()
        waiting += [drawn.get_object().get("/Resources") for drawn in pictures.values()]
    return found

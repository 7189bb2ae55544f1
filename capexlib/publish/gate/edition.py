"""All checks of an edition, brief by brief; every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from capexlib.errors import Problem, QualityError
from capexlib.publish.brief import Brief, read_brief
from capexlib.publish.checks import spans_in
from capexlib.publish.gate.document import check_document
from capexlib.publish.gate.page import check_page
from capexlib.publish.gate.words import check_words
from capexlib.publish.manifest import MANIFEST, brief_manifest
from capexlib.publish.readings import agrees
from capexlib.publish.verify import read_manifest, verify_edition

_FRONT = ("bottom_line", "key_figures", "change")
_RUN_AGAIN = "Run the case again; a file of an edition is never edited."
_MEND = "Mend the exhibit that wrote it."


def check_edition(edition: Path) -> list[Problem]:
    """Check an edition against the standard of the briefs.

    Parameters
    ----------
    edition : Path
        Its folder.

    Returns
    -------
    list of Problem
        Where, what and cure of everything found; empty if it may go out.

    Raises
    ------
    ParamsError
        If the folder is not an edition.
    """
    manifest = read_manifest(edition)
    problems = verify_edition(edition)
    if not manifest.get("briefs"):
        problems.append(Problem(str(edition), "lists no brief.", _RUN_AGAIN))
    for name in sorted(manifest.get("briefs", {})):
        try:
            own = brief_manifest(manifest, name)
        except KeyError as error:
            problems.append(Problem(f"{MANIFEST} {name}", f"lacks {error}, which the brief names.", _RUN_AGAIN))
            continue
        problems += _check_brief(edition, name, own)
    return list(dict.fromkeys(problems))


def _check_brief(edition: Path, name: str, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    notebook = edition / f"{name}.ipynb"
    try:
        executed = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)
        brief = read_brief(executed, name, dict(manifest))
    except QualityError as error:
        yield from error.problems
        brief = None
    except Exception as error:  # noqa: BLE001 - nbformat even raises UnboundLocalError at a broken file
        yield Problem(notebook.name, f"cannot be read ({type(error).__name__}).", _RUN_AGAIN)
        brief = None
    numbers = known_numbers(manifest)
    if brief is not None:
        yield from _check_order(brief)
        yield from _check_numbers(brief, numbers)
        yield from check_words(brief, numbers)
    page, document = edition / f"{name}.html", edition / f"{name}.pdf"
    if page.is_file():
        yield from check_page(page, brief, manifest, numbers)
    if document.is_file():
        yield from check_document(document, brief, manifest)


def known_numbers(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what a number on a page can be: a result, a figure behind it, or a claim; by id."""
    parts = ("claim_details", "figures", "results")
    return {entry["id"]: entry for part in parts for entry in manifest.get(part, []) if isinstance(entry, Mapping)}


def _check_order(brief: Brief) -> Iterator[Problem]:
    """Check that the reader meets bottom line, key figures and changes first, and the provenance last."""
    kinds = [element.kind for element in brief.elements]
    cure = "Order the notebook's cells: bottom line, key figures, what changed, body, appendix, provenance."
    if "bottom_line" not in kinds:
        yield Problem(brief.name, "has no bottom line.", cure)
    for place, kind in enumerate([kind for kind in _FRONT if kind in kinds]):
        if kinds[place] != kind:
            what = f"the block {kind} stands behind others that come later in a brief."
            yield Problem(brief.name, what, cure)
    if kinds and kinds[-1] != "provenance":
        yield Problem(brief.name, "does not end with its provenance.", cure)


def _check_numbers(brief: Brief, numbers: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Check that every number that names a figure says what the manifest says of it."""
    for element in brief.elements:
        where = f"{element.where}, {element.kind} {element.id!r}"
        for span in spans_in(element.body):
            figure = span.get("figure")
            if not figure:
                continue
            if figure not in numbers:
                yield Problem(where, f"{span['t']!r} names the figure {figure!r}, which the manifest lacks.", _MEND)
            elif not span.get("part") and not agrees(span["t"], numbers[figure]):
                yield Problem(where, f"prints {span['t']!r}, the manifest has {_said(numbers[figure])}.", _MEND)


def _said(entry: Mapping[str, Any]) -> str:
    values = [f"{key} {entry[key]:g}" for key in ("value", "low", "high") if entry.get(key) is not None]
    return f"{', '.join(values)} {entry.get('unit', '')} for {entry['id']!r}"

"""An executed notebook read as a brief: its blocks in order, checked, with headings.

Both exporters print what :func:`read_brief` returns, so HTML and PDF cannot
differ in content. Nothing here knows what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from pydantic import ValidationError

from capexlib.errors import Problem, QualityError, did_you_mean
from capexlib.exhibits.block import BLOCK_MIME
from capexlib.publish.blocks import KINDS, Block, Chart, Masthead, Provenance
from capexlib.publish.checks import check_characters, check_references, spans_in
from capexlib.publish.fonts import FAMILY
from capexlib.publish.markdown import MarkdownError, Passage, parse_markdown
from capexlib.publish.numbering import Numbering
from capexlib.publish.svg import SvgError, clean_svg
from capexlib.publish.titles import linked, words_for_figures

_MEND = "Mend the exhibit that wrote it."
_END_WITH_BLOCK = "End the cell with an exhibit, or silence it."


@dataclass(frozen=True, slots=True)
class Element:
    """One thing in the flow of a brief.

    Parameters
    ----------
    kind : str
        A block's kind, or ``heading``, ``paragraph``, ``list``.
    id : str
        Anchor, unique in the brief; empty for paragraphs and lists.
    level : int
        Heading level of its title (2 to 4), 0 without one.
    label : str
        ``"Exhibit 3"`` or ``"Table A2"``; empty for what is not numbered.
    title : str
        Its heading as plain text.
    heading : list of dict
        The same as spans, numbers standing for their figures.
    body : dict
        The block's fields as JSON-ready values, every text a list of spans.
    where : str
        Notebook and cell it came from.
    """

    kind: str
    id: str
    level: int
    label: str
    title: str
    body: dict[str, Any]
    where: str
    heading: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief ready to be set.

    Parameters
    ----------
    name : str
        The notebook's name.
    masthead : dict
        Fields of the masthead block, and ``heading``: its title as spans.
    elements : tuple of Element
        Everything after the masthead, in order; provenance last.
    manifest : dict
        What the edition was computed from.
    labels : dict
        Printed label of every numbered exhibit, by id.
    """

    name: str
    masthead: dict[str, Any]
    elements: tuple[Element, ...]
    manifest: dict[str, Any]
    labels: dict[str, str]

    def of_kind(self, kind: str) -> tuple[Element, ...]:
        """Return the elements of one kind, in order."""
        return tuple(element for element in self.elements if element.kind == kind)

    @property
    def description(self) -> str:
        """The bottom line's first sentence, else the title."""
        lines = self.of_kind("bottom_line")
        spans = lines[0].body["sentences"][0] if lines else [{"t": self.masthead["title"]}]
        return "".join(span["t"] for span in spans)


@dataclass(slots=True)
class _Reading:
    """What has been met so far, and what was wrong with it."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    items: list[tuple[str, Block | Passage]] = field(default_factory=list)

    def report(self, where: str, what: str, cure: str) -> None:
        self.problems.append(Problem(where, what, cure))

    def found(self, form: type[Block]) -> list[tuple[str, Any]]:
        return [(where, item) for where, item in self.items if isinstance(item, form)]


def read_brief(
    nb: NotebookNode,
    name: str,
    manifest: dict[str, Any] | None = None,
    fallback_fonts: Sequence[Path] = (),
) -> Brief:
    """Read an executed notebook.

    Parameters
    ----------
    nb : NotebookNode
        Executed; its exhibits carry blocks.
    name : str
        The notebook's name, for messages.
    manifest : dict or None
        What to embed; None takes the study part of the provenance block.
    fallback_fonts : sequence of Path
        Font files declared for characters outside the house family.

    Returns
    -------
    Brief

    Raises
    ------
    QualityError
        With everything that is wrong, each with notebook and cell.
    """
    reading = _Reading(name)
    for cell in nb.cells:
        where = f"{name}, cell {cell.get('id', '?')}"
        if cell.cell_type == "markdown":
            _read_markdown(reading, where, cell.source)
        elif cell.cell_type == "code":
            for output in cell.outputs:
                _read_output(reading, where, output)
    masthead = _only_masthead(reading)
    if manifest is None:
        manifest = _study_part(reading)
    elements, labels = _set_in_order(reading)
    check_references(elements, labels, reading.report)
    printed = [(element.where, element.body) for element in elements]
    check_characters([(name, [masthead or {}, particulars(manifest)]), *printed], fallback_fonts, reading.report)
    if reading.problems or masthead is None:
        raise QualityError(reading.problems)
    return _with_headings(Brief(name, masthead, elements, manifest, labels))


def _with_headings(brief: Brief) -> Brief:
    """Let the numbers of titles stand for the figures that they show; those of the first title for the front's."""
    everywhere = words_for_figures(spans_in([element.body for element in brief.elements]))
    front = [element.body for element in brief.elements if element.kind in ("bottom_line", "key_figures")]
    elements = [
        replace(element, heading=linked(element.title, words_for_figures(spans_in(element.body)), everywhere))
        for element in brief.elements
    ]
    heading = linked(brief.masthead["title"], words_for_figures(spans_in(front)), everywhere)
    return replace(brief, masthead=brief.masthead | {"heading": heading}, elements=tuple(elements))


def _read_markdown(reading: _Reading, where: str, source: str) -> None:
    if not reading.found(Masthead):
        if "\n## " in f"\n{source}":
            reading.report(where, "A section begins before the masthead.", "Move it below the masthead.")
        return
    try:
        reading.items.extend((where, passage) for passage in parse_markdown(source))
    except MarkdownError as error:
        reading.report(where, f"The text holds {error}.", error.cure)


def _read_output(reading: _Reading, where: str, output: NotebookNode) -> None:
    if output.output_type == "error":
        reading.report(where, f"The cell raised {output.ename}: {output.evalue}.", "Run the notebook again.")
    elif output.output_type == "stream":
        excerpt = " ".join(output.text.split())[:60]
        reading.report(where, f"The cell printed text ({excerpt!r}).", _END_WITH_BLOCK)
    elif BLOCK_MIME in output.data:
        _read_block(reading, where, output.data[BLOCK_MIME])
    else:
        kinds = ", ".join(sorted(output.data))
        what = "is only text" if set(output.data) <= {"text/plain"} else f"is not an exhibit ({kinds})"
        reading.report(where, f"An output {what}.", _END_WITH_BLOCK)


def _read_block(reading: _Reading, where: str, payload: object) -> None:
    if not isinstance(payload, dict) or payload.get("block") not in KINDS:
        kind = payload.get("block") if isinstance(payload, dict) else payload
        reading.report(where, f"No block is called {kind!r}.", did_you_mean(str(kind), KINDS))
        return
    form = KINDS[payload["block"]]
    subject = f"{form.kind} {payload.get('id', '')!r}"
    try:
        block = form.model_validate(payload)
    except ValidationError as error:
        for detail in error.errors():
            path = ".".join(map(str, detail["loc"])) or "block"
            message = detail["msg"].removeprefix("Value error, ")
            reading.report(where, f"{subject}: {path}: {message}.", _MEND)
        return
    reading.items.append((where, block))


def _only_masthead(reading: _Reading) -> dict[str, Any] | None:
    found = reading.found(Masthead)
    if not found:
        reading.report(reading.name, "There is no masthead.", "Show the study's masthead first.")
        return None
    if len(found) > 1:
        cells = " and ".join(where for where, _ in found)
        reading.report(reading.name, f"There are {len(found)} mastheads ({cells}).", "Keep one.")
        return None
    for where, item in reading.items[: reading.items.index(found[0])]:
        if not isinstance(item, Provenance):
            reading.report(where, "An exhibit stands before the masthead.", "Show the masthead first.")
    return found[0][1].model_dump(mode="json")


def _study_part(reading: _Reading) -> dict[str, Any]:
    found = reading.found(Provenance)
    if not found:
        what = "Nothing says what the brief was computed from."
        reading.report(reading.name, what, "Show the study's provenance, or pass a manifest.")
        return {}
    return found[-1][1].study


def _set_in_order(reading: _Reading) -> tuple[tuple[Element, ...], dict[str, str]]:
    numbering = Numbering(reading.report)
    flow = [item for item in reading.items if not isinstance(item[1], Masthead | Provenance)]
    shown = reading.found(Provenance)
    for where, block in shown[:-1]:
        if block != shown[-1][1]:
            reading.report(where, "A second provenance differs from the last.", "Show it once.")
    elements = tuple(_elements(flow + shown[-1:], numbering, reading))
    return elements, numbering.labels


def _elements(flow: list[tuple[str, Any]], numbering: Numbering, reading: _Reading) -> Iterator[Element]:
    for where, item in flow:
        if isinstance(item, Passage):
            title, level, anchor = numbering.passage(item, where)
            body = {"lines": [[span.model_dump() for span in line] for line in item.lines]}
            yield Element(item.kind, anchor, level, "", title, body | {"ordered": item.ordered}, where)
            continue
        title, level = numbering.block(item, where)
        body = item.model_dump(mode="json")
        if isinstance(item, Chart):
            try:
                picture = clean_svg(item.svg, f"{item.id}-", FAMILY)
            except SvgError as error:
                reading.report(where, f"chart {item.id!r}: its SVG is unusable: {error}.", _MEND)
                continue
            body |= {"svg": picture.markup, "drawn": picture.text, "width": picture.width}
        yield Element(item.kind, item.id, level, numbering.labels.get(item.id, ""), title, body, where)


def particulars(manifest: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what the provenance section says of a manifest, as labels and values.

    Examples
    --------
    >>> particulars({"case": "acme", "seed": 7, "overridden": []})
    (('Case', 'acme'), ('Seed', '7'), ('Overridden parameters', 'none'))
    """
    versions = manifest.get("versions") or {}
    rows = [
        ("Case", manifest.get("case")),
        ("Entity", manifest.get("entity")),
        ("As of", manifest.get("as_of")),
        ("Seed", manifest.get("seed")),
        ("Overridden parameters", _listed(manifest.get("overridden"))),
        ("Claims used", _counted(manifest.get("claims"))),
        ("Results", _counted(manifest.get("results"))),
        ("Python", versions.get("python")),
        ("Revision", _revision(manifest.get("revision"))),
    ]
    return tuple((label, str(value)) for label, value in rows if value is not None)


def _revision(found: object) -> str | None:
    """Name a git commit as people do, and say when the tree had other changes."""
    if not isinstance(found, dict):
        return None
    return f"{found['commit'][:10]}{', with uncommitted changes' if found['dirty'] else ''}"


def _listed(keys: object) -> str | None:
    return (", ".join(map(str, keys)) or "none") if isinstance(keys, list | tuple | dict) else None


def _counted(things: object) -> int | None:
    return len(things) if isinstance(things, list | tuple | dict) else None

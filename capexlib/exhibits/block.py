"""An exhibit as a notebook shows it: one object, a form for every reader.

JupyterLab draws the live chart, any other viewer the SVG, publishing reads the
block, a terminal the plain text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from capexlib.exhibits.theme import FONT

BLOCK_MIME = "application/vnd.capex.block+json"
LIVE_CHART_MIME = "application/vnd.vegalite.v5+json"
"""JupyterLab's live-chart type; it draws Vega-Lite 6 specs under this name, offline."""

Span = str | dict[str, Any]
Rich = str | list[Span]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something shown to the reader.

    Parameters
    ----------
    block : dict
        The block that publishing reads; its kind is ``block["block"]``.
    """

    block: dict[str, Any]

    @property
    def id(self) -> str:
        """Id of the exhibit, unique in a brief."""
        return self.block["id"]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        bundle: dict[str, Any] = {BLOCK_MIME: self.block, "text/plain": self.plain()}
        if self.block["block"] == "chart":
            bundle[LIVE_CHART_MIME] = self._live()
            bundle["image/svg+xml"] = self.block["svg"]
        else:
            bundle["text/html"] = self.html()
        return bundle

    def _live(self) -> dict[str, Any]:
        """Return the spec with its title, and with a font to fall back to where the house's is not installed."""
        spec = json.loads(json.dumps(self.block["spec"]).replace(f'"{FONT}"', f'"{FONT}, Arial, sans-serif"'))
        title = {"text": self.block["title"], "subtitle": self.block["subtitle"], "anchor": "start"}
        return {"title": title, **spec}

    def plain(self) -> str:
        """Return the exhibit as text: title, then rows or paragraphs."""
        block = self.block
        lines = [block.get("title", "")]
        lines += [f"{item['label']}: {words(item['value'])}" for item in block.get("items", [])]
        lines += [words(text) for text in block.get("sentences", [])]
        lines += [f"- {words(item['text'])}" for item in block.get("judgements", [])]
        lines += [" | ".join(words(cell) for cell in row) for row in block.get("rows", [])]
        text = block.get("text", [])
        lines += [words(text)] if isinstance(text, str) else [words(part) for part in text]
        return "\n".join(line for line in lines if line)

    def html(self) -> str:
        """Return a plain HTML form for notebook viewers."""
        block = self.block
        parts = [f"<h3>{escape(block['title'])}</h3>" if block.get("title") else ""]
        if block.get("columns"):
            head = "".join(f"<th>{escape(column['label'])}</th>" for column in block["columns"])
            body = "".join(
                "<tr>" + "".join(f"<td>{escape(words(cell))}</td>" for cell in row) + "</tr>" for row in block["rows"]
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        else:
            parts += [f"<p>{escape(line)}</p>" for line in self.plain().splitlines() if line != block.get("title")]
        return "".join(parts)


def words(rich: Rich) -> str:
    """Read rich text as plain text."""
    if isinstance(rich, str):
        return rich
    return "".join(span if isinstance(span, str) else str(span["t"]) for span in rich)


def column(label: str, *, right: bool = False, unit: str = "", nowrap: bool = False) -> dict[str, Any]:
    """Return a column of a table."""
    return {"label": label, "align": "right" if right else "left", "unit": unit, "nowrap": nowrap}


def table(
    exhibit_id: str,
    title: str,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Sequence[Rich]],
    *,
    source: Rich,
    subtitle: str = "",
    notes: Sequence[Rich] = (),
    text: Sequence[Rich] = (),
    wide: bool = False,
    appendix: bool = False,
) -> Exhibit:
    """Build a table; an appendix table is set small and may break over pages."""
    return Exhibit({
        "block": "appendix_table" if appendix else "table", "id": exhibit_id, "title": title, "subtitle": subtitle,
        "columns": list(columns), "rows": [list(row) for row in rows], "source": source, "notes": list(notes),
        "text": list(text), "wide": wide,
    })  # fmt: skip


def chart(
    exhibit_id: str,
    title: str,
    spec: dict[str, Any],
    *,
    subtitle: str,
    alt: str,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Sequence[Rich]],
    source: Rich,
    notes: Sequence[Rich] = (),
    text: Sequence[Rich] = (),
) -> Exhibit:
    """Build a chart with its static picture, its words and its data as a table."""
    from capexlib.exhibits.render import to_svg

    return Exhibit({
        "block": "chart", "id": exhibit_id, "title": title, "subtitle": subtitle, "alt": alt, "spec": spec,
        "svg": to_svg(spec), "columns": list(columns), "rows": [list(row) for row in rows], "source": source,
        "notes": list(notes), "text": list(text),
    })  # fmt: skip

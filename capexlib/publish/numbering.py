"""Headings, anchors and exhibit numbers, given out in the order of the flow."""

from __future__ import annotations

import re
from collections.abc import Callable

from capexlib.publish.blocks import Block
from capexlib.publish.markdown import Passage

Report = Callable[[str, str, str], None]
"""Takes where, what and cure of a problem."""

RESERVED = frozenset(
    {"main", "manifest", "contents", "top", "bundle", "lineage", "lineage-title", "packed", "self-check"}
)
OWN_TITLES = {"bottom_line": "Bottom line", "key_figures": "Key figures", "provenance": "Provenance"}
_LABELS = {"chart": "Exhibit {}", "table": "Exhibit {}", "appendix_table": "Table A{}"}


class Numbering:
    """Gives levels, anchors and labels, and reports ids met twice.

    A markdown heading opens a section; what stands in it is one level lower.
    Before any section, and for the provenance at the end, titles are level 2.

    Parameters
    ----------
    report : callable
        Called with where, what and cure of each problem.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._open = 1
        self._met: dict[str, str] = dict.fromkeys(RESERVED, "the page itself")
        self._counts: dict[str, int] = {}
        self.labels: dict[str, str] = {}

    def passage(self, passage: Passage, where: str) -> tuple[str, int, str]:
        """Return a passage's title, level and anchor; empty ones unless it is a heading."""
        if passage.kind != "heading":
            return "", 0, ""
        title = "".join(span.t for span in passage.lines[0])
        if passage.level > self._open + 1:
            self._report(where, f"The heading {title!r} skips a level.", "Open a section with ## above it.")
        self._open = passage.level
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
        anchor, again = f"section-{slug}", 2
        while anchor in self._met:
            anchor, again = f"section-{slug}-{again}", again + 1
        self._met[anchor] = where
        return title, passage.level, anchor

    def block(self, block: Block, where: str) -> tuple[str, int]:
        """Return a block's title and level, and give it its label."""
        if block.id in self._met:
            what = f"The id {block.id!r} is already used by {self._met[block.id]}."
            self._report(where, what, "Give each exhibit an id of its own.")
        self._met[block.id] = where
        if pattern := _LABELS.get(block.kind):
            self._counts[pattern] = self._counts.get(pattern, 0) + 1
            self.labels[block.id] = pattern.format(self._counts[pattern])
        title = OWN_TITLES.get(block.kind) or str(getattr(block, "title", ""))
        level = 2 if block.kind == "provenance" else self._open + 1
        return title, level if title else 0

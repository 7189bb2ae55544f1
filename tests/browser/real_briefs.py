"""The real case's briefs as tests open them: what each shows at least, and what its page carries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capexlib.publish.lineage import Lineage

EMBEDDED = re.compile(r'(<script type="application/json" id="manifest">)(.*?)(</script>)', re.DOTALL)


@dataclass(frozen=True)
class Least:
    """What a page shows at least; one that has lost its content passes no test."""

    charts: int
    numbers: int
    recomputed: int


BRIEFS = {
    "scale": Least(charts=9, numbers=300, recomputed=40),
    "policy": Least(charts=6, numbers=500, recomputed=5),
    "roi": Least(charts=15, numbers=800, recomputed=5),
    "briefing": Least(charts=0, numbers=25, recomputed=2),
}


def least(page: Path) -> Least:
    """What this brief shows at least."""
    return BRIEFS[page.stem]


def embedded(page: Path) -> dict[str, Any]:
    """Read the manifest that a page carries."""
    found = EMBEDDED.search(page.read_text("utf-8"))
    assert found
    return json.loads(found.group(2))


def shown(page: Path) -> list[str]:
    """Ids of the numbers that open on the page, in its order, each once."""
    return list(dict.fromkeys(re.findall(r'data-figure="([^"]+)"', page.read_text("utf-8"))))


def first_of(page: Path, fits: Callable[[Lineage, str], Any]) -> str:
    """Id of the page's first number that fits."""
    lineage = Lineage(embedded(page))
    return next(name for name in shown(page) if fits(lineage, name))


def recomputed_on(page: Path) -> str:
    """Id of a number on the page whose arithmetic the page can redo: a result, or else a fact of its claims."""
    lineage = Lineage(embedded(page))
    found = [name for name in shown(page) if name in lineage.recomputed and lineage.rows[name]["value"]]
    return min(found, key=lambda name: lineage.rows[name]["kind"] != "result")


def altered(page: Path, folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write a copy of the page with its embedded manifest changed."""
    manifest = embedded(page)
    change(manifest)
    text = json.dumps(manifest, ensure_ascii=False).replace("<", "\\u003c")
    copy = folder / page.name
    source = page.read_text("utf-8")
    copy.write_text(EMBEDDED.sub(lambda found: found.group(1) + text + found.group(3), source), encoding="utf-8")
    return copy


def figure(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """Row of a figure in a manifest."""
    return next(row for part in ("results", "figures") for row in manifest[part] if row["id"] == name)

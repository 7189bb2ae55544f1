"""The HTML of a brief: structure, numbers, pictures, accessibility, nothing from outside, size, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capexlib.errors import Problem
from capexlib.publish.brief import Brief
from capexlib.publish.gate.markup import Markup, read_markup
from capexlib.publish.readings import agrees

LARGEST, LARGEST_STATIC, CHARTS_IN_IT, LARGEST_CHART = 1_300_000, 300_000, 10, 40_000
"""Bytes of a page with ten charts, of a static one, and of each chart beyond ten."""
"""Bytes of a page with live charts, and of one without scripts."""

PACKED = "packed"
"""Id of the script element with what only scripts read, the charts' specifications among it."""

_SHORTEST_ALT = 20
_RUN_AGAIN = "Run the case again; a file of an edition is never edited."
_TEMPLATE = "Mend the page's template."


def check_page(
    path: Path, brief: Brief | None, manifest: Mapping[str, Any], numbers: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Check a page.

    Parameters
    ----------
    path : Path
    brief : Brief or None
        The brief it was set from; None if that cannot be read.
    manifest : mapping
        The brief's part of the edition's manifest.
    numbers : mapping
        The manifest's entries by id.

    Yields
    ------
    Problem
    """
    content = path.read_bytes()
    page = read_markup(content.decode("utf-8", "replace"))
    is_static = not {"bundle", PACKED} & page.scripts.keys()
    charts = len(brief.of_kind("chart")) if brief else 0
    limit = LARGEST_STATIC if is_static else LARGEST + max(0, charts - CHARTS_IN_IT) * LARGEST_CHART
    if len(content) > limit:
        what = f"has {len(content):,} bytes, more than {limit:,}."
        yield Problem(path.name, what, "Aggregate the charts' data, or show fewer columns.")
    for what, cure in (*_structure(page), *_accessibility(page), *_offline(page), *_figures(page, numbers)):
        yield Problem(path.name, what, cure)
    if not _carries(page.data("manifest"), manifest, is_static=is_static):
        yield Problem(path.name, "embeds another manifest than the edition's.", _RUN_AGAIN)
    if brief is not None:
        for what in _charts(page, brief, is_static=is_static):
            yield Problem(path.name, what, _RUN_AGAIN)


def _carries(embedded: object, manifest: Mapping[str, Any], *, is_static: bool) -> bool:
    """Tell whether a page carries the manifest; a static one at least what says which edition it belongs to."""
    if is_static and isinstance(embedded, Mapping):
        named = embedded.keys() >= {"case", "as_of"}
        return named and in_order(embedded) == in_order({key: manifest.get(key) for key in embedded})
    return in_order(embedded) == in_order(manifest)


def in_order(manifest: object) -> object:
    """Return a manifest with its lists in the order of ids: a brief lists results as its models do."""
    if not isinstance(manifest, Mapping):
        return manifest
    return {key: sorted(value, key=_id) if isinstance(value, list) else value for key, value in manifest.items()}


def _id(entry: object) -> str:
    return str(entry["id"]) if isinstance(entry, Mapping) and "id" in entry else str(entry)


def _structure(page: Markup) -> Iterator[tuple[str, str]]:
    levels = [level for level, _ in page.headings]
    if levels.count(1) != 1:
        yield f"has {levels.count(1)} h1 headings instead of one.", _TEMPLATE
    before = 0
    for level, text in page.headings:
        if level > before + 1:
            yield f"skips a heading level before {text!r} (h{before} to h{level}).", "Open a section above it."
        if not text:
            yield f"has an empty h{level}.", _TEMPLATE
        before = level
    for name, times in Counter(page.ids).items():
        if times > 1:
            yield f"has the id {name!r} {times} times.", "Give each exhibit an id of its own."


def _accessibility(page: Markup) -> Iterator[tuple[str, str]]:
    if not page.lang:
        yield "does not say its language.", _TEMPLATE
    if not page.title:
        yield "has no title.", _TEMPLATE
    if "main" not in page.landmarks:
        yield "has no main landmark.", _TEMPLATE
    if not any(link.startswith("#") for link in page.links[:1]):
        yield "does not begin with a skip link.", _TEMPLATE
    short = sum(len(name) < _SHORTEST_ALT for name in page.pictures)
    if short + page.unnamed:
        yield f"has {short + page.unnamed} pictures without alt text.", "Say in `alt` what the picture shows."
    for number, table in enumerate(page.tables, 1):
        if not table.caption:
            yield f"table {number} has no caption.", _TEMPLATE
        if not table.headers or table.scoped < table.headers:
            yield f"table {number} ({table.caption[:40]!r}) has header cells without scope.", _TEMPLATE
    broken = sorted({link for link in page.links if link.startswith("#") and link[1:] not in page.ids})
    for link in broken:
        yield f"has a link to {link!r}, which is not on the page.", "Mend the exhibit's reference."


def _offline(page: Markup) -> Iterator[tuple[str, str]]:
    for element, address in page.loads:
        yield f"loads {address[:80]!r} ({element}).", "Put it into the page; nothing may come from outside."
    if "default-src 'none'" not in page.policy:
        yield "has no policy that forbids loading (default-src 'none').", _TEMPLATE
    strange = sorted({link for link in page.links if not link.startswith(("#", "https://", "http://"))})
    for link in strange:
        yield f"has a link to {link[:80]!r}.", "Link to web addresses only."
    for name, spec in sorted(_specs(page).items()):
        if _asks_for_data(spec):
            yield f"the chart {name!r} asks for data at an address.", "Give its data inline."


def _specs(page: Markup) -> Mapping[str, Any]:
    """Return the charts' specifications by the charts' ids."""
    packed = page.packed(PACKED)
    specs = packed.get("specs") if isinstance(packed, Mapping) else None
    return specs if isinstance(specs, Mapping) else {}


def _asks_for_data(value: object) -> bool:
    if isinstance(value, Mapping):
        data = value.get("data")
        return (isinstance(data, Mapping) and "url" in data) or any(map(_asks_for_data, value.values()))
    return isinstance(value, list) and any(map(_asks_for_data, value))


def _figures(page: Markup, numbers: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, text, is_part in page.numbers:
        if name not in numbers:
            yield f"shows {text!r} as the figure {name!r}, which the manifest lacks.", _RUN_AGAIN
        elif not is_part and not agrees(text, numbers[name]):
            yield f"shows {text!r} for {name!r}; the manifest has {numbers[name].get('value')}.", _RUN_AGAIN


def _charts(page: Markup, brief: Brief, *, is_static: bool) -> Iterator[str]:
    """Every chart is there as picture with alt text, as table, and live unless the page is static."""
    captions = {table.caption for table in page.tables}
    specs = _specs(page)
    for chart in brief.of_kind("chart"):
        if chart.id not in page.ids:
            yield f"lacks the chart {chart.id!r}."
            continue
        if chart.body["alt"] not in page.pictures:
            yield f"the chart {chart.id!r} has lost its alt text."
        if not any(" ".join(chart.title.split()) in caption for caption in captions):
            yield f"the chart {chart.id!r} has lost its table of data."
        if not is_static and not specs.get(chart.id):
            yield f"the chart {chart.id!r} has lost its specification."

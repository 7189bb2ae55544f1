"""What a reports folder holds, read from the editions' manifests alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import quote

from capexlib.errors import CapexError, Problem
from capexlib.publish.folder_names import is_case, is_date
from capexlib.publish.manifest import MANIFEST
from capexlib.publish.verify import read_manifest

_READABLE = {".html": "HTML", ".pdf": "PDF", ".xlsx": "workbook"}


@dataclass(frozen=True, slots=True)
class ListedBrief:
    """A brief of an edition.

    Parameters
    ----------
    name, title, kicker, headline, status_line : str
        The notebook's name, and the words of its front; empty where it has none.
    badges : tuple of str
        Status keys.
    key_figures : tuple of Mapping
        Each with ``label``, ``value`` in words, and the ``figure``'s id, which may be empty.
    links : tuple
        Format and address relative to the reports folder.
    """

    name: str
    title: str
    kicker: str
    headline: str
    status_line: str
    badges: tuple[str, ...]
    key_figures: tuple[Mapping[str, str], ...]
    links: tuple[tuple[str, str], ...]

    @property
    def page(self) -> str:
        """Address to open first; empty if nothing a reader can open was made."""
        return self.links[0][1] if self.links else ""


@dataclass(frozen=True, slots=True)
class ListedEdition:
    """An edition.

    Parameters
    ----------
    case, as_of, entity : str
        ISO date; the entity's name as printed.
    briefs : tuple of ListedBrief
        By name.
    numbers : Mapping
        Published results by id: number and unit.
    """

    case: str
    as_of: str
    entity: str
    briefs: tuple[ListedBrief, ...]
    numbers: Mapping[str, tuple[float, str]]

    @property
    def lead(self) -> ListedBrief:
        """The brief that speaks for the edition: a briefing, else the first that has key figures."""
        by_weight = sorted(self.briefs, key=lambda brief: (brief.name != "briefing", not brief.key_figures, brief.name))
        return by_weight[0]


def read_shelves(reports: Path) -> tuple[dict[str, tuple[ListedEdition, ...]], list[Problem]]:
    """Read every edition below a reports folder.

    Parameters
    ----------
    reports : Path

    Returns
    -------
    tuple
        Editions of each case, newest first, by the case's name; and a problem for each
        edition that cannot be listed.
    """
    problems: list[Problem] = []
    found = sorted(_editions(reports, problems), key=lambda edition: edition.as_of, reverse=True)
    found.sort(key=lambda edition: edition.case)
    return {case: tuple(group) for case, group in groupby(found, key=lambda edition: edition.case)}, problems


def _editions(reports: Path, problems: list[Problem]) -> Iterator[ListedEdition]:
    for path in sorted(reports.glob(f"*/*/{MANIFEST}")):
        folder = path.parent
        case, as_of = folder.parent.name, folder.name
        if folder.is_symlink() or not (is_case(case) and is_date(as_of)):
            continue
        try:
            yield _listed(read_manifest(folder), case, as_of)
        except CapexError as error:
            problems += error.problems
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"its {MANIFEST} does not describe the edition of {case} as of {as_of} ({error})."
            problems.append(Problem(f"{case}/{as_of}", what, "Run that date again."))


def _listed(manifest: Mapping[str, Any], case: str, as_of: str) -> ListedEdition:
    named = (manifest["case"], manifest["as_of"])
    if named != (case, as_of):
        msg = f"it names {named[0]} as of {named[1]}"
        raise ValueError(msg)
    fronts = manifest["briefs"]
    if not fronts:
        msg = "it holds no brief"
        raise ValueError(msg)
    briefs = tuple(_brief(name, front, f"{case}/{as_of}") for name, front in sorted(fronts.items()))
    entity = next((front["entity"] for front in fronts.values() if front.get("entity")), manifest["entity"])
    numbers = {
        row["id"]: (number, str(row["unit"])) for row in manifest["results"] if (number := _best(row)) is not None
    }
    return ListedEdition(case, as_of, str(entity), briefs, numbers)


def _best(row: Mapping[str, Any]) -> float | None:
    numbers = (float(row[name]) for name in ("value", "low", "high") if row.get(name) is not None)
    return next((number for number in numbers if isfinite(number)), None)


def _brief(name: str, front: Mapping[str, Any], place: str) -> ListedBrief:
    links = [
        (label, quote(f"{place}/{file}"))
        for suffix, label in _READABLE.items()
        for file in front["files"]
        if file in (f"{name}{suffix}", f"tables{suffix}")
    ]
    words = (str(front.get(key, "")) for key in ("title", "kicker", "headline", "status_line"))
    title, kicker, headline, status_line = words
    return ListedBrief(
        name, title or name, kicker or name, headline, status_line, tuple(map(str, front.get("badges", ()))),
        tuple(map(_key_figure, front.get("key_figures", ()))), tuple(links),
    )  # fmt: skip


def _key_figure(item: Mapping[str, Any]) -> dict[str, str]:
    return {"label": str(item["label"]), "value": str(item["value"]), "figure": str(item.get("figure", ""))}

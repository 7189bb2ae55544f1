"""The index of a reports folder: one page and one feed, made from the manifests and nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from capexlib.errors import CapexError, ParamsError, Problem
from capexlib.figures import Status
from capexlib.periods import day_name
from capexlib.publish import fonts
from capexlib.publish.feed import feed_of
from capexlib.publish.shelves import ListedEdition, read_shelves
from capexlib.publish.sparkline import sparkline

INDEX, FEED = "index.html", "feed.xml"
TITLE = "Briefs on capital-expenditure plans"
_LOCK, _WAIT_S = ".index.lock", 60


@dataclass(frozen=True, slots=True)
class Written:
    """What an index lists.

    Parameters
    ----------
    page, feed : Path
    cases, editions : int
    problems : list of Problem
        One for each edition that could not be listed.
    """

    page: Path
    feed: Path
    cases: int
    editions: int
    problems: list[Problem]


def write_index(reports: Path) -> Written:
    """Write the index and the feed of a reports folder, each at once or not at all.

    Parameters
    ----------
    reports : Path

    Returns
    -------
    Written

    Raises
    ------
    ParamsError
        If there is no such folder.
    CapexError
        If the disk refuses, or another run keeps the index busy.
    """
    from filelock import FileLock, Timeout

    if not reports.is_dir():
        raise ParamsError([Problem(str(reports), "is no folder.", "Name the folder that holds the editions.")])
    try:
        with FileLock(reports / _LOCK, timeout=_WAIT_S):
            shelves, problems = read_shelves(reports)
            every = [edition for editions in shelves.values() for edition in editions]
            _replace(reports / INDEX, render_index(shelves).encode("utf-8", "replace"))
            _replace(reports / FEED, feed_of(every, TITLE))
    except Timeout as error:
        cure = "Wait for the other run, then: capex index"
        raise CapexError.single(str(reports), f"the index has been busy for {_WAIT_S} s.", cure) from error
    except OSError as error:
        cure = "Make room or mend the permissions, then: capex index"
        raise CapexError.single(error.filename or str(reports), f"{error.strerror or error}.", cure) from error
    return Written(reports / INDEX, reports / FEED, len(shelves), len(every), problems)


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


def render_index(shelves: Mapping[str, Sequence[ListedEdition]]) -> str:
    """Return the page that lists editions.

    Parameters
    ----------
    shelves : Mapping
        Editions of each case, newest first, by the case's name.

    Returns
    -------
    str
        One page: no script, no outside address.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("capexlib.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    given = {
        "title": TITLE,
        "cases": [_case(editions) for editions in shelves.values()],
        "badges": {status.value: status.badge for status in Status},
        "firm": {status.value for status in Status if status.is_verified},
    }
    template = environment.get_template("index.html.j2")
    letters = set(template.render(**given, style="")) | set(fonts.BASIC_LATIN)
    return template.render(**given, style=Markup(_style(letters)))  # noqa: S704 - our own CSS


def _case(editions: Sequence[ListedEdition]) -> dict[str, Any]:
    newest = editions[0]
    label, traced = _traced(editions)
    known = [(date.fromisoformat(edition.as_of), *found) for edition, found in traced if found]
    known.reverse()
    words = "; ".join(f"{value} as of {day_name(day)}" for day, _, value in known)
    picture = sparkline([day for day, _, _ in known], [number for _, number, _ in known], f"{label}: {words}")
    return {
        "case": newest.case, "entity": newest.entity, "lead": newest.lead, "label": label,
        "day": day_name(date.fromisoformat(newest.as_of)), "as_of": newest.as_of, "sparkline": picture,
        "editions": [
            {"as_of": edition.as_of, "day": day_name(date.fromisoformat(edition.as_of)), "lead": edition.lead,
             "briefs": edition.briefs, "value": found[1] if found else ""}
            for edition, found in traced
        ],
    }  # fmt: skip


def _traced(editions: Sequence[ListedEdition]) -> tuple[str, list[tuple[ListedEdition, tuple[float, str] | None]]]:
    """Follow the newest edition's first key figure through the editions that give it in the same unit."""
    figures = [item for item in editions[0].lead.key_figures if item.get("figure") in editions[0].numbers]
    if not figures:
        return "", [(edition, None) for edition in editions]
    first = figures[0]
    figure, unit = first["figure"], editions[0].numbers[first["figure"]][1]
    found: list[tuple[ListedEdition, tuple[float, str] | None]] = []
    for edition in editions:
        number, own = edition.numbers.get(figure, (0.0, ""))
        said = next((item["value"] for item in edition.lead.key_figures if item.get("figure") == figure), "")
        found.append((edition, (number, said) if own == unit and said else None))
    return str(first["label"]), found


def _style(letters: set[str]) -> str:
    """Faces with the letters in use, the briefs' own style, and what only the index needs."""
    own = {letter for letter in letters - fonts.WITHOUT_GLYPH if not fonts.uncovered(letter)}
    faces = []
    for (weight, style), name in fonts.FACES.items():
        if style == "normal":
            data = base64.b64encode(fonts.subset_woff(fonts.font_directory() / name, frozenset(own))).decode()
            source = f'src:url(data:font/woff;base64,{data}) format("woff")'
            faces.append(f'@font-face{{font-family:"{fonts.FAMILY}";font-weight:{weight};font-display:block;{source}}}')
    sheets = (
        files("capexlib.publish").joinpath(f"templates/{name}.css").read_text("utf-8") for name in ("brief", "index")
    )
    return "\n".join([*faces, *(re.sub(r"/\*.*?\*/|\n\s*", "", sheet) for sheet in sheets)])

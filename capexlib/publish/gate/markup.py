"""An HTML page read for its structure: headings, numbers, addresses, tables, pictures."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_LOADING = frozenset({"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href", "ping"})
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+([^;]+)")


@dataclass(slots=True)
class Table:
    """A table: its caption, its header cells, and how many of them say what they head."""

    caption: str = ""
    headers: int = 0
    scoped: int = 0


@dataclass(slots=True)
class Markup:
    """What a page holds.

    Parameters
    ----------
    lang, title, policy : str
        Language, title element, content security policy.
    headings : list of (int, str)
    ids : list of str
        In order, with repetitions.
    numbers : list of (str, str, bool)
        Figure id, printed text, and whether that is one of the values that the figure sums up.
    pictures : list of str
        Names of the elements that stand for pictures; empty where one has none.
    unnamed : int
        Pictures that neither have a name nor are hidden from readers.
    tables : list of Table
    loads : list of (str, str)
        Element and outside address that the page would load.
    links : list of str
        Addresses a reader can follow.
    scripts : dict
        Contents of script elements by id.
    landmarks : set of str
    """

    lang: str = ""
    title: str = ""
    policy: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str, bool]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    unnamed: int = 0
    tables: list[Table] = field(default_factory=list)
    loads: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    scripts: dict[str, str] = field(default_factory=dict)
    landmarks: set[str] = field(default_factory=set)

    def data(self, name: str) -> Any:
        """Return the JSON of a script element, None where it is missing or broken."""
        try:
            return json.loads(self.scripts[name])
        except (KeyError, ValueError):
            return None

    def packed(self, name: str) -> Any:
        """Return the deflated JSON of a script element, None where it is missing or broken."""
        try:
            return json.loads(zlib.decompress(base64.b64decode(self.scripts[name])))
        except (KeyError, ValueError, binascii.Error, zlib.error):
            return None


def read_markup(page: str) -> Markup:
    """Read a page.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    Markup

    Examples
    --------
    >>> read_markup('<html lang="en"><h1>Acme <em>leads</em></h1>').headings
    [(1, 'Acme leads')]
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self._open: list[_Open] = []
        self._tables: list[Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._note(tag, attributes)
        if tag not in _VOID:
            self._open.append(_Open(tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, {name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        while any(element.tag == tag for element in self._open):
            element = self._open.pop()
            self._close(element)
            if element.tag == tag:
                break

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        found = self.found
        if name := attributes.get("id"):
            found.ids.append(name)
        if tag == "html":
            found.lang = attributes.get("lang", "")
        if tag in {"main", "nav", "header"}:
            found.landmarks.add(tag)
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            found.policy = attributes.get("content", "")
        self._note_addresses(tag, attributes)
        if tag == "table":
            self._tables.append(Table())
            found.tables.append(self._tables[-1])
        if tag == "th" and self._tables:
            self._tables[-1].headers += 1
            self._tables[-1].scoped += attributes.get("scope") in {"col", "row", "colgroup", "rowgroup"}
        self._note_pictures(tag, attributes)

    def _note_addresses(self, tag: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            loads = name in _LOADING or (name == "href" and tag != "a")
            if loads and not value.startswith(("data:", "#")):
                self.found.loads.append((f"{tag} {name}", value))
            if name == "style":
                self._note_style(tag, value)
        if tag == "a" and "href" in attributes:
            self.found.links.append(attributes["href"])
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            self.found.loads.append(("meta refresh", attributes.get("content", "")))

    def _note_style(self, tag: str, text: str) -> None:
        for url, imported in _CSS_URL.findall(text):
            if not url.startswith(("data:", "#")):
                self.found.loads.append((f"{tag} style", url or imported))

    def _note_pictures(self, tag: str, attributes: dict[str, str]) -> None:
        is_picture = attributes.get("role") == "img" or tag == "img"
        if is_picture:
            name = attributes.get("aria-label") or attributes.get("alt") or ""
            self.found.pictures.append(name)
        elif tag == "svg" and attributes.get("aria-hidden") != "true":
            around = any(o.attributes.get("role") == "img" or o.attributes.get("aria-hidden") for o in self._open)
            self.found.unnamed += not (around or attributes.get("aria-label"))

    def _close(self, element: _Open) -> None:
        found, text = self.found, " ".join("".join(element.text).split())
        if re.fullmatch(r"h[1-6]", element.tag):
            found.headings.append((int(element.tag[1]), text))
        elif element.tag == "title" and not found.title and not any(o.tag == "svg" for o in self._open):
            found.title = text
        elif element.tag == "caption" and self._tables:
            self._tables[-1].caption = text
        elif element.tag == "table" and self._tables:
            self._tables.pop()
        elif element.tag == "style":
            self._note_style("style", "".join(element.text))
        elif element.tag == "script" and "id" in element.attributes:
            found.scripts[element.attributes["id"]] = "".join(element.text)
        if name := element.attributes.get("data-figure") or element.attributes.get("data-unknown"):
            found.numbers.append((name, "".join(element.text), "data-part" in element.attributes))

"""An Atom feed of the editions: what came out, newest first (RFC 4287)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from capexlib.publish.shelves import ListedEdition

ATOM = "http://www.w3.org/2005/Atom"
"""The namespace of Atom; a name, not an address that anything opens."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEFORE_ANY = "1970-01-01"
_FAMILY = uuid.uuid5(uuid.NAMESPACE_OID, "capexlib editions")


def feed_of(editions: Iterable[ListedEdition], title: str) -> bytes:
    """Write the feed.

    Parameters
    ----------
    editions : iterable of ListedEdition
    title : str
        The feed's.

    Returns
    -------
    bytes
        UTF-8. An entry is dated by its edition's as-of date and named by case and date,
        so that the same editions give the same bytes.
    """
    ET.register_namespace("", ATOM)
    ordered = sorted(editions, key=lambda edition: edition.case)
    ordered.sort(key=lambda edition: edition.as_of, reverse=True)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", _name("feed"))
    _add(feed, "title", title)
    _add(feed, "updated", _instant(ordered[0].as_of if ordered else _BEFORE_ANY))
    _add(_add(feed, "author"), "name", "capexlib")
    _add(feed, "link", rel="self", type="application/atom+xml", href="feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href="index.html")
    for edition in ordered:
        _entry(feed, edition)
    ET.indent(feed, space=" ")
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def _entry(feed: ET.Element, edition: ListedEdition) -> None:
    lead = edition.lead
    entry = _add(feed, "entry")
    _add(entry, "id", _name(f"{edition.case}/{edition.as_of}"))
    _add(entry, "title", lead.title)
    _add(entry, "updated", _instant(edition.as_of))
    _add(entry, "category", term=edition.case, label=edition.entity)
    _add(
        entry,
        "summary",
        " ".join(part for part in (lead.headline, lead.status_line) if part) or lead.title,
        type="text",
    )
    _add(entry, "link", rel="alternate", type="text/html", href=lead.page or "index.html")
    for brief in edition.briefs:
        for label, address in brief.links:
            if address != lead.page:
                _add(entry, "link", rel="related", href=address, title=f"{brief.kicker} ({label})")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", {key: _plain(value) for key, value in attributes.items()})
    element.text = _plain(text) or None
    return element


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _name(what: str) -> str:
    return uuid.uuid5(_FAMILY, what).urn


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"

"""Strict YAML with line numbers: the only reader of claims and params files.

Files are hostile until read. No anchors (so no expansion bombs), no tags (so no
objects), no duplicate keys, bounded size and depth; scalars follow the YAML 1.2
core schema, so ``no`` is a word and ``2025-12-23`` is text, not a date. Text holds
no control characters: no page, chart or path can take them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import yaml

from capexlib.errors import Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 24
MAX_PROBLEMS = 100

KeyPath = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None,
          "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentError(Exception):
    """A file that cannot be read as a strict document; holds the problems."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(slots=True)
class Document:
    """A file's content with the line on which every key and item stands.

    Parameters
    ----------
    name : str
        The file as the user knows it (never an absolute path).
    content : dict
        Plain Python values.
    lines : dict
        Path of keys and indices to ``file:line``.
    """

    name: str
    content: dict[str, Any]
    lines: dict[KeyPath, str] = field(default_factory=dict)

    def where(self, path: KeyPath) -> str:
        """Say ``file:line key.path`` for a path, as near as it is known; a setting inside it comes first."""
        inside = (line for deeper, line in self.lines.items() if path and deeper[: len(path)] == path)
        if setting := next((line for line in inside if line.startswith("--set ")), ""):
            return setting if setting.endswith(dotted(path)) else f"{setting} ({dotted(path)})"
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        place = self.lines.get(known, self.name)
        return place if place.endswith(dotted(path)) else f"{place} {dotted(path)}"


def dotted(path: KeyPath) -> str:
    """Write a path as a user would: ``peers[2].name``.

    Examples
    --------
    >>> dotted(("peers", 2, "name"))
    'peers[2].name'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def is_there(path: Path) -> bool:
    """Whether a path exists; one that no file system can hold does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_document(path: Path, name: str | None = None) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
    name : str, optional
        How messages call the file; its last two path parts if not given.

    Returns
    -------
    Document

    Raises
    ------
    DocumentError
        If the file is missing, too large, not UTF-8, or not strict YAML.
    """
    name = name or "/".join(path.parts[-2:])
    try:
        found = path.stat()
        if S_ISDIR(found.st_mode) or not S_ISREG(found.st_mode):
            kind = "a folder" if S_ISDIR(found.st_mode) else "a device, not a file"
            raise DocumentError([Problem(name, f"This is {kind}.", "Name a YAML file.")])
        if found.st_size > MAX_BYTES:
            what = f"The file has {found.st_size:,} bytes; the limit is {MAX_BYTES:,}."
            raise DocumentError([Problem(name, what, "Split it.")])
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(
            [Problem(name, f"Not UTF-8 text (byte {error.start}).", "Save the file as UTF-8.")]
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DocumentError([Problem(name, f"The file cannot be read: {why}.", "Check the path.")]) from error
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Document:
    """Read YAML text; see :func:`read_document`."""
    document = Document(name, {})
    try:
        _Builder(document).run(yaml.parse(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = str(getattr(error, "problem", None) or error).strip().splitlines()[0].rstrip(".")
        raise DocumentError(
            [Problem(f"{name}:{line}", f"Not valid YAML: {what}.", "Mend the syntax at this line.")]
        ) from error
    return document


def scalar(text: str) -> Any:
    """Resolve a plain scalar by the YAML 1.2 core schema, dates left as text.

    Raises
    ------
    ValueError
        If it is a number too large for a float, infinite or not a number.

    Examples
    --------
    >>> scalar("1e3"), scalar("no"), scalar("2025-12-23"), scalar("007")
    (1000.0, 'no', '2025-12-23', 7)
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text) > 30:
            msg = f"number {text[:12]}… is too long"
            raise ValueError(msg)
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            msg = f"number {text} is too large"
            raise ValueError(msg)
        return number
    if _SPECIAL_FLOAT.fullmatch(text):
        msg = f"{text} is not a usable number"
        raise ValueError(msg)
    return text


class _Builder:
    """Builds values from parser events with an explicit stack (no recursion)."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.stack: list[tuple[Any, KeyPath]] = []
        self.key: list[str | None] = []

    def run(self, events: Iterator[Any]) -> None:
        documents = 0
        for event in events:
            kind = type(event).__name__
            line = event.start_mark.line + 1
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    self._refuse(line, "A second document in one file.", "Keep one document a file.")
                    break
            elif kind == "AliasEvent":
                self._refuse(line, "An alias (*name) is not allowed.", "Write the value out.")
                break
            elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
                if event.anchor or (event.tag and event.tag != "!"):
                    mark = f"&{event.anchor}" if event.anchor else event.tag
                    self._refuse(line, f"An anchor or tag ({mark}) is not allowed.", "Write a plain value.")
                    break
                if kind == "ScalarEvent" and _CONTROL.search(event.value):
                    self._refuse(line, "A control character stands in the text.", "Remove it.")
                    break
                if not self._value(event, kind, line) or len(self.problems) >= MAX_PROBLEMS:
                    break
            elif kind in ("SequenceEndEvent", "MappingEndEvent"):
                self.stack.pop()
                self.key.pop()
        if not self.problems and not isinstance(self.document.content, dict):
            self._refuse(1, "The file does not hold keys and values.", "Start with 'key: value' lines.")
        if self.problems:
            raise DocumentError(self.problems)

    def _refuse(self, line: int, what: str, cure: str) -> None:
        self.problems.append(Problem(f"{self.document.name}:{line}", what, cure))

    def _value(self, event: Any, kind: str, line: int) -> bool:
        """Place one value; False stops the reading."""
        if self.stack and isinstance(self.stack[-1][0], dict) and self.key[-1] is None:
            return self._take_key(event, kind, line)
        if kind == "ScalarEvent":
            try:
                value = scalar(event.value) if event.implicit[0] else event.value
            except ValueError as error:
                self._refuse(line, f"{str(error).capitalize()}.", "Write an ordinary finite number.")
                value = None
            self._attach(value, line)
            return True
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(line, f"Nested deeper than {MAX_DEPTH} levels.", "Flatten the structure.")
            return False
        value = {} if kind == "MappingStartEvent" else []
        path = self._attach(value, line)
        self.stack.append((value, path))
        self.key.append(None)
        return True

    def _take_key(self, event: Any, kind: str, line: int) -> bool:
        if kind != "ScalarEvent":
            self._refuse(line, "A key must be a word.", "Write 'key: value'.")
            return False
        mapping, path = self.stack[-1]
        if event.value in mapping:
            self._refuse(line, f"The key {dotted((*path, event.value))!r} stands twice.", "Keep one of them.")
        self.key[-1] = event.value
        self.document.lines[(*path, event.value)] = f"{self.document.name}:{line}"
        return True

    def _attach(self, value: Any, line: int) -> KeyPath:
        if not self.stack:
            self.document.content = value
            return ()
        container, path = self.stack[-1]
        if isinstance(container, dict):
            name = str(self.key[-1])
            container[name] = value
            self.key[-1] = None
            return (*path, name)
        container.append(value)
        here = (*path, len(container) - 1)
        self.document.lines.setdefault(here, f"{self.document.name}:{line}")
        return here

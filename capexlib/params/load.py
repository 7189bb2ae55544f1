"""Read a params file: follow ``extends``, apply overrides, check, report everything at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from capexlib.documents import Document, DocumentError, KeyPath, dotted, is_there, parse_document, read_document
from capexlib.errors import ParamsError, Problem, did_you_mean
from capexlib.params.schema import Case
from capexlib.schemas import validate

MAX_EXTENDS = 10
MAX_FILES = 50


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """A case with where it came from.

    Parameters
    ----------
    case : Case
        The checked schema.
    path : Path
        The params file.
    resolved : dict
        Plain values after ``extends`` and overrides.
    overridden : tuple of str
        Dotted keys that an override set.
    """

    case: Case
    path: Path
    resolved: dict[str, Any]
    overridden: tuple[str, ...]

    @property
    def evidence(self) -> tuple[Path, ...]:
        """Folders or files of the case's own evidence."""
        return tuple((self.path.parent / place).resolve() for place in self.case.evidence)


def load_case(path: str | Path, overrides: Mapping[str, Any] | None = None, *, today: date | None = None) -> LoadedCase:
    """Read and check a params file.

    Parameters
    ----------
    path : str or Path
    overrides : mapping, optional
        Dotted key to value; text is read as YAML (``"1.3"`` is a number).
    today : datetime.date, optional
        For the check that `as_of` is not in the future; the system's date if not given.

    Returns
    -------
    LoadedCase

    Raises
    ------
    ParamsError
        With every problem, each with file, line, key and cure.
    """
    file = Path(path)
    try:
        document = _follow(file, (), [])
        overridden = _apply(document, overrides)
    except DocumentError as error:
        raise ParamsError(error.problems) from error
    case, problems = validate(Case, document.content, document)
    if case is not None:
        problems += _judge(case, document, file, today or datetime.now(UTC).astimezone().date())
    if problems or case is None:
        raise ParamsError(problems)
    return LoadedCase(case, file, document.content, overridden)


def merged(path: str | Path) -> dict[str, Any]:
    """Read a params file over what it extends, without asking whether it is a whole case.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict

    Raises
    ------
    DocumentError
        If a file cannot be read.
    """
    return _follow(Path(path), (), []).content


def _follow(file: Path, seen: tuple[Path, ...], read: list[Path]) -> Document:
    """Read a file over what it extends; `read` lists every file read so far."""
    document = read_document(file)
    here = file.resolve()
    read.append(here)
    if len(read) > MAX_FILES:
        what = f"'extends' leads to more than {MAX_FILES} files."
        raise DocumentError([Problem(document.where(("extends",)), what, "Extend fewer files.")])
    if here in seen:
        chain = " → ".join(p.name for p in (*seen, here))
        raise DocumentError([Problem(document.where(("extends",)), f"'extends' runs in a circle: {chain}.",
                                     "Remove one link.")])  # fmt: skip
    parents = document.content.pop("extends", None)
    if parents is None:
        return document
    parents = parents if isinstance(parents, list) else [parents]
    relative = all(isinstance(parent, str) and not Path(parent).is_absolute() for parent in parents)
    if not parents or not relative or len(seen) >= MAX_EXTENDS:
        what = f"'extends' is {parents!r}; it must name relative paths, at most {MAX_EXTENDS} deep."
        raise DocumentError([Problem(document.where(("extends",)), what, "Write for instance 'extends: base.yml'.")])
    layers = [*(_below(file, parent, (*seen, here), read) for parent in parents), document]
    below = layers[0]
    for layer in layers[1:]:
        _merge(below, layer.content, layer, ())
    below.name = document.name
    return below


def _below(file: Path, parent: str, seen: tuple[Path, ...], read: list[Path]) -> Document:
    """Read what a file extends; its evidence stays relative to where it was written."""
    document = _follow(file.parent / parent, seen, read)
    places = document.content.get("evidence")
    if isinstance(places, list):
        folder = PurePosixPath(Path(parent).as_posix()).parent
        document.content["evidence"] = [
            normpath(folder / place) if isinstance(place, str) and not Path(place).is_absolute() else place
            for place in places
        ]
    return document


def _merge(below: Document, over: dict[str, Any], source: Document, path: KeyPath) -> None:
    """Lay keys over: mappings merge, anything else replaces, null removes."""
    target: Any = below.content
    for part in path:
        target = target[part]
    for key, value in over.items():
        here = (*path, key)
        if value is None and key in target:
            del target[key]
            continue
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            below.lines[here] = source.lines[here]
            _merge(below, value, source, here)
            continue
        target[key] = value
        below.lines.update({p: line for p, line in source.lines.items() if p[: len(here)] == here})


def _apply(document: Document, overrides: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Set dotted keys, null removes; unknown ones are found by the schema, with the override named."""
    if overrides is None:
        return ()
    if not isinstance(overrides, Mapping) or not all(isinstance(key, str) for key in overrides):
        what = f"Overrides map dotted keys to values, not {overrides!r:.60}."
        raise DocumentError([Problem("overrides", what, "Write for instance {'scale.pue.value': 1.3}.")])
    problems: list[Problem] = []
    for key, given in overrides.items():
        parts = key.split(".")
        target = document.content
        for depth, part in enumerate(parts[:-1]):
            step = target.get(part) if isinstance(target, dict) else None
            if not isinstance(step, dict):
                known = target if isinstance(target, dict) else {}
                where = f"--set {key}"
                what = f"Nothing with keys stands at {dotted(tuple(parts[: depth + 1]))!r}."
                nearest = "" if part in known else did_you_mean(part, known)
                problems.append(Problem(where, what, nearest or "Set the whole value above it."))
                break
            target = step
        else:
            try:
                value = _typed(given) if isinstance(given, str) else given
            except DocumentError as error:
                problems.append(Problem(f"--set {key}", error.problems[0].what, "Mend the value, or quote it."))
                continue
            for path in [path for path in document.lines if path[: len(parts)] == tuple(parts)]:
                del document.lines[path]
            document.lines[tuple(parts)] = f"--set {key}"
            if value is None and parts[-1] in target:
                del target[parts[-1]]
            else:
                target[parts[-1]] = value
    if problems:
        raise DocumentError(problems)
    return tuple(sorted(overrides))


def _typed(text: str) -> Any:
    """Read the text of an override as YAML."""
    content = parse_document(f"value: {text}", "value").content
    if set(content) != {"value"}:
        raise DocumentError([Problem("value", "An override is one value.", "Set each key by itself.")])
    return content["value"]


def _judge(case: Case, document: Document, file: Path, today: date) -> list[Problem]:
    """Say what the schema cannot see by itself."""
    problems: list[Problem] = []
    if case.as_of > today:
        what = f"as_of {case.as_of} lies in the future (today is {today})."
        problems.append(Problem(document.where(("as_of",)), what, "Choose a day that has come."))
    if case.entity in case.peers:
        what = f"{case.entity!r} is its own peer."
        problems.append(Problem(document.where(("peers",)), what, "Remove it from the peers."))
    repeated = sorted({peer for peer in case.peers if case.peers.count(peer) > 1})
    if repeated:
        problems.append(Problem(document.where(("peers",)), f"Listed twice: {', '.join(repeated)}.", "List each once."))
    for index, place in enumerate(case.evidence):
        where = document.where(("evidence", index))
        if Path(place).is_absolute():
            problems.append(Problem(where, f"{place!r} is an absolute path.", "Write it relative to the params file."))
        elif not is_there(file.parent / place):
            problems.append(Problem(where, f"No such file or folder: {place!r}.", "Check the path."))
    return problems

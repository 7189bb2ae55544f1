"""Where a case's notebooks and reports are.

A project is a folder that holds ``notebooks/``. It is looked for from the params file
upwards, then from the working directory upwards, so that params may lie anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from capexlib.errors import ParamsError, Problem, did_you_mean

NOTEBOOKS, PARAMS, REPORTS = "notebooks", "params", "reports"
_DEEPEST = 10


def find_project(start: Path | None = None) -> Path:
    """Find the project that a file belongs to.

    Parameters
    ----------
    start : Path or None
        A params file or a folder; None starts from the working directory.

    Returns
    -------
    Path

    Raises
    ------
    ParamsError
        If no folder upwards of either holds ``notebooks/``.
    """
    for origin in (start, Path.cwd()):
        if origin is None:
            continue
        here = resolved(origin)
        for folder in (here, *here.parents):
            if (folder / NOTEBOOKS).is_dir():
                return folder
    where = str(start or Path.cwd())
    cure = "Work inside the project, or put the params file there."
    raise ParamsError([Problem(where, f"no folder above it, nor above this one, holds {NOTEBOOKS}/.", cure)])


def resolved(path: Path) -> Path:
    """Follow a path's links.

    Raises
    ------
    ParamsError
        If they lead in a circle, or the path is none.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        cure = "Give the path of a file or folder."
        raise ParamsError([Problem(str(path), f"cannot be followed ({error}).", cure)]) from error


def find_notebooks(project: Path, briefs: Sequence[str] = ()) -> tuple[Path, ...]:
    """List a project's briefs, all of them or those named.

    Parameters
    ----------
    project : Path
        Holds ``notebooks/``.
    briefs : sequence of str
        Names; empty for all.

    Returns
    -------
    tuple of Path
        Sorted by name.

    Raises
    ------
    ParamsError
        With every unknown name, or if there is no notebook at all.
    """
    known = {path.stem: path for path in sorted((project / NOTEBOOKS).glob("*.ipynb"))}
    if not known:
        cure = "Put a brief there, for instance scale.ipynb."
        raise ParamsError([Problem(str(project / NOTEBOOKS), "holds no notebook.", cure)])
    unknown = [name for name in briefs if name not in known]
    if unknown:
        raise ParamsError(
            Problem(f"--brief {name}", f"{NOTEBOOKS}/ holds no such brief.", did_you_mean(name, known))
            for name in unknown
        )
    return tuple(path for name, path in known.items() if not briefs or name in briefs)


def find_cases(project: Path) -> tuple[Path, ...]:
    """List the params files that name a case, themselves or by what they extend; the others are bases.

    A file that cannot be read is listed too: checking it says what is wrong.
    """
    return tuple(path for path in sorted((project / PARAMS).glob("*.yml")) if _names_case(path))


def _names_case(path: Path, depth: int = 0) -> bool:
    from capexlib.documents import DocumentError, read_document

    if depth > _DEEPEST:
        return True
    try:
        content = read_document(path).content
    except DocumentError:
        return True
    extends = content.get("extends") or []
    below = [extends] if isinstance(extends, str) else extends
    return "case" in content or any(_names_case(path.parent / str(name), depth + 1) for name in below)


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """Read ``--set dotted.key=value`` arguments.

    Raises
    ------
    ParamsError
        With every argument that has no ``=`` or no key, and every key that is set twice.

    Examples
    --------
    >>> parse_settings(["plan.year=2026"])
    {'plan.year': '2026'}
    """
    pairs = [text.partition("=") for text in settings]
    wrong = [text for text, (key, sign, _) in zip(settings, pairs, strict=True) if not sign or not key.strip()]
    if wrong:
        cure = "Write --set dotted.key=value."
        raise ParamsError(Problem(f"--set {text}", "is not a key with a value.", cure) for text in wrong)
    keys = [key.strip() for key, _, _ in pairs]
    if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        raise ParamsError(Problem(f"--set {key}", "is set twice.", "Keep one of them.") for key in twice)
    return dict(zip(keys, (value for _, _, value in pairs), strict=True))

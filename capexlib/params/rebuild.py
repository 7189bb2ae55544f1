"""Rebuild a case from the resolved params that a manifest holds, under today's schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from capexlib.documents import Document
from capexlib.errors import ParamsError
from capexlib.params.load import LoadedCase
from capexlib.params.schema import Case
from capexlib.schemas import validate


def rebuilt_case(resolved: Mapping[str, Any], path: Path, like: Mapping[str, Any] | None = None) -> LoadedCase:
    """Rebuild a case as it was, as far as today's schema can say it.

    Parameters
    ----------
    resolved : Mapping
        Params of an edition's manifest.
    path : Path
        The params file, from which evidence is looked for; it need not exist any more.
    like : Mapping, optional
        Newer params: keys that the schema has come to need are taken from here, and so is the
        order of all others: a manifest's keys are sorted, but a gate's states and a case's vendors
        are numbered in the order in which they were written.

    Returns
    -------
    LoadedCase

    Raises
    ------
    ParamsError
        If they still do not fit.
    """
    content = _ordered(_fitted(Case, resolved, like or {}), like or {})
    case, problems = validate(Case, content, Document(f"params of {resolved.get('case')}", content))
    if case is None:
        raise ParamsError(problems)
    return LoadedCase(case, path, content, ())


def _fitted(model: type[BaseModel], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Drop keys that the schema no longer knows; fill those that it has come to need."""
    fitted: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        value = old.get(name)
        if name not in old:
            if field.is_required() and name in new:
                fitted[name] = new[name]
            continue
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel) and isinstance(value, Mapping):
            below = new.get(name)
            fitted[name] = _fitted(inner, value, below if isinstance(below, Mapping) else {})
        else:
            fitted[name] = value
    return fitted


def _ordered(value: Any, like: Any) -> Any:
    """Put the keys of nested mappings in the order of another; those it lacks stand last."""
    if not isinstance(value, Mapping):
        return value
    pattern = like if isinstance(like, Mapping) else {}
    names = [*(name for name in pattern if name in value), *(name for name in value if name not in pattern)]
    return {name: _ordered(value[name], pattern.get(name)) for name in names}

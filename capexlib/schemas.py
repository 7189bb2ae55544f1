"""The base of every file schema, and pydantic's complaints in the user's words."""

from __future__ import annotations

import types
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from capexlib.documents import Document, KeyPath
from capexlib.errors import Problem, did_you_mean


class Strict(BaseModel):
    """A frozen schema that refuses unknown keys and silent type changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


MAX_SHOWN = 50
_SMALLEST, _LARGEST = 1e-12, 1e18


def _sizeable(number: float) -> float:
    if number and not _SMALLEST <= abs(number) <= _LARGEST:
        word = "small" if abs(number) < 1 else "large"
        msg = f"{number:g} is too {word} to mean anything || Write an ordinary number in a fitting unit."
        raise ValueError(msg)
    return number


Number = Annotated[float, AfterValidator(_sizeable)]
"""A number that stays finite through any product and ratio of the models."""

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], content: Any, document: Document, path: KeyPath = ()
) -> tuple[Model | None, list[Problem]]:
    """Validate content read from a document.

    Parameters
    ----------
    model : type
        The schema.
    content : object
        What stands at `path` in the document.
    document : Document
        Where lines are known from.
    path : tuple
        Where `content` stands in the document.

    Returns
    -------
    tuple
        The validated model, or None and every problem.
    """
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_problem(model, detail, document, path) for detail in details[:MAX_SHOWN]]
        if len(details) > MAX_SHOWN:
            what = f"{len(details) - MAX_SHOWN} more problems."
            problems.append(Problem(document.where(path), what, "Mend the first ones and check again."))
        return None, problems


def _problem(model: type[BaseModel], detail: Any, document: Document, path: KeyPath) -> Problem:
    inner: KeyPath = tuple(detail["loc"])
    where = document.where((*path, *inner))
    kind, message = detail["type"], str(detail["msg"])
    if kind == "extra_forbidden":
        return Problem(
            where, f"Unknown key {str(inner[-1])!r}.", did_you_mean(str(inner[-1]), _keys_at(model, inner[:-1]))
        )
    if kind == "missing":
        return Problem(where, f"The key {str(inner[-1])!r} is missing.", "Add it.")
    if kind == "model_type":
        return Problem(where, "Keys and values are expected here.", "Write 'key: value' lines below it.")
    if kind == "value_error":
        what, _, cure = message.removeprefix("Value error, ").partition(" || ")
        return Problem(where, _sentence(what), cure or "Mend the value.")
    shown = repr(detail["input"])
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    plain = message.replace("valid tuple", "list").replace("valid dictionary", "set of 'key: value' lines")
    return Problem(where, f"{_sentence(plain)} Found {shown}.", "Mend the value.")


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Known keys of the schema that stands at `path` below `model`."""
    found: type[BaseModel] | None = model
    annotation: Any = model
    for part in path:
        if found is not None and isinstance(part, str) and part in found.model_fields:
            annotation = found.model_fields[part].annotation
        else:
            annotation = (get_args(annotation) or (None,))[-1]
        found = _schema_in(annotation)
    return list(found.model_fields) if found else []


def _schema_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType):
        return next((s for s in map(_schema_in, get_args(annotation)) if s), None)
    return None

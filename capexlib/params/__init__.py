"""Params: what an analyst writes for a case, checked before anything runs."""

from collections.abc import Iterator
from typing import Any

from capexlib.params.load import LoadedCase, load_case
from capexlib.params.schema import Assumption, Case, assumptions_of

__all__ = ["Assumption", "Case", "LoadedCase", "assumptions_of", "json_schema", "load_case"]

_NULL = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """JSON Schema of a params file, for editors.

    Returns
    -------
    dict
        Every key may be absent, because ``extends`` may supply it; every entry of a mapping and
        every key that a case need not have may be null, which takes out what ``extends`` supplies.
    """
    schema = Case.model_json_schema()
    schema["title"] = "capexlib params"
    for mapping in list(_mappings(schema)):
        required = mapping.pop("required", ())
        properties = mapping.get("properties", {})
        properties |= {name: _or_null(part) for name, part in properties.items() if name not in required}
        entries = mapping.get("patternProperties", {})
        entries |= {pattern: _or_null(part) for pattern, part in entries.items()}
    one = {"type": "string", "description": "Params file to build on, relative path"}
    schema["properties"]["extends"] = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    return schema


def _mappings(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema of keys and values inside a schema, innermost first."""
    if isinstance(part, dict):
        for inner in part.values():
            yield from _mappings(inner)
        if part.get("type") == "object":
            yield part
    elif isinstance(part, list):
        for inner in part:
            yield from _mappings(inner)


def _or_null(part: dict[str, Any]) -> dict[str, Any]:
    """Allow null beside what a schema allows, and keep what editors show of it."""
    if _NULL in part.get("anyOf", ()):
        return part
    shown = {key: part[key] for key in ("title", "description", "default") if key in part}
    return shown | {"anyOf": [{key: value for key, value in part.items() if key not in shown}, _NULL]}

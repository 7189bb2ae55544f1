"""Params: what an analyst writes for a case, checked before anything runs."""

from typing import Any

from capexlib.params.load import LoadedCase, load_case
from capexlib.params.schema import Assumption, Case, assumptions_of

__all__ = ["Assumption", "Case", "LoadedCase", "assumptions_of", "json_schema", "load_case"]


def json_schema() -> dict[str, Any]:
    """JSON Schema of a params file, for editors.

    Returns
    -------
    dict
        Every key may be absent, because ``extends`` may supply it.
    """
    schema = Case.model_json_schema()
    schema["title"] = "capexlib params"
    one = {"type": "string", "description": "Params file to build on, relative path"}
    schema["properties"]["extends"] = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    schema.pop("required", None)
    for definition in schema.get("$defs", {}).values():
        definition.pop("required", None)
    return schema

"""JSON merge patches (RFC 7396): members replace, objects merge, null removes."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel

Document = dict[str, Any]

MEANING = "A merge patch (RFC 7396): what is left out stays, null goes back to the default."


def merged(target: Any, patch: Any) -> Any:
    """``target`` after ``patch``; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(cast("Document", target)) if isinstance(target, dict) else {}
    for name, value in cast("Document", patch).items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def patch_schema(model: type[BaseModel]) -> Document:
    """The JSON schema of patches whose result is to be a ``model``: nothing is required."""
    whole = model.model_json_schema()
    definitions: Document = whole.get("$defs", {})
    return {**_partial(whole, definitions), "description": MEANING}


def _partial(schema: Document, definitions: Document) -> Document:
    if "$ref" in schema:
        return _partial(_named(schema, definitions), definitions)
    if "anyOf" in schema:
        return {"anyOf": [_partial(each, definitions) for each in schema["anyOf"]]}
    dropped = {"required", "default", "$defs"}
    kept = {name: value for name, value in schema.items() if name not in dropped}
    if "items" in schema:
        kept["items"] = _whole(schema["items"], definitions)
    if "properties" in schema:
        kept["properties"] = {
            name: _or_null(_partial(each, definitions))
            for name, each in cast("Document", schema["properties"]).items()
        }
    return kept


def _whole(schema: Any, definitions: Document) -> Any:
    """With nothing left to look up: a list is replaced as a whole, so its items are whole too."""
    if isinstance(schema, list):
        return [_whole(each, definitions) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    found = cast("Document", schema)
    if "$ref" in found:
        return _whole(_named(found, definitions), definitions)
    return {name: _whole(value, definitions) for name, value in found.items()}


def _named(schema: Document, definitions: Document) -> Document:
    return definitions[schema["$ref"].rpartition("/")[2]]


def _or_null(schema: Document) -> Document:
    if "anyOf" in schema or "type" not in schema:
        return schema
    return {"anyOf": [schema, {"type": "null"}]}

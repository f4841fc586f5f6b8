"""The OpenAPI document says what the endpoints do: their errors, headers and who may call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from api.conventions.guards import Guard, Stage, guards_of
from api.conventions.problems import MEDIA_TYPE, ProblemDocument
from api.conventions.route import OrderedRoute
from api.resources import tags_of

VERSION = "1.0.0"

REQUEST_HEADERS: dict[str, str] = {
    "Min-Position": "Position tokens, comma-separated: a read waits up to 5 s until it shows them, "
    "a command merges them into its own.",
    "X-Request-ID": "1 to 128 of `[A-Za-z0-9._-]`; returned.",
    "traceparent": "W3C trace context; its trace id becomes the correlation id; returned.",
}
KEY_HEADER = "1 to 255 visible characters; repeats with the same key are done once."
MATCH_HEADER = 'The version to change, such as `"7.ab12"`.'
NONE_MATCH_HEADER = "ETags the client has; 304 when the page is one of them."

ANSWER_HEADERS: dict[str, str] = {
    "Sojourn-Position": "How far the answer has read or written; send it as Min-Position.",
    "Sojourn-Degraded": "`true` when later changes of what is shown could not be applied yet.",
    "ETag": 'The version and a digest of the page: `"<version>.<digest>"`.',
    "X-Request-ID": "The request's id.",
}


def document_with_conventions(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What ``app.openapi`` is to be: made once, when first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    return document


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        components.pop(unused, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    components.update(problem.pop("$defs", {}))
    components["ProblemDocument"] = problem
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        for method in route.methods or ():
            operation = schema["paths"][route.path_format][method.lower()]
            _describe(operation, method, route)
    schema["tags"] = tags_of(schema["paths"])
    return schema


def _describe(operation: dict[str, Any], method: str, route: APIRoute) -> None:
    declared = guards_of(route.endpoint)
    told = {status for guard in declared for status in guard.tells}
    responses: dict[str, Any] = operation["responses"]
    if route.body_field is not None:
        told |= {400, 413, 415}
    if route.body_field is not None or "parameters" in operation:
        told.add(422)
        responses.pop("422", None)
    if method == "GET":
        told.add(304)
    for status in sorted(told):
        responses.setdefault(str(status), {"description": _MEANINGS[status]})
    responses.setdefault("default", {"description": "Any other problem."})
    for status, response in responses.items():
        if response.get("description") == _BARE:
            response["description"] = _DONE.get(status, "Done.")
        if status == "default" or int(status) >= 400:
            response.setdefault("content", {MEDIA_TYPE: {"schema": _PROBLEM}})
        else:
            headers = response.setdefault("headers", {})
            for name, meaning in ANSWER_HEADERS.items():
                headers.setdefault(name, {"description": meaning, "schema": {"type": "string"}})
    if isinstance(route, OrderedRoute):
        operation.setdefault("parameters", []).extend(_headers(method, declared))


def _headers(method: str, declared: tuple[Guard, ...]) -> Iterator[dict[str, Any]]:
    for name, meaning in REQUEST_HEADERS.items():
        yield _header(name, meaning)
    if method == "POST":
        required = any(guard.stage is Stage.HEADERS for guard in declared)
        yield _header("Idempotency-Key", KEY_HEADER, required=required)
    if method == "GET":
        yield _header("If-None-Match", NONE_MATCH_HEADER)
    if any(guard.stage is Stage.VERSION for guard in declared):
        yield _header("If-Match", MATCH_HEADER, required=True)


def _header(name: str, meaning: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": meaning,
        "schema": {"type": "string"},
    }


_PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}

_BARE = "Successful Response"
"""What FastAPI says where a route says nothing."""

_DONE = {
    "200": "Done: how it stands.",
    "201": "Made: how it stands.",
    "202": "Begun: it goes on by itself.",
    "204": "Done; there is nothing to add.",
}

_MEANINGS: dict[int, str] = {
    304: "The client has it already: If-None-Match names it.",
    400: "Unreadable JSON, or a missing or unreadable header.",
    401: "No valid access token.",
    403: "Not yours to do.",
    404: "There is no such thing, or none that you may know of.",
    412: "It has changed since you read it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A parameter or field can't be taken as it is.",
    428: "If-Match is missing.",
}

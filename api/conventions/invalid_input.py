"""What FastAPI and pydantic found wrong, in this API's field errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from api.conventions.problems import FieldError, Invalid, Problem, bad_header

CODES: dict[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "less_than_equal": "too_large",
    "less_than": "too_large",
    "too_long": "too_many",
    "too_short": "too_few",
}
"""pydantic's error types under this API's names; others keep pydantic's."""

_SOURCES = ("body", "query", "path", "header", "form")


def problem_of_errors(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """400 when a header is to blame, 422 otherwise."""
    found = list(errors)
    for error in found:
        if error["loc"][:1] == ("header",):
            name = str(error["loc"][-1])
            return bad_header(name, "bad_header", f"{name}: {error['msg']}")
    return Invalid(_field_error(error) for error in found)


def problem_of_validation(error: ValidationError, *, under: str = "") -> Problem:
    """The problem of a model that was validated by hand, its fields under ``under``."""
    return Invalid(_field_error(each, under) for each in error.errors(include_url=False))


def _field_error(error: Mapping[str, Any], under: str = "") -> FieldError:
    path = [str(part) for part in error["loc"]]
    if not under and path and path[0] in _SOURCES:
        path = path[1:]
    kind = str(error["type"])
    told: Mapping[str, Any] = error.get("ctx", {})
    if "field" in told:
        path = [*path, str(told["field"])]
    return FieldError(
        field=".".join([under, *path] if under else path) or "body",
        code=str(told.get("code", CODES.get(kind, kind))),
        message=str(error["msg"]).removeprefix("Value error, "),
    )

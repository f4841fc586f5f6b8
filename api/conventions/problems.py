"""Every error is a problem document (RFC 9457) with a stable code that clients branch on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import Response
from pydantic import BaseModel, Field

_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""As RFC 9110 has them, which not every Python does."""

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One parameter or field that can't be taken as it is."""

    field: str = Field(description="Dotted path in the body, or the parameter's name.")
    code: str
    message: str


class ProblemDocument(BaseModel):
    """What went wrong, for a person and for a program."""

    type: str = Field(examples=["urn:sojourn:problem:nights_taken"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["Already taken: 2027-01-10. Choose other dates."])
    code: str = Field(description="Stable; branch on this.", examples=["nights_taken"])
    errors: list[FieldError] = []
    values: dict[str, Any] | None = Field(
        default=None,
        description="What the person who asked needs to know, by name.",
        examples=[{"nights": ["2027-01-10"]}],
    )


class Problem(Exception):
    """An answer other than success; nothing was changed."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.values = values


class Invalid(Problem):
    """422: parameters or fields that can't be taken as they are."""

    def __init__(self, errors: Iterable[FieldError], code: str = "invalid") -> None:
        named = tuple(errors)
        detail = "; ".join(f"{error.field}: {error.message}" for error in named[:3])
        super().__init__(422, code, detail or "The request is not valid.", errors=named)


def invalid(field: str, code: str, message: str) -> Invalid:
    """The problem of one field."""
    return Invalid([FieldError(field=field, code=code, message=message)])


def bad_header(name: str, code: str, detail: str) -> Problem:
    """400: the header ``name`` is missing or can't be read."""
    return Problem(400, code, detail, errors=[FieldError(field=name, code=code, message=detail)])


def problem_response(problem: Problem) -> Response:
    """``problem`` as its document."""
    document: dict[str, object] = {
        "type": f"urn:sojourn:problem:{problem.code}",
        "title": _TITLES.get(problem.status) or HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "errors": [error.model_dump() for error in problem.errors],
    }
    if problem.values:
        document["values"] = problem.values
    return Response(
        msgspec.json.encode(document),
        status_code=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )

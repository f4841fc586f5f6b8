"""Whatever is raised while a request is served becomes a problem document here, and only here."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import elasticsearch
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.conventions.idempotency import in_progress, key_reused
from api.conventions.invalid_input import problem_of_errors
from api.conventions.outages import OUTAGES, of_search, unavailable
from api.conventions.problems import Problem, problem_response
from api.conventions.refused import problem_of
from commands.receipts import InProgress, KeyReused
from domain.refusals import Refusal

_log = logging.getLogger("sojourn.api")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def tell_problem(request: Request, problem: Exception) -> Response:
    """A problem that was raised as such."""
    assert isinstance(problem, Problem)
    return problem_response(problem)


async def tell_refusal(request: Request, refusal: Exception) -> Response:
    """A rule of the domain said no."""
    assert isinstance(refusal, Refusal)
    return problem_response(problem_of(refusal))


async def tell_invalid(request: Request, error: Exception) -> Response:
    """The framework found parameters or fields wrong."""
    assert isinstance(error, RequestValidationError)
    return problem_response(problem_of_errors(error.errors()))


async def tell_key_reused(request: Request, error: Exception) -> Response:
    """The idempotency key belongs to another request."""
    return problem_response(key_reused())


async def tell_in_progress(request: Request, error: Exception) -> Response:
    """The first request with the key is still at work."""
    return problem_response(in_progress())


async def tell_outage(request: Request, error: Exception) -> Response:
    """A server behind the API is down; which one, only the log tells."""
    # The text of an outage may name an address, but never what somebody asked.
    _log.warning("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return problem_response(unavailable())


async def tell_search_error(request: Request, error: Exception) -> Response:
    """Elasticsearch answered with an error."""
    assert isinstance(error, elasticsearch.ApiError)
    problem = of_search(error)
    if problem is None:
        raise error
    return problem_response(problem)


async def tell_http_error(request: Request, error: Exception) -> Response:
    """The router knows no such path, or not with this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405 and request.method == "OPTIONS":
        return options(allowed(request))
    if error.status_code == 405:
        return problem_response(method_not_allowed(request.method, allowed(request)))
    if error.status_code == 404:
        return problem_response(unknown_path())
    code = "body_too_large" if error.status_code == 413 else "bad_request"
    return problem_response(
        Problem(error.status_code, code, str(error.detail), headers=error.headers)
    )


def method_not_allowed(method: str, methods: list[str]) -> Problem:
    """405, with the methods that the path does take."""
    allow = ", ".join(methods)
    detail = f"{method} is not for this path; it takes {allow}."
    return Problem(405, "method_not_allowed", detail, headers={"Allow": allow})


def options(methods: list[str]) -> Response:
    """The answer to OPTIONS: what else the path takes."""
    return Response(status_code=204, headers={"Allow": ", ".join(sorted({*methods, "OPTIONS"}))})


def unknown_path() -> Problem:
    """404: no app answers there."""
    return Problem(404, "unknown_path", "There is nothing at this path.")


def allowed(request: Request) -> list[str]:
    """Every method that some route takes at the request's path."""
    found = set(_matching(request))
    if "GET" in found:
        found.add("HEAD")
    return sorted(found)


def _matching(request: Request) -> Iterator[str]:
    for method in METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            yield method


def install_error_handlers(app: FastAPI) -> None:
    """Makes every exception ``app`` may raise answer as a problem document."""
    app.add_exception_handler(Problem, tell_problem)
    app.add_exception_handler(Refusal, tell_refusal)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(HTTPException, tell_http_error)
    app.add_exception_handler(elasticsearch.ApiError, tell_search_error)
    app.add_exception_handler(KeyReused, tell_key_reused)
    app.add_exception_handler(InProgress, tell_in_progress)
    for outage in OUTAGES:
        app.add_exception_handler(outage, tell_outage)

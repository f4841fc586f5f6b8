"""Every request is decided in one order: 401, 400, 404, 403, 428 or 412, and only then 422, 409.

FastAPI reads and validates a body before it asks any dependency, so the order is kept here, around
its handler, by the guards that an endpoint declares.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.conventions.bearer import TokenVerifier, sign_in_first
from api.conventions.body import JsonRequest, check_media_type, unstorable_text
from api.conventions.etags import named_versions, tags_in, version_required
from api.conventions.guards import Guard, Stage, guards_of, sight_of
from api.conventions.idempotency import key_in
from api.conventions.problems import Invalid, Problem
from api.conventions.reading import asked_positions
from api.conventions.refused import status_of
from domain.refusals import Refusal


class OrderedRoute(APIRoute):
    """A route whose endpoint is reached only when all that comes before it was decided."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the guards."""
        handle = super().get_route_handler()
        declared = guards_of(self.endpoint)
        body_field = self.body_field
        takes_body = body_field is not None
        needs_body = takes_body and bool(body_field.field_info.is_required())

        async def decide(given: Request) -> Response:
            request = JsonRequest(given.scope, given.receive)
            identify(request, declared)
            await _check_headers(request, declared)
            if takes_body:
                await _read_body(request, needed=needs_body)
            await _check(request, _at(declared, Stage.ROLE))
            try:
                _check_version(request, declared)
                await _check_text(request, takes_body=takes_body)
                return await handle(request)
            except (RequestValidationError, Invalid, VersionMissing, Refusal) as told:
                if isinstance(told, Refusal) and status_of(told) != 422:
                    raise
                if asked := asked_positions(request):
                    await sight_of(request).reach(asked)
                await _check(
                    request, [*_at(declared, Stage.SUBJECT), *_at(declared, Stage.VERSION)]
                )
                raise

        return decide


class VersionMissing(Problem):
    """428, unless the thing is not there or not the caller's."""

    def __init__(self) -> None:
        told = version_required()
        super().__init__(told.status, told.code, told.detail)


def identify(request: Request, declared: tuple[Guard, ...]) -> UUID | None:
    """Who is calling; a token that is given must be valid, asked for or not."""
    verifier: TokenVerifier = request.app.state.verifier
    caller = verifier.caller(request.headers.getlist("authorization"))
    if caller is None and any(guard.stage is Stage.IDENTITY for guard in declared):
        raise sign_in_first()
    request.state.caller = caller
    return caller


async def _check_headers(request: JsonRequest, declared: tuple[Guard, ...]) -> None:
    if request.method == "POST":
        key_in(request)
    asked_positions(request)
    tags_in(request, "If-None-Match" if request.method == "GET" else "If-Match")
    for guard in _at(declared, Stage.HEADERS):
        await guard.check(request)


async def _read_body(request: JsonRequest, *, needed: bool) -> None:
    if not await request.body():
        if needed:
            raise Problem(400, "body_missing", "Send a JSON body.")
        return
    check_media_type(request)
    await request.json()


def _check_version(request: JsonRequest, declared: tuple[Guard, ...]) -> None:
    if _at(declared, Stage.VERSION) and named_versions(request) is None:
        raise VersionMissing


async def _check_text(request: JsonRequest, *, takes_body: bool) -> None:
    unstorable = [
        error
        for name, value in (*request.query_params.multi_items(), *request.path_params.items())
        for error in unstorable_text(value, name)
    ]
    if takes_body and await request.body():
        unstorable.extend(unstorable_text(await request.json()))
    if unstorable:
        raise Invalid(unstorable)


async def _check(request: JsonRequest, guards: list[Guard]) -> None:
    for guard in guards:
        await guard.check(request)


def _at(declared: tuple[Guard, ...], stage: Stage) -> list[Guard]:
    return [guard for guard in declared if guard.stage is stage]

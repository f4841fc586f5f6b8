"""Signing in and out, as RFC 6749 and RFC 7009 have it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.commanding import Side
from api.representations.values import page_of
from api.sign_in.form import NO_STORE, OAuthError, fields_of, required
from api.sign_in.grants import Tokens

router = APIRouter(tags=["tokens"])


class OAuthProblem(BaseModel):
    """RFC 6749 section 5.2, and the same code under this API's name."""

    error: str
    error_description: str
    code: str


TEXT: dict[str, Any] = {"type": "string"}


def _form(required: str, **fields: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields, "required": [required]}
    media = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {"requestBody": {"required": True, "content": media}}


@router.post(
    "/v1/token",
    summary="Sign in",
    response_model=Tokens,
    responses={400: {"model": OAuthProblem, "description": "No tokens for this."}},
    openapi_extra=_form(
        "grant_type",
        grant_type={**TEXT, "enum": ["password", "refresh_token"]},
        username=TEXT,
        password={**TEXT, "format": "password"},
        refresh_token=TEXT,
    ),
)
async def sign_in(request: Request, side: Side) -> Response:
    """Exchange a password or a refresh token for tokens."""
    try:
        tokens = await side.sign_in.grant(await fields_of(request))
    except OAuthError as error:
        return error.response()
    return Response(page_of(tokens), headers=NO_STORE, media_type="application/json")


@router.post(
    "/v1/token/revoke",
    summary="Sign out",
    response_class=Response,
    openapi_extra=_form("token", token=TEXT),
)
async def sign_out(request: Request, side: Side) -> Response:
    """Make a refresh token, and all that came from its sign-in, worthless."""
    # RFC 7009: a token that is not there needs no revoking.
    with suppress(OAuthError):
        await side.sign_in.sessions.revoke(required(await fields_of(request), "token"))
    return Response(status_code=200, headers=NO_STORE)

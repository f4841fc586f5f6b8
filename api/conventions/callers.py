"""Who is calling, as a parameter of an endpoint; the route has verified it before."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

_scheme = HTTPBearer(
    bearerFormat="JWT",
    scheme_name="bearer",
    description="The `access_token` that `POST /v1/token` answers; it is good for ten minutes.",
    auto_error=False,
)
_Documented = Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)]


async def _caller(request: Request, _documented: _Documented) -> UUID:
    caller: UUID = request.state.caller
    return caller


async def _caller_if_any(request: Request) -> UUID | None:
    caller: UUID | None = request.state.caller
    return caller


Caller = Annotated[UUID, Depends(_caller)]
"""The account that is signed in; for endpoints guarded by ``signed_in``."""

CallerIfAny = Annotated[UUID | None, Depends(_caller_if_any)]
"""The account that is signed in, None for anyone else."""

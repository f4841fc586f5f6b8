"""Tickets let a browser's EventSource in, which can't send headers: for one stream, once, soon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt

from api.conventions.bearer import NAME, TokenIssuer, TokenVerifier
from api.conventions.problems import Problem

LIFETIME = timedelta(seconds=60)
AUDIENCE = f"{NAME} live"
"""Not that of access tokens: neither can stand in for the other."""

ME = "me"

Use = Callable[[str, int], Awaitable[bool]]
"""Whether the ticket with this id is used for the first time; remembered for so many seconds."""


@dataclass(frozen=True)
class Ticket:
    """``account`` may listen to ``stream``, a booking's id or :data:`ME`."""

    account: UUID
    stream: str


def issue(issuer: TokenIssuer, ticket: Ticket) -> str:
    """``ticket``, signed; good for :data:`LIFETIME`."""
    claims = {"sub": str(ticket.account), "stream": ticket.stream}
    return issuer.sign(claims, AUDIENCE, LIFETIME)


async def redeem(verifier: TokenVerifier, given: str, stream: str, use: Use) -> UUID:
    """Whose ticket for ``stream`` it is; from then on it is worthless. 401 ``invalid_ticket``."""
    try:
        claims = verifier.claims(given, AUDIENCE)
        account, identity = UUID(claims["sub"]), str(claims["jti"])
    except (jwt.PyJWTError, ValueError):
        raise invalid_ticket("The ticket is not valid, or no longer.") from None
    if claims.get("stream") != stream:
        raise invalid_ticket("The ticket is for another stream.")
    # Longer than any clock lets the ticket live.
    if not await use(identity, 2 * int(LIFETIME.total_seconds())):
        raise invalid_ticket("The ticket was used.")
    return account


def invalid_ticket(detail: str) -> Problem:
    """401: no, or not again, by this ticket."""
    return Problem(
        401,
        "invalid_ticket",
        f"{detail} Get one with POST …/live-ticket, and a new one for every connection.",
        headers={"WWW-Authenticate": f'Bearer realm="{NAME}"'},
    )

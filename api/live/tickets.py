"""Tickets let a browser's EventSource in, which can't send headers: for one stream, once, soon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt

from api.conventions.bearer import NAME, TokenIssuer, TokenVerifier
from api.conventions.problems import Problem
from api.positions import Positions, decode_positions, encode_positions

LIFETIME = timedelta(seconds=60)
AUDIENCE = f"{NAME} live"
"""Not that of access tokens: neither can stand in for the other."""

ME = "me"

Reach = Callable[[Positions], Awaitable[None]]
"""Waits until reads have come that far; raises when they do not in time."""

Use = Callable[[str, int], Awaitable[bool]]
"""Whether the ticket with this id is used for the first time; remembered for so many seconds."""


@dataclass(frozen=True)
class Ticket:
    """``account`` may listen to ``stream``, a booking's id or :data:`ME`.

    What it was given for is in the log up to ``seen``: reads must have come that far.
    """

    account: UUID
    stream: str
    seen: Positions


def issue(issuer: TokenIssuer, ticket: Ticket) -> str:
    """``ticket``, signed; good for :data:`LIFETIME`."""
    seen = encode_positions(ticket.seen)
    claims = {"sub": str(ticket.account), "stream": ticket.stream, "seen": seen}
    return issuer.sign(claims, AUDIENCE, LIFETIME)


async def redeem(
    verifier: TokenVerifier, given: str, stream: str, *, reach: Reach, use: Use
) -> UUID:
    """Whose ticket for ``stream`` it is; from then on it is worthless. 401 ``invalid_ticket``.

    It is not used up while reads have not come to what it was given for.
    """
    try:
        claims = verifier.claims(given, AUDIENCE)
        account, identity = UUID(claims["sub"]), str(claims["jti"])
        seen = decode_positions(str(claims["seen"]))
    except (jwt.PyJWTError, KeyError, ValueError):
        raise invalid_ticket("The ticket is not valid, or no longer.") from None
    if claims.get("stream") != stream:
        raise invalid_ticket("The ticket is for another stream.")
    await reach(seen)
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

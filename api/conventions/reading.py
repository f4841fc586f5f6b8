"""Read-your-writes over HTTP: ``Min-Position`` in, ``Sojourn-Position`` out."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from fastapi import Request

from api.conventions.problems import Problem, bad_header
from api.positions import Positions, decode_positions, encode_positions, merge_positions

ASKED = "Min-Position"
TOLD = "Sojourn-Position"
PATIENCE = 5.0
"""How many seconds a read waits for its read model."""


class Applied(Protocol):
    """How far a read model has come."""

    def positions(self) -> Awaitable[dict[int, int]]:
        """The applied position of each partition."""
        ...

    def wait(self, positions: Positions, timeout: float) -> Awaitable[bool]:
        """Whether ``positions`` were applied within ``timeout`` seconds."""
        ...


def asked_positions(request: Request) -> dict[int, int] | None:
    """The merged tokens of ``Min-Position``, None without the header; 400 when unreadable."""
    given = request.headers.getlist(ASKED)
    if not given:
        return None
    tokens = [token.strip() for token in ",".join(given).split(",")]
    try:
        return merge_positions(decode_positions(token) for token in tokens)
    except ValueError:
        raise bad_header(
            ASKED, "bad_position", f"{ASKED} must hold position tokens, separated by commas."
        ) from None


async def catch_up(request: Request, applied: Applied) -> dict[str, str]:
    """Waits for what the request asks to see; the headers that tell how far the reader has come.

    503 ``not_yet`` when the read model has not come that far within :data:`PATIENCE`.
    """
    asked = asked_positions(request)
    if asked is None:
        return {TOLD: encode_positions(await applied.positions())}
    if not await applied.wait(asked, PATIENCE):
        raise not_yet()
    return {
        TOLD: encode_positions(merge_positions([await applied.positions(), asked])),
        "Cache-Control": "no-store",
    }


def not_yet() -> Problem:
    """503: what the client has seen elsewhere is still on its way here."""
    return Problem(
        503,
        "not_yet",
        "What you ask to see has not arrived here yet; try again.",
        headers={"Retry-After": "1"},
    )

"""Which listings and bookings have documents that stand still, as dead letters wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Final, LiteralString, cast

from anyio import to_thread
from fastapi import Request
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.sign_in.accounts import Pool

logger = logging.getLogger(__name__)

HEADER: Final = "Sojourn-Degraded"
EVERY: Final = 1.0
"""Every how many seconds it is looked up."""

_PARKED: Final[LiteralString] = (
    "SELECT DISTINCT sink, key, split_part(stream, '-', 1), stream FROM dead_letters"
    " WHERE kind <> 'unreadable' AND state <> 'applied'"
)


class Degraded:
    """The ids of what is degraded, by the sink that stands still; as of a second ago."""

    def __init__(self) -> None:
        self._ids: Mapping[str, frozenset[str]] = {}

    def of(self, sink: str) -> frozenset[str]:
        """The ids of listings, and of whatever else has a parked stream of its own."""
        return self._ids.get(sink, frozenset())

    def headers(self, request: Request) -> dict[str, str]:
        """What an answer about something degraded says."""
        asked = {str(value) for value in request.path_params.values()}
        return {HEADER: "true"} if asked & self.of("pages") else {}

    async def keep_looking(self, pool: Pool) -> None:
        """Look it up, again and again; while Postgres is down the last answer stands."""
        while True:
            try:
                self._ids = await to_thread.run_sync(_look, pool, abandon_on_cancel=True)
            except (Error, PoolTimeout) as error:
                logger.debug("what is degraded can't be looked up: %s", error)
            await asyncio.sleep(EVERY)


def _look(pool: Pool) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with pool.connection() as connection:
        rows = cast("list[tuple[str, str, str, str]]", connection.execute(_PARKED).fetchall())
    for sink, key, category, stream in rows:
        found.setdefault(sink, set()).update({key, stream.removeprefix(f"{category}-")})
    return {sink: frozenset(ids) for sink, ids in found.items()}

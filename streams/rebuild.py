"""Builds a generation from the log beside what readers see, and hands it over to the workers.

A batch that a worker begins after the handover feeds the new generation, too; what came before is
in the log by then. So the log is read once more up to its head as of the handover, and nothing is
left between the two.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Final, Protocol

from eventlog.record import LogRecord
from projections.unavailable import ReadModelUnavailable
from streams.log import Log, pages_of, readable
from streams.parking import Parking
from streams.sink import Building, Sink

logger = logging.getLogger(__name__)

PAGE: Final = 2_000
"""How many events are read at once."""

SAVE: Final = 20_000
"""After how many events at most the position is saved: what is done again after a kill."""


class Told(Protocol):
    """Who wants to know how far it is."""

    def begin(self, what: str, total: int | None = None) -> None:
        """Something begins that takes ``total`` events."""
        ...

    def advance(self, by: int) -> None:
        """So many more are done."""
        ...


class Untold:
    """Nobody does."""

    def begin(self, what: str, total: int | None = None) -> None:
        """See :class:`Told`."""
        logger.info("%s: %s events", what, total)

    def advance(self, by: int) -> None:
        """See :class:`Told`."""


class Alone(Protocol):
    """Whether nobody else builds the same; a context manager, as long as it takes."""

    def __call__(self) -> AbstractContextManager[bool]:
        """Enter to find out, leave to let others."""
        ...


class AlreadyBuilding(ReadModelUnavailable):
    """Another process builds the same."""


async def rebuild(sink: Sink, log: Log, parking: Parking, alone: Alone, told: Told) -> Building:
    """A generation that is whole and fed. Raises :class:`AlreadyBuilding`."""
    with alone() as mine:
        if not mine:
            raise AlreadyBuilding(f"another process builds {sink.name}")
        building = await sink.build()
        await _read(building, log, parking, told, f"Building {sink.name} {building.generation}")
        await building.hand_over()
        await _read(building, log, parking, told, f"Finishing {sink.name} {building.generation}")
        await building.finish()
        return building


async def _read(building: Building, log: Log, parking: Parking, told: Told, what: str) -> None:
    """Apply the log from where the generation is to the head as of now."""
    head = await asyncio.to_thread(log.head)
    reached = building.position
    told.begin(what, head - reached)
    positions: dict[int, int] = {}
    since = 0
    async for page in _ahead(pages_of(log, after=reached, upto=head, size=PAGE)):
        await parking.apply(building, *readable(page))
        positions |= {record.partition: record.position for record in page}
        reached = page[-1].position
        since += len(page)
        if since >= SAVE:
            await building.save(reached, positions)
            positions, since = {}, 0
        told.advance(len(page))
    await building.save(max(reached, head), positions)


async def _ahead(pages: AsyncIterator[list[LogRecord]]) -> AsyncIterator[list[LogRecord]]:
    """The same, the next page being read while one is worked on."""
    coming = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(anext(pages, None))
            yield page
    finally:
        coming.cancel()

"""Tries parked streams again: the partition's owner makes their documents anew from the log.

The owner does it between two batches, so that nobody else changes the documents meanwhile and
nothing that arrives is lost. What fails again is parked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from domain.recorded import Recorded
from eventlog.partitioner import partition_of
from projections.parts import Refused
from streams.dead_letters.letter import DeadLetters
from streams.log import Log, readable
from streams.parking import Parking
from streams.sink import Sink

logger = logging.getLogger(__name__)


async def retry(
    sink: Sink,
    log: Log,
    dead_letters: DeadLetters,
    parking: Parking,
    owns: Callable[[int], bool],
) -> None:
    """Try again each stream that somebody asked for and whose partition is ours."""
    for stream, key in (await dead_letters.to_retry()).items():
        if owns(partition_of(key)):
            await _retry(sink, log, dead_letters, parking, stream, key)


async def _retry(
    sink: Sink, log: Log, dead_letters: DeadLetters, parking: Parking, stream: str, key: str
) -> None:
    logger.info("trying %s again", stream)
    parking.parked.pop(stream, None)
    events, others = readable(await asyncio.to_thread(log.read_key, key))
    await parking.apply(_Anew(sink), events, others)
    # Whatever failed again has been kept again by now, and is parked.
    await dead_letters.applied(stream, parking.parked.get(stream))
    await parking.look()


class _Anew:
    """Takes events by making the documents of their keys anew, as far as the store takes them."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._refused = False

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Applies`."""
        if self._refused:
            await self._sink.apply(events)
            return
        try:
            await self._sink.refold(events)
        except Refused:
            self._refused = True
            raise

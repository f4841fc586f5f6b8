"""A follower applies the topic's records to one sink in order, and from the log what it missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from domain.recorded import Recorded
from projections.applied import Positions
from projections.parts import Missed
from projections.unavailable import ReadModelMissing
from streams.backoff import Backoff
from streams.batch import Batch, sort_out
from streams.log import Log, decoded, pages_of
from streams.metrics import WorkerMetrics
from streams.received import Read, TopicRecord, read
from streams.sink import Sink

logger = logging.getLogger(__name__)

DeadLetters = Callable[[TopicRecord, str], Awaitable[None]]
"""Keeps a record that can't be read, and why; returns when it is safe."""


class Follower:
    """Applies records to ``sink``, whatever fails and however often they come."""

    def __init__(
        self,
        sink: Sink,
        log: Log,
        dead_letters: DeadLetters,
        metrics: WorkerMetrics,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sink = sink
        self._log = log
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._stopping = stopping
        self._backoff = Backoff(logger, f"applying events to {sink.name}")
        self._turn = asyncio.Lock()

    async def follow(self, records: Sequence[TopicRecord]) -> bool:
        """Apply ``records``, however long the sink is down; false when told to stop before.

        Without records it makes sure that there are read models at all.
        """
        batch = [read(record) for record in records]
        async with self._turn:
            while not self._stopping():
                try:
                    await self._attempt(batch)
                except Exception as error:  # noqa: BLE001 - whatever it is, skipping loses events
                    self._metrics.retries.inc()
                    await asyncio.sleep(self._backoff.failed(error))
                else:
                    return True
        return False

    async def _attempt(self, records: list[Read]) -> None:
        try:
            applied = await self._sink.applied()
        except ReadModelMissing as missing:
            logger.warning("building %s from the log: %s", self._sink.name, missing)
            await self._rebuild()
            applied = await self._sink.applied()
        await self._bury(records, applied)
        batch = sort_out(records, applied)
        if batch.gaps:
            await self._heal(batch)
        await self._apply(self._sink, batch.events)
        if batch.reached:
            await self._sink.advance(batch.reached)
        self._metrics.applied(batch.events, batch.reached)
        self._backoff.succeeded()

    async def _bury(self, records: list[Read], applied: Positions) -> None:
        """Keep each unreadable record apart, once."""
        for index, found in enumerate(records):
            if found.why and not found.buried:
                seen = applied.get(found.record.partition, 0)
                if found.position is None or found.position > seen:
                    await self._dead_letters(found.record, found.why)
                    self._metrics.dead_letters.inc()
                records[index] = found.as_buried()

    async def _heal(self, batch: Batch) -> None:
        """Apply from the log what partitions with a gap lack, up to where the batch takes them."""
        logger.warning("%s missed events: reading the log behind %s", self._sink.name, batch.gaps)
        start = min(gap.after for gap in batch.gaps.values())
        end = max(gap.upto for gap in batch.gaps.values())
        async for page in pages_of(self._log, after=start, upto=end):
            missed = [record for record in page if batch.lacks(record.partition, record.position)]
            await self._apply(self._sink, decoded(missed))
            await self._sink.advance({record.partition: record.position for record in missed})
            self._metrics.healed.inc(len(missed))

    async def _rebuild(self) -> None:
        """Make the read models anew from the whole log, and show them when they are whole."""
        building = await self._sink.fresh()
        async for page in pages_of(self._log, after=0):
            await self._apply(building, decoded(page))
            await building.advance({record.partition: record.position for record in page})
        await building.show()

    async def _apply(self, sink: Sink, events: Sequence[Recorded]) -> None:
        """Apply ``events``, and with them what the documents lost, from the log.

        A stream in which an event can't be read goes no further than that event.
        """
        searched: set[str] = set()
        left: list[Recorded] = list(events)
        while left:
            try:
                await sink.apply(left)
            except Missed as missed:
                stuck = missed.recorded
                logger.warning("%s lacks the past of an event: %s", sink.name, missed)
                if stuck.stream in searched:
                    self._metrics.left_out.inc()
                    left = [event for event in left if not _follows(event, stuck)]
                    continue
                searched.add(stuck.stream)
                past = decoded(await asyncio.to_thread(self._log.read_key, stuck.key))
                left = past + [event for event in left if event.key != stuck.key]
                self._metrics.healed.inc(len(past))
            else:
                return


def _follows(event: Recorded, stuck: Recorded) -> bool:
    return event.stream == stuck.stream and event.version >= stuck.version

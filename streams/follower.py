"""A follower applies the topic's records to one sink in order, and from the log what it missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext

from projections.applied import Positions
from projections.unavailable import ReadModelMissing
from streams.backoff import Backoff
from streams.batch import Batch, Gap, sort_out
from streams.dead_letters.letter import DeadLetters, unreadable
from streams.dead_letters.retrying import retry
from streams.log import Log, pages_of, readable
from streams.metrics import WorkerMetrics
from streams.parking import Parking
from streams.rebuild import Alone, AlreadyBuilding, Untold, rebuild
from streams.received import Read, TopicRecord, read
from streams.sink import Sink

logger = logging.getLogger(__name__)


async def nothing_overdue(_applied: Positions) -> dict[int, Gap]:
    """What comes is all there is."""
    return {}


class Follower:
    """Applies records to ``sink``, whatever fails and however often they come.

    ``owns`` says whether a partition is this worker's; of others it tries no dead letters again.
    ``alone`` is entered to build read models that are missing: one process does it. ``overdue``
    says, of how far each partition is applied, what the topic does not bring any more.
    """

    def __init__(
        self,
        sink: Sink,
        log: Log,
        dead_letters: DeadLetters,
        metrics: WorkerMetrics,
        *,
        stopping: Callable[[], bool] = lambda: False,
        owns: Callable[[int], bool] = lambda _partition: True,
        alone: Alone = lambda: nullcontext(enter_result=True),
        overdue: Callable[[Positions], Awaitable[dict[int, Gap]]] = nothing_overdue,
    ) -> None:
        self._sink = sink
        self._log = log
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._stopping = stopping
        self._owns = owns
        self._alone = alone
        self._overdue = overdue
        self._parking = Parking(sink.name, log, dead_letters, metrics)
        self._backoff = Backoff(logger, f"applying events to {sink.name}")
        self._turn = asyncio.Lock()

    async def follow(self, records: Sequence[TopicRecord]) -> bool:
        """Apply ``records``, however long the sink is down; false when told to stop before.

        Without records it makes sure that there are read models at all, tries again those dead
        letters that somebody wants to be tried, and applies what is overdue.
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
        if not records:
            await self._parking.look()
            await retry(self._sink, self._log, self._dead_letters, self._parking, self._owns)
            if overdue := await self._overdue(applied):
                await self._heal(Batch(gaps=overdue))
        await self._bury(records, applied)
        batch = sort_out(records, applied)
        if batch.gaps:
            await self._heal(batch)
        await self._parking.apply(self._sink, batch.events)
        if batch.reached:
            await self._sink.advance(batch.reached)
        self._metrics.applied(batch.events, batch.reached)
        self._backoff.succeeded()

    async def _bury(self, records: list[Read], applied: Positions) -> None:
        """Keep each unreadable record apart, once; not one whose event the log can't read either.

        That event becomes a dead letter when it is its turn.
        """
        for index, found in enumerate(records):
            if found.why and not found.buried:
                seen = applied.get(found.record.partition, 0)
                if found.position is None or (
                    found.position > seen and not await self._as_in_the_log(found)
                ):
                    await self._dead_letters.keep([unreadable(found)])
                    self._metrics.dead_letters.inc()
                records[index] = found.as_buried()

    async def _as_in_the_log(self, found: Read) -> bool:
        assert found.position is not None, "only asked of records that claim one"
        rows = await asyncio.to_thread(self._log.read, found.position - 1, 1)
        _, undecoded = readable(rows)
        return any(each.record.position == found.position for each in undecoded)

    async def _heal(self, batch: Batch) -> None:
        """Apply from the log what partitions with a gap lack, up to where the batch takes them."""
        logger.warning("%s missed events: reading the log behind %s", self._sink.name, batch.gaps)
        start = min(gap.after for gap in batch.gaps.values())
        end = max(gap.upto for gap in batch.gaps.values())
        async for page in pages_of(self._log, after=start, upto=end):
            missed = [record for record in page if batch.lacks(record.partition, record.position)]
            await self._parking.apply(self._sink, *readable(missed))
            await self._sink.advance({record.partition: record.position for record in missed})
            self._metrics.healed.inc(len(missed))
            self._metrics.moved()

    async def _rebuild(self) -> None:
        """Make the read models anew from the whole log, and show them when they are whole."""
        await self._parking.look()
        told = _Counted(self._metrics)
        try:
            building = await rebuild(self._sink, self._log, self._parking, self._alone, told)
        except AlreadyBuilding:
            # Whoever waits for another lives as long as that one, which holds a lock, does.
            self._metrics.moved()
            raise
        await building.show()


class _Counted(Untold):
    """A rebuild whose progress shows in the metrics."""

    def __init__(self, metrics: WorkerMetrics) -> None:
        self._metrics = metrics

    def advance(self, by: int) -> None:
        """See :class:`streams.rebuild.Told`."""
        self._metrics.built(by)

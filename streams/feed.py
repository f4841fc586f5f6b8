"""The live feed in Redis Streams: every public event of a booking, once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from redis.asyncio import Redis

from domain.announcements import public_name
from domain.recorded import Recorded
from eventlog.partitioner import PARTITIONS
from projections.applied import Positions
from projections.feed.entry import Entry, FeedKeys
from projections.feed.queries import FeedReader
from projections.feed.recording import advance, begin, record
from projections.unavailable import ReadModelMissing
from streams.bookings import Bookings, StreamLog
from streams.metrics import FeedMetrics
from streams.sink import Building

KEPT = 10_000
"""How many entries a partition keeps; who was away for longer is told to read the pages again."""


class FeedLog(StreamLog, Protocol):
    """What of the log the feed needs; calls block."""

    def head(self) -> int:
        """The position of the last event."""
        ...


class Feed:
    """See :class:`streams.sink.Sink`; a feed that is lost begins anew at the end of the log."""

    name = "feed"

    def __init__(
        self,
        redis: Redis,
        prefix: str,
        log: FeedLog,
        metrics: FeedMetrics,
        *,
        kept: int = KEPT,
    ) -> None:
        self._redis = redis
        self._keys = FeedKeys(prefix)
        self._reader = FeedReader(redis, prefix)
        self._log = log
        self._metrics = metrics
        self._kept = kept
        self._bookings = Bookings(log)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        entries = await asyncio.to_thread(self._entries, events)
        if entries:
            new = await record(self._redis, self._keys, entries, most=self._kept)
            self._metrics.entries.inc(sum(new))

    async def refold(self, events: Sequence[Recorded]) -> None:
        """Record those of ``events`` that the feed can still take; what it has stays as it is."""
        await self.apply(events)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        try:
            return (await self._reader.reach()).applied
        except ReadModelMissing:
            # Whatever is behind the log's end comes through the topic.
            head = await asyncio.to_thread(self._log.head)
            await begin(self._redis, self._keys, partitions=PARTITIONS, position=head)
            self._metrics.begun.inc()
            return (await self._reader.reach()).applied

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        await advance(self._redis, self._keys, positions)

    async def build(self) -> Building:
        """Never: a feed is news, and there is nothing to rebuild."""
        raise TypeError("a feed is not rebuilt")

    def _entries(self, events: Sequence[Recorded]) -> list[Entry]:
        return [
            self._entry(name, recorded)
            for recorded in sorted(events, key=lambda each: each.position)
            if (name := public_name(recorded.event))
        ]

    def _entry(self, name: str, recorded: Recorded) -> Entry:
        booking = self._bookings.after(recorded)
        return Entry(
            event=name,
            booking_id=booking.id,
            listing_id=booking.listing_id,
            host_id=booking.host_id,
            status=booking.status,
            version=recorded.version,
            position=recorded.position,
            partition=recorded.partition,
            recorded_at=recorded.recorded_at,
        )

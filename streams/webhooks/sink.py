"""Queues what integrators are to be told, as a sink of the topic: once an event and endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID, uuid5

from commands.webhooks.deliveries import Deliveries, NewDelivery
from commands.webhooks.payload import body_of
from domain.announcements import public_name
from domain.recorded import Recorded
from domain.webhook.state import Endpoint
from eventlog.partitioner import PARTITIONS
from projections.applied import Positions
from streams.bookings import Bookings, StreamLog
from streams.reactors.receipts import Receipts
from streams.sink import Building
from streams.webhooks.registry import Registry, TypedLog

MayHear = Callable[[Endpoint], bool]
"""Whether the owner still has the role that the endpoint's scope takes; blocks."""


class WebhookLog(StreamLog, TypedLog, Protocol):
    """What of the log is needed; calls block."""

    def head(self) -> int:
        """The position of the last event."""
        ...


class Webhooks:
    """See :class:`streams.sink.Sink`; there is nothing to rebuild: what was told is told."""

    name = "webhooks"

    def __init__(
        self,
        log: WebhookLog,
        registry: Registry,
        deliveries: Deliveries,
        receipts: Receipts,
        may_hear: MayHear,
    ) -> None:
        self._log = log
        self._registry = registry
        self._deliveries = deliveries
        self._receipts = receipts
        self._may_hear = may_hear
        self._bookings = Bookings(log)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        wanted = [event for event in events if public_name(event.event)]
        if wanted:
            await asyncio.to_thread(self._queue, wanted)

    async def refold(self, events: Sequence[Recorded]) -> None:
        """Queue what was not queued yet; what was told stays told."""
        await self.apply(events)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`; the first one begins where anybody wanted to be told."""
        applied = await asyncio.to_thread(self._receipts.applied)
        if applied:
            return applied
        await asyncio.to_thread(self._begin)
        return await asyncio.to_thread(self._receipts.applied)

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        await asyncio.to_thread(self._receipts.advance, positions)

    async def build(self) -> Building:
        """Never: what was sent can't be sent anew."""
        raise TypeError("a rebuild never sends webhooks")

    def _begin(self) -> None:
        self._registry.refresh()
        begin = int(min(self._registry.begins_at(), self._log.head()))
        self._receipts.advance(dict.fromkeys(range(PARTITIONS), begin))

    def _queue(self, events: Sequence[Recorded]) -> None:
        # The log is ahead of the topic: whoever registered before an event is known by now.
        self._registry.refresh()
        known = self._receipts.kept([event.position for event in events])
        new: list[NewDelivery] = []
        receipts: dict[int, str] = {}
        for recorded in events:
            booking = self._bookings.after(recorded)
            name = public_name(recorded.event) or ""
            endpoints = [
                each
                for each in self._registry.told(name, recorded.position, booking)
                if self._may_hear(each)
            ]
            if not endpoints or recorded.position in known:
                continue
            body = body_of(name, recorded, booking)
            new += [_delivery(each.id, recorded, name, body) for each in endpoints]
            receipts[recorded.position] = recorded.stream
        if new:
            self._deliveries.add(new, receipts)


def _delivery(endpoint_id: UUID, recorded: Recorded, name: str, body: bytes) -> NewDelivery:
    """Its id follows from the event, so that whoever makes it again makes the same."""
    return NewDelivery(
        id=uuid5(endpoint_id, str(recorded.position)),
        endpoint_id=endpoint_id,
        position=recorded.position,
        event=name,
        body=body,
    )

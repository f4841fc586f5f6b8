"""A reactor as a sink: each event is reacted to once, with a receipt for ever.

The receipt is written after its effect. Whoever is killed in between reacts again, with the same
key to the provider, and to a decision that answers nothing to what is known: that is once, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.recorded import Recorded
from projections.applied import Positions
from streams.log import Log, decoded
from streams.reactors.receipts import Reaction, Receipts
from streams.sink import Building

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""How many bookings are reacted to at once; one booking's events come in order."""

ASKED_AT_ONCE = 100
"""How many open outcomes are asked about in one round."""


class Reactor(Protocol):
    """What is done about one event."""

    def wants(self, recorded: Recorded) -> bool:
        """Whether anything is to be done about it."""
        ...

    async def react(self, recorded: Recorded) -> Reaction:
        """Do it, or do it again; raises when it can't be done now and has to be tried again."""
        ...


class Reactors:
    """See :class:`streams.sink.Sink`; there is nothing to rebuild, and nothing is ever rebuilt."""

    name = "reactors"

    def __init__(self, reactor: Reactor, receipts: Receipts) -> None:
        self._reactor = reactor
        self._receipts = receipts
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """React to each of ``events`` that has no receipt; raises the first failure."""
        wanted = [event for event in events if self._reactor.wants(event)]
        if not wanted:
            return
        known = await asyncio.to_thread(self._receipts.kept, [e.position for e in wanted])
        by_stream: dict[str, list[Recorded]] = {}
        for event in wanted:
            if event.position not in known:
                by_stream.setdefault(event.stream, []).append(event)
        await self._all(by_stream.values())

    async def refold(self, events: Sequence[Recorded]) -> None:
        """React to what has no receipt yet; what was done stays done."""
        await self.apply(events)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        return await asyncio.to_thread(self._receipts.applied)

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        await asyncio.to_thread(self._receipts.advance, positions)

    async def build(self) -> Building:
        """Never: what was done outside can't be done anew."""
        raise TypeError("a rebuild never runs reactors")

    async def ask_again(self, log: Log) -> int:
        """Ask about the outcomes that are still open, as their notices may be lost; how many."""
        positions = await asyncio.to_thread(self._receipts.open, ASKED_AT_ONCE)
        found = [
            record
            for position in positions
            for record in await asyncio.to_thread(log.read, position - 1, 1)
        ]
        await self._all([event] for event in decoded(found))
        return len(found)

    async def _all(self, streams: Iterable[Sequence[Recorded]]) -> None:
        done = await asyncio.gather(
            *(self._in_order(events) for events in streams),
            return_exceptions=True,
        )
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure

    async def _in_order(self, events: Sequence[Recorded]) -> None:
        async with self._turns:
            for event in events:
                reaction = await self._reactor.react(event)
                await asyncio.to_thread(self._receipts.keep, reaction)

"""A log, a store of documents and the processes between them, all in one scheduler's hands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import OperationalError

from domain.recorded import Recorded
from projections.applied import Positions
from projections.documents import PartKey
from projections.parts import Part
from projections.unavailable import ReadModelMissing
from streams.checkpoint import Checkpoint
from streams.pages import folded, parts_of
from tests.streams.simulation.broker import Consumer
from tests.streams.simulation.scheduler import Killed, Scheduler

Parts = dict[PartKey, Part[Any]]


@dataclass
class Generation:
    """The documents of one generation and how far it has come."""

    parts: Parts = field(default_factory=dict[PartKey, Part[Any]])
    positions: dict[int, int] = field(default_factory=dict[int, int])


@dataclass
class Store:
    """What a store of read models keeps; flushed, it has no mark that readers may see it."""

    current: Generation = field(default_factory=Generation)
    shown: bool = True
    forwards: bool = True
    """Whether a write refuses to go backwards; off in a control."""

    def flush(self) -> None:
        """Lose everything."""
        self.current, self.shown = Generation(), False

    def write(self, generation: Generation, parts: Parts) -> None:
        """Each part unless it is there at that position or a later one."""
        for key, part in parts.items():
            stored = generation.parts.get(key)
            if stored is None or stored.position < part.position or not self.forwards:
                generation.parts[key] = part

    def advance(self, generation: Generation, positions: Positions) -> None:
        """Never backwards."""
        for partition, position in positions.items():
            generation.positions[partition] = max(
                position, generation.positions.get(partition, 0)
            )


class SimulatedSink:
    """See :class:`streams.sink.Sink`: each step is an effect on the store."""

    name = "simulated"

    def __init__(
        self, scheduler: Scheduler, store: Store, *, pinned: bool = False
    ) -> None:
        self._scheduler = scheduler
        self._store = store
        self._pinned = pinned

    async def apply(self, events: Sequence[Recorded]) -> None:
        """Read, fold, write: two effects with a gap between them."""
        wanted = {key for recorded in events for key in parts_of(recorded)}
        stored = await self._scheduler.effect("reading", lambda: self._read(wanted))
        changed = folded(stored, events)
        await self._scheduler.effect(
            "writing", lambda: self._store.write(self._generation, changed)
        )

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        return await self._scheduler.effect(
            "asking", lambda: dict(self._generation.positions)
        )

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        await self._scheduler.effect(
            "advancing", lambda: self._store.advance(self._generation, positions)
        )

    async def fresh(self) -> SimulatedSink:
        """See :class:`streams.sink.Sink`."""
        return SimulatedSink(self._scheduler, self._store, pinned=True)

    async def show(self) -> None:
        """See :class:`streams.sink.Sink`."""

        def show() -> None:
            self._store.shown = True

        await self._scheduler.effect("showing", show)

    @property
    def _generation(self) -> Generation:
        if not self._pinned and not self._store.shown:
            raise ReadModelMissing("flushed")
        return self._store.current

    def _read(self, wanted: set[PartKey]) -> Parts:
        parts = self._generation.parts
        return {key: parts[key] for key in wanted if key in parts}


@dataclass
class Stream:
    """A Faust stream of one consumer."""

    scheduler: Scheduler
    consumer: Consumer

    async def noack_take(self, _most: int, *, within: float) -> AsyncIterator[list[Any]]:
        """Batches, as soon as there is anything."""
        while True:
            await self.scheduler.stop("polling", lambda: not self.consumer.behind())
            if taken := self.consumer.take():
                yield taken

    async def ack(self, event: Any) -> None:
        """Take note; the group commits later."""
        self.consumer.acked[event.message.partition].add(event.message.offset)


@dataclass
class Seats:
    """The relay's seat and checkpoint in the database."""

    checkpoint: Checkpoint = field(default_factory=lambda: Checkpoint(0, {}))
    holder: Session | None = None


@dataclass(eq=False)
class Session:
    """A relay's session with the database; ``crash`` kills the relay at its next save."""

    seats: Seats
    crash: str = ""

    def load(self) -> Checkpoint:
        """See :class:`streams.relay.Place`."""
        self.prove()
        return self.seats.checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """See :class:`streams.relay.Place`."""
        self.prove()
        if self.crash == "before saving":
            raise Killed
        self.seats.checkpoint = checkpoint
        if self.crash == "after saving":
            raise Killed

    def prove(self) -> None:
        """See :class:`streams.relay.Place`."""
        if self.seats.holder is not self:
            raise OperationalError("the session is gone")

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
from streams.dead_letters.letter import Letter
from streams.folding import folded, parts_of
from tests.streams.simulation.broker import Consumer
from tests.streams.simulation.scheduler import Killed, Scheduler

Parts = dict[PartKey, Part[Any]]


@dataclass(eq=False)
class Generation:
    """The documents of one generation and how far it has come; ``read`` is how far in the log."""

    parts: Parts = field(default_factory=dict[PartKey, Part[Any]])
    positions: dict[int, int] = field(default_factory=dict[int, int])
    read: int = 0
    fed: bool = True
    whole: bool = True


@dataclass
class Store:
    """What a store of read models keeps: what readers see, and what is built beside it."""

    shown: Generation | None = field(default_factory=Generation)
    begun: Generation | None = None

    def flush(self) -> None:
        """Lose everything."""
        self.shown = self.begun = None

    def fed(self) -> list[Generation]:
        """Every generation that workers write to; raises ReadModelMissing without one to see."""
        if self.shown is None:
            raise ReadModelMissing("flushed")
        return [each for each in (self.shown, self.begun) if each and each.fed]

    def holds(self, generation: Generation) -> Generation:
        """``generation``, if it was not lost."""
        if generation is not self.shown and generation is not self.begun:
            raise ReadModelMissing("flushed")
        return generation

    def write(self, generation: Generation, parts: Parts) -> None:
        """Each part unless it is there at that position or a later one."""
        for key, part in parts.items():
            stored = generation.parts.get(key)
            if stored is None or stored.position < part.position:
                generation.parts[key] = part

    def advance(self, generation: Generation, positions: Positions) -> None:
        """Never backwards."""
        for partition, position in positions.items():
            generation.positions[partition] = max(position, generation.positions.get(partition, 0))


class SimulatedSink:
    """See :class:`streams.sink.Sink`: each step is an effect on the store."""

    name = "simulated"

    def __init__(self, scheduler: Scheduler, store: Store) -> None:
        self._scheduler = scheduler
        self._store = store
        self._feeding: list[Generation] = []

    async def apply(self, events: Sequence[Recorded]) -> None:
        """Read, fold, write: two effects with a gap between them, for each generation."""
        for generation in self._feeding:
            await self._apply_to(generation, events)

    async def refold(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`; nothing is parked here."""
        raise AssertionError("nothing is parked here")

    async def applied(self) -> dict[int, int]:
        """The least of all generations that are fed; which, is looked up here, once a batch."""

        def look() -> dict[int, int]:
            self._feeding = self._store.fed()
            partitions = {p for each in self._feeding for p in each.positions}
            return {p: min(each.positions.get(p, 0) for each in self._feeding) for p in partitions}

        return await self._scheduler.effect("asking", look)

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""

        def advance() -> None:
            for generation in self._feeding:
                self._store.advance(generation, positions)

        await self._scheduler.effect("advancing", advance)

    async def build(self) -> SimulatedBuilding:
        """See :class:`streams.sink.Sink`."""

        def begin() -> Generation:
            if self._store.begun is None:
                self._store.begun = Generation(fed=False, whole=False)
            return self._store.begun

        begun = await self._scheduler.effect("beginning to build", begin)
        return SimulatedBuilding(self._scheduler, self._store, begun)

    async def _apply_to(self, generation: Generation, events: Sequence[Recorded]) -> None:
        wanted = {key for recorded in events for key in parts_of(recorded)}

        def read() -> Parts:
            return {key: generation.parts[key] for key in wanted if key in generation.parts}

        changed = folded(await self._scheduler.effect("reading", read), events)
        await self._scheduler.effect("writing", lambda: self._store.write(generation, changed))


class SimulatedBuilding:
    """See :class:`streams.sink.Building`; what is not saved is lost with its process."""

    generation = "new"

    def __init__(self, scheduler: Scheduler, store: Store, begun: Generation) -> None:
        self._scheduler = scheduler
        self._store = store
        self._begun = begun
        self._parts = dict(begun.parts)
        self.position = begun.read

    async def apply(self, events: Sequence[Recorded]) -> None:
        """Fold in memory."""
        self._parts |= folded(self._parts, events)

    async def save(self, position: int, positions: Positions) -> None:
        """Write, then say how far it is."""

        def write() -> None:
            self._store.write(self._store.holds(self._begun), self._parts)

        def say() -> None:
            self._store.advance(self._store.holds(self._begun), positions)
            self._begun.read = self.position = position

        await self._scheduler.effect("saving documents", write)
        await self._scheduler.effect("saving the position", say)

    async def hand_over(self) -> None:
        """See :class:`streams.sink.Building`."""

        def hand_over() -> None:
            self._store.holds(self._begun).fed = True

        await self._scheduler.effect("handing over", hand_over)

    async def finish(self) -> None:
        """See :class:`streams.sink.Building`."""

        def finish() -> None:
            self._store.holds(self._begun).whole = True

        await self._scheduler.effect("finishing", finish)

    async def show(self) -> None:
        """See :class:`streams.sink.Building`."""

        def show() -> None:
            generation = self._store.holds(self._begun)
            if not generation.whole:
                raise ReadModelMissing("it is not whole")
            self._store.shown, self._store.begun = generation, None

        await self._scheduler.effect("showing", show)


@dataclass
class SimulatedLetters:
    """Dead letters that are kept, one effect each; nothing is ever parked here."""

    scheduler: Scheduler

    async def keep(self, letters: Sequence[Letter]) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        assert all(letter.kind == "unreadable" for letter in letters)
        await self.scheduler.effect("keeping letters", lambda: None)

    async def parked(self) -> dict[str, int]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        return {}

    async def to_retry(self) -> dict[str, str]:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        return {}

    async def applied(self, stream: str, before: int | None) -> None:
        """See :class:`streams.dead_letters.letter.DeadLetters`."""
        raise AssertionError("nothing is parked here")


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

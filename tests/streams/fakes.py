"""A log, a sink and a producer in memory, which fail when they are told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.recorded import Recorded
from eventlog.codec import encode
from eventlog.record import LogRecord
from eventlog.wire import to_message
from projections.applied import Positions
from projections.documents import PartKey
from projections.parts import Part
from projections.unavailable import ReadModelMissing
from streams.dead_letters.letter import Letter
from streams.pages import folded
from streams.received import TopicRecord


def log_record(recorded: Recorded) -> LogRecord:
    """The row that holds ``recorded``."""
    name, data = encode(recorded.event)
    return LogRecord(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        type=name,
        key=recorded.key,
        recorded_at=recorded.recorded_at,
        occurred_at=recorded.occurred_at,
        actor=recorded.actor,
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        data=data,
        hash=b"",
    )


@dataclass
class FakeLog:
    """The log of some events; ``reads`` counts how often it was asked."""

    records: list[LogRecord] = field(default_factory=list[LogRecord])
    reads: int = 0

    @classmethod
    def of(cls, events: Sequence[Recorded]) -> FakeLog:
        return cls([log_record(event) for event in events])

    def head(self) -> int:
        return self.records[-1].position if self.records else 0

    def read(self, after: int, limit: int) -> list[LogRecord]:
        self.reads += 1
        return [record for record in self.records if record.position > after][:limit]

    def read_key(self, key: str, after: int = 0) -> list[LogRecord]:
        self.reads += 1
        return [record for record in self.records if record.key == key and record.position > after]

    def topic(self) -> list[TopicRecord]:
        """What the relay makes of it, in log order."""
        previous: dict[int, int] = {}
        records: list[TopicRecord] = []
        for offset, record in enumerate(self.records):
            message = to_message(record, previous.get(record.partition, 0))
            previous[record.partition] = record.position
            records.append(
                TopicRecord(
                    partition=record.partition,
                    offset=offset,
                    key=message.key,
                    value=message.value,
                    headers=message.headers,
                )
            )
        return records


@dataclass
class FakeSink:
    """Documents in memory; ``fail`` is called before each step with its name, and may raise."""

    parts: dict[PartKey, Part[Any]] = field(default_factory=dict[PartKey, Part[Any]])
    positions: dict[int, int] = field(default_factory=dict[int, int])
    shown: bool = True
    name: str = "fake"
    building: FakeBuilding | None = None
    fail: Callable[[str], None] = lambda _step: None

    async def apply(self, events: Sequence[Recorded]) -> None:
        self.fail("apply")
        self.parts |= folded(self.parts, events)
        self.fail("applied")

    async def refold(self, events: Sequence[Recorded]) -> None:
        self.fail("refold")
        self.parts |= folded({}, events)

    async def applied(self) -> dict[int, int]:
        self.fail("ask")
        if not self.shown:
            raise ReadModelMissing("flushed")
        return dict(self.positions)

    async def advance(self, positions: Positions) -> None:
        self.fail("advance")
        for partition, position in positions.items():
            self.positions[partition] = max(position, self.positions.get(partition, 0))

    async def build(self) -> FakeBuilding:
        self.fail("build")
        if self.building is None:
            self.building = FakeBuilding(seen_by=self)
        return self.building

    def flush(self) -> None:
        self.parts, self.positions, self.shown = {}, {}, False


@dataclass
class FakeBuilding:
    """A generation in memory; what is not saved is lost when the process is."""

    seen_by: FakeSink
    parts: dict[PartKey, Part[Any]] = field(default_factory=dict[PartKey, Part[Any]])
    positions: dict[int, int] = field(default_factory=dict[int, int])
    generation: str = "new"
    position: int = 0
    ready: bool = False

    async def apply(self, events: Sequence[Recorded]) -> None:
        self.seen_by.fail("build apply")
        self.parts |= folded(self.parts, events)

    async def save(self, position: int, positions: Positions) -> None:
        self.seen_by.fail("save")
        self.position = position
        self.positions |= positions

    async def hand_over(self) -> None:
        self.seen_by.fail("hand over")

    async def finish(self) -> None:
        self.ready = True

    async def show(self) -> None:
        assert self.ready
        self.seen_by.parts, self.seen_by.positions = self.parts, self.positions
        self.seen_by.shown, self.seen_by.building = True, None


@dataclass
class FakeDeadLetters:
    """Dead letters in memory, as the table keeps them; ``kept`` is everything ever handed in."""

    kept: list[Letter] = field(default_factory=list[Letter])
    states: dict[int, tuple[Letter, str]] = field(default_factory=dict[int, tuple[Letter, str]])
    fail: Callable[[str], None] = lambda _step: None

    async def keep(self, letters: Sequence[Letter]) -> None:
        self.fail("keep")
        for letter in letters:
            self.kept.append(letter)
            if letter.kind == "unreadable" or letter.position is None:
                continue
            _, state = self.states.get(letter.position, (letter, "retry"))
            if state in ("applied", "retry"):
                self.states[letter.position] = (letter, "open")

    async def parked(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for letter, state in self.states.values():
            if state in ("open", "discarded") and letter.stream and letter.version:
                found[letter.stream] = min(letter.version, found.get(letter.stream, letter.version))
        return found

    async def to_retry(self) -> dict[str, str]:
        keys = {letter.key for letter, state in self.states.values() if state == "retry"}
        for position, (letter, state) in self.states.items():
            if state == "open" and letter.kind != "unreadable" and letter.key in keys:
                self.states[position] = (letter, "retry")
        return {
            letter.stream: letter.key
            for letter, state in self.states.values()
            if state == "retry" and letter.stream and letter.key
        }

    async def applied(self, stream: str, before: int | None) -> None:
        self.fail("applied letters")
        for position, (letter, state) in self.states.items():
            done = before is None or (letter.version or 0) < before
            if letter.stream == stream and state != "applied" and done:
                self.states[position] = (letter, "applied")

    def ask_again(self) -> None:
        """As the command line does."""
        for position, (letter, state) in self.states.items():
            if state in ("open", "discarded"):
                self.states[position] = (letter, "retry")


@dataclass
class FakeFuture:
    """What a producer promises of one record."""

    is_done: bool = False
    exception: Exception | None = None
    errbacks: list[Callable[[object], None]] = field(default_factory=list[Callable[[object], None]])

    def failed(self) -> bool:
        return self.is_done and self.exception is not None

    def add_errback(self, errback: Callable[[object], None]) -> None:
        self.errbacks.append(errback)

    def acknowledge(self) -> None:
        self.is_done = True

    def refuse(self, error: Exception) -> None:
        self.is_done, self.exception = True, error
        for errback in self.errbacks:
            errback(error)


@dataclass
class FakeProducer:
    """A producer whose broker is the test."""

    records: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    futures: list[FakeFuture] = field(default_factory=list[FakeFuture])
    halted: bool = False
    closed: bool = False
    error: Exception | None = None

    @property
    def _sender(self) -> FakeProducer:
        return self

    def force_close(self) -> None:
        self.halted = True

    def send(self, topic: str, **record: Any) -> FakeFuture:
        if self.error:
            raise self.error
        self.records.append({"topic": topic, **record})
        self.futures.append(FakeFuture())
        return self.futures[-1]

    def flush(self, timeout: float) -> None:
        for future in self.futures:
            future.acknowledge()

    def close(self, timeout: float) -> None:
        self.closed = True

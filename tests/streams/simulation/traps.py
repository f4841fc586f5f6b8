"""The pipeline with one trap brought back, so that the simulation can show that it sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis.stateful import precondition, rule

from eventlog.record import LogRecord
from streams.follower import Follower
from streams.received import TopicRecord, read
from streams.relay import Turn
from tests.streams.fakes import FakeLog
from tests.streams.simulation.broker import Consumer, Producer
from tests.streams.simulation.living import Living, fail
from tests.streams.simulation.machine import Relay
from tests.streams.simulation.world import SimulatedSink


class Careless(Follower):
    """Tries once; whatever comes of it, the records count as applied."""

    async def follow(self, records: Sequence[TopicRecord]) -> bool:
        try:
            async with self._turn:
                await self._attempt([read(record) for record in records])
        except Exception:  # noqa: BLE001, S110 - the trap
            pass
        return True


class AcksOnException(Living):
    """Faust's own `take`: a batch whose handler raised is acknowledged."""

    follower_type = Careless
    forgets = False
    more = ((fail, 30),)


class HastyConsumer(Consumer):
    """Commits what was taken, applied or not."""

    def committable(self, partition: int) -> int:
        return self.position[partition]


class CommitsInFlight(Living):
    """Faust's issue 606: a commit passes an event that is in flight."""

    consumer_type = HastyConsumer
    forgets = False


class LateLog(FakeLog):
    """A log without the lock: an event may be there before the one in front of it."""

    hidden: LogRecord | None = None

    def head(self) -> int:
        return self._seen()[-1].position if self._seen() else 0

    def read(self, after: int, limit: int) -> list[LogRecord]:
        return [record for record in self._seen() if record.position > after][:limit]

    def read_key(self, key: str, after: int = 0) -> list[LogRecord]:
        return [record for record in self.read(after, len(self.records)) if record.key == key]

    def _seen(self) -> list[LogRecord]:
        return [record for record in self.records if record is not self.hidden]


class LateCommits(Living):
    """Appends without the table lock: a tailing reader passes a commit that comes late."""

    log_type = LateLog
    more = (
        (lambda machine, _dice: machine.append_uncommitted(), 10),
        (lambda machine, _dice: machine.commit_late(), 3),
    )

    @precondition(lambda self: self.coming)
    @rule()
    def append_uncommitted(self) -> None:
        """The next event has its position, but is not there yet."""
        if self.late.hidden is None and self.coming:
            self.append(1)
            self.late.hidden = self.log.records[-1]

    @rule()
    def commit_late(self) -> None:
        """Now it is there."""
        self.late.hidden = None

    def teardown(self) -> None:
        self.late.hidden = None
        super().teardown()

    @property
    def late(self) -> LateLog:
        """The log."""
        assert isinstance(self.log, LateLog)
        return self.log


class Unstoppable(Producer):
    """A producer that nobody halts: closed, it flushes what it has."""

    def force_close(self) -> None:
        pass


class GoesOn(Living):
    """A relay that does not halt its producer when a record has expired."""

    def new_turn(self, relay: Relay) -> Turn:
        self.broker.producer_type = Unstoppable
        return super().new_turn(relay)


class Eager(SimulatedSink):
    """Says how far it has come before it is there."""

    async def apply(self, events: Sequence[Any]) -> None:
        await self.advance({event.partition: event.position for event in events})
        await super().apply(events)


class AdvancesFirst(Living):
    """The applied position is written before the documents."""

    sink_type = Eager


class NobodyCounts(Living):
    """What is lost at the end of a partition is missed by no record that comes later."""

    def published(self) -> dict[int, int]:
        return {}

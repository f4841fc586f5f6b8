"""Everything that may happen between the log and the read models, in any order, as rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from prometheus_client import CollectorRegistry

from projections.applied import Positions
from projections.documents import PartKey
from projections.parts import Part
from projections.unavailable import ReadModelUnavailable
from streams.applying import apply_stream
from streams.backoff import Backoff
from streams.folding import folded, parts_of
from streams.follower import Follower
from streams.metrics import RelayMetrics, WorkerMetrics
from streams.overdue import PATIENCE, Overdue
from streams.parking import Parking
from streams.rebuild import Alone, Untold, rebuild
from streams.relay import RelaySettings, Turn
from tests.projections.stories import a_season
from tests.streams.fakes import FakeLog, log_record
from tests.streams.simulation.broker import Broker, Consumer, Group, Producer
from tests.streams.simulation.scheduler import Killed, Process, Scheduler
from tests.streams.simulation.world import (
    Seats,
    Session,
    SimulatedLetters,
    SimulatedSink,
    Store,
    Stream,
)

SEASON: Final = a_season().events
RECORDS: Final = [log_record(event) for event in SEASON]
PARTITIONS: Final = sorted({event.partition for event in SEASON})
SETTINGS: Final = RelaySettings(postgres_url="", bootstrap="", topic="events", save_every=0)
WORKERS: Final = 2
ENOUGH: Final = 400
"""How many rounds at most the whole takes to come to rest."""

choices = st.integers(min_value=0, max_value=63)
relays = st.integers(min_value=0, max_value=1)
workers = st.integers(min_value=0, max_value=WORKERS - 1)


def _histories() -> dict[PartKey, dict[int, Part[Any]]]:
    """Each part of each document, by the version of its stream."""
    found: dict[PartKey, dict[int, Part[Any]]] = {}
    parts: dict[PartKey, Part[Any]] = {}
    for event in SEASON:
        changed = folded(parts, [event])
        parts |= changed
        for key, part in changed.items():
            found.setdefault(key, {})[part.version] = part
    return found


HISTORIES: Final = _histories()


@dataclass
class Relay:
    """A relay's process: with a turn when it has the seat."""

    turn: Turn | None = None
    session: Session | None = None
    producer: Producer | None = None


@dataclass
class Worker:
    """A worker's process, its consumer and its follower."""

    process: Process
    consumer: Consumer
    follower: Follower


class Machine(RuleBasedStateMachine):
    """The pipeline; subclasses bring back a trap."""

    apply: Callable[[Any, Follower], Any] = staticmethod(apply_stream)
    follower_type: type[Follower] = Follower
    consumer_type: type[Consumer] = Consumer
    sink_type: type[SimulatedSink] = SimulatedSink
    log_type: type[FakeLog] = FakeLog
    forgets: bool = True
    """Whether stores are flushed or built anew, topics read again, and time passes: it heals."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler()
        self._patches = [
            mock.patch.object(asyncio, "to_thread", self.scheduler.in_thread),
            mock.patch.object(Backoff, "failed", return_value=0.0),
        ]
        for patch in self._patches:
            patch.start()
        self.log = self.log_type()
        self.coming = list(RECORDS)
        self.broker = Broker()
        self.group = Group(self.broker)
        self.seats = Seats()
        self.store = Store()
        self.relays = [Relay(), Relay()]
        self.workers: list[Worker | None] = [None] * WORKERS
        self.told: dict[int, int] = {}
        self.now = 0.0
        self.builder: Process | None = None
        self.start_worker(0)

    # What the world does.

    @rule(number=st.integers(min_value=1, max_value=4))
    def append(self, number: int) -> None:
        """Commands store the next events."""
        self.log.records.extend(self.coming[:number])
        del self.coming[:number]

    @rule(which=relays, crash=st.sampled_from(["", "", "", "before saving", "after saving"]))
    def relay(self, which: int, crash: str) -> None:
        """A relay does a step, or tries for the seat."""
        relay = self.relays[which]
        try:
            if relay.turn is None:
                if self.seats.holder:
                    return
                self.seats.holder = relay.session = Session(self.seats)
                relay.turn = self.new_turn(relay)
            assert relay.session, "a turn has a session"
            relay.session.crash = crash
            relay.turn.step()
        except Killed:
            self.kill_relay(which)
        except Exception:  # noqa: BLE001 - as run_relay does
            if relay.turn:
                relay.turn.close()
            self._leave_seat(relay)

    def new_turn(self, relay: Relay) -> Turn:
        """A turn with a producer of its own."""

        def connect(bootstrap: str) -> Producer:
            relay.producer = self.broker.connect(bootstrap)
            return relay.producer

        metrics = RelayMetrics(CollectorRegistry())
        backoff = Backoff(mock.Mock(), "relaying")
        assert relay.session, "a turn has a session"
        return Turn(self.log, SETTINGS, metrics, relay.session, connect, backoff)

    @rule(which=relays)
    def kill_relay(self, which: int) -> None:
        """A relay's process is gone; what is on the wire may still arrive."""
        relay = self.relays[which]
        if relay.producer:
            relay.producer.force_close()
        self._leave_seat(relay)

    @rule()
    def lose_session(self) -> None:
        """The database lets go of the seat, and its holder does not know yet."""
        self.seats.holder = None

    @precondition(lambda self: self.sending())
    @rule(which=choices, number=st.integers(min_value=1, max_value=5), told=st.booleans())
    def arrive(self, which: int, number: int, told: bool) -> None:  # noqa: FBT001 - a rule's
        """Records reach the broker."""
        sending = self.sending()
        sending[which % len(sending)].arrive(number, told=told)

    @precondition(lambda self: self.sending())
    @rule(which=choices)
    def expire(self, which: int) -> None:
        """A record is given up."""
        sending = self.sending()
        sending[which % len(sending)].expire()

    def sending(self) -> list[Producer]:
        """The producers that have anything to send."""
        return [producer for producer in self.broker.producers if producer.buffer]

    @rule(which=workers)
    def start_worker(self, which: int) -> None:
        """A worker's process starts, if it does not run; partitions are shared out anew."""
        if self.workers[which]:
            return
        process, consumer = Process(f"worker {which}"), self.consumer_type(self.group)

        metrics = WorkerMetrics(CollectorRegistry())
        sink = self.sink_type(self.scheduler, self.store)
        letters = SimulatedLetters(self.scheduler)
        overdue = Overdue(self.published, consumer.settled, lambda: self.now)
        alone = self.building_alone(process)
        follower = self.follower_type(
            sink, self.log, letters, metrics, alone=alone, overdue=overdue.look
        )
        self.workers[which] = Worker(process, consumer, follower)
        self._share_out()
        self.scheduler.start(process, self.apply(Stream(self.scheduler, consumer), follower))

    def published(self) -> Positions:
        """What the relay has proven to be in the topic."""
        return self.seats.checkpoint.previous

    def building_alone(self, process: Process) -> Alone:
        """One living process at a time builds."""

        @contextmanager
        def alone() -> Generator[bool]:
            mine = self.builder is None or self.builder.killed
            if mine:
                self.builder = process
            try:
                yield mine
            finally:
                if mine and not process.killed:
                    self.builder = None

        return alone

    @rule(which=workers)
    def rebuild(self, which: int) -> None:
        """Somebody wants the read models anew, beside what readers see."""
        worker = self.workers[which]
        if worker and sum(not task.done() for task in worker.process.tasks) < 3:
            self.scheduler.start(worker.process, self._rebuild(worker))

    async def _rebuild(self, worker: Worker) -> None:
        sink = SimulatedSink(self.scheduler, self.store)
        metrics = WorkerMetrics(CollectorRegistry())
        parking = Parking(sink.name, self.log, SimulatedLetters(self.scheduler), metrics)
        with suppress(ReadModelUnavailable):
            alone = self.building_alone(worker.process)
            building = await rebuild(sink, self.log, parking, alone, Untold())
            await building.show()

    @rule(which=workers)
    def kill_worker(self, which: int) -> None:
        """A worker's process is gone."""
        if worker := self.workers[which]:
            self.scheduler.kill(worker.process)
            self.workers[which] = None
            self._share_out()

    @rule(which=workers)
    def look(self, which: int) -> None:
        """A worker looks after its read models, as it does every second."""
        worker = self.workers[which]
        if worker and sum(not task.done() for task in worker.process.tasks) < 2:
            self.scheduler.start(worker.process, worker.follower.follow([]))

    @rule(which=workers)
    def commit(self, which: int) -> None:
        """Faust commits what was acknowledged."""
        if worker := self.workers[which]:
            worker.consumer.commit()

    @rule(steps=st.lists(choices, min_size=1, max_size=24))
    def go_on(self, steps: list[int]) -> None:
        """Processes go on, whichever."""
        for step in steps:
            if stops := self.scheduler.stops:
                self.scheduler.go_on(stops[step % len(stops)])

    @precondition(lambda self: self.scheduler.stops)
    @rule(which=choices)
    def fail(self, which: int) -> None:
        """A store, or the log, does not answer: before its effect, or after."""
        stop = self.scheduler.stops[which % len(self.scheduler.stops)]
        if stop.label.startswith(("before ", "after ")):
            self.scheduler.go_on(stop, ReadModelUnavailable("no answer"))

    @precondition(lambda self: self.forgets)
    @rule()
    def flush(self) -> None:
        """The store loses everything."""
        self.store.flush()

    @precondition(lambda self: self.forgets)
    @rule()
    def read_again(self) -> None:
        """Somebody sets the group back to the start of the topic."""
        self.group.committed.clear()
        for which in range(WORKERS):
            self.kill_worker(which)

    @precondition(lambda self: self.forgets)
    @rule(which=workers)
    def lose(self, which: int) -> None:
        """Records get lost between the topic and a worker."""
        if worker := self.workers[which]:
            worker.consumer.lose()

    @precondition(lambda self: self.forgets)
    @rule()
    def wait(self) -> None:
        """Time passes, and nothing happens."""
        self.now += PATIENCE / 2

    @rule(partition=st.sampled_from(PARTITIONS))
    def scribble(self, partition: int) -> None:
        """Something that is not ours gets into the topic."""
        self.broker.append(partition, b"?", b"\x00", [])

    @rule(which=relays)
    def carry(self, which: int) -> None:
        """A relay and the broker work for a while."""
        for _ in range(3):
            self.relay(which, "")
            for producer in self.sending():
                producer.arrive(len(producer.buffer), told=not producer.halted)

    @rule(rounds=st.integers(min_value=1, max_value=12))
    def work(self, rounds: int) -> None:
        """Workers and stores work for a while."""
        for _ in range(rounds):
            for stop in self.scheduler.stops:
                if stop in self.scheduler.stops:
                    self.scheduler.go_on(stop)

    # What holds, whatever happens.

    def check(self) -> None:
        """All of it."""
        self.the_broker_has_all_behind_the_checkpoint()
        self.the_topic_is_the_log_in_order()
        self.each_document_is_a_fold()
        self.what_is_applied_is_in_the_documents()

    @invariant()
    def the_broker_has_all_behind_the_checkpoint(self) -> None:
        """The checkpoint never passes an event that the broker has not."""
        held = {position for partition in PARTITIONS for position in self._positions(partition)}
        passed = {r.position for r in RECORDS if r.position <= self.seats.checkpoint.position}
        missing = passed - held
        assert not missing, f"the checkpoint passed {sorted(missing)}"

    @invariant()
    def the_topic_is_the_log_in_order(self) -> None:
        """Each partition without what came again is the log's beginning."""
        for partition in PARTITIONS:
            firsts = list(dict.fromkeys(self._positions(partition)))
            logged = [r.position for r in RECORDS if r.partition == partition]
            assert firsts == logged[: len(firsts)], f"partition {partition} holds {firsts}"

    @invariant()
    def each_document_is_a_fold(self) -> None:
        """A part of a document at a version equals the fold of its stream up to there."""
        for generation in (self.store.shown, self.store.begun):
            for key, part in generation.parts.items() if generation else ():
                assert part == HISTORIES[key][part.version], f"{key} is not its fold"

    @invariant()
    def what_is_applied_is_in_the_documents(self) -> None:
        """Nothing up to an applied position is missing, and readers never go back."""
        if self.store.shown is None:
            return
        now = self.store.shown
        for partition, position in self.told.items():
            assert now.positions.get(partition, 0) >= position, f"{partition} went back"
        self.told = dict(now.positions)
        for event in SEASON:
            if event.position <= now.positions.get(event.partition, 0):
                for key in parts_of(event):
                    part = now.parts.get(key)
                    assert part, f"{key} is not there"
                    assert part.version >= event.version, f"{key} lacks {event.position}"

    def teardown(self) -> None:
        """When everything works again, everything comes to the end of the log."""
        try:
            self._rest()
            assert self.seats.checkpoint.position == self.log.head()
            events = [event for event in SEASON if event.position <= self.log.head()]
            assert self.store.shown
            assert self.store.shown.parts == folded({}, events)
            ends = {event.partition: event.position for event in events}
            assert self.store.shown.positions == ends
        finally:
            for which in range(WORKERS):
                self.kill_worker(which)
            for patch in self._patches:
                patch.stop()
            self.scheduler.close()

    def _rest(self) -> None:
        self.start_worker(0)
        self.look(0)
        self._settle()
        if self.forgets:
            # What was lost is missed in one look, and overdue in another.
            for _ in range(3):
                self.now += PATIENCE
                self.commit(0)
                self.look(0)
                self._settle()

    def _settle(self) -> None:
        for _ in range(ENOUGH):
            self.relay(0, "")
            if self.relays[0].turn is None:
                self.relay(1, "")
            for producer in self.sending():
                producer.arrive(len(producer.buffer), told=not producer.halted)
            stops = self.scheduler.stops
            self.work(1)
            done = self.seats.checkpoint.position == self.log.head() and not self.sending()
            if done and not stops and self.store.shown:
                return

    def _positions(self, partition: int) -> list[int]:
        return [
            int(value)
            for record in self.broker.topic[partition]
            for name, value in record.headers
            if name == "position"
        ]

    def _leave_seat(self, relay: Relay) -> None:
        if relay.session and self.seats.holder is relay.session:
            self.seats.holder = None
        relay.turn = relay.session = relay.producer = None

    def _share_out(self) -> None:
        """Every partition to one of the living workers."""
        living = [worker for worker in self.workers if worker]
        for number, worker in enumerate(living):
            worker.consumer.assign(set(PARTITIONS[number :: len(living)]))

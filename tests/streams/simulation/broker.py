"""A broker in memory: partitions, idempotent producers by sequence number, and a consumer group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from kafka.errors import KafkaTimeoutError

from streams.received import TopicRecord
from tests.streams.fakes import FakeFuture

IN_FLIGHT = 2
"""How many records of a producer may be on the wire, beyond its reach."""


@dataclass(eq=False)
class _Sent:
    partition: int
    sequence: int
    epoch: int
    record: dict[str, Any]
    future: FakeFuture


@dataclass
class Broker:
    """What it holds; it takes a record of a producer only behind the one before it."""

    topic: dict[int, list[TopicRecord]] = field(
        default_factory=lambda: defaultdict[int, list[TopicRecord]](list)
    )
    producers: list[Producer] = field(default_factory=list["Producer"])
    producer_type: type[Producer] | None = None

    def connect(self, _bootstrap: str) -> Producer:
        """A new producer."""
        producer = (self.producer_type or Producer)(self)
        self.producers.append(producer)
        return producer

    def append(self, partition: int, key: bytes, value: bytes, headers: Any) -> None:
        """Store a record at the end of ``partition``."""
        records = self.topic[partition]
        records.append(
            TopicRecord(
                partition=partition, offset=len(records), key=key, value=value, headers=headers
            )
        )


@dataclass(eq=False)
class Producer:
    """An idempotent producer, with what it has buffered and has on the wire."""

    broker: Broker
    buffer: list[_Sent] = field(default_factory=list[_Sent])
    halted: bool = False
    epoch: int = 0
    _sent: dict[int, int] = field(default_factory=lambda: defaultdict[int, int](int))
    _stored: dict[tuple[int, int], int] = field(
        default_factory=lambda: defaultdict[tuple[int, int], int](int)
    )

    @property
    def _sender(self) -> Producer:
        return self

    def force_close(self) -> None:
        """Send nothing more; what is on the wire may still arrive."""
        self.halted = True
        self.buffer = self.buffer[:IN_FLIGHT]

    def send(self, topic: str, *, partition: int, **record: Any) -> FakeFuture:
        """Buffer a record."""
        future = FakeFuture()
        self.buffer.append(_Sent(partition, self._sent[partition], self.epoch, record, future))
        self._sent[partition] += 1
        return future

    def flush(self, timeout: float) -> None:
        """Nothing: the test says when records arrive."""

    def close(self, timeout: float) -> None:
        """See :meth:`force_close`."""
        self.force_close()

    def arrive(self, number: int, *, told: bool) -> None:
        """The next records reach the broker; the producer hears of it only when ``told``."""
        for _ in range(min(number, len(self.buffer))):
            sent = self.buffer.pop(0)
            place = (sent.partition, sent.epoch)
            if sent.sequence != self._stored[place]:
                self._fail(sent)
                return
            self._stored[place] += 1
            self.broker.append(sent.partition, **sent.record)
            if not told:
                self._fail(sent)
                return
            sent.future.acknowledge()

    def expire(self) -> None:
        """The next record is given up, and never reached the broker."""
        if self.buffer:
            self._fail(self.buffer.pop(0))

    def _fail(self, sent: _Sent) -> None:
        sent.future.refuse(KafkaTimeoutError("expired"))
        if self.halted:
            return
        # As kafka-python does: what is left goes on under a new producer id.
        self.epoch += 1
        self._sent.clear()
        for left in self.buffer:
            left.epoch, left.sequence = self.epoch, self._sent[left.partition]
            self._sent[left.partition] += 1


@dataclass(eq=False)
class _Message:
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Any


@dataclass(eq=False)
class _Event:
    message: _Message


@dataclass(eq=False)
class Consumer:
    """One member of the group: what it has, took and acknowledged."""

    group: Group
    assigned: set[int] = field(default_factory=set[int])
    position: dict[int, int] = field(default_factory=dict[int, int])
    acked: dict[int, set[int]] = field(default_factory=lambda: defaultdict[int, set[int]](set))
    most: int = 3

    def assign(self, partitions: set[int]) -> None:
        """Own these partitions from now on; new ones from where the group has committed."""
        for partition in partitions - self.assigned:
            self.position[partition] = self.group.committed[partition]
            self.acked[partition] = set()
        self.assigned = set(partitions)

    def behind(self) -> bool:
        """Whether there is anything to take."""
        topic = self.group.broker.topic
        return any(self.position[p] < len(topic[p]) for p in self.assigned)

    def take(self) -> list[_Event]:
        """The next records, a few."""
        taken: list[_Event] = []
        for partition in sorted(self.assigned):
            records = self.group.broker.topic[partition]
            while self.position[partition] < len(records) and len(taken) < self.most:
                record = records[self.position[partition]]
                self.position[partition] += 1
                taken.append(
                    _Event(
                        _Message(partition, record.offset, record.key, record.value, record.headers)
                    )
                )
        return taken

    def lose(self) -> None:
        """What there is of one partition never comes, and counts as acknowledged."""
        topic = self.group.broker.topic
        for partition in sorted(self.assigned):
            if self.position[partition] < len(topic[partition]):
                lost = range(self.position[partition], len(topic[partition]))
                self.acked[partition].update(lost)
                self.position[partition] = lost.stop
                return

    def settled(self, partition: int) -> bool:
        """Whether all of ``partition`` came to this member and is committed."""
        held = len(self.group.broker.topic[partition])
        return partition in self.assigned and self.group.committed[partition] >= held

    def commit(self) -> None:
        """Commit behind the last of the acknowledged records without a hole, as Faust does."""
        for partition in self.assigned:
            self.group.committed[partition] = self.committable(partition)

    def committable(self, partition: int) -> int:
        """Up to where every record of ``partition`` is acknowledged."""
        offset = self.group.committed[partition]
        while offset in self.acked[partition]:
            offset += 1
        return offset


@dataclass
class Group:
    """What the group has committed, and its members."""

    broker: Broker
    committed: dict[int, int] = field(default_factory=lambda: defaultdict[int, int](int))

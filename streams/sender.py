"""Sends events to the topic in order, and knows up to where the broker has them without a hole."""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from eventlog.record import LogRecord
from eventlog.wire import to_message
from streams.checkpoint import Checkpoint

PRODUCER: Final[dict[str, Any]] = {
    "enable_idempotence": True,
    "acks": "all",
    "linger_ms": 3,
    "batch_size": 64 * 1024,
    "compression_type": "lz4",
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 30_000,
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 5_000,
    "reconnect_backoff_max_ms": 1_000,
    "metrics_enabled": False,
    "allow_auto_create_topics": False,
}
"""Small delays, and failures within half a minute, so that the relay can start again."""


class SendFailed(Exception):
    """The broker did not take an event; nothing behind it may be sent before it."""


def connect_producer(bootstrap: str) -> KafkaProducer:
    """An idempotent producer; raises ``kafka.errors.KafkaError`` when no broker answers."""
    return KafkaProducer(bootstrap_servers=bootstrap.split(","), **PRODUCER)


@dataclass(frozen=True)
class _Flight:
    position: int
    partition: int
    future: Any


class Sender:
    """One producer's life: from a checkpoint to the first failure, after which it is of no use.

    ``sent`` is the position of the last event handed over, ``count`` how many were acknowledged.
    """

    def __init__(self, producer: Any, topic: str, start: Checkpoint) -> None:
        self._producer = producer
        self._topic = topic
        self._flying: deque[_Flight] = deque()
        self._previous = dict(start.previous)
        self._acknowledged = dict(start.previous)
        self._reached = start.position
        self.sent = start.position
        self.count = 0

    @property
    def flying(self) -> int:
        """How many events are sent but not acknowledged."""
        return len(self._flying)

    def send(self, record: LogRecord) -> None:
        """Hand ``record`` to the producer; raises :class:`SendFailed` when it takes no more."""
        partition = record.partition
        message = to_message(record, self._previous.get(partition, 0))
        try:
            future = self._producer.send(
                self._topic,
                key=message.key,
                value=message.value,
                headers=message.headers,
                partition=partition,
            )
        except KafkaError as error:
            raise SendFailed(f"position {record.position}: {error!r}") from error
        future.add_errback(self._halt)
        self._flying.append(_Flight(record.position, partition, future))
        self._previous[partition] = self.sent = record.position

    def acknowledged(self) -> Checkpoint:
        """Up to where every event is acknowledged; raises :class:`SendFailed` if one was not."""
        while self._flying and self._flying[0].future.is_done:
            flight = self._flying[0]
            # A failed one stays at the front: nothing behind it counts any more.
            if flight.future.failed():
                raise SendFailed(f"position {flight.position}: {flight.future.exception!r}")
            self._flying.popleft()
            self.count += 1
            self._acknowledged[flight.partition] = self._reached = flight.position
        return Checkpoint(self._reached, dict(self._acknowledged))

    def settle(self, seconds: float) -> Checkpoint:
        """Wait for what is flying, then as :meth:`acknowledged`."""
        with contextlib.suppress(KafkaError):
            self._producer.flush(timeout=seconds)
        return self.acknowledged()

    def close(self) -> None:
        """Send nothing more, not even what is buffered."""
        self._halt(None)
        with contextlib.suppress(KafkaError):
            self._producer.close(timeout=0)

    def _halt(self, _failure: object) -> None:
        # The producer's own thread calls this at the first failure, before it sends anything else:
        # later events must not overtake. Its close(timeout=0) would raise while batches are
        # buffered, and leave the thread running.
        self._producer._sender.force_close()  # noqa: SLF001 - see above

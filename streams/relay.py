"""The relay carries the log to the topic: in order, from its checkpoint, one relay at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from streams.backoff import Backoff
from streams.checkpoint import EVENTS, Checkpoint, Seat
from streams.log import Log
from streams.metrics import RelayMetrics
from streams.sender import Sender, connect_producer

logger = logging.getLogger(__name__)

PAGE = 500
"""How many events are read at once."""

MOST_FLYING = 5_000
"""How many events may be sent and not acknowledged."""


@dataclass(frozen=True, kw_only=True)
class RelaySettings:
    """Where a relay writes, and its pace in seconds.

    ``postgres_url`` leads directly to the database, with the right to write ``relay_checkpoint``.
    """

    postgres_url: str
    bootstrap: str
    topic: str
    name: str = EVENTS
    poll_every: float = 0.01
    save_every: float = 0.1
    stand_by_every: float = 0.5


def run_relay(
    log: Log,
    settings: RelaySettings,
    metrics: RelayMetrics,
    stop: threading.Event,
    *,
    connect: Callable[[str], Any] = connect_producer,
) -> None:
    """Relay until ``stop`` is set, whatever happens to Postgres and Kafka meanwhile.

    Stands by while another relay of the name is active.
    """
    backoff = Backoff(logger, "relaying events", first=0.1, longest=2.0)
    while not stop.is_set():
        try:
            with Seat(settings.postgres_url, settings.name) as seat:
                while not seat.taken():
                    backoff.succeeded()
                    if stop.wait(settings.stand_by_every):
                        return
                Turn(log, settings, metrics, seat, connect, backoff).run(stop)
        except Exception as error:  # noqa: BLE001 - whatever it was, start again from the checkpoint
            metrics.restarts.inc()
            stop.wait(backoff.failed(error))
        finally:
            metrics.active.set(0)


class Place(Protocol):
    """What of a :class:`streams.checkpoint.Seat` a turn needs; calls raise when it is lost."""

    def load(self) -> Checkpoint:
        """The checkpoint."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Store the checkpoint."""
        ...

    def prove(self) -> None:
        """Raise when the place is lost."""
        ...


class Turn:
    """From taking the seat to the first failure, or the end."""

    def __init__(
        self,
        log: Log,
        settings: RelaySettings,
        metrics: RelayMetrics,
        seat: Place,
        connect: Callable[[str], Any],
        backoff: Backoff,
    ) -> None:
        self._log = log
        self._settings = settings
        self._metrics = metrics
        self._seat = seat
        self._backoff = backoff
        self._saved = seat.load()
        self._saved_at = time.monotonic()
        self._counted = 0
        self._sender = Sender(connect(settings.bootstrap), settings.topic, self._saved)
        logger.info("relaying from position %d", self._saved.position)
        metrics.active.set(1)
        metrics.position.set(self._saved.position)

    def run(self, stop: threading.Event) -> None:
        """Read, send and move the checkpoint, until told to stop or until something fails."""
        try:
            while not stop.is_set():
                if not self.step():
                    stop.wait(self._settings.poll_every)
            self._sender.settle(5.0)
            self._save(self._sender, now=True)
        finally:
            self.close()

    def close(self) -> None:
        """Send nothing more, not even what is buffered."""
        self._sender.close()

    def step(self) -> bool:
        """Send the next page and move the checkpoint; whether there may be more at once."""
        full = self._send_page(self._sender)
        self._save(self._sender)
        return full

    def _send_page(self, sender: Sender) -> bool:
        """Send what is new; whether there may be more at once."""
        if sender.flying >= MOST_FLYING:
            return False
        records = self._log.read(sender.sent, PAGE)
        for record in records:
            sender.send(record)
        return len(records) == PAGE

    def _save(self, sender: Sender, *, now: bool = False) -> None:
        reached = sender.acknowledged()
        self._metrics.lag.set(sender.sent - reached.position)
        if time.monotonic() - self._saved_at < self._settings.save_every and not now:
            return
        if reached.position > self._saved.position:
            self._seat.save(reached)
            self._metrics.sent.inc(sender.count - self._counted)
            self._counted = sender.count
            self._metrics.position.set(reached.position)
            self._saved = reached
            self._backoff.succeeded()
        else:
            self._seat.prove()
        self._saved_at = time.monotonic()

"""What operators watch: how far each process is, how late, and what went wrong on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from domain.recorded import Recorded

SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


class RelayMetrics:
    """How far the relay is."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.position = Gauge(
            "sojourn_relay_position",
            "Position up to which the broker has acknowledged every event",
            registry=registry,
        )
        self.lag = Gauge(
            "sojourn_relay_lag",
            "Positions between the last event read and the last acknowledged",
            registry=registry,
        )
        self.active = Gauge(
            "sojourn_relay_active", "1 while this relay has the lock", registry=registry
        )
        self.sent = Counter(
            "sojourn_relay_sent", "Events that the broker acknowledged", registry=registry
        )
        self.restarts = Counter(
            "sojourn_relay_restarts", "Fresh starts from the checkpoint", registry=registry
        )


class WorkerMetrics:
    """How far one sink's worker is."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._position = Gauge(
            "sojourn_worker_applied_position",
            "Position applied to the read models, by partition",
            ["partition"],
            registry=registry,
        )
        self._events = Counter("sojourn_worker_applied_events", "Events applied", registry=registry)
        self._delay = Histogram(
            "sojourn_worker_delay_seconds",
            "From the commit of an event to its being applied, the last one of each batch",
            buckets=SECONDS,
            registry=registry,
        )
        self.retries = Counter(
            "sojourn_worker_retries", "Batches tried again after a failure", registry=registry
        )
        self.healed = Counter(
            "sojourn_worker_healed_events", "Events read from the log instead", registry=registry
        )
        self.dead_letters = Counter(
            "sojourn_worker_dead_letters",
            "Records that could not be read, and events that could not be applied",
            registry=registry,
        )
        self.parked = Gauge(
            "sojourn_worker_parked_streams",
            "Streams whose later events wait for `sojourn dead-letters retry`",
            registry=registry,
        )
        self._rebuilt = Counter(
            "sojourn_worker_rebuilt_events",
            "Events of the log read into read models that are being built",
            registry=registry,
        )
        self._moved_at = -math.inf
        self._committed_for: Callable[[], float] = lambda: 0.0
        self._lag = Gauge(
            "sojourn_worker_lag",
            "Records of this worker's partitions that it has not committed yet",
            registry=registry,
        )
        self._committed_age = Gauge(
            "sojourn_worker_committed_offset_age_seconds",
            "For how long a partition with records to come has not moved its committed offset",
            registry=registry,
        )

    def watch_committed(self, age: Callable[[], float], lag: Callable[[], float]) -> None:
        """``age`` tells for how many seconds a partition with records to come has stood still.

        ``lag`` tells how many records are to come.
        """
        self._lag.set_function(lag)
        self._committed_for = age
        self._committed_age.set_function(age)

    def built(self, events: int) -> None:
        """Take note that a rebuild goes on by so many events."""
        self._rebuilt.inc(events)
        self.moved()

    def moved(self) -> None:
        """Take note of life though nothing is committed yet."""
        self._moved_at = monotonic()

    def stuck_for(self) -> float:
        """Seconds since something was committed, if there is more to come, or built or healed."""
        return min(self._committed_for(), monotonic() - self._moved_at)

    def applied(self, events: Sequence[Recorded], positions: Mapping[int, int]) -> None:
        """Take note of an applied batch."""
        for partition, position in positions.items():
            self._position.labels(str(partition)).set(position)
        if events:
            self._events.inc(len(events))
            self._delay.observe((datetime.now(UTC) - events[-1].recorded_at).total_seconds())


class FeedMetrics:
    """What becomes of the live feed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.entries = Counter(
            "sojourn_feed_entries", "Events told to those who listen", registry=registry
        )
        self.begun = Counter(
            "sojourn_feed_begun",
            "Feeds begun anew, as there was none: who listens is told to read again",
            registry=registry,
        )


class Glance(Protocol):
    """How the timers stand at an instant: when the next is due, and how many are overdue."""

    @property
    def now(self) -> datetime:
        """The instant, by Postgres's clock."""
        ...

    @property
    def next_due(self) -> datetime | None:
        """When the first that is not done is due."""
        ...

    @property
    def overdue(self) -> int:
        """How many are due and not done."""
        ...


class TimerMetrics:
    """How the scheduler does, and whether it lives."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._position = Gauge(
            "sojourn_timers_position",
            "Position of the log up to which timers are set and cleared",
            registry=registry,
        )
        self._lag = Gauge(
            "sojourn_timers_lag", "Positions between that and the log's head", registry=registry
        )
        self._next_due = Gauge(
            "sojourn_timers_next_due_seconds",
            "Seconds until the next timer is due, negative when it is overdue; NaN without any",
            registry=registry,
        )
        self._overdue = Gauge(
            "sojourn_timers_overdue", "Timers that are due and not done", registry=registry
        )
        self._fired = Counter(
            "sojourn_timers_fired",
            "Timers fired, by kind and by what became of it",
            ["kind", "outcome"],
            registry=registry,
        )
        self._alive = monotonic()

    def look(self, glance: Glance, position: int, head: int) -> None:
        """Take note of how the table stands."""
        self._position.set(position)
        self._lag.set(head - position)
        due = glance.next_due
        self._next_due.set((due - glance.now).total_seconds() if due else math.nan)
        self._overdue.set(glance.overdue)

    def fired(self, kind: str, outcome: str) -> None:
        """Take note of a timer that was fired."""
        self._fired.labels(kind, outcome).inc()

    def seen_alive(self) -> None:
        """Take note that log and table were looked at."""
        self._alive = monotonic()

    def silent_for(self) -> float:
        """Seconds since log and table were last looked at."""
        return monotonic() - self._alive

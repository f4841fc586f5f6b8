"""What operators watch of webhooks: what came of each attempt, what waits, and how late it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from commands.webhooks.deliveries import Backlog, Leased

Outcome = Literal["delivered", "retried", "given_up", "cancelled"]

SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600, 3_600, 36_000)

LOOK: Final = 5.0
"""Every how many seconds it is looked what waits."""


class WebhookMetrics:
    """How one process's sending goes; what waits is that of all of them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "sojourn_webhooks_attempts",
            "Attempts to send, by what came of them",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("delivered", "retried", "given_up", "cancelled"):
            self._attempts.labels(outcome)
        self._delay = Histogram(
            "sojourn_webhooks_delay_seconds",
            "From the queueing of a delivery to its being taken",
            buckets=SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(
            "sojourn_webhooks_waiting",
            "Deliveries to be sent, now or later",
            registry=registry,
        )
        self._due = Gauge(
            "sojourn_webhooks_due", "Those of them to be sent by now", registry=registry
        )
        self._late = Gauge(
            "sojourn_webhooks_late_seconds",
            "For how long the oldest of these has been due",
            registry=registry,
        )
        self._looked = -LOOK

    def settled(self, leased: Leased, outcome: Outcome) -> None:
        """Take note of what came of an attempt."""
        if outcome == "delivered":
            self._delay.observe((datetime.now(UTC) - leased.created_at).total_seconds())
        self._attempts.labels(outcome).inc()

    def look(self, backlog: Callable[[], Backlog]) -> None:
        """Take note of what waits, every few seconds; ``backlog`` blocks."""
        if monotonic() - self._looked < LOOK:
            return
        found = backlog()
        self._waiting.set(found.waiting)
        self._due.set(found.due)
        self._late.set(found.late)
        self._looked = monotonic()

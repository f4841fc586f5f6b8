"""The scheduler: follows the log into the table of timers, and fires those that are due."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic

from streams.backoff import Backoff
from streams.log import Log
from streams.metrics import TimerMetrics
from streams.timers.firing import Fire, fire_one
from streams.timers.following import TimerFollower
from streams.timers.table import TimerTable

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""How many timers one process fires at the same time."""

POLL = 0.05
"""Every how many seconds the log and the clock are looked at: both ask an index for little."""

LOOK = 1.0
"""Every how many seconds the metrics are brought up to date."""


def run_timers(
    log: Log,
    table: TimerTable,
    fire: Fire,
    metrics: TimerMetrics,
    stop: threading.Event,
    *,
    poll: float = POLL,
) -> None:
    """Follow and fire until ``stop`` is set, whatever happens to Postgres meanwhile.

    Several may run: they share the work. What is being fired at the end is brought to its end.
    """
    backoff = Backoff(logger, "looking after timers", first=poll, longest=2.0)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="timer") as pool:
        scheduler = _Scheduler(log, table, fire, metrics, pool)
        while not stop.is_set():
            try:
                pause = 0.0 if scheduler.step(poll) else poll
                metrics.seen_alive()
                backoff.succeeded()
            except Exception as error:  # noqa: BLE001 - Postgres may be down; it comes back
                pause = backoff.failed(error)
            stop.wait(pause)


class _Scheduler:
    def __init__(
        self,
        log: Log,
        table: TimerTable,
        fire: Fire,
        metrics: TimerMetrics,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._log = log
        self._table = table
        self._follower = TimerFollower(log, table)
        self._fire = fire
        self._metrics = metrics
        self._pool = pool
        self._busy: set[Future[None]] = set()
        self._looked = 0.0

    def step(self, patience: float) -> bool:
        """Follow a page of the log and fire what is due; whether there is more to do at once."""
        more = self._follower.step()
        # A table on its way through an old log is full of timers that later events clear.
        taken = 0 if more else self._take()
        if monotonic() - self._looked >= LOOK:
            self._look()
        if len(self._busy) == AT_ONCE:
            wait(self._busy, timeout=patience, return_when=FIRST_COMPLETED)
            return True
        return more or taken > 0

    def _take(self) -> int:
        self._busy = {future for future in self._busy if not future.done()}
        free = AT_ONCE - len(self._busy)
        found = self._table.take(free) if free else []
        for taken in found:
            self._busy.add(
                self._pool.submit(fire_one, taken, self._fire, self._table, self._metrics)
            )
        return len(found)

    def _look(self) -> None:
        position = self._follower.look()
        self._metrics.look(self._table.glance(), position, self._log.head())
        self._looked = monotonic()

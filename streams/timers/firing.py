"""A due timer is fired by one use case; one that fails backs off alone, ever longer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from commands.context import Context
from commands.execute import Commands, Unavailable
from commands.work import Work
from domain.refusals import TooEarly
from domain.timers import Timer
from streams.metrics import TimerMetrics
from streams.timers.table import Taken, TimerTable
from streams.timers.use_cases import USE_CASES

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=0.25)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_OUTAGE = timedelta(seconds=5)
"""While the log can't be reached the fault is not the timer's."""

Fire = Callable[[Taken], object]
"""Does what the timer is for; raises when it could not."""


def use_cases(commands: Commands) -> Fire:
    """Fires each timer by its use case on ``commands``."""

    def fire(taken: Taken) -> None:
        timer = taken.timer
        handle, message = USE_CASES[timer.kind](timer.subject, taken.due)

        def when_due(message: Any, work: Work) -> object:
            # Postgres's clock may have been set back since the timer was taken.
            if work.now < taken.due.at:
                raise TooEarly(action="do this", earliest=taken.due.at)
            return handle(message, work)

        context = Context(process="timers", correlation_id=correlation_of(timer))
        commands.execute(when_due, message, context)

    return fire


def correlation_of(timer: Timer) -> str:
    """By which auditors find what a timer did."""
    return f"timer-{timer.kind}-{timer.subject}"


def fire_one(taken: Taken, fire: Fire, table: TimerTable, metrics: TimerMetrics) -> None:
    """Fire ``taken``, and note what became of it; never raises.

    What can't be noted, as when Postgres is gone, is taken again when its lease ends.
    """
    kind = taken.timer.kind
    try:
        outcome = _tried(taken, fire, table)
    except Exception as error:  # noqa: BLE001 - the table is out of reach; the lease ends by itself
        logger.warning("%s: what became of it could not be noted: %s", taken.timer, error)
        outcome = "unknown"
    metrics.fired(kind, outcome)


def _tried(taken: Taken, fire: Fire, table: TimerTable) -> str:
    try:
        fire(taken)
    except TooEarly as early:
        table.postpone(taken, FIRST_WAIT, until=early.earliest)
        return "early"
    except Unavailable as error:
        table.postpone(taken, wait_after(taken.attempts, LONGEST_OUTAGE), says(error))
        return "unavailable"
    except Exception as error:  # noqa: BLE001 - whatever it is, the other timers go on
        wait = wait_after(taken.attempts, LONGEST_WAIT)
        table.postpone(taken, wait, says(error))
        logger.warning(
            "%s of %s failed %d times and waits %s: %s",
            *(taken.timer.kind, taken.timer.subject, taken.attempts, wait, says(error)),
        )
        return "failed"
    table.settle(taken)
    return "done"


def wait_after(attempts: int, longest: timedelta) -> timedelta:
    """How long to wait after that many attempts: twice as long each time."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), longest)


def says(error: Exception) -> str:
    """The error in one line."""
    return f"{type(error).__name__}: {error}"[:500]

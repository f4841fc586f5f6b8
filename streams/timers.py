"""The timer expires lapsed holds: nothing depends on its haste, as a lapsed hold claims nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from streams.backoff import Backoff

logger = logging.getLogger(__name__)

T = TypeVar("T")


def run_timers(
    lapsed: Callable[[], Sequence[T]],
    expire: Callable[[T], object],
    stop: threading.Event,
    *,
    every: float = 0.25,
) -> None:
    """Call ``expire`` for each of ``lapsed``, every ``every`` seconds until ``stop`` is set.

    ``expire`` must bear being called for what is gone, so that several timers may run. One that
    fails does not keep the others waiting.
    """
    asking = Backoff(logger, "asking for lapsed holds", first=every, longest=5.0)
    expiring = Backoff(logger, "expiring a hold", first=every, longest=5.0)
    pause = 0.0
    while not stop.wait(pause):
        try:
            found = lapsed()
            asking.succeeded()
        except Exception as error:  # noqa: BLE001 - the database may be down; it comes back
            pause = asking.failed(error)
            continue
        pause = every
        for claim in found:
            if stop.is_set():
                return
            try:
                expire(claim)
                expiring.succeeded()
            except Exception as error:  # noqa: BLE001 - the next one may well succeed
                pause = max(pause, expiring.failed(error))

"""SIGTERM and SIGINT ask a process that has no event loop to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

_log = logging.getLogger("sojourn.process")


def stopping_event() -> threading.Event:
    """An event that either signal sets; call it from the main thread."""
    stop = threading.Event()
    heard, told = os.pipe()

    def tell(number: int, _frame: FrameType | None) -> None:
        # It interrupts the main thread anywhere, perhaps with the event's lock in its hands: to set
        # the event, or to log, from here can wait for ever.
        os.write(told, bytes([number]))

    def hear() -> None:
        while True:
            [number] = os.read(heard, 1)
            _log.info("stopping on %s", signal.Signals(number).name)
            stop.set()

    threading.Thread(target=hear, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    return stop

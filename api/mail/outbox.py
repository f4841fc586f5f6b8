"""Letters are written and sent behind the scenes, so that no answer tells whether one was.

What waits when a process dies is lost: people ask again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable

_log = logging.getLogger("sojourn.mail")

Errand = Callable[[], Awaitable[None]]
"""Looks something up, perhaps, and sends a letter, perhaps."""

WAITING = 1_000
"""How many errands wait at most; what comes on top is dropped, and the log says so."""

PER_ADDRESS = 5
WINDOW = 600.0
"""Nobody is sent more than so many letters in so many seconds, whoever asks for them."""


class Outbox:
    """Runs errands one after another, in their order."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._errands: asyncio.Queue[tuple[bytes, Errand]] = asyncio.Queue(WAITING)
        self._sent: Counter[bytes] = Counter()
        self._window_ends = 0.0
        self._running: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to run errands, in the event loop that is running."""
        self._running = asyncio.create_task(self._run())

    async def close(self, within: float = 5.0) -> None:
        """Run what waits, for so many seconds at most, and stop."""
        if self._running is None:
            return
        try:
            await asyncio.wait_for(self._errands.join(), within)
        except TimeoutError:
            _log.warning("%d letters that waited were not sent", self._errands.qsize())
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    def put(self, address: bytes, errand: Errand) -> None:
        """Run ``errand`` soon, for whoever is known by the hash of the ``address``."""
        try:
            self._errands.put_nowait((address, errand))
        except asyncio.QueueFull:
            _log.warning("a letter was not sent, as %d wait already", WAITING)

    def _too_many(self, address: bytes) -> bool:
        now = self._clock()
        if now >= self._window_ends:
            self._window_ends = now + WINDOW
            self._sent.clear()
        self._sent[address] += 1
        return self._sent[address] > PER_ADDRESS

    async def _run(self) -> None:
        while True:
            address, errand = await self._errands.get()
            try:
                if self._too_many(address):
                    _log.info("a letter was not sent: its reader had %d lately", PER_ADDRESS)
                else:
                    await errand()
            except Exception as error:  # noqa: BLE001 - the next letter is somebody else's
                # Not what it says: that may name whom the letter was for.
                _log.warning("a letter was not sent: %s", type(error).__name__)
            finally:
                self._errands.task_done()

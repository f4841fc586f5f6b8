"""Sees from beside when a read model shows what was committed."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Self

PATIENCE = 60.0


class Watching:
    """Looks every so many seconds, in a thread, while its block runs.

    ``look`` tells by name how far each thing has come: a partition, or a document.
    """

    def __init__(self, look: Callable[[], Mapping[str, int]], every: float) -> None:
        self._look = look
        self._every = every
        self._seen: dict[str, tuple[list[int], list[float]]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def when(self, wanted: Mapping[str, int]) -> float:
        """When all that is ``wanted`` was seen for the first time; waits until it is."""
        give_up = perf_counter() + PATIENCE
        while not all(self._reached(name) >= least for name, least in wanted.items()):
            assert perf_counter() < give_up, f"{wanted} was never to be seen"
            time.sleep(0.01)
        return max(self._first(name, least) for name, least in wanted.items())

    def _reached(self, name: str) -> int:
        values, _ = self._seen.get(name, ([0], [0.0]))
        return values[-1]

    def _first(self, name: str, least: int) -> float:
        values, times = self._seen[name]
        return times[bisect_left(values, least)]

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            found = self._look()
            now = perf_counter()
            for name, value in found.items():
                values, times = self._seen.setdefault(name, ([], []))
                if not values or value > values[-1]:
                    # The time first: whoever waits looks at the values.
                    times.append(now)
                    values.append(value)

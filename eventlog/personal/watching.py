"""Looks again and again in a thread of its own, for as long as somebody wants to know."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock, Thread


class Watch:
    """Calls ``look`` every so many seconds until that says that it is enough, or it is closed."""

    def __init__(self, look: Callable[[], bool], every: float) -> None:
        self._look = look
        self._every = every
        self._lock = Lock()
        self._closed = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Look from now on, if nobody does."""
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Look no more; a look that hangs is not waited for."""
        self._closed.set()

    def _run(self) -> None:
        try:
            while not self._closed.wait(self._every):
                if not self._look():
                    break
        finally:
            with self._lock:
                self._thread = None

"""After a failure wait before the next attempt, longer each time, and tell of it once."""

from __future__ import annotations

import logging


class Backoff:
    """How long to wait between attempts at ``what``, in seconds, and when to write about it."""

    def __init__(
        self, logger: logging.Logger, what: str, *, first: float = 0.05, longest: float = 2.0
    ) -> None:
        self._logger = logger
        self._what = what
        self._first = first
        self._longest = longest
        self._failures = 0
        self._said = ""

    def failed(self, error: Exception) -> float:
        """Take note of a failure; returns the seconds to wait before trying again."""
        says = f"{type(error).__name__}: {error}"
        if type(error).__name__ != self._said:
            self._said = type(error).__name__
            self._logger.warning("%s failed and will be tried again: %s", self._what, says)
            self._logger.debug("%s failed", self._what, exc_info=error)
        pause = self._first * 2 ** min(self._failures, 16)
        self._failures += 1
        return min(pause, self._longest)

    def succeeded(self) -> None:
        """Take note that it works (again)."""
        if self._failures:
            self._logger.info("%s works again after %d failures", self._what, self._failures)
        self._failures = 0
        self._said = ""

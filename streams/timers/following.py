"""Follows the log, in its order and from the checkpoint, into the table of timers."""

from __future__ import annotations

import logging

from domain.timers import together
from streams.log import Log, decoded
from streams.timers.table import TimerTable

logger = logging.getLogger(__name__)

PAGE = 1_000
"""How many events are followed at once."""


class TimerFollower:
    """Where one process believes the table to be; of several, whoever is quicker moves it."""

    def __init__(self, log: Log, table: TimerTable, *, page: int = PAGE) -> None:
        self._log = log
        self._table = table
        self._page = page
        self._position: int | None = None

    def step(self) -> bool:
        """Follow a page of events; whether there may be more at once."""
        if self._position is None:
            logger.info("following the log from position %d", self.look())
        after = self._position or 0
        records = self._log.read(after, self._page)
        if not records:
            return False
        upto = records[-1].position
        if self._table.apply(together(decoded(records)), after=after, upto=upto):
            self._position = upto
            return len(records) == self._page
        self.look()
        return True

    def look(self) -> int:
        """Go on from where the table is: others move it, and may have it built anew."""
        self._position = self._table.position()
        return self._position

    def reach_end(self) -> None:
        """Follow all that there is."""
        while self.step():
            pass

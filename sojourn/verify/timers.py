"""Invariant 7: the table of timers is the fold of the log up to its checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, cast

from psycopg import Connection

from domain.timers import Due, Kind, Timer, change_all, changes
from eventlog.codec import Undecodable
from eventlog.record import LogRecord
from sojourn.verify.findings import Findings

POSITION = "SELECT position FROM timers_checkpoint"
ROWS = "SELECT kind, subject, due_at, position, key FROM timers"


class TimersCheck:
    """Folds the log beside the other checks of it, and compares at the end.

    ``connection`` sees table, checkpoint and log as of one moment.
    """

    def __init__(self, connection: Connection[Any], into: Findings) -> None:
        self._into = into
        found = connection.execute(POSITION).fetchone()
        self.position: int | None = found[0] if found else None
        self._stored = {
            Timer(cast("Kind", kind), subject): Due(due_at.astimezone(UTC), position, key)
            for kind, subject, due_at, position, key in connection.execute(ROWS).fetchall()
        }
        self._folded: dict[Timer, Due] = {}

    def look(self, page: Sequence[LogRecord]) -> None:
        """Take the next events of the log into account."""
        for record in page:
            if record.position <= (self.position or 0):
                try:
                    change_all(self._folded, changes(record.decoded()))
                except Undecodable:
                    continue  # invariant 1 tells of it

    def end(self) -> None:
        """Compare."""
        self._into.count("timers", len(self._folded))
        for timer in sorted(self._folded.keys() | self._stored.keys()):
            expected, stored = self._folded.get(timer), self._stored.get(timer)
            name = f"the timer {timer.kind} of {timer.subject}"
            if stored is None:
                self._into.found(f"{name} is missing, though the log sets it")
            elif expected is None:
                self._into.found(f"{name} is in the table and not in the log")
            elif stored != expected:
                self._into.found(
                    f"{name} is due at {stored.at} by position {stored.position}, and the log"
                    f" says {expected.at} by {expected.position}"
                )

    def lag(self, head: int) -> str | None:
        """How far behind the table is, in words; none when it is not."""
        if self.position is None:
            return "timers: nobody has followed the log yet" if head else None
        behind = head - self.position
        return f"timers: {behind:,} events behind" if behind else None

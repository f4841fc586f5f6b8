"""What became of commands whose commit was sent and whose answer was lost with the connection.

To be asked under the table lock: the lost transaction holds it until it has ended, one way or the
other, so that whoever has the lock sees for good what it stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from psycopg import Connection, Cursor

from eventlog.append import Append, Appended
from eventlog.partitioner import partition_of

EVENTS = (
    "SELECT causation_id, key, max(notification_id) AS position, max(recorded_at) AS recorded_at"
    " FROM stored_events WHERE causation_id = ANY(%b::text[]) GROUP BY causation_id, key"
)
ANSWERS = (
    "SELECT causation_id, NULL AS key, 0 AS position, recorded_at FROM receipts"
    " WHERE causation_id = ANY(%b::text[]) AND events = 0"
)


def ask(connection: Connection[Any], batch: Sequence[Append]) -> list[Cursor[Any]]:
    """Send the questions; the caller's pipeline carries them."""
    ids = [append.causation_id for append in batch]
    return [connection.execute(statement, [ids], prepare=True) for statement in (EVENTS, ANSWERS)]


def stored(asked: Iterable[Cursor[Any]]) -> dict[str, Appended]:
    """Those that were stored, by the id of the command."""
    found: dict[str, Appended] = {}
    for row in (row for answer in asked for row in answer):
        at = row["recorded_at"].astimezone(UTC)
        one = found.setdefault(row["causation_id"], Appended(positions={}, recorded_at=at))
        if row["key"] is not None:
            partition = partition_of(row["key"])
            one.positions[partition] = max(row["position"], one.positions.get(partition, 0))
    return found

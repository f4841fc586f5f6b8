"""What became of commands whose commit was sent and whose answer was lost with the connection.

To be asked under the table lock: the lost transaction holds it until it has ended, one way or the
other, so that whoever has the lock sees for good what it stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from eventlog.append import Append, Appended
from eventlog.binary import Type, array, text, to_instant, to_integer
from eventlog.exchange import Exchange, Rows, Statement
from eventlog.partitioner import partition_of

EVENTS = Statement(
    "lost_events",
    "SELECT causation_id, key, max(notification_id), max(recorded_at)"
    " FROM stored_events WHERE causation_id = ANY($1::text[]) GROUP BY causation_id, key",
)
ANSWERS = Statement(
    "lost_answers",
    "SELECT causation_id, recorded_at FROM receipts"
    " WHERE causation_id = ANY($1::text[]) AND events = 0",
)
STATEMENTS = (EVENTS, ANSWERS)


def ask(exchange: Exchange, batch: Sequence[Append]) -> None:
    """Send the questions; the caller's round trip carries them."""
    ids = array(Type.TEXT, [text(append.causation_id) for append in batch])
    for statement in STATEMENTS:
        exchange.send(statement, ids)


def stored(events: Rows, answers: Rows) -> dict[str, Appended]:
    """Those that were stored, by the id of the command."""
    found = {
        _text(command): Appended(positions={}, recorded_at=to_instant(at))
        for command, at in answers
    }
    for command, key, position, at in events:
        one = found.setdefault(_text(command), Appended(positions={}, recorded_at=to_instant(at)))
        partition = partition_of(_text(key))
        one.positions[partition] = max(to_integer(position) or 0, one.positions.get(partition, 0))
    return found


def _text(value: bytes | None) -> str:
    return bytes(value or b"").decode()

"""Invariant 5: each receipt has its events, and each keyed command its receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from eventlog.partitioner import partition_of
from eventlog.record import LogRecord
from sojourn.verify.findings import Findings

KEYED = "keyed-command:"
PAGE = 2_000
NO_ACCOUNT = UUID(int=0)

RECEIPTS = (
    "SELECT account_id, key, causation_id, events, positions FROM receipts"
    " WHERE (account_id, key) > (%s, %s) ORDER BY account_id, key LIMIT %s"
)
EFFECTS = (
    "SELECT causation_id, key, count(*), max(notification_id) FROM stored_events"
    " WHERE causation_id = ANY(%s) GROUP BY causation_id, key"
)
KNOWN = "SELECT causation_id, count(*) FROM receipts WHERE causation_id = ANY(%s) GROUP BY 1"


def check_commands(
    connection: Connection[Any], page: Sequence[LogRecord], seen: set[str], into: Findings
) -> None:
    """Each keyed command behind the events of ``page`` has exactly one receipt.

    ``seen`` are the commands of the page before, whose events may go on in this one.
    """
    first: dict[str, int] = {}
    for record in page:
        if record.causation_id.startswith(KEYED):
            first.setdefault(record.causation_id, record.position)
    wanted = [causation for causation in first if causation not in seen]
    known = dict(connection.execute(KNOWN, [wanted]).fetchall())
    for causation in wanted:
        if known.get(causation, 0) != 1:
            into.found(
                f"position {first[causation]}: {causation} has {known.get(causation, 0)} receipts"
            )
    into.count("keyed commands", len(wanted))
    seen.clear()
    seen.update(first)


def check_receipts(
    connection: Connection[Any], advance: Callable[[int], object], into: Findings
) -> None:
    """Each receipt has as many events as it says, up to the positions it says."""
    after: tuple[UUID, str] = (NO_ACCOUNT, "")
    while rows := connection.execute(RECEIPTS, [*after, PAGE], prepare=True).fetchall():
        effects = _effects(connection, [row[2] for row in rows])
        for account_id, key, causation_id, events, positions in rows:
            into.count("receipts")
            count, last = effects.get(causation_id, (0, {}))
            name = f"the receipt {key!r} of account {account_id}"
            if count != events:
                into.found(f"{name} tells of {events} events, and the log has {count}")
            elif events and last != {int(part): at for part, at in positions.items()}:
                into.found(f"{name} tells positions {positions}, and its events are at {last}")
        after = (rows[-1][0], rows[-1][1])
        advance(len(rows))


def _effects(
    connection: Connection[Any], causations: Sequence[str]
) -> dict[str, tuple[int, dict[int, int]]]:
    """For each command, how many events it has and the last position on each partition."""
    found: dict[str, tuple[int, dict[int, int]]] = {}
    for causation, key, count, last in connection.execute(EFFECTS, [list(causations)]):
        before, positions = found.get(causation, (0, {}))
        partition = partition_of(key)
        positions[partition] = max(last, positions.get(partition, 0))
        found[causation] = (before + count, positions)
    return found

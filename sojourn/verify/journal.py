"""Invariant 5, from outside: whatever clients were told is done is in the log.

A journal is a file of JSON lines that clients write, one an answer: ``status``, ``method``,
``path``, ``position`` (the Sojourn-Position header) and ``id`` (of the body), the last two where
the answer had them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from psycopg import Connection

from api.positions import decode_positions
from sojourn.errors import Stop
from sojourn.verify.findings import Findings
from sojourn.verify.log_rows import at_positions

READS = frozenset({"GET", "HEAD", "OPTIONS"})
CATEGORIES = ("listing", "booking", "quote", "account", "calendar")

TOLD = {
    re.compile(r"/v1/accounts/?"): "account.registered.v2",
    re.compile(r"/v1/listings/?"): "listing.drafted.v1",
    re.compile(r"/v1/listings/[^/]+/publish"): "listing.published.v1",
    re.compile(r"/v1/quotes/?"): "quote.quoted.v1",
    re.compile(r"/v1/bookings/?"): "booking.requested.v1",
    re.compile(r"/v1/bookings/[^/]+/confirm"): "booking.confirmed.v1",
    re.compile(r"/v1/bookings/[^/]+/cancel"): "booking.cancelled.v2",
}
"""What a POST that succeeded with 200 or 201 has made happen to the thing that its answer names."""

HAPPENED = "SELECT 1 FROM stored_events WHERE originator_id = %s AND topic = %s LIMIT 1"
EXISTS = "SELECT 1 FROM stored_events WHERE originator_id = ANY(%s) LIMIT 1"


class Answer(msgspec.Struct, frozen=True):
    """What a client was told, once."""

    status: int
    method: str
    path: str
    position: str | None = None
    id: str | None = None


def read_journal(path: Path) -> Iterator[tuple[int, Answer]]:
    """Each line's number and answer; raises Stop for a line that is none."""
    decoder = msgspec.json.Decoder(Answer)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield number, decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise Stop(f"{path}, line {number} is no answer: {error}") from None


def check_journal(connection: Connection[Any], path: Path, into: Findings) -> None:
    """Every answer 2xx to a command is in the log."""
    for number, answer in read_journal(path):
        if 200 <= answer.status < 300 and answer.method not in READS:
            into.count("answers")
            if wrong := _missing(connection, answer):
                into.found(f"journal line {number}, {answer.method} {answer.path}: {wrong}")


def _missing(connection: Connection[Any], answer: Answer) -> str | None:
    """What of ``answer`` the log does not have, if anything."""
    try:
        positions = decode_positions(answer.position) if answer.position else {}
    except ValueError:
        return f"{answer.position!r} is no position token"
    records = {each.position: each for each in at_positions(connection, list(positions.values()))}
    for partition, position in positions.items():
        record = records.get(position)
        if record is None or record.partition != partition:
            return f"position {position} of partition {partition} is not in the log"
    if answer.id is None:
        return None
    streams = [f"{category}-{answer.id}" for category in CATEGORIES]
    mentioned = any(answer.id.encode() in record.data for record in records.values())
    if not mentioned and not connection.execute(EXISTS, [streams]).fetchone():
        return f"{answer.id} is not in the log"
    for path, event in TOLD.items():
        if answer.method == "POST" and answer.status < 202 and path.fullmatch(answer.path):
            stream = f"{event.partition('.')[0]}-{answer.id}"
            if not connection.execute(HAPPENED, [stream, event]).fetchone():
                return f"{stream} has no {event}"
    return None

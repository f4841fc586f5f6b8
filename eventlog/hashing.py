"""The hash of an event: SHA-256 over 0x00 and one canonical encoding of all its columns.

0x00 marks a leaf, as in RFC 6962, so that a tree over the log can be built later without rewriting
it. The encoding is the columns in the order of :data:`COLUMNS`, each as four bytes of big-endian
length and the bytes: text as UTF-8, numbers as decimal text, times as decimal microseconds since
1970 UTC. It never changes: golden bytes hold it.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime, timedelta

COLUMNS = (
    "position",
    "stream",
    "version",
    "type",
    "key",
    "recorded_at",
    "occurred_at",
    "actor",
    "correlation_id",
    "causation_id",
    "data",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_length = struct.Struct(">I").pack


def canonical(  # noqa: PLR0913 - the columns of an event are these
    *,
    position: int,
    stream: str,
    version: int,
    type: str,  # noqa: A002 - the column's name
    key: str,
    recorded_at: datetime,
    occurred_at: datetime,
    actor: str,
    correlation_id: str,
    causation_id: str,
    data: bytes,
) -> bytes:
    """The bytes that stand for an event; see the module."""
    fields = (
        b"%d" % position,
        stream.encode(),
        b"%d" % version,
        type.encode(),
        key.encode(),
        b"%d" % microseconds(recorded_at),
        b"%d" % microseconds(occurred_at),
        actor.encode(),
        correlation_id.encode(),
        causation_id.encode(),
        data,
    )
    return b"".join(part for field in fields for part in (_length(len(field)), field))


def hash_of(encoding: bytes) -> bytes:
    """The 32 bytes of an event's hash, from its canonical ``encoding``."""
    return hashlib.sha256(b"\x00" + encoding).digest()


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC: the precision of the log's times."""
    return (moment - _EPOCH) // _MICROSECOND

"""Values in Postgres's binary format, so that the rows of a batch travel as one array a column.

A cell is four bytes of big-endian length and the value, the same as a field of the hash's encoding:
what is encoded once serves both. Whoever makes a cell needs no lock, and none is made twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

_pack_length = struct.Struct(">I").pack
_pack_integer = struct.Struct(">Ii").pack
_pack_bigint = struct.Struct(">Iq").pack
_pack_header = struct.Struct(">IIIII").pack
_RANGE = struct.pack(">IB", 25, 2)  # its length; the lower bound belongs to it, the upper does not
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - of times without a zone
_MICROSECOND = timedelta(microseconds=1)

NULL = b"\xff\xff\xff\xff"
"""The cell without a value."""


class Type(IntEnum):
    """The types of columns, by the numbers that they have in every Postgres."""

    BYTEA = 17
    BIGINT = 20
    INTEGER = 23
    TEXT = 25
    TIMESTAMPTZ = 1184
    UUID = 2950
    JSONB = 3802
    TSRANGE = 3908


def array(of: Type, cells: Sequence[bytes]) -> bytes:
    """An array of ``cells``; the header's second number says that there may be NULLs."""
    return _pack_header(1, 1, of, len(cells), 1) + b"".join(cells)


def arrays(of: Iterable[Type], rows: Sequence[tuple[bytes, ...]]) -> list[bytes]:
    """The columns of ``rows``, each an array."""
    return [array(each, cells) for each, cells in zip(of, zip(*rows, strict=True), strict=True)]


def raw(value: bytes) -> bytes:
    """The cell of a bytea, or of a text that is encoded already."""
    return _pack_length(len(value)) + value


def text(value: str) -> bytes:
    """The cell of a text."""
    encoded = value.encode()
    return _pack_length(len(encoded)) + encoded


def jsonb(value: bytes) -> bytes:
    """The cell of a jsonb, from the text of its JSON."""
    return _pack_length(len(value) + 1) + b"\x01" + value


def integer(value: int) -> bytes:
    """The cell of an integer of four bytes."""
    return _pack_integer(4, value)


def bigint(value: int) -> bytes:
    """The cell of an integer of eight bytes."""
    return _pack_bigint(8, value)


def uuid(value: UUID | None) -> bytes:
    """The cell of a UUID."""
    return NULL if value is None else b"\x00\x00\x00\x10" + value.bytes


def instant(value: datetime | None) -> bytes:
    """The cell of a timestamptz."""
    return NULL if value is None else _pack_bigint(8, (value - _EPOCH) // _MICROSECOND)


def span(start: datetime, end: datetime) -> bytes:
    """The cell of a tsrange from ``start`` on and before ``end``, times without a zone."""
    return (
        _RANGE
        + _pack_bigint(8, (start - _LOCAL_EPOCH) // _MICROSECOND)
        + _pack_bigint(8, (end - _LOCAL_EPOCH) // _MICROSECOND)
    )


def to_integer(value: bytes | None) -> int | None:
    """The number in an integer's or a bigint's value."""
    return None if value is None else int.from_bytes(value, "big", signed=True)


def to_instant(value: bytes | None) -> datetime:
    """The time in a timestamptz's value."""
    assert value is not None, "a time that is never NULL"
    return _EPOCH + timedelta(microseconds=int.from_bytes(value, "big", signed=True))

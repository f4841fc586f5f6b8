"""Rows in Postgres's binary format, so that a batch travels as one string of bytes a column.

A cell is four bytes of big-endian length and the value, the same as a field of the hash's encoding:
what is encoded once serves both. Whoever makes a cell needs no lock, and none is made twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

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


class Column:
    """The cells of one column, sent as an array of its type."""

    element: ClassVar[int]

    def __init__(self, cells: Sequence[bytes]) -> None:
        self.cells = cells

    def encoded(self) -> bytes:
        """The array; the header's second number says that there may be NULLs."""
        return _pack_header(1, 1, self.element, len(self.cells), 1) + b"".join(self.cells)


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        return obj.encoded()


def _column(type_name: str) -> type[Column]:
    info = psycopg.adapters.types[type_name]
    made = type(f"{type_name.title()}Column", (Column,), {"element": info.oid})
    dumper = type(f"{made.__name__}Dumper", (_ColumnDumper,), {"oid": info.array_oid})
    psycopg.adapters.register_dumper(made, dumper)
    return made


Texts = _column("text")
Byteas = _column("bytea")
Jsonbs = _column("jsonb")
Integers = _column("int4")
Bigints = _column("int8")
Uuids = _column("uuid")
Instants = _column("timestamptz")
Spans = _column("tsrange")


def insert(
    connection: Connection[Any],
    statement: LiteralString,
    columns: Iterable[type[Column]],
    rows: list[tuple[bytes, ...]],
) -> None:
    """Send ``rows`` of cells, if there are any, to a statement with a parameter a column."""
    if rows:
        arrays = [column(cells) for column, cells in zip(columns, zip(*rows), strict=True)]  # noqa: B905 - rows are as long as each other
        connection.execute(statement, arrays, prepare=True)

"""Rows become a file that analysts' tools read: Parquet, CSV or JSON lines, by its name's end."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from sojourn.errors import Stop

PLAIN = (str, bool, int, float, date, datetime, Decimal, type(None))
"""What a cell may hold; an id becomes text."""


class Output(Protocol):
    """Takes rows a batch at a time."""

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write ``rows``; the first row says which columns there are."""
        ...

    def close(self) -> None:
        """The file is whole."""
        ...


class Writing:
    """Writes to a file beside ``path`` that takes its name only when all went well."""

    def __init__(self, path: Path) -> None:
        """Raises Stop when the name says no known format, or nothing can be written there."""
        if path.suffix not in FORMATS:
            raise Stop(f"{path.name}: end the name in {', '.join(FORMATS)}")
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self.count = 0
        try:
            self._output = FORMATS[path.suffix](self._part)
        except OSError as error:
            raise Stop(f"{path} can't be written: {error.strerror}") from None

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write ``rows``; raises Stop for a cell that no table can hold."""
        plain = [{name: cell(name, value) for name, value in row.items()} for row in rows]
        if plain:
            self.count += len(plain)
            self._output.write(plain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._output.close()
        if error is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


def cell(name: str, value: object) -> object:
    """``value`` as a cell; raises Stop when it is none."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, PLAIN):
        raise Stop(
            f"the column {name!r} holds {value!r}: a cell is text, a number, a date or a time;"
            " take it apart, as money.amount and money.currency"
        )
    return value


class _Parquet:
    def __init__(self, path: Path) -> None:
        # Imported by name: the library has no types, is slow, and only some files are Parquet.
        self._arrow: Any = import_module("pyarrow")
        self._parquet: Any = import_module("pyarrow.parquet")
        self._path = path
        self._schema: Any = None
        self._writer: Any = None

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            table = self._arrow.Table.from_pylist(list(rows), schema=self._schema)
        except self._arrow.ArrowException as error:
            raise Stop(f"rows differ in their columns' types: {error}") from error
        if self._writer is None:
            self._schema = table.schema
            self._writer = self._parquet.ParquetWriter(self._path, self._schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is None:
            self._parquet.write_table(self._arrow.table({}), self._path)
        else:
            self._writer.close()


class _Csv:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer: Any = None

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if self._writer is None:
            self._writer = csv.DictWriter(self._file, list(rows[0]))
            self._writer.writeheader()
        try:
            self._writer.writerows(rows)
        except ValueError as error:
            raise Stop(f"rows differ in their columns: {error}") from None

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._file.writelines(
            json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows
        )

    def close(self) -> None:
        self._file.close()


FORMATS: dict[str, type[_Parquet | _Csv | _JsonLines]] = {
    ".parquet": _Parquet,
    ".csv": _Csv,
    ".jsonl": _JsonLines,
}
